"""What a seat is told of a feed: its page, and its raw frames while it has the right to them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hub_room import hub_room
from people_room import PASSWORD, at_work, grant, people_room

from console.core.feed import Beat
from console.core.identity.roles import Role
from console.feeds.base import FeedSink
from console.feeds.tap import frames_of
from console.hub.clerks.feeds import TAP_MOST, TapBucket
from console.hub.people.people import Wish
from console.hub.people.records import Origin
from console.wire.messages import (
    CloseTap,
    FeedReply,
    LockSession,
    OpenTap,
    Problem,
    QueryFeed,
    SignIn,
    SignOut,
    SnapshotDone,
    TapFrames,
    UnlockSession,
)


def test_a_bucket_tells_the_first_frames_of_a_turn_and_counts_the_rest() -> None:
    bucket = TapBucket(lambda: 7)
    for n in range(TAP_MOST + 5):
        bucket.take(f"frame {n}", "")
    frames, skipped = bucket.empty()
    assert ([frame.text for frame in frames[:2]], len(frames), skipped) == (
        ["frame 0", "frame 1"],
        TAP_MOST,
        5,
    )
    assert bucket.empty() == ((), 0)


def test_the_page_of_a_feed_names_its_points_and_an_unknown_feed_is_a_bad_field(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            feed = next(iter(room.hub.feeds.runners))
            await kim.send(QueryFeed(request="1", feed=feed))
            page = (await kim.until(FeedReply)).page
            assert page.feed == feed
            assert {point.tag for point in page.points} == set(
                room.hub.feeds.runners[feed].mapping.tags.tolist()
            )
            assert {Beat(point.beat) for point in page.points} <= set(Beat)
            await kim.send(QueryFeed(request="2", feed="nonsense"))
            assert (await kim.until(Problem)).where == "feed"

    asyncio.run(scene())


def test_a_tap_brings_frames_until_it_is_closed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            feed, runner = next(iter(room.hub.feeds.runners.items()))
            sink: FeedSink = runner._intake
            await kim.send(OpenTap(request="1", feed=feed))
            assert (await kim.until(TapFrames)).frames == ()
            frames_of(sink)('{"level": 1}', "a/b")
            (frame,) = (await kim.until(TapFrames)).frames
            assert (frame.text, frame.about, frame.size) == ('{"level": 1}', "a/b", 12)
            await kim.send(CloseTap())
            await kim.send(QueryFeed(request="2", feed=feed))
            await kim.until(FeedReply)
            assert runner._intake._taps == []

    asyncio.run(scene())


@pytest.mark.parametrize("act", [LockSession, SignOut], ids=lambda act: act.__name__)
def test_a_tap_ends_when_the_seat_is_locked_or_left(
    act: type[LockSession] | type[SignOut], tmp_path: Path
) -> None:
    """What an engineer may look at is not for who passes by: no frame that comes after the act is told."""

    async def scene() -> None:
        async with people_room(tmp_path) as room:
            wish = Wish(user="cho", name="CHO", grants=(grant(Role.ENGINEER),), password=PASSWORD)
            await room.hub.people.put(wish, Origin(who="test"))
            async with at_work(room, "cho") as cho:
                feed, runner = next(iter(room.hub.feeds.runners.items()))
                sink: FeedSink = runner._intake
                await cho.send(OpenTap(request="1", feed=feed))
                await cho.console.until(TapFrames)
                assert (await cho.ask(act(request=""))).reason == ""
                frames_of(sink)('{"secret": 1}', "a/b")
                async with asyncio.timeout(20):
                    while runner._intake.frames_wanted:
                        await asyncio.sleep(0.01)
                back = SignIn(request="", user="cho", password=PASSWORD)
                if act is LockSession:
                    back = UnlockSession(request="", password=PASSWORD)
                assert (await cho.ask(back)).reason == ""
                told = [message for message in cho.console.got if isinstance(message, TapFrames)]
                assert told
                assert not any(message.frames for message in told)

    asyncio.run(scene())


def test_frames_beyond_what_a_seat_is_told_are_counted_and_cost_little(tmp_path: Path) -> None:
    """A flood of large frames is neither kept nor read: a tap holds no more than one turn of it."""

    async def scene() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            feed, runner = next(iter(room.hub.feeds.runners.items()))
            await kim.send(OpenTap(request="1", feed=feed))
            await kim.until(TapFrames)
            frames, big = frames_of(runner._intake), b"\xff" * 1_000_000
            began = time.perf_counter()
            for _ in range(5_000):
                frames(big, "a/b")
            took = time.perf_counter() - began
            told = await kim.until(TapFrames)
            assert (len(told.frames), told.skipped) == (TAP_MOST, 5_000 - TAP_MOST)
            assert told.frames[0].cut
            assert took < 2.0

    asyncio.run(scene())


def test_a_binary_frame_is_told_in_words_where_the_adapter_can() -> None:
    bucket = TapBucket(lambda: 7, lambda data, about: f"{about}: {len(data)} bytes\u202e")
    bucket.take(b"\xff\x00", "spBv1.0/a")
    bucket.take("text", "b")
    (binary, text), _ = bucket.empty()
    assert (binary.text, binary.note) == ("ff 00", "spBv1.0/a: 2 bytes\ufffd")
    assert text.note == ""


def test_a_tap_ends_with_its_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with hub_room(tmp_path) as room:
            feed, runner = next(iter(room.hub.feeds.runners.items()))
            async with room.console() as kim:
                await kim.until(SnapshotDone)
                await kim.send(OpenTap(request="1", feed=feed))
                await kim.until(TapFrames)
                assert len(runner._intake._taps) == 1
            async with asyncio.timeout(5):
                while runner._intake._taps:
                    await asyncio.sleep(0.01)

    asyncio.run(scene())
