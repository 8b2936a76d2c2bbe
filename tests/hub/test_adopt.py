"""What was discovered, written into a copy of a profile that `site check` accepts."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from console.core.catalogue import Catalogue
from console.core.discovery import Offer, ValueKind
from console.core.site import Site
from console.hub.discovered.adopting import with_assets, with_maps
from console.hub.discovered.command import main
from console.hub.discovered.store import DiscoveredStore
from console.hub.profile import load_site
from console.setup.arguments import FeedsAdoptOptions

BOTH = "{ ko = '가', en = 'x' }"
NUMBER, FLAG, TEXT = ValueKind.NUMBER, ValueKind.FLAG, ValueKind.TEXT


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Two feeds; the first maps the level of a pump."""
    folder = tmp_path / "profile"
    (folder / "types").mkdir(parents=True)
    (folder / "site.toml").write_text(
        f"id = 'small'\nname = {BOTH}\ntime_zone = 'Asia/Seoul'\nextent = [35.0, 129.0, 35.2, 129.2]\nmap = ''\n"
        f"[[area]]\nid = 'a'\nname = {BOTH}\nlat = 35.1\nlon = 129.1\n"
        f"[[area]]\nid = 'b'\nname = {BOTH}\nlat = 35.15\nlon = 129.15\n",
        encoding="utf-8",
    )
    (folder / "types" / "pump.toml").write_text(
        f"id = 'pump'\nlabel = {BOTH}\nglyph = 'pump'\nheadline = ['level']\n"
        f"[[tag]]\nname = 'level'\nlabel = {BOTH}\n",
        encoding="utf-8",
    )
    (folder / "assets.csv").write_text(
        "id,type,ko,en,area,lat,lon,parent\np1,pump,펌프,Pump,b,35.12,129.12,\n", encoding="utf-8"
    )
    (folder / "feeds.toml").write_text(
        f"# Where it comes from.\n[[feed]]\nid = 'plant'\nadapter = 'sparkplug'\nurl = 'ws://127.0.0.1:9/'\n"
        f"label = {BOTH}\n[[feed.map]]\ntype = 'pump'\nsource = 'City/Edge/{{asset}}'\n[feed.map.tags]\n"
        f"level = 'Level'\n\n# The port.\n[[feed]]\nid = 'port'\nadapter = 'sparkplug'\n"
        f"url = 'ws://127.0.0.1:9/'\nlabel = {BOTH}\n",
        encoding="utf-8",
    )
    return folder


def found(tmp_path: Path, feed: str, offers: Sequence[Offer]) -> Path:
    """The data directory of a hub that was offered these."""
    data = tmp_path / "data"
    (data / "hub").mkdir(parents=True, exist_ok=True)
    store = DiscoveredStore(data / "hub" / "discovered.db")
    book = store.read()
    store.write(book.look(feed, offers, (), 1000))
    store.close()
    return data


def offer(source: str, path: str, kind: ValueKind = NUMBER, **more: object) -> Offer:
    return Offer(source=source, path=path, kind=kind, group="City/Edge", **more)  # type: ignore[arg-type]


def adopted(profile: Path, data: Path, feed: str = "", area: str = "") -> Site:
    out = profile.parent / "adopted"
    assert main(FeedsAdoptOptions(profile, data, out, feed, area)) == 0
    return load_site(out)


def test_points_of_a_mapped_thing_stand_beside_it(
    profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offers = [
        offer("City/Edge/p1", "Level"),
        offer("City/Edge/p1", "Motor/Temp", unit="Cel", low=0.0, high=90.0, label="모터 온도"),
        offer("City/Edge/p1", "Mode", TEXT, words=("", "auto", 'a "b"\\')),
        offer("City/Edge/p1", "Silent", TEXT),
        offer("City/Edge/p1", "Bent\u202e"),
        offer("City/Edge/p1", "Run", FLAG),
        offer("City/Edge", "Uptime", whole=True),
    ]
    site = adopted(profile, found(tmp_path, "plant", offers))
    catalogue = Catalogue(site)
    more = catalogue.assets["p1-more"]
    assert (more.parent, more.area, more.lat) == ("p1", "b", 35.12)
    tags = {point.tag.name: point.tag for point in catalogue.tags_of("p1-more")}
    assert tags.keys() == {"motor_temp", "mode", "run"}
    assert (tags["motor_temp"].unit, tags["motor_temp"].high, tags["motor_temp"].label.ko) == (
        "Cel",
        90.0,
        "모터 온도",
    )
    assert [state.en for state in tags["mode"].states] == ["(empty)", "auto", 'a "b"\\']
    routes = next(part for part in site.feeds[0].map if part.type == more.type).tags
    assert routes["mode"].states == {"": 0.0, "auto": 1.0, 'a "b"\\': 2.0}
    assert routes["motor_temp"].path == "Motor/Temp"
    assert catalogue.assets["Edge"].area == "b"
    assert "2" in capsys.readouterr().out.splitlines()[0]


def test_things_with_the_same_points_share_a_type(profile: Path, tmp_path: Path) -> None:
    offers = [offer(f"City/Edge/press-{n}", path) for n in range(3) for path in ("Temp", "Load")]
    site = adopted(profile, found(tmp_path, "port", offers), "port", "a")
    assert [part.source for part in site.feeds[1].map] == ["City/Edge/{asset}"]
    assert not [part for part in site.feeds[0].map if part.type != "pump"]
    kinds = {asset.type for asset in site.assets if asset.id.startswith("press-")}
    assert len(kinds) == 1
    assert {asset.area for asset in site.assets} == {"a", "b"}


def test_remarks_and_the_other_feed_stay_where_they_are(profile: Path, tmp_path: Path) -> None:
    adopted(profile, found(tmp_path, "plant", [offer("City/Edge/new", "T")]))
    text = (tmp_path / "adopted" / "feeds.toml").read_text(encoding="utf-8")
    assert text.index('type = "new-device"') < text.index("# The port.") < text.index("id = 'port'")
    assert [feed["id"] for feed in tomllib.loads(text)["feed"]] == ["plant", "port"]
    assert text.startswith("# Where it comes from.")


@pytest.mark.parametrize("wrong", ["feed", "full", "none"])
def test_what_cannot_be_done_is_said(
    profile: Path, tmp_path: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data" if wrong == "none" else found(tmp_path, "plant", [offer("x", "T")])
    out = profile if wrong == "full" else tmp_path / "out"
    feed = "nothing" if wrong == "feed" else ""
    assert main(FeedsAdoptOptions(profile, data, out, feed)) == 1
    assert capsys.readouterr().out.strip()
    assert wrong == "full" or not out.exists()


def test_a_hub_that_found_nothing_leaves_the_profile_as_it_is(profile: Path, tmp_path: Path) -> None:
    site = adopted(profile, found(tmp_path, "plant", []))
    assert site == load_site(profile)


def test_maps_go_to_the_end_of_the_last_feed_too() -> None:
    text = with_maps("[[feed]]\nid = 'a'\n\n\n# last words\n", ["a"], "a", "\n[[feed.map]]\ntype = 'x'\n")
    assert text == "[[feed]]\nid = 'a'\n\n[[feed.map]]\ntype = 'x'\n\n# last words\n"
    assert with_assets("id,type\na,b", []) == "id,type\na,b\n"
