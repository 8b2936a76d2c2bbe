"""What the broker keeps of one client: its subscriptions, and what is on the way to it; no sockets."""

from __future__ import annotations

import math
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from console.city.broker import wire
from console.city.broker.limits import Limits
from console.city.broker.requests import V5, Greeting, Message, Subscription
from console.city.broker.wire import Code, Kind


class Link(Protocol):
    """The connection of a client."""

    @property
    def full(self) -> bool:
        """Whether the client does not take what is written."""
        ...

    def write(self, data: bytes) -> None:
        """Whole packets; returns at once."""
        ...

    def end(self, code: Code) -> None:
        """Close it, with this reason where the client can be told."""
        ...


class Subscriber(Protocol):
    """Whoever has subscriptions at the broker."""

    client_id: str
    subscriptions: dict[str, Subscription]

    def deliver(self, message: Message, qos: int, retain: bool) -> None:
        """A message that matches, with the flags it is to carry."""
        ...


@dataclass(slots=True)
class _Out:
    """A message on its way to the client."""

    message: Message
    qos: int
    retain: bool
    released: bool = False
    """Of QoS 2: the client has it, and only the end of it is left."""


class Session:
    """A client that is connected, or may come back."""

    def __init__(self, client_id: str, limits: Limits, now: Callable[[], float]) -> None:
        self.client_id = client_id
        self.subscriptions: dict[str, Subscription] = {}
        self.link: Link | None = None
        self.will: Message | None = None
        self.session_s = 0
        self.ends_at = math.inf
        """When it is forgotten, in monotonic seconds; never while it is connected."""
        self.dropped = 0
        self.halfway: set[int] = set()
        """Packet ids of messages of QoS 2 that the client has not released."""
        self._limits = limits
        self._now = now
        self._version = V5
        self._largest = wire.MOST
        self._window = limits.in_flight
        self._queue: deque[_Out] = deque()
        self._queued = 0
        self._open: dict[int, _Out] = {}
        self._id = 0

    def connected(self, greeting: Greeting, link: Link) -> None:
        """The client is there."""
        self.link, self.will = link, greeting.will
        self.session_s = min(greeting.session_s, self._limits.session_s)
        self.ends_at = math.inf
        self._version, self._largest = greeting.version, greeting.largest
        self._window = min(greeting.in_flight, self._limits.in_flight)

    def resumed(self) -> None:
        """Go on where the last connection ended (clause 4.4)."""
        for number, out in self._open.items():
            self._write(self._release(number) if out.released else self._packet(out, number, again=True))
        self.pump()

    def lost(self) -> None:
        """The connection has ended; the session stays as long as was agreed."""
        self.link = self.will = None
        self.ends_at = self._now() + self.session_s
        kept = [out for out in self._queue if out.qos]
        self._queue = deque(kept)
        self._queued = sum(len(out.message.payload) for out in kept)

    def deliver(self, message: Message, qos: int, retain: bool) -> None:
        """Send it, or let it wait; a client that does not keep up loses messages, and they are counted."""
        if self.link is None and not qos:
            return
        size = len(message.payload)
        limits = self._limits
        if len(self._queue) >= limits.queue or self._queued + size > limits.queue_bytes:
            self.dropped += 1
            return
        self._queue.append(_Out(message, qos, retain))
        self._queued += size
        self.pump()

    def pump(self) -> None:
        """Write what may be written now, in order."""
        while self._queue and self.link is not None and not self.link.full:
            out = self._queue[0]
            if out.qos and len(self._open) >= self._window:
                return
            self._queue.popleft()
            self._queued -= len(out.message.payload)
            if out.message.expires <= self._now():
                continue
            number = self._next_id() if out.qos else 0
            data = self._packet(out, number)
            # What is larger than the client takes is passed over (clause 3.1.2.11.4).
            if len(data) <= self._largest:
                if number:
                    self._open[number] = out
                self.link.write(data)

    def acknowledged(self, kind: int, number: int, code: int) -> None:
        """PUBACK, PUBREC or PUBCOMP of the client."""
        if kind == Kind.PUBREC and code < 0x80:
            out = self._open.get(number)
            if out is not None:
                out.released = True
            self._write(self._release(number))
            return
        self._open.pop(number, None)
        self.pump()

    def _release(self, number: int) -> bytes:
        return wire.packet(Kind.PUBREL, 2, struct.pack(">H", number))

    def _packet(self, out: _Out, number: int, again: bool = False) -> bytes:
        message = out.message
        parts = [wire.text(message.topic)]
        if number:
            parts.append(struct.pack(">H", number))
        if self._version == V5:
            told = message.forwarded
            if message.expires != math.inf:
                left = max(0, math.ceil(message.expires - self._now()))
                told = bytes([wire.EXPIRY]) + struct.pack(">I", left) + told
            parts.append(wire.with_length(told))
        flags = out.qos << 1 | int(out.retain) | (8 if again and out.qos else 0)
        return wire.packet(Kind.PUBLISH, flags, *parts, message.payload)

    def _next_id(self) -> int:
        """The window is far smaller than the numbers, so there is a free one."""
        while True:
            self._id = self._id % 65_535 + 1
            if self._id not in self._open:
                return self._id

    def _write(self, data: bytes) -> None:
        if self.link is not None:
            self.link.write(data)
