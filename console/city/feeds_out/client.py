"""One connected reader: frames wait in a bounded outbox, and a reader that does not keep up is cut."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

OUTBOX_FRAMES = 1024
OUTBOX_BYTES = 12 * 1024 * 1024

_log = logging.getLogger("feed")


class Client:
    """A connection with its outbox; `send` never waits."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._outbox: deque[str | bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self.cut = False

    def send(self, frame: str | bytes) -> None:
        """Queue a frame; too many waiting ends the connection."""
        if self.cut:
            return
        if len(self._outbox) >= OUTBOX_FRAMES or self._bytes + len(frame) > OUTBOX_BYTES:
            self._cut()
            return
        self._outbox.append(frame)
        self._bytes += len(frame)
        self._wake.set()

    def _cut(self) -> None:
        self.cut = True
        _log.warning("reader %s does not keep up and is cut", self._connection.remote_address)
        self._outbox.clear()
        # A closing handshake would wait behind the very bytes that are not read.
        self._connection.transport.abort()

    async def drain(self) -> None:
        """Write what is queued, for the life of the connection."""
        try:
            while not self.cut:
                await self._wake.wait()
                self._wake.clear()
                while self._outbox:
                    frame = self._outbox.popleft()
                    self._bytes -= len(frame)
                    await self._connection.send(frame)
        except ConnectionClosed:
            return
