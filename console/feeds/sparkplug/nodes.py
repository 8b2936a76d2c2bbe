"""What is known of one edge node: its points, aliases, and which message must come next; pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.feeds.sparkplug.namespace import Address, source_of
from console.feeds.sparkplug.payload import DataType, Payload

SEQUENCE = 256
_AHEAD = 128
"""Numbers further ahead than this are behind."""


@dataclass(slots=True)
class Point:
    """One metric that a birth has declared."""

    datatype: int
    unit: str = ""
    alias: int | None = None
    value: float | bool | str | None = None
    at: int = 0
    """UTC ns of the last row, by the clock of the node."""

    @property
    def kind(self) -> str:
        """Name of its type."""
        known = {int(one): one.name.lower() for one in DataType}
        return known.get(self.datatype, str(self.datatype))


@dataclass(slots=True)
class Device:
    """A device of a node, or the node's own metrics; `born` is the birth of the node it belongs to."""

    source: str
    born: int = -1
    online: bool = False
    points: dict[str, Point] = field(default_factory=dict[str, Point])


Held = tuple[Address, Payload]


@dataclass(slots=True)
class Node:
    """An edge node; times are monotonic seconds."""

    group: str
    edge: str
    births: int = 0
    online: bool = False
    sessions: frozenset[int] = frozenset()
    """Every bdSeq its birth carried: some libraries write it twice."""
    expected: int = 0
    held: dict[int, Held] = field(default_factory=dict[int, Held])
    """Messages that came before their turn, by number."""
    gap_due: float | None = None
    """When the missing ones are given up."""
    devices_due: float | None = None
    """When devices that have not been born again are given up."""
    asked_at: float | None = None
    """When a rebirth was last asked for."""
    devices: dict[str, Device] = field(default_factory=dict[str, Device])
    aliases: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    """Device and name by alias."""

    def device(self, name: str) -> Device:
        """A device, the node itself by the empty name."""
        found = self.devices.get(name)
        if found is None:
            found = self.devices[name] = Device(source_of(self.group, self.edge, name))
        return found

    def ahead(self, seq: int) -> int:
        """How many numbers lie between the one expected and this; negative for one that is behind."""
        distance = (seq - self.expected) % SEQUENCE
        return distance if distance < _AHEAD else distance - SEQUENCE

    def took(self, seq: int) -> None:
        """This number has had its turn."""
        self.expected = (seq + 1) % SEQUENCE

    def in_turn(self) -> Held | None:
        """The held message whose turn it is."""
        found = self.held.pop(self.expected, None)
        if found is not None:
            self.took(self.expected)
        return found

    def give_up(self) -> tuple[int, list[Held]]:
        """How many messages are missing, and those that were held for them in order."""
        order = sorted(self.held, key=self.ahead)
        missing = self.ahead(order[-1]) + 1 - len(order) if order else 0
        found = [self.held[seq] for seq in order]
        if order:
            self.took(order[-1])
        self.held.clear()
        self.gap_due = None
        return missing, found

    def deadlines(self) -> list[float]:
        """What this node waits for."""
        return [due for due in (self.gap_due, self.devices_due) if due is not None]
