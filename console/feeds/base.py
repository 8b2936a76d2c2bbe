"""The one contract between the city's protocols and the hub.

An adapter decodes frames of its source into readings named as the source names them; the hub maps these names
to tags. Names are pairs (source object, path inside it), such as ("urn:ngsi-ld:PumpingStation:suyeong",
"waterLevel"). An adapter never decides about alarms, quality rules or history, and never raises for what the
source sent: it reports `malformed` and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef


class Reading(msgspec.Struct, frozen=True):
    """One value as the source gave it; `at` is UTC ns of the source, 0 when it gave none."""

    source: str
    path: str
    value: float | bool | str
    at: int = 0
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Many values of a columnar source; `point` indexes the list given to `FeedSink.declare`."""

    point: NDArray[np.uint32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]


class Position(msgspec.Struct, frozen=True):
    """Where a moving object is; heading in degrees true, speed in m/s, None if unknown."""

    source: str
    lat: float
    lon: float
    heading: float | None = None
    speed: float | None = None
    at: int = 0


class MoverFacts(msgspec.Struct, frozen=True):
    """Static data of a moving object; merged into what is known of it already."""

    source: str
    kind: str
    name: str = ""
    facts: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class DeviceAnswer(msgspec.Struct, frozen=True):
    """What a device said of a command: kind is one of `ANSWER_KINDS`, progress is 0 to 1."""

    kind: str
    progress: float = 0.0
    detail: str = ""
    cause: str = ""
    """A code of `core.command.reasons` where the source names the cause, such as BLOCKED_BY_MODE; else empty."""
    test: bool = False
    """The source says that it was a test and that nothing has moved."""


ANSWER_KINDS = frozenset(
    {"accepted", "accepted_final", "progress", "done", "failed", "rejected", "busy", "cancelled"}
)
"""accepted and progress are followed by more; the others are the last word of the device."""


class DeviceCommand(msgspec.Struct, frozen=True):
    """A command on its way out: value already in the source's unit or word."""

    command_id: str
    source: str
    path: str
    value: float | str
    test: bool = False
    """The device shall only say what it would do (CMD-15)."""


class DeviceSelection(msgspec.Struct, frozen=True, kw_only=True):
    """What a device said of a selection: what it has selected, as an echo of the command, or why it has not."""

    ok: bool
    source: str = ""
    path: str = ""
    value: float | str = ""
    lasts_s: float = 0.0
    """When it lets go by itself; 0 if it does not say."""
    detail: str = ""

    def echoes(self, command: DeviceCommand) -> bool:
        """Whether it has selected exactly what was asked."""
        return (self.source, self.path, self.value) == (command.source, command.path, command.value)


class FeedSink(Protocol):
    """What an adapter may tell the hub; every call returns at once and never raises."""

    def readings(self, rows: list[Reading]) -> None:
        """Values, in order of arrival."""
        ...

    def declare(self, points: list[tuple[str, str]]) -> None:
        """Names of the points that later `columns` index (columnar sources only)."""
        ...

    def columns(self, columns: Columns) -> None:
        """Values of a columnar source."""
        ...

    def positions(self, rows: list[Position]) -> None:
        """Positions of moving objects."""
        ...

    def movers(self, rows: list[MoverFacts]) -> None:
        """Static data of moving objects."""
        ...

    def gone(self, sources: list[str]) -> None:
        """Moving objects of which the source has been silent for too long; they come back with `movers`."""
        ...

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """A frame, or a part of one, that could not be read."""
        ...

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """A change of the connection: LIVE once the source is really delivering, REFUSED with the cause, GAP with
        the cause for data that are known to be lost although the connection holds.
        """
        ...


class FeedDown(Exception):
    """The connection ended or could not be made.

    `why` is a key of the words `feeds.why`; `refused` if trying again at once is vain.
    """

    def __init__(self, why: str, detail: str = "", *, refused: bool = False) -> None:
        self.why = why
        self.detail = detail
        self.refused = refused
        super().__init__(f"{why}: {detail}")


class Feed(Protocol):
    """One adapter instance, for one feed of the profile."""

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown, after which the runner calls it again."""
        ...

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write a command and return once its bytes are out; answers come through `answer`, also late.

        Raises FeedDown when nothing was written.
        """
        ...


@runtime_checkable
class SelectingFeed(Protocol):
    """An adapter whose devices know select before operate."""

    async def select(self, command: DeviceCommand, released: Callable[[], None]) -> DeviceSelection:
        """Ask the device to reserve itself; `released` is called if it lets go by itself. Raises FeedDown."""
        ...

    async def release(self, command: DeviceCommand) -> None:
        """Give the reservation back. Raises FeedDown."""
        ...


@runtime_checkable
class CancellingFeed(Protocol):
    """An adapter whose devices can be told to stop what they are doing."""

    async def cancel(self, command: DeviceCommand) -> None:
        """Ask the device to stop; what it says comes through the answers of the command. Raises FeedDown."""
        ...


@runtime_checkable
class PointedFeed(Protocol):
    """An adapter that asks its source for single points, and therefore must know which ones the profile maps."""

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """Names of the mapped points and the expected period of each in seconds; told before the first `run`.

        A point of period 0 was discovered by this adapter before: nobody knows how often it speaks.
        """
        ...


@runtime_checkable
class KeepingFeed(Protocol):
    """An adapter that has something to keep over restarts, such as how often it has asked today."""

    def keep_in(self, folder: Path) -> None:
        """Where it may keep it; called once before `run`. The folder may not exist yet."""
        ...


FeedMaker = Callable[[FeedDef], Feed]
"""Builds an adapter from its declaration; raises ValueError naming the option at fault."""
