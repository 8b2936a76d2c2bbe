"""The catalogue of a running hub grows by what sources declare: at once, for everyone, and for good."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hub_room import Console, Room, hub_room, small_site, text

from console.core.discovery import MOST_WORDS, Offer, ValueKind
from console.core.growth import GrownTag
from console.core.quality import Quality
from console.core.site import Asset, FeedMap, Site, TagRoute
from console.feeds.base import Reading
from console.feeds.discovery import offers_to
from console.wire.messages import CatalogueGrew, FeedsChanged, SnapshotDone, Welcome

pytestmark = pytest.mark.expects_log("feed")
EDGE, PRESS = "City/Line1", "City/Line1/Press"
NUMBER, FLAG, TEXT = ValueKind.NUMBER, ValueKind.FLAG, ValueKind.TEXT
HOUR = 3_600_000_000_000


def staged(scene: Callable[[Path], Coroutine[None, None, None]]) -> Callable[[Path], None]:
    """The scene as a test."""

    @functools.wraps(scene)
    def test(tmp_path: Path) -> None:
        asyncio.run(scene(tmp_path))

    return test


def site(assets: int = 2, **options: str | float | bool) -> Site:
    """Pumps whose feed declares what it has."""
    base = small_site(assets)
    feed = msgspec.structs.replace(
        base.feeds[0], adapter="sparkplug", url="ws://127.0.0.1:9/mqtt", options=options
    )
    return msgspec.structs.replace(base, feeds=(feed,))


def offer(path: str = "Temp", kind: ValueKind = NUMBER, source: str = PRESS, **more: object) -> Offer:
    return Offer(source=source, path=path, kind=kind, group=EDGE, **more)  # type: ignore[arg-type]


def born(
    room: Room, offers: Sequence[Offer], rows: Sequence[Reading], whole: Sequence[str] = (PRESS,)
) -> None:
    """A birth: what there is, and its values."""
    sink = room.plant.sink
    assert sink is not None
    offers_to(sink)(offers, whole)
    sink.readings(list(rows))


async def until(condition: object, *given: object) -> None:
    """Wait until a condition of the hub holds."""
    async with asyncio.timeout(20):
        while not condition(*given):  # type: ignore[operator]
            await asyncio.sleep(0.01)


def tag(room: Room, key: str) -> int:
    return room.hub.catalogue.tag_index(key)


def known(room: Room, key: str) -> bool:
    return any(point.key == key for point in room.hub.catalogue.tags)


def value(room: Room, key: str) -> tuple[float, Quality]:
    """Present value and quality of a tag."""
    latest, index = room.hub.pipeline.latest, tag(room, key)
    return float(latest.value[index]), Quality(int(latest.quality[index]))


async def told(console: Console, name: str) -> GrownTag:
    """The grown tag of this name, as the console is told."""
    found = await console.until(
        CatalogueGrew, lambda grew: any(one.tag.name == name for one in grew.growth.tags)
    )
    return next(one for one in found.growth.tags if one.tag.name == name)


async def value_at(console: Console, index: int) -> float:
    """The value of a tag as the console is sent it."""
    async with asyncio.timeout(20):
        while True:
            rows = console.rows()
            mine = rows.value[(rows.tag == index) & ~np.isnan(rows.value)]
            if len(mine):
                return float(mine[-1])
            await console.one()


@staged
async def test_a_birth_shows_its_points_and_their_values_at_once_at_every_seat(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room, room.console() as first, room.console() as second:
        await first.until(SnapshotDone)
        await second.until(SnapshotDone)
        declared = room.hub.catalogue.declared
        born(room, [offer(unit="Cel", low=0.0, high=90.0)], [Reading(PRESS, "Temp", 41.5)])
        for console in (first, second):
            grown = await told(console, "temp")
            assert (grown.index, grown.tag.unit, grown.tag.high) == (declared, "Cel", 90.0)
            assert await value_at(console, grown.index) == 41.5
        assets = room.hub.catalogue.grown_assets
        assert [(one.asset.name.ko, one.asset.type, one.asset.parent) for one in assets.values()] == [
            ("City/Line1", "~node", ""),
            ("Press", "~device", "~city-line1"),
        ]
        assert math.isnan(value(room, "a0.level")[0])


@staged
async def test_a_seat_that_comes_later_and_one_that_comes_back_get_the_same(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        async with room.console() as away:
            welcome = await away.until(Welcome)
            done = await away.until(SnapshotDone)
        born(room, [offer()], [Reading(PRESS, "Temp", 41.5)])
        await until(known, room, "~city-line1-press.temp")
        async with room.console(resume=welcome, sequence=done.sequence) as back:
            assert not (await back.until(Welcome)).full
            grown = await told(back, "temp")
            assert await value_at(back, grown.index) == 41.5
        async with room.console() as late:
            assert (await told(late, "temp")).index == grown.index
            await late.until(SnapshotDone)
            order = [type(message) for message in late.got]
            assert order.index(CatalogueGrew) < order.index(FeedsChanged)


@staged
async def test_what_was_found_has_its_names_numbers_and_history_after_a_restart(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        born(room, [offer(), offer("Run", FLAG)], [Reading(PRESS, "Temp", 41.5)])
        await until(known, room, "~city-line1-press.run")
        before = [point.key for point in room.hub.catalogue.tags]
        await until(lambda: not math.isnan(value(room, "~city-line1-press.temp")[0]))
    async with hub_room(tmp_path, site()) as room:
        assert [point.key for point in room.hub.catalogue.tags] == before
        # Its node is asked to be born again, as one that is mapped.
        assert (PRESS, "Temp") in room.hub.feeds.runners["plant"].mapping.expected()
        assert value(room, "~city-line1-press.temp")[1] is Quality.NEVER
        assert await peak(room, "~city-line1-press.temp") == 41.5
        room.plant.push(PRESS, "Temp", 42.0)
        await until(lambda: value(room, "~city-line1-press.temp") == (42.0, Quality.GOOD))


async def peak(room: Room, key: str) -> float:
    """The highest value in the history of a tag."""
    now = room.hub.clock.at()
    series = await room.hub.history(tag(room, key), now - HOUR, now + HOUR, 1000)
    assert series.tag == tag(room, key)
    usable = [
        high for high, quality in zip(series.high, series.quality, strict=True) if Quality(quality).usable
    ]
    return max(usable, default=math.nan)


@staged
async def test_a_changed_profile_never_shows_the_curve_of_another_tag(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site(assets=2)) as room:
        room.plant.push("a1", "level", 77.0)
        born(room, [offer()], [Reading(PRESS, "Temp", 41.5)])
        await until(known, room, "~city-line1-press.temp")
        await until(lambda: value(room, "~city-line1-press.temp")[0] == 41.5)
    changed = site(assets=3)
    new = Asset(id="fresh", type="pump", name=text("fresh"), area="a", lat=35.1, lon=129.1)
    changed = msgspec.structs.replace(changed, assets=(new, *changed.assets))
    async with hub_room(tmp_path, changed) as room:
        assert math.isnan(await peak(room, "fresh.level"))
        assert math.isnan(await peak(room, "a2.level"))
        assert await peak(room, "a1.level") == 77.0
        assert await peak(room, "~city-line1-press.temp") == 41.5


@staged
async def test_a_profile_that_maps_a_point_adopts_it_with_its_history(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        born(room, [offer(), offer("Speed")], [Reading(PRESS, "Temp", 41.5), Reading(PRESS, "Speed", 9.0)])
        await until(lambda: known(room, "~city-line1-press.speed"))
        await until(lambda: value(room, "~city-line1-press.temp")[0] == 41.5)
    base = site()
    routes = {"level": TagRoute(path="Temp"), "speed": TagRoute(path="Speed", scale=0.1)}
    feed = msgspec.structs.replace(
        base.feeds[0], map=(FeedMap(type="pump", source="City/Line1/Press", tags=routes),)
    )
    press = Asset(id="press", type="pump", name=text("press"), area="a", lat=35.1, lon=129.1)
    adopted = msgspec.structs.replace(base, feeds=(feed,), assets=(press,))
    async with hub_room(tmp_path, adopted) as room:
        assert not known(room, "~city-line1-press.temp")
        assert not room.hub.catalogue.grown_tags
        assert await peak(room, "press.level") == 41.5
        # In another unit it is another curve.
        assert math.isnan(await peak(room, "press.speed"))
        born(room, [offer()], [Reading(PRESS, "Temp", 43.0)])
        await until(lambda: value(room, "press.level")[0] == 43.0)
        assert not room.hub.catalogue.grown_tags


@staged
async def test_a_rebirth_with_another_kind_of_value_is_another_point(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        born(room, [offer(), offer("Old")], [Reading(PRESS, "Temp", 41.5), Reading(PRESS, "Old", 1.0)])
        await until(known, room, "~city-line1-press.old")
        await until(lambda: value(room, "~city-line1-press.old")[0] == 1.0)
        first = tag(room, "~city-line1-press.temp")
        born(room, [offer(kind=TEXT, words=("hot",))], [Reading(PRESS, "Temp", "hot")])
        await until(known, room, "~city-line1-press.temp_2")
        assert not room.hub.catalogue.offers(first)
        assert not room.hub.catalogue.offers(tag(room, "~city-line1-press.old"))
        await until(lambda: value(room, "~city-line1-press.temp_2") == (0.0, Quality.GOOD))
        assert value(room, "~city-line1-press.temp") == (41.5, Quality.STALE)
        assert room.hub.feeds.runners["plant"].fact().malformed == 0
        assert room.hub.feeds.runners["plant"].fact().discovered == 1


@staged
async def test_a_source_with_too_many_points_costs_no_more_than_is_allowed(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site(discover_most=50)) as room, room.console() as console:
        await console.until(SnapshotDone)
        many = [offer(f"m{n}") for n in range(20_000)]
        born(room, many, [Reading(PRESS, one.path, 1.0) for one in many])
        fact = (await console.until(FeedsChanged, lambda change: change.feeds[0].not_taken > 0)).feeds[0]
        assert (fact.discovered, fact.not_taken) == (50, 19_950)
        assert len(room.hub.catalogue.grown_tags) == 50
        # Room is made by what goes.
        born(room, [offer("fresh")], [Reading(PRESS, "fresh", 7.0)])
        await until(known, room, "~city-line1-press.fresh")
        await until(lambda: room.hub.feeds.runners["plant"].fact().not_taken == 0)


@staged
async def test_words_of_a_text_are_learned_and_bounded(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        key = "~city-line1-press.mode"
        born(room, [offer("Mode", TEXT, words=("auto",))], [Reading(PRESS, "Mode", "auto")])
        await until(known, room, key)
        await until(lambda: value(room, key)[0] == 0.0)
        room.plant.push(PRESS, "Mode", "by\u202ehand")  # type: ignore[arg-type]
        await until(lambda: value(room, key) == (1.0, Quality.GOOD))
        states = room.hub.catalogue.tags[tag(room, key)].tag.states
        assert [state.ko for state in states] == ["auto", "by\ufffdhand"]
        for n in range(MOST_WORDS + 5):
            room.plant.push(PRESS, "Mode", f"word {n}")  # type: ignore[arg-type]
        await until(lambda: len(room.hub.catalogue.tags[tag(room, key)].tag.states) == MOST_WORDS + 1)
        room.plant.push(PRESS, "Mode", "yet another")  # type: ignore[arg-type]
        await until(lambda: value(room, key) == (float(MOST_WORDS), Quality.GOOD))


@staged
async def test_what_is_discovered_is_gone_with_its_connection(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        born(room, [offer()], [Reading(PRESS, "Temp", 41.5)])
        await until(known, room, "~city-line1-press.temp")
        await until(lambda: value(room, "~city-line1-press.temp")[0] == 41.5)
        room.plant.lose()
        await until(lambda: value(room, "~city-line1-press.temp")[1] is not Quality.GOOD)
        assert value(room, "~city-line1-press.temp") == (41.5, Quality.DISCONNECTED)


@staged
async def test_a_feed_that_may_not_discover_takes_nothing(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site(discover=False)) as room:
        born(room, [offer()], [Reading(PRESS, "Temp", 41.5)])
        await until(lambda: room.hub.feeds.runners["plant"].fact().unknown == 1)
        assert not room.hub.catalogue.grown_tags


@staged
async def test_nothing_is_shown_that_could_not_be_kept(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        base = room.hub.grown.store._base
        base.execute("PRAGMA query_only = 1")
        born(room, [offer()], [Reading(PRESS, "Temp", 41.5)])
        await until(lambda: room.hub.feeds.runners["plant"].fact().not_taken == 1)
        assert not room.hub.catalogue.grown_tags
        base.execute("PRAGMA query_only = 0")
        born(room, [offer()], [Reading(PRESS, "Temp", 42.5)])
        await until(lambda: known(room, "~city-line1-press.temp"))
        await until(lambda: value(room, "~city-line1-press.temp") == (42.5, Quality.GOOD))
        assert room.hub.feeds.runners["plant"].fact().not_taken == 0


@staged
async def test_what_was_found_is_in_the_ledger(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site()) as room:
        born(room, [offer(), offer("Load")], [])
        await until(lambda: known(room, "~city-line1-press.load"))
        await room.hub.system.settled()
        born(room, [offer()], [])
        await until(lambda: not room.hub.catalogue.offers(tag(room, "~city-line1-press.load")))
        await room.hub.system.settled()
        found = [record for record in await room.hub.records("plant", 10) if record.what == "DISCOVERED"]
        assert [(record.fields["points"], record.fields["gone"]) for record in found] == [
            ("0", "1"),
            ("2", "0"),
        ]
        assert found[1].fields["names"] == "~city-line1-press.temp, ~city-line1-press.load"


@staged
async def test_what_has_been_gone_for_long_is_forgotten_at_a_start(tmp_path: Path) -> None:
    async with hub_room(tmp_path, site(discover_most=2)) as room:
        for name in "abcdef":
            born(room, [offer(name)], [Reading(PRESS, name, 5.0)])
            await until(known, room, f"~city-line1-press.{name}")
    async with hub_room(tmp_path, site(discover_most=2)) as room:
        assert [point.name for point in room.hub.grown.book.points.values()] == ["d", "e", "f"]
        assert [grown.tag.name for grown in room.hub.catalogue.grown_tags] == ["f"]
        # What takes the name of one that is forgotten has none of its past.
        born(room, [offer("A")], [Reading(PRESS, "A", 3.0)])
        await until(known, room, "~city-line1-press.a")
        await until(lambda: value(room, "~city-line1-press.a")[0] == 3.0)
        assert await peak(room, "~city-line1-press.a") == 3.0


@staged
async def test_a_point_is_stale_after_the_silence_that_its_source_names(tmp_path: Path) -> None:
    """Where the profile does not say how long; the catalogue tells it as three periods."""
    async with hub_room(tmp_path, site()) as room:
        born(
            room,
            [offer(silent_s=60.0), offer("Calm")],
            [Reading(PRESS, "Temp", 1.0), Reading(PRESS, "Calm", 1.0)],
        )
        await until(known, room, "~city-line1-press.calm")
        tags = {point.key: point.tag.period_s for point in room.hub.catalogue.tags}
        assert (tags["~city-line1-press.temp"], tags["~city-line1-press.calm"]) == (20.0, 0.0)
