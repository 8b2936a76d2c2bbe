"""Site profiles on disk, and `site check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

import resources
from console.core.errors import ProfileErrors
from console.core.profile.faults import ProfileFault
from console.core.words import Lang, parse_words
from console.hub.profile import MAX_BYTES, check, fault_line, lang_of, load_site
from console.setup.arguments import DEFAULT_SITE, SiteCheckOptions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped profile."""
    for path in DEFAULT_SITE.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(DEFAULT_SITE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return tmp_path


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def reasons(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(ProfileErrors) as found:
        load_site(folder)
    return [(fault.file, fault.line, fault.reason) for fault in found.value.faults]


def test_the_shipped_profile_is_sound(folder: Path) -> None:
    """ALM-50 over the shipped alarms."""
    site = load_site(folder)
    assert site == load_site(DEFAULT_SITE)
    assert len(site.areas) >= 5
    assert len(site.assets) >= 40


def test_the_model_serves_the_next_district_with_new_assets_alone(folder: Path) -> None:
    """DESIGN 5: replacing assets.csv is all it takes; what names assets one by one goes with it."""
    for name in ("relations.csv", "procedures.toml", "zones.toml"):
        (folder / name).unlink()
    head, first = (folder / "assets.csv").read_text("utf-8").splitlines()[:2]
    (folder / "assets.csv").write_text(f"{head}\n{first}\n", "utf-8")
    assert len(load_site(folder).assets) == 1


def test_what_is_discovered_can_only_stand_in_an_area_that_there_is(folder: Path) -> None:
    options = 'groups = "Busan"\n'
    replaced(folder / "feeds.toml", options, f'{options}discover_area = "atlantis"\n')
    assert [reason for _, _, reason in reasons(folder)] == [ProfileFault.UNKNOWN_AREA]
    replaced(folder / "feeds.toml", "atlantis", "west-busan")
    assert load_site(folder).feeds
    replaced(folder / "feeds.toml", '"west-busan"', '"west-busan"\ndiscover_most = 0')
    assert [reason for _, _, reason in reasons(folder)] == [ProfileFault.ADAPTER_OPTION]


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    path = folder / "assets.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_site(folder)


def test_bytes_that_are_no_text_are_named_with_their_line(folder: Path) -> None:
    path = folder / "assets.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\xff", 1))
    found = reasons(folder)
    assert ("assets.csv", 2, ProfileFault.NOT_UTF8) in found
    assert [file for file, _, _ in found].count("assets.csv") == 1


def test_a_file_beyond_all_measure_is_not_read(folder: Path) -> None:
    with (folder / "assets.csv").open("ab") as file:
        file.truncate(MAX_BYTES + 1)
    assert ("assets.csv", 0, ProfileFault.TOO_LARGE) in reasons(folder)


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    found = {reason for _, _, reason in reasons(tmp_path)}
    assert found == {ProfileFault.NO_FILE, ProfileFault.NO_TYPES}


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../../etc/passwd", ""])
def test_a_time_zone_nobody_has_is_a_fault(folder: Path, zone: str) -> None:
    replaced(folder / "site.toml", '"Asia/Seoul"', f'"{zone}"')
    ((file, line, reason),) = reasons(folder)
    assert (file, reason) == ("site.toml", ProfileFault.UNKNOWN_TIME_ZONE)
    assert line > 0


def test_adapters_are_asked_about_their_settings(folder: Path) -> None:
    replaced(folder / "feeds.toml", 'adapter = "ngsi_ld"', 'adapter = "telepathy"')
    ((file, line, reason),) = reasons(folder)
    assert (file, reason) == ("feeds.toml", ProfileFault.UNKNOWN_ADAPTER)
    assert "telepathy" in (folder / "feeds.toml").read_text("utf-8").splitlines()[line - 1]


def test_an_option_the_adapter_refuses_is_a_fault(folder: Path) -> None:
    replaced(
        folder / "feeds.toml", 'adapter = "ngsi_ld"', 'adapter = "ngsi_ld"\noptions = { colour = "blue" }'
    )
    assert [reason for _, _, reason in reasons(folder)] == [ProfileFault.ADAPTER_OPTION]


def test_site_check_counts_what_a_sound_profile_holds(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALM-50: the distribution of priorities is reported against 80/15/5."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert check(SiteCheckOptions(folder)) == 0
    out = capsys.readouterr().out
    assert "no faults" in out
    assert f"assets {len(load_site(folder).assets)}" in out
    assert "recommended 80 %" in out


@pytest.mark.parametrize(("locale", "words"), [("ko_KR.UTF-8", "허용 범위"), ("en_US.UTF-8", "out of range")])
def test_site_check_names_file_line_and_reason(
    folder: Path, locale: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    path = next((folder / "types").glob("*.toml"))
    replaced(path, "priority = ", "priority = 1")
    line = next(n for n, t in enumerate(path.read_text("utf-8").splitlines(), 1) if "priority = 1" in t)
    assert check(SiteCheckOptions(folder)) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"types/{path.name}:{line}: ")
    assert "priority" in first
    assert words in first
    assert "1" in last


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, Lang.EN),
        ({"LANG": "ko_KR.UTF-8"}, Lang.KO),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, Lang.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, Lang.KO),
        ({"LANG": "", "LC_ALL": ""}, Lang.EN),
    ],
)
def test_the_terminal_says_its_language(environment: Mapping[str, str], lang: Lang) -> None:
    assert lang_of(environment) is lang


def _sources() -> Iterator[tuple[str, str]]:
    root = Path(resources.__file__).parent / "i18n" / "profile.toml"
    yield root.name, root.read_text("utf-8")


def test_every_fault_has_words_in_both_languages() -> None:
    words = parse_words(dict(_sources()))
    for fault in ProfileFault:
        text = words.text(f"profile.fault.{fault}")
        places = [{name for _, name, _, _ in Formatter().parse(t) if name} for t in (text.ko, text.en)]
        assert places[0] == places[1], fault


def test_words_of_a_fault_are_filled_from_its_fields(folder: Path) -> None:
    words = parse_words(dict(_sources()))
    (folder / "assets.csv").write_text("id\n", "utf-8")
    with pytest.raises(ProfileErrors) as found:
        load_site(folder)
    for fault in found.value.faults:
        for lang in Lang:
            line = fault_line(fault, words, lang)
            assert "{" not in line
