"""The wall clock against the monotonic clock: a jump is said and recorded, a large one stops commands (SEC-40).

A time source that is steered moves the wall clock slowly, and the offset follows. What moves it by more than
`SAID_S` between two looks is a jump; by more than `REFUSED_S`, commands are refused with CLOCK_SKEW until it
has stood still for `SETTLED_S`, because their deadlines and the order of records could be wrong.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from console.core.journal import Record, RecordKind
from console.hub.clock import Clock

log = logging.getLogger("alarm")

LOOK_S = 1.0
SAID_S = 1.0
REFUSED_S = 5.0
STILL_S = 0.1
SETTLED_S = 30.0
_NS = 1_000_000_000
JUMPED = "CLOCK_JUMPED"
SETTLED = "CLOCK_SETTLED"


class Jump(msgspec.Struct, frozen=True):
    """The wall clock moved by `seconds` against the monotonic clock, or has settled after such moves."""

    what: str
    seconds: float


class TimeWatch:
    """Looks at both clocks; `note` takes records for the journal."""

    def __init__(self, clock: Clock, note: Callable[[Record], None]) -> None:
        self._clock = clock
        self._note = note
        self._offset = self._now_offset()
        self._trusted = self._offset
        self._still_since: float | None = None
        self._skewed = False

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def skewed(self) -> bool:
        """Whether commands are refused now; looks first, for a jump may be younger than the last look."""
        self.look()
        return self._skewed

    def look(self) -> Jump | None:
        """Compare the clocks; what was noticed has been recorded."""
        now, offset = self._clock.now(), self._now_offset()
        moved = (offset - self._offset) / _NS
        self._offset = offset
        if abs(moved) > SAID_S:
            return self._jumped(now, moved)
        if not self._skewed:
            self._trusted = offset
            return None
        if abs(moved) > STILL_S or self._still_since is None:
            self._still_since = now
        elif now - self._still_since >= SETTLED_S:
            return self._settled()
        return None

    def _jumped(self, now: float, moved: float) -> Jump:
        self._still_since = now
        # Several small jumps are as bad as a large one: what counts is how far it is from the trusted time.
        self._skewed = self._skewed or abs(self._offset - self._trusted) > REFUSED_S * _NS
        log.warning(
            "the clock jumped by %.1f s; commands are %s", moved, "refused" if self._skewed else "taken"
        )
        return self._said(Jump(JUMPED, moved))

    def _settled(self) -> Jump:
        moved = (self._offset - self._trusted) / _NS
        self._skewed, self._trusted, self._still_since = False, self._offset, None
        log.info("the clock is steady again, %.1f s from where it was; commands are taken", moved)
        return self._said(Jump(SETTLED, moved))

    def _said(self, jump: Jump) -> Jump:
        fields = {"seconds": f"{jump.seconds:.3f}", "commands": "refused" if self._skewed else "taken"}
        self._note(
            Record(
                sequence=0,
                at=self._clock.at(),
                kind=RecordKind.SYSTEM,
                who="system:clock",
                subject="clock",
                what=jump.what,
                fields=fields,
            )
        )
        return jump

    def _now_offset(self) -> int:
        return self._clock.at() - round(self._clock.now() * _NS)
