"""Recordings played through the adapters that read them."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from pathlib import Path

import pytest
from feed_peers import PEERS, Frame, Peer
from feed_stage import Heard, feed_def, run
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.registry import Registry
from console.feeds.replay.tape import TapeFrame, TapeHead, frame_line, head_line, read_frame, read_head

NS = 1_000_000_000
THEN = 1_700_000_000 * NS


def recording(path: Path, peer: Peer, frames: list[Frame], every_s: float = 1.0) -> Path:
    """A recording of `frames`, one every `every_s`, made at THEN."""
    head = TapeHead(adapter=peer.adapter, url="ws://there/x", started=THEN, options=dict(peer.options))
    lines = [head_line(head)]
    lines += [frame_line(TapeFrame(THEN + round(n * every_s * NS), frame)) for n, frame in enumerate(frames)]
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


async def played(path: Path, sink: Heard, **options: str | float | bool) -> FeedDown:
    """Play to the end."""
    feed = Registry(found=()).make(feed_def("replay", path.as_uri(), options))
    with pytest.raises(FeedDown) as caught:
        async with asyncio.timeout(10):
            await feed.run(sink)
    return caught.value


@pytest.mark.parametrize("name", ["tape.jsonl", "tape.jsonl.gz"])
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.adapter)
def test_every_adapter_of_a_socket_reads_its_own_recording(peer: Peer, name: str, tmp_path: Path) -> None:
    frames = [peer.data(peer.source, "level", value, None) for value in (1.5, 2.5, 3.5)]
    if peer.adapter == "columns":
        frames = ['{"points": [["p1", "level"]]}', *frames]
    path, sink = recording(tmp_path / name, peer, frames), Heard()
    down = run(played(path, sink, speed=1000.0))
    assert (down.why, down.refused) == ("replay_ended", False)
    values = [row.value for row in sink.rows if row.path == "level"]
    values += [float(value) for block in sink.blocks for value in block.value]
    assert values[-3:] == [1.5, 2.5, 3.5]
    assert sink.faults == []


JSON = next(peer for peer in PEERS if peer.adapter == "json_ws")


def test_frames_come_at_their_pace_times_the_speed(tmp_path: Path) -> None:
    path = recording(tmp_path / "t.jsonl", JSON, [JSON.data("p1", "level", 1.0, None)] * 4, every_s=1.0)
    began = time.monotonic()
    run(played(path, Heard(), speed=10.0))
    assert 0.3 <= time.monotonic() - began < 2.0


def test_times_of_the_source_become_now_and_keep_their_distance(tmp_path: Path) -> None:
    frames = [
        JSON.data("p1", "level", 1.0, "2023-11-14T22:13:20Z"),
        JSON.data("p1", "level", 2.0, "2023-11-14T22:13:30Z"),
    ]
    path, sink = recording(tmp_path / "t.jsonl", JSON, frames), Heard()
    run(played(path, sink, speed=100.0))
    first, second = (row.at for row in sink.rows)
    assert abs(first - time.time_ns()) < 5 * NS
    assert second - first == NS // 10
    as_it_was = Heard()
    run(played(path, as_it_was, speed=100.0, shift=False))
    assert [row.at for row in as_it_was.rows] == [THEN, THEN + 10 * NS]


def test_with_loop_it_begins_anew_without_a_gap(tmp_path: Path) -> None:
    path, sink = (
        recording(tmp_path / "t.jsonl", JSON, [JSON.data("p1", "level", 1.0, None)] * 2, every_s=0.01),
        Heard(),
    )

    async def scene() -> None:
        feed = Registry(found=()).make(feed_def("replay", path.as_uri(), {"loop": True}))
        task = asyncio.create_task(feed.run(sink))
        await sink.until(lambda: len(sink.rows) >= 5)
        assert not task.done()
        task.cancel()
        await asyncio.wait((task,))

    run(scene())


def test_after_its_end_a_recording_stays_silent(tmp_path: Path) -> None:
    path = recording(tmp_path / "t.jsonl", JSON, [JSON.data("p1", "level", 1.0, None)])

    async def scene() -> None:
        feed, sink = Registry(found=()).make(feed_def("replay", path.as_uri())), Heard()
        with pytest.raises(FeedDown):
            await feed.run(sink)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await feed.run(sink)
        assert len(sink.rows) == 1

    run(scene())


def test_a_line_that_is_no_frame_is_counted_by_its_number(tmp_path: Path) -> None:
    path = recording(tmp_path / "t.jsonl", JSON, [JSON.data("p1", "level", 1.0, None)] * 2)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "{broken", '{"at": 1}', lines[2]]) + "\n")
    sink = Heard()
    run(played(path, sink, speed=1000.0))
    assert [where.split(":")[0] for where, _ in sink.faults] == ["line 3", "line 4"]
    assert len(sink.rows) == 2


def test_a_file_that_ends_in_the_middle_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = recording(
        tmp_path / "t.jsonl.gz", JSON, [JSON.data("p1", "level", float(n), None) for n in range(2000)], 0.0
    )
    path.write_bytes(path.read_bytes()[:-20])
    sink = Heard()
    run(played(path, sink))
    assert ("truncated" in {reason for _, reason in sink.faults}) or len(sink.rows) >= 1000


@pytest.mark.parametrize(
    ("content", "why"), [(None, "no_recording"), ("", "bad_recording"), ("{}\n", "bad_recording"),
                         ('{"gwanje":"frames","version":9}\n', "bad_recording")],
)  # fmt: skip
def test_what_is_no_recording_is_refused_with_the_cause(
    content: str | None, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.jsonl"
    if content is not None:
        path.write_text(content)
    down = run(played(path, Heard()))
    assert (down.why, down.refused) == (why, True)


@pytest.mark.parametrize(
    ("url", "options", "named"),
    [("ws://127.0.0.1/x", {}, "url"), ("file://elsewhere/x", {}, "url"), ("file:///x", {"speed": 0.0}, "speed"),
     ("file:///x", {"adapter": "replay"}, "adapter"), ("file:///x", {"source_path": "id"}, "source_path")],
)  # fmt: skip
def test_a_wrong_option_is_named(url: str, options: dict[str, str | float | bool], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Registry(found=()).make(feed_def("replay", url, options))


def test_a_recording_takes_no_commands(tmp_path: Path) -> None:
    feed = Registry(found=()).make(feed_def("replay", (tmp_path / "x").as_uri()))
    with pytest.raises(FeedDown) as caught:
        run(feed.send(DeviceCommand("1", "p1", "state", "on"), lambda _answer: None))
    assert caught.value.why == "no_commands"


@given(st.one_of(st.text(), st.binary()), st.integers(0, 2**62), st.text(max_size=20))
def test_a_frame_comes_back_as_it_was_written(data: bytes | str, at: int, about: str) -> None:
    if isinstance(data, str) and any("\ud800" <= letter <= "\udfff" for letter in data):
        return
    frame = TapeFrame(at, data, about)
    assert read_frame(frame_line(frame)) == frame


PLAIN = st.none() | st.booleans() | st.floats() | st.text()
TREES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.one_of(st.binary(), st.text(), TREES.map(json.dumps)))
def test_whatever_stands_in_a_file_it_is_read_or_named(line: bytes | str) -> None:
    for read in (read_head, read_frame):
        try:
            read(line)
        except DecodeError as error:
            assert error.reason
