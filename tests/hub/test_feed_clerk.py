"""What a seat is told of a feed: its page, and its raw frames while it has the right to them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hub_room import hub_room

from console.core.feed import Beat
from console.feeds.base import FeedSink
from console.feeds.tap import frames_of
from console.hub.clerks.feeds import TAP_MOST, TapBucket
from console.wire.messages import (
    CloseTap,
    FeedReply,
    OpenTap,
    Problem,
    QueryFeed,
    SnapshotDone,
    TapFrames,
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
