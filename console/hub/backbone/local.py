"""The backbone of one hub: fan-out inside the process, and the journal's SQLite file for what must last."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from console.core.batch import Batch
from console.hub.backbone.base import (
    AlarmEntries,
    Appended,
    Channel,
    Delivery,
    Entry,
    Health,
    Part,
    Telemetry,
)
from console.hub.journal import Journal

log = logging.getLogger("app")

_REPLAY = 1024
_REPLAY_ROWS = 200_000
"""Rows of telemetry kept for replay (4 MB), however large the batches are."""
_KNOWN_IDS = 1024


class _Fan:
    """One channel: who listens, and the last deliveries for those who come back."""

    def __init__(self) -> None:
        self.sequence = 0
        self.ring: deque[Delivery] = deque()
        self._weight = 0
        self.listeners: list[Callable[[Delivery], None]] = []

    def deliver(self, delivery: Delivery) -> None:
        self.sequence = delivery.sequence
        self.ring.append(delivery)
        self._weight += _weight(delivery)
        while len(self.ring) > 1 and (len(self.ring) > _REPLAY or self._weight > _REPLAY_ROWS):
            self._weight -= _weight(self.ring.popleft())
        for listener in tuple(self.listeners):
            listener(delivery)

    def later(self, after: int) -> list[Delivery]:
        if after < self.sequence and (not self.ring or self.ring[0].sequence > after + 1):
            raise LookupError(after)
        return [delivery for delivery in self.ring if delivery.sequence > after]


def _weight(delivery: Delivery) -> int:
    return len(delivery.batch) if isinstance(delivery, Telemetry) else 0


class LocalBackbone:
    """One process is leader of everything; nothing lags."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self._journal = journal
        self._folder = folder
        self._telemetry = _Fan()
        self._alarms = _Fan()
        self._ids: dict[tuple[str, str], None] = {}

    def publish(self, group: str, batch: Batch, batch_id: str) -> None:
        """Call every listener now; a batch whose id the group has published lately is dropped."""
        if (group, batch_id) in self._ids:
            return
        self._ids[group, batch_id] = None
        if len(self._ids) > _KNOWN_IDS:
            del self._ids[next(iter(self._ids))]
        self._telemetry.deliver(Telemetry(self._telemetry.sequence + 1, batch_id, batch))

    def subscribe(
        self, channel: Channel, callback: Callable[[Delivery], None], after: int | None = None
    ) -> Callable[[], None]:
        """Replay what is later than `after`, then live; LookupError when it is too long ago."""
        fan = self._telemetry if channel is Channel.TELEMETRY else self._alarms
        if after is not None:
            for delivery in fan.later(after):
                callback(delivery)
        fan.listeners.append(callback)

        def end() -> None:
            if callback in fan.listeners:
                fan.listeners.remove(callback)

        return end

    async def append(
        self, part: Part, records: Sequence[tuple[str, Entry]], expect: int | None = None, rid: str = ""
    ) -> Appended:
        """Commit through the journal; listeners of alarms hear of it once it is durable."""
        answer = await asyncio.shield(self._journal.append(part, records, expect, rid))
        if part is Part.ALARMS and isinstance(answer, int) and records:
            self._alarms.deliver(AlarmEntries(self._alarms.sequence + 1, tuple(records)))
        return answer

    async def state(self, part: Part) -> tuple[int, Mapping[str, bytes]]:
        """Read from the journal's state table."""
        return await asyncio.to_thread(self._journal.state, part)

    def health(self) -> Health:
        """The journal's last failure and the free disk."""
        free = shutil.disk_usage(self._folder).free
        return Health(engine="local", leader="self", lag_s=0.0, disk_free=free, why=self._journal.failure)
