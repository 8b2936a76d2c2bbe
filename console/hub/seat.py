"""One console at the hub: served by state, so a slow one gets newer values and costs no memory (DESIGN 9).

All writing is done by `pump`. Events come from the ring in order and are never dropped: a seat that falls out
of the ring, or does not take a message within `SEND_S`, is cut with TOO_SLOW and resumes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from starlette.websockets import WebSocket

from console.core.batch import Batch
from console.core.mover import PositionBatch
from console.hub.columns import position_payload, telemetry_payload
from console.hub.hub import Hub
from console.wire.codec import Codec
from console.wire.limits import HEARTBEAT_S, WireFault
from console.wire.messages import FeedsChanged, Heartbeat, Message, Subscribe, ToHub

log = logging.getLogger("link")

SEND_S = 10.0
OUTBOX = 128
"""Answers that wait to be sent; whoever makes one more waits."""
OVERFULL = 8 * OUTBOX
"""Unasked messages that wait; a seat with more is cut."""
MAX_HZ = 30.0
MIN_HZ = 0.1
ROWS = 40_000
"""Rows of one telemetry frame (840 kB)."""
JSON_ROWS = 1_000

Columns = TypeVar("Columns", Batch, PositionBatch)


class SeatCut(Exception):
    """This seat's connection must end: `fault` says why."""

    def __init__(self, fault: WireFault, where: str = "") -> None:
        self.fault = fault
        self.where = where
        super().__init__(f"{fault} {where}")


class Seat:
    """The sending side of one connection."""

    def __init__(self, socket: WebSocket, hub: Hub, codec: Codec[ToHub]) -> None:
        self._socket = socket
        self._hub = hub
        self.codec = codec
        self._wake = asyncio.Event()
        self._outbox: deque[bytes | str] = deque()
        self._room = asyncio.Event()
        self._room.set()
        self._cursor = 0
        self._values_seen = -1
        self._movers_seen = -1
        self._feeds_seen = hub.feeds.revision
        self._opening: Callable[[], Awaitable[None]] | None = None
        self._viewing = False
        self._wanted: NDArray[np.bool_] | None = None
        self._movers_wanted = True
        self._period_s = 0.1
        self.coalesced = 0

    async def send(self, message: Message) -> None:
        """Write one message now. Raises SeatCut when it is not taken in time."""
        await self._write(self.codec.encode(message))

    @property
    def viewing(self) -> bool:
        """Whether this seat is shown the city."""
        return self._viewing

    def show(self, opening: Callable[[], Awaitable[None]]) -> None:
        """Somebody who may see sits here now: `opening` sends what stands, then events and values follow."""
        self._viewing = True
        self._opening = opening
        self._wake.set()

    def blind(self) -> None:
        """From now on this seat is sent nothing about the city, whatever was on its way (SEC-08)."""
        self._viewing = False
        self._opening = None

    def post(self, payload: bytes | str) -> None:
        """Queue a message that nobody waits for; a seat that takes none is cut by its pump."""
        self._outbox.append(payload)
        self._wake.set()

    async def snapshot(self, messages: Iterable[Message], sequence: int) -> None:
        """Send messages that bring the console to `sequence`, then all present values."""
        self._cursor = sequence
        for message in messages:
            if not self._viewing:
                return
            await self.send(message)
        await self._send_values()

    async def catch_up(self) -> None:
        """Send the events after the sequence the console has. Raises SeatCut."""
        await self._send_events()

    def subscribe(self, wish: Subscribe) -> None:
        """Change what telemetry is sent; raises IndexError for a tag the catalogue does not have."""
        if wish.all_tags:
            self._wanted = None
        else:
            mask = np.zeros(len(self._hub.catalogue.tags), np.bool_)
            if wish.tags and not 0 <= min(wish.tags) <= max(wish.tags) < len(mask):
                raise IndexError("tags")
            mask[np.asarray(wish.tags, np.int64)] = True
            self._wanted = mask
        self._movers_wanted = wish.movers
        self._period_s = 1.0 / min(max(wish.max_hz, MIN_HZ), MAX_HZ)
        # What was not wanted until now has not been sent: start from the present state.
        self._values_seen = -1
        self._movers_seen = -1
        self._wake.set()

    async def answer(self, payload: bytes | str) -> None:
        """Queue an answer; waits while too many are queued."""
        while len(self._outbox) >= OUTBOX:
            self._room.clear()
            await self._room.wait()
        self._outbox.append(payload)
        self._wake.set()

    async def pump(self) -> None:
        """Send until cancelled. Raises SeatCut."""
        loop = asyncio.get_running_loop()
        end = self._hub.ring.listen(self._wake.set)
        try:
            values_due = beat_due = loop.time()
            while True:
                self._wake.clear()
                if self._viewing and self._opening is None:
                    await self._send_events()
                await self._send_answers()
                await self._open()
                now = loop.time()
                if now >= values_due:
                    await self._send_values()
                    values_due = max(values_due + self._period_s, now)
                if now >= beat_due:
                    await self._beat()
                    beat_due = now + HEARTBEAT_S
                values_due = min(values_due, now + self._period_s)
                await self._wait(min(values_due, beat_due) - loop.time())
        finally:
            end()

    async def _open(self) -> None:
        while self._opening is not None:
            opening, self._opening = self._opening, None
            # What stands is sent whole, so values already sent are sent again.
            self._values_seen = self._movers_seen = -1
            await opening()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _send_events(self) -> None:
        happenings = self._hub.ring.after(self._cursor)
        if happenings is None:
            raise SeatCut(WireFault.TOO_SLOW, "events")
        for happening in happenings:
            if not self._viewing or self._opening is not None:
                return
            await self._write(happening.encoded(self.codec))
            self._cursor = happening.sequence

    async def _send_answers(self) -> None:
        if len(self._outbox) > OVERFULL:
            raise SeatCut(WireFault.TOO_SLOW, "answers")
        while self._outbox:
            await self._write(self._outbox.popleft())
            self._room.set()

    async def _send_values(self) -> None:
        # A value must not overtake the growth of the catalogue that it is of.
        while self._viewing and self._opening is None and self._cursor < self._hub.ring.sequence:
            await self._send_events()
        if not self._viewing or self._opening is not None:
            return
        latest = self._hub.pipeline.latest
        before = self._values_seen
        batch, self._values_seen = latest.changed_since(before, self._wanted)
        if before >= 0 and self._wanted is None:
            self.coalesced += self._values_seen - before - len(batch)
        for part in _parts(batch, self._frame_rows()):
            if not self._viewing:
                return
            await self._write(telemetry_payload(part, self.codec))
        if self._movers_wanted:
            positions, self._movers_seen = self._hub.movers.changed_since(self._movers_seen)
            for moved in _parts(positions, self._frame_rows()):
                await self._write(position_payload(moved, self.codec))

    def _frame_rows(self) -> int:
        return JSON_ROWS if self.codec.text else ROWS

    async def _beat(self) -> None:
        """Heartbeat, and the rates of the feeds if they have changed."""
        feeds = self._hub.feeds
        if self._viewing and self._feeds_seen != feeds.revision:
            self._feeds_seen = feeds.revision
            await self.send(FeedsChanged(sequence=self._cursor, feeds=tuple(feeds.facts())))
        at = self._hub.clock.at()
        await self.send(Heartbeat(at=at, sequence=self._cursor, coalesced=self.coalesced))

    async def _write(self, payload: bytes | str) -> None:
        try:
            async with asyncio.timeout(SEND_S):
                if isinstance(payload, str):
                    await self._socket.send_text(payload)
                else:
                    await self._socket.send_bytes(payload)
        except TimeoutError as error:
            raise SeatCut(WireFault.TOO_SLOW, "send") from error


def _parts(columns: Columns, rows: int) -> Iterable[Columns]:
    if len(columns) <= rows:
        if len(columns):
            yield columns
        return
    names = type(columns).__slots__
    for first in range(0, len(columns), rows):
        yield type(columns)(*(getattr(columns, name)[first : first + rows] for name in names))
