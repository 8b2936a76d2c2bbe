"""What the store of a console is told by a hub at work, and what it is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hub_room import hub_room, small_site
from people_room import PASSWORD, people_room

from console.core.catalogue import Catalogue
from console.core.ledger.chain import GENESIS, Link, link_hash
from console.core.packing import RAW_KINDS, unpacked
from console.hub.clerks.keeping import MAX_TAGS
from console.hub.keeping import samples as hub_samples
from console.wire.messages import (
    LedgerReply,
    QueryJournal,
    QueryLedger,
    QuerySamples,
    SamplesReply,
    SignIn,
    SnapshotDone,
)

LAST = 2**62
_U4 = np.dtype("<u4")


def _story(coroutine: object) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 50))  # type: ignore[arg-type]


def test_the_ledger_comes_by_sequence_with_hashes_that_follow_one_another(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            room.plant.push("a0", "level", 99.0)
            previous, after = GENESIS, 0
            links: list[Link] = []
            reply = LedgerReply(request="")
            while len(links) < 2:
                await kim.send(QueryLedger(request="1", after=after, limit=1))
                reply = await kim.until(LedgerReply)
                assert not reply.reason
                assert reply.previous == previous
                for link in reply.links:
                    assert link_hash(previous, link) == link.hash
                    previous, after = link.hash, link.sequence
                links += reply.links
            assert [link.sequence for link in links] == list(range(1, len(links) + 1))
            assert reply.keys
            assert reply.at > 0
            await kim.send(QueryLedger(request="2", since=LAST))
            empty = await kim.until(LedgerReply)
            assert (empty.links, empty.more) == ((), False)
            assert empty.head >= len(links)

    _story(scene())


def test_samples_come_packed_by_tag_with_the_counts_of_all(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            catalogue = Catalogue(small_site())
            tag = catalogue.tag_index("a1.level")
            at = room.hub.clock.at()
            for n in range(20):
                room.plant.push("a1", "level", float(n), at + n)
            found = SamplesReply(request="")
            for _ in range(200):
                await kim.send(QuerySamples(request="1", tags=(tag,), start=at, end=at + 20))
                found = await kim.until(SamplesReply)
                if found.rows == 20:
                    break
                await asyncio.sleep(0.1)
            times, values, _ = unpacked(found.body, found.rows, RAW_KINDS)
            assert np.frombuffer(found.tags, _U4).tolist() == [tag]
            assert times.tolist() == list(range(at, at + 20))
            assert values.tolist() == [float(n) for n in range(20)]
            rows, good, _ = unpacked(found.tallies, len(catalogue.tags), (_U4,) * 3)
            assert (rows[tag], good[tag]) == (20, 20)
            assert 0 < found.oldest <= at

    _story(scene())


@pytest.mark.parametrize("name", ["MOST_ROWS", "MOST_READ"])
def test_too_many_rows_end_the_answer_earlier_at_a_whole_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(hub_samples, name, 7)

    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            tag = Catalogue(small_site()).tag_index("a1.level")
            at = room.hub.clock.at()
            for n in range(20):
                room.plant.push("a1", "level", float(n), at + n)
            await asyncio.sleep(2.0)
            start = at
            seen: list[int] = []
            while start < at + 20:
                await kim.send(QuerySamples(request="1", tags=(tag,), start=start, end=at + 20))
                found = await kim.until(SamplesReply)
                seen += unpacked(found.body, found.rows, RAW_KINDS)[0].tolist()
                assert found.rows < 20
                assert found.end > start
                start = found.end
            assert seen == list(range(at, at + 20))

    _story(scene())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (QuerySamples(request="1", tags=(), start=5, end=5), "BAD_RANGE"),
        (QuerySamples(request="1", tags=(), start=-1, end=5), "BAD_RANGE"),
        (QuerySamples(request="1", tags=(), start=0, end=LAST), "BAD_RANGE"),
        (QuerySamples(request="1", tags=(999,), start=0, end=5), "UNKNOWN_TAG"),
        (QuerySamples(request="1", tags=(-1,), start=0, end=5), "UNKNOWN_TAG"),
        (QuerySamples(request="1", tags=(0,) * (MAX_TAGS + 1), start=0, end=5), "TOO_MANY_TAGS"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(
    tmp_path: Path, query: QuerySamples, reason: str
) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            await kim.send(query)
            assert (await kim.until(SamplesReply)).reason == reason

    _story(scene())


def test_a_seat_where_nobody_has_signed_in_is_told_nothing_and_nothing_is_held_against_it(
    tmp_path: Path,
) -> None:
    """SEC-10: what the store holds is what somebody at this seat may see."""

    async def scene() -> None:
        async with people_room(tmp_path) as room, room.console() as kim:
            await kim.send(QueryLedger(request="1"))
            await kim.send(QuerySamples(request="2", tags=(0,), start=0, end=10))
            await kim.send(SignIn(request="3", user="kim", password=PASSWORD))
            await kim.until(SnapshotDone)
            await kim.send(QueryLedger(request="4"))
            assert (await kim.until(LedgerReply)).request == "4"
            records = await room.hub.records("", 100)
            assert not [one for one in records if "Query" in str(one.fields)]

    _story(scene())


def test_numbers_beyond_everything_are_taken_as_the_last(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            query = QueryLedger(request="1", after=2**62, heads_after=-5, since=-1, most=-9, limit=10**9)
            await kim.send(query)
            assert (await kim.until(LedgerReply)).links == ()
            await kim.send(QueryJournal(request="2", limit=1))

    _story(scene())
