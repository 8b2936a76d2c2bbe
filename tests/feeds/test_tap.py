"""Raw frames on their way to who connects a district."""

from __future__ import annotations

import asyncio

import pytest
from feed_stage import CATALOGUE, HandClock, Heard, HubBook, feed_def, run, server
from websockets.asyncio.server import ServerConnection

from console.core.feed import Beat
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing
from console.feeds.tap import HEX_MOST, TEXT_MOST, frames_of, shown


def test_text_is_shown_without_what_would_move_or_turn_it() -> None:
    """SEC-42: what a stranger wrote is read as it stands."""
    frame = shown("a\x1b[31mb\u202ec\td\n", 7, "topic/\x07")
    assert (frame.text, frame.about, frame.binary, frame.cut) == (
        "a\ufffd[31mb\ufffdc\td\n",
        "topic/\ufffd",
        False,
        False,
    )
    assert (frame.at, frame.size) == (7, 14)


def test_bytes_that_are_text_are_shown_as_text_and_others_as_hex() -> None:
    assert shown('{"온도": 1}'.encode(), 0).text == '{"온도": 1}'
    frame = shown(b"\x00\xff\x10", 0)
    assert (frame.text, frame.binary, frame.size) == ("00 ff 10", True, 3)


def test_a_frame_that_is_too_long_is_cut_and_says_so() -> None:
    long, binary = shown("x" * 5000, 0), shown(b"\xff" * 5000, 0)
    assert (len(long.text), long.cut, long.size) == (TEXT_MOST, True, 5000)
    assert (len(binary.text.split()), binary.cut, binary.size) == (HEX_MOST, True, 5000)


def test_a_sink_that_wants_no_frames_gets_none() -> None:
    sink = Heard()
    frames_of(sink)("x", "")
    assert (sink.rows, sink.faults, sink.states) == ([], [], [])


@pytest.mark.expects_log("feed")
def test_a_tap_sees_every_frame_as_it_came_until_it_is_ended() -> None:
    async def scene() -> None:
        frames = ['{"id":"p1","level":2.5}', "not json"]

        async def play(connection: ServerConnection) -> None:
            for frame in frames:
                await connection.send(frame)
            await connection.wait_closed()

        async with server(play) as url:
            definition = feed_def("json_ws", url, {"source_path": "id"})
            feed, book = Registry(found=()).make(definition), HubBook()
            timing = Timing(HandClock(), lambda: 0.0)
            runner = FeedRunner(definition, feed, FeedMapping(CATALOGUE, definition), book, timing)
            seen: list[bytes | str] = []
            end = runner.tap(lambda data, _about: seen.append(data))
            task = asyncio.create_task(runner.run())
            async with asyncio.timeout(5):
                while len(seen) < 2 or not book.batches:
                    await asyncio.sleep(0.005)
            end()
            end()
            task.cancel()
            await asyncio.wait((task,))
            assert seen == frames
            page = runner.page()
            assert page.offending is not None
            assert page.offending.text == "not json"
            assert page.adapter == "json_ws"
            assert [(p.path, p.tag, p.expected_s) for p in page.points] == [
                ("level", 0, 5.0),
                ("state", 1, 5.0),
            ]
            assert {Beat(p.beat) for p in page.points} == {Beat.LEARNING, Beat.WAITING}

    run(scene())
