"""The copy of the ledger as syslog: RFC 5424 messages with octet counting (RFC 6587), over TLS (RFC 5425).

Syslog knows no answer. A batch counts as there when the other end's system has taken it and the connection has
stayed up for a moment after; what was under way when a connection broke is sent again, with the same numbers.
"""

from __future__ import annotations

import array
import asyncio
import os
import platform
import ssl
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from console.core.ledger.lines import read_line
from console.hub.ledger.follow import Cursor, Sink

CONNECT_S = 5.0
SEND_S = 10.0
_PRIORITY = 13 * 8 + 6
"""Facility log audit, severity informational."""


class _Kept(msgspec.Struct):
    """The cursor on disk; of another target it means nothing."""

    target: str
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class SyslogTarget:
    """`host:port`; `ca` is a file of certificates that the other end's is checked against, None without TLS."""

    host: str
    port: int
    cursor_file: Path
    tls: bool = True
    ca: Path | None = None

    @asynccontextmanager
    async def __call__(self) -> AsyncGenerator[Sink]:
        """A connection; raises OSError (an SSLError is one)."""
        context: ssl.SSLContext | None = None
        if self.tls:
            context = ssl.create_default_context(cafile=str(self.ca) if self.ca is not None else None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(self.host, self.port, ssl=context)
        except TimeoutError as error:
            raise OSError("no answer") from error
        sink = _SyslogSink(self, reader, writer)
        try:
            yield sink
        finally:
            sink.end()
            writer.close()

    @property
    def name(self) -> str:
        """What the cursor belongs to."""
        return f"{'tls' if self.tls else 'tcp'}://{self.host}:{self.port}"

    def load(self) -> Cursor:
        """Where the copy stands."""
        try:
            kept = msgspec.json.decode(self.cursor_file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return Cursor()
        return kept.cursor if kept.target == self.name else Cursor()

    def keep(self, cursor: Cursor) -> None:
        """Remember where the copy stands."""
        new = self.cursor_file.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(_Kept(self.name, cursor)))
        new.replace(self.cursor_file)


class _SyslogSink:
    def __init__(
        self, target: SyslogTarget, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer
        self.cursor = target.load()
        self._unsure: Cursor | None = None
        # Whoever speaks or closes is heard of here; syslog servers say nothing.
        self._closed = asyncio.create_task(reader.read(1), name="syslog end")
        self._closed.add_done_callback(_seen)

    async def put(self, lines: list[bytes], upto: Cursor) -> None:
        self._check()
        self._writer.write(b"".join(frame(line) for line in lines))
        try:
            async with asyncio.timeout(SEND_S):
                await self._writer.drain()
                while _unsent(self._writer):
                    await asyncio.sleep(0.01)
                    self._check()
        except TimeoutError as error:
            raise OSError("the other end takes nothing") from error
        self._check()
        await self._sure()
        self._unsure = upto

    async def idle(self) -> None:
        self._check()
        await self._sure()

    def end(self) -> None:
        """Listen no more."""
        self._closed.cancel()

    async def _sure(self) -> None:
        if self._unsure is not None:
            await asyncio.to_thread(self._target.keep, self._unsure)
            self._unsure = None

    def _check(self) -> None:
        if self._closed.done() or self._writer.is_closing():
            raise OSError("the other end has closed")


def frame(line: bytes) -> bytes:
    """One line of the ledger as an octet-counted message; its message id says what the line is."""
    parsed = read_line(line)
    kind = "record" if parsed.record else "head" if parsed.head else "keys"
    number = parsed.record.sequence if parsed.record else parsed.head.number if parsed.head else 0
    at = parsed.record.record.at if parsed.record else parsed.head.at if parsed.head else 0
    stamp = "-"
    if 0 < at < 253_402_300_800_000_000_000:
        stamp = datetime.fromtimestamp(at // 1000 / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    host = platform.node()[:255].replace(" ", "-") or "-"
    data = f'[ledger@32473 sequence="{number}"]'
    head = f"<{_PRIORITY}>1 {stamp} {host} gwanje {os.getpid()} {kind} {data} "
    message = head.encode("ascii", "replace") + line
    return f"{len(message)} ".encode("ascii") + message


def _seen(task: asyncio.Task[bytes]) -> None:
    # An error of the connection is told by the next check.
    if not task.cancelled():
        task.exception()


if sys.platform == "linux":
    import fcntl
    import termios

    def _unsent(writer: asyncio.StreamWriter) -> bool:
        """Whether the other end's system has not taken everything yet."""
        waiting = array.array("i", [0])
        fcntl.ioctl(writer.get_extra_info("socket").fileno(), termios.TIOCOUTQ, waiting)
        return bool(waiting[0])

else:

    def _unsent(writer: asyncio.StreamWriter) -> bool:
        return False
