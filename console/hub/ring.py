"""What has happened, in order, for every seat: a ring of messages, numbered from 1 since the hub started,
bounded by number and by age.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable

from console.wire.codec import Codec
from console.wire.messages import Message, ToHub

RING = 20_000
KEEP_S = 300.0
"""A seat that was away for longer gets the whole state, which is smaller by then than all that led to it."""


class Happening:
    """One message; its bytes are made once for all seats of a sub-protocol."""

    __slots__ = ("_binary", "_text", "message", "pushed", "sequence")

    def __init__(self, sequence: int, message: Message, pushed: float) -> None:
        self.sequence = sequence
        self.pushed = pushed
        self.message = message
        self._text: bytes | str | None = None
        self._binary: bytes | str | None = None

    def encoded(self, codec: Codec[ToHub]) -> bytes | str:
        """The message as `codec` writes it."""
        if codec.text:
            if self._text is None:
                self._text = codec.encode(self.message)
            return self._text
        if self._binary is None:
            self._binary = codec.encode(self.message)
        return self._binary


class EventRing:
    """`token` names this life of the hub: sequences of another life mean nothing here. `now` is monotonic seconds."""

    def __init__(self, size: int = RING, now: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_hex(16)
        self.sequence = 0
        self._ring: deque[Happening] = deque(maxlen=size)
        self._now = now
        self._listeners: list[Callable[[], None]] = []

    def push(self, make: Callable[[int], Message]) -> None:
        """Append what `make` builds for its sequence, and wake every listener."""
        self.sequence += 1
        now = self._now()
        self._ring.append(Happening(self.sequence, make(self.sequence), now))
        while self._ring[0].pushed < now - KEEP_S:
            self._ring.popleft()
        for listener in tuple(self._listeners):
            listener()

    def after(self, sequence: int) -> list[Happening] | None:
        """What happened after `sequence`, in order; None when that is not known here (any more)."""
        missing = self.sequence - sequence
        if missing < 0 or missing > len(self._ring):
            return None
        return [self._ring[i] for i in range(len(self._ring) - missing, len(self._ring))]

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each push; returns the callable that ends it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end
