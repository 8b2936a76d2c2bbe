"""The catalogue of a broker by query: page by page to the end, and never further."""

from __future__ import annotations

import asyncio
import json

import pytest
from broker_stage import HERE, P1, living, made, until
from context_broker import STATION, Call, ContextBroker, context_broker, station
from feed_stage import run
from http_stage import reply
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.ngsi_ld.catalogue import type_names
from console.feeds.ngsi_ld.paging import Paging
from console.feeds.ngsi_ld.selection import IDS_AT_ONCE, TYPES_AT_ONCE, Selection


def offsets(broker: ContextBroker) -> list[int]:
    return [int(call.query["offset"]) for call in broker.asked("GET", "/entities")]


@pytest.mark.parametrize("counts", [True, False])
def test_all_pages_are_read_to_the_end(counts: bool) -> None:
    async def scene() -> None:
        async with context_broker(counts=counts) as broker:
            broker.put(*(station(f"p{n}", float(n)) for n in range(1, 26)))
            async with living(made(broker.url, page_size=10.0)) as (sink, _):
                await until(lambda: len(sink.values()) == 25)
                assert sorted(sink.values()) == [float(n) for n in range(1, 26)]
                assert offsets(broker) == [0, 10, 20]
                assert sink.faults == []

    run(scene())


def test_a_broker_that_gives_smaller_pages_than_asked_is_followed() -> None:
    async def scene() -> None:
        async with context_broker(counts=False, most_page=4) as broker:
            broker.put(*(station(f"p{n}", float(n)) for n in range(1, 11)))
            async with living(made(broker.url)) as (sink, _):
                await until(lambda: len(sink.values()) == 10)
                assert offsets(broker) == [0, 4, 8]

    run(scene())


def test_pages_that_never_end_are_ended() -> None:
    """The same page whatever the offset, and a count that is never reached."""

    async def scene() -> None:
        def same(call: Call) -> bytes | None:
            if "/entities" not in call.target:
                return None
            return reply(json.dumps([station("p1", 1.0)]), NGSILD_Results_Count="1000000")

        async with context_broker(override=same) as broker, living(made(broker.url)) as (sink, _):
            await until(lambda: sink.faults)
            assert sink.faults == [("entities?type=PumpingStation", "paging")]
            assert len(offsets(broker)) == 2

    run(scene())


def test_more_entities_than_wanted_are_not_asked_for() -> None:
    async def scene() -> None:
        def new(call: Call) -> bytes | None:
            if "/entities" not in call.target:
                return None
            start = int(call.query["offset"])
            return reply(
                json.dumps([station(f"p{start + n}", 1.0) for n in range(10)]), NGSILD_Results_Count="9" * 40
            )

        async with context_broker(override=new) as broker:
            feed = made(broker.url, page_size=10.0, most_entities=30.0)
            async with living(feed) as (sink, _):
                await until(lambda: sink.faults)
                assert sink.faults == [("entities?type=PumpingStation", "too_many")]
                assert offsets(broker) == [0, 10, 20]

    run(scene())


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(*(station(f"p{n}", float(n)) for n in range(1, 31)))
            async with living(made(broker.url, max_frame_bytes=2048.0)) as (sink, _):
                await until(lambda: len(sink.values()) == 30)
                assert sink.faults == []

    run(scene())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[{", "not_json"),
        (b"7", "not_an_entity"),
        (b'[{"id": "a", "id": "b"}]', "duplicate_key"),
        (b"", "not_json"),
    ],
)
def test_a_page_that_cannot_be_read_is_counted_and_the_feed_lives(body: bytes, reason: str) -> None:
    async def scene() -> None:
        def bad(call: Call) -> bytes | None:
            return reply(body) if "/entities" in call.target else None

        async with (
            context_broker(override=bad) as broker,
            living(made(broker.url, receive=HERE)) as (sink, _),
        ):
            await until(lambda: sink.faults)
            assert sink.faults[0][1] == reason
            assert await broker.notify(station("p1", 2.5)) == 200
            await until(lambda: sink.values() == [2.5])

    run(scene())


def test_what_was_notified_meanwhile_is_newer_than_the_page() -> None:
    """A page on its way must not overwrite what came after it was written."""

    async def scene() -> None:
        gate = asyncio.Event()

        def pages(call: Call) -> asyncio.Event | None:
            return gate if "/entities" in call.target else None

        async with context_broker(held=pages) as broker:
            broker.put(station("p1", 1.0))
            async with living(made(broker.url, receive=HERE)) as (sink, _):
                await until(lambda: broker.asked("GET", "/entities"))
                assert await broker.notify(station("p1", 2.0, state="on")) == 200
                gate.set()
                await until(lambda: any(about.startswith("GET") for _, about in sink.frames))
                assert await broker.notify(station("p1", 3.0)) == 200
                assert sink.values() == [2.0, 3.0]

    run(scene())


def test_a_stored_value_has_the_time_at_which_it_was_written_or_is_uncertain() -> None:
    async def scene() -> None:
        entity = station("p1", 1.0)
        entity["state"]["modifiedAt"] = "2026-11-22T07:00:00,500Z"
        async with context_broker() as broker:
            broker.put(entity)
            async with living(made(broker.url)) as (sink, _):
                await until(lambda: len(sink.rows) == 2)
                qualities = {row.path: (row.at, row.quality) for row in sink.rows}
                assert qualities["level"] == (0, Quality.UNCERTAIN)
                assert qualities["state"] == (1_795_330_800_500_000_000, Quality.GOOD)

    run(scene())


@given(
    st.integers(1, 50),
    st.integers(1, 300),
    st.lists(
        st.tuples(st.lists(st.integers(0, 500), max_size=60), st.sampled_from(["", "0", "40", "x", "9" * 30]))
    ),
)
def test_a_query_ends_whatever_a_broker_says(
    size: int, most: int, pages: list[tuple[list[int], str]]
) -> None:
    paging = Paging(size, most)
    for ids, count in pages:
        before = paging.offset
        more = paging.taken(
            [str(number) for number in ids], {"ngsild-results-count": count, "link": '<x>; rel="next"'}
        )
        assert paging.offset == before + len(ids)
        if not more:
            break
        assert ids
        assert paging.offset < most
        assert f"offset={paging.offset}" in paging.parameters()


@pytest.mark.parametrize(
    ("tree", "names"),
    [({"typeList": ["A", "B", "A"]}, ("A", "B")),
     ([{"id": "https://x/A", "typeName": "A"}, {"id": "B"}, 7], ("A", "B")),
     ([], ())],
)  # fmt: skip
def test_types_are_read_in_both_forms(tree: object, names: tuple[str, ...]) -> None:
    assert type_names(tree) == names


@pytest.mark.parametrize("tree", [{}, 7, None, {"typeList": 1}])
def test_what_is_no_list_of_types_is_refused(tree: object) -> None:
    with pytest.raises(DecodeError):
        type_names(tree)


def test_many_ids_become_several_queries_that_are_encoded() -> None:
    ids = tuple(f"{STATION}p{n}&x" for n in range(IDS_AT_ONCE + 1))
    queries = list(Selection(ids=ids).completed(()).queries())
    assert len(queries) == 2
    assert queries[1] == f"type=PumpingStation&id={STATION}p{IDS_AT_ONCE}%26x"
    assert list(Selection(types=("https://a/T",), pattern=".*#x").queries()) == [
        "type=https%3A%2F%2Fa%2FT&idPattern=.%2A%23x"
    ]
    assert list(Selection().queries()) == []
    many = list(Selection(types=tuple(f"T{n}" for n in range(TYPES_AT_ONCE + 1))).queries())
    assert len(many) == 2
    assert many[1] == f"type=T{TYPES_AT_ONCE}"
    assert Selection().completed((P1, "p1", f"{STATION}p2")).types == ("PumpingStation",)
