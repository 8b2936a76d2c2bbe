"""Plays the frames of a recording to one listener at the pace they came, or faster."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import AsyncGenerator
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from console.core.errors import DecodeError
from console.feeds.base import FeedDown, FeedSink
from console.feeds.replay.tape import LINE_LIMIT, TapeFrame, TapeHead, read_frame, read_head
from console.feeds.tap import FrameReader, frames_of

NS = 1_000_000_000
LINES = 200
"""Lines read at once, beside everything else."""


class Tape:
    """An open recording; read from a thread. `line` is the number of the last one read."""

    def __init__(self, path: Path) -> None:
        raw = path.open("rb")
        self._file: io.BufferedIOBase | gzip.GzipFile = (
            gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        )
        self._raw = raw
        self.line = 0

    def head(self) -> TapeHead:
        """The first line; raises DecodeError, OSError or EOFError."""
        self.line = 1
        return read_head(self._file.readline(LINE_LIMIT))

    def lines(self) -> list[bytes]:
        """The next lines, none at the end; raises OSError or EOFError for a file that is damaged."""
        found: list[bytes] = []
        for _ in range(LINES):
            line = self._file.readline(LINE_LIMIT)
            if not line:
                break
            found.append(line)
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._raw.close()


def open_tape(path: Path) -> tuple[Tape, TapeHead, TapeFrame | None]:
    """A recording, what it is of, and its first frame. Raises FeedDown saying what is wrong with the file."""
    try:
        tape = Tape(path)
    except OSError as error:
        raise FeedDown("no_recording", error.strerror or path.name, refused=True) from None
    try:
        head = tape.head()
        first = Tape(path)
        try:
            first.head()
            line = first.lines()[:1]
        finally:
            first.close()
        return tape, head, read_frame(line[0]) if line else None
    except (DecodeError, OSError, EOFError) as error:
        tape.close()
        raise FeedDown("bad_recording", str(error)[:200], refused=True) from None


async def frames(tape: Tape, sink: FeedSink) -> AsyncGenerator[TapeFrame, None]:
    """All frames in order; what cannot be read is reported and passed over."""
    while True:
        try:
            lines = await asyncio.to_thread(tape.lines)
        except (OSError, EOFError) as error:
            sink.malformed(f"line {tape.line + 1}", "truncated", str(error)[:80])
            return
        if not lines:
            return
        for line in lines:
            tape.line += 1
            try:
                frame = read_frame(line)
            except DecodeError as error:
                sink.malformed(f"line {tape.line}: {error.where}", error.reason, line[:200])
                continue
            yield frame


async def timed(tape: Tape, sink: FeedSink, first: int, speed: float) -> AsyncGenerator[TapeFrame, None]:
    """Every frame when its time has come, counted from `first` (UTC ns)."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async for frame in frames(tape, sink):
        wait = began + (frame.at - first) / NS / speed - loop.time()
        # Also without a wait: a fast replay must not keep the hub to itself.
        await asyncio.sleep(max(wait, 0.0))
        yield frame


async def play(tape: Tape, sink: FeedSink, connection: ServerConnection, first: int, speed: float) -> None:
    """Send every frame when its time has come; returns when all are sent."""
    async for frame in timed(tape, sink, first, speed):
        try:
            await connection.send(frame.data)
        except ConnectionClosed:
            return


async def read_aloud(tape: Tape, sink: FeedSink, reader: FrameReader, first: int, speed: float) -> None:
    """Give every frame to a reader when its time has come; who looks at raw frames sees them too."""
    show = frames_of(sink)
    async for frame in timed(tape, sink, first, speed):
        show(frame.data, frame.about)
        reader(frame.data, frame.about, frame.at)
