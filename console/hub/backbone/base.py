"""The interface the hub needs of its backbone; nothing else in the hub knows which room implements it.

It grows with leases and served requests when the room that runs replicas is built; until then nothing asks
for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from console.core.batch import Batch
from console.core.journal import Record


class Channel(StrEnum):
    """What can be subscribed to."""

    TELEMETRY = "telemetry"
    ALARMS = "alarms"


class Part(StrEnum):
    """Parts of the lasting state; each has its own order."""

    ALARMS = "alarms"
    COMMANDS = "commands"
    SYSTEM = "system"
    TAGS = "tags"
    AREAS = "areas"
    RUNS = "runs"
    PEOPLE = "people"
    LOG = "log"
    HANDOVER = "handover"


class Entry(msgspec.Struct, frozen=True):
    """One record to append and, if it changes the state of its key, the encoded state after it."""

    record: Record
    state: bytes = b""


class Conflict(msgspec.Struct, frozen=True):
    """Nothing was appended: the part stands at `current` and not where the writer thought."""

    current: int


class Unavailable(msgspec.Struct, frozen=True):
    """Nothing is known to be durable; `why` is what the storage said."""

    why: str


Appended = int | Conflict | Unavailable


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the backbone is: the engine's name, who leads, seconds of lag, free bytes of disk, and why it is
    unwell.
    """

    engine: str
    leader: str
    lag_s: float
    disk_free: int
    why: str = ""


class Telemetry(msgspec.Struct, frozen=True):
    """One published batch with its place in the channel; `id` is `producer:counter`."""

    sequence: int
    id: str
    batch: Batch


class AlarmEntries(msgspec.Struct, frozen=True):
    """Entries that have just become durable."""

    sequence: int
    entries: tuple[tuple[str, Entry], ...]


Delivery = Telemetry | AlarmEntries


class Backbone(Protocol):
    """Publish, subscribe, append and state; every answer says what is known."""

    def publish(self, group: str, batch: Batch, batch_id: str) -> None:
        """Make a batch live at once; a repeated `batch_id` of a group is dropped."""
        ...

    def subscribe(
        self, channel: Channel, callback: Callable[[Delivery], None], after: int | None = None
    ) -> Callable[[], None]:
        """Call back for each delivery; `after` first replays what came later, without gap or double.

        Returns the callable that ends it. Raises LookupError when `after` is older than what can be replayed.
        """
        ...

    async def append(
        self, part: Part, records: Sequence[tuple[str, Entry]], expect: int | None = None, rid: str = ""
    ) -> Appended:
        """Commit records by key, all or none; resolves when durable, with the sequence of the last one.

        `expect` fences: the part must stand there. `rid` makes it idempotent: a repeated one answers as the
        first.
        """
        ...

    async def state(self, part: Part) -> tuple[int, Mapping[str, bytes]]:
        """Where the part stands and the last state of each key."""
        ...

    def health(self) -> Health:
        """How the backbone is now."""
        ...
