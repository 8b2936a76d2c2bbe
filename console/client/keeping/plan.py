"""What the store asks next, one question at a time. Pure: `now` is monotonic seconds, `at` the hub's UTC ns.

The ledger goes first, every few seconds; then the samples of the last minutes, which are asked for again until they are
settled; then what is missing, the newest first.
"""

from __future__ import annotations

from collections.abc import Sequence

LEDGER_S = 2.0
ROUND_S = 15.0
PAUSE_S = 0.1
PATIENCE_S = 30.0
REFUSED_S = 5.0
RETRY_S = 60.0
MINUTE = 60 * 10**9
SLOT = 10 * MINUTE
SETTLE = MINUTE
"""Samples that are older than this are all there."""

Span = tuple[int, int]


class Turn:
    """Whose turn it is."""

    def __init__(self) -> None:
        self._live = False
        self._waiting = ""
        self._until = 0.0
        self._count = 0
        self._ledger_due = 0.0
        self._round_due = 0.0
        self._not_before = 0.0

    @property
    def live(self) -> bool:
        """Whether anything can be asked."""
        return self._live

    def link(self, live: bool, now: float) -> None:
        """The link came or went: what is under way will not be answered."""
        if live != self._live:
            self._waiting = ""
            self._ledger_due = self._round_due = now
        self._live = live

    def free(self, now: float) -> bool:
        """Whether a question may go out."""
        if self._waiting and now >= self._until:
            self._waiting = ""
            self._not_before = now + REFUSED_S
        return self._live and not self._waiting and now >= self._not_before

    def wants_ledger(self, now: float) -> bool:
        """Whether it is time for the ledger."""
        return now >= self._ledger_due

    def wants_round(self, now: float) -> bool:
        """Whether it is time for the newest samples."""
        return now >= self._round_due

    def asked(self, now: float) -> str:
        """A question goes out; its name."""
        self._count += 1
        self._waiting = f"keep-{self._count}"
        self._until = now + PATIENCE_S
        return self._waiting

    def answered(self, request: str, now: float) -> bool:
        """An answer came; False for one that nobody waits for any more."""
        if not self._waiting or request != self._waiting:
            return False
        self._waiting = ""
        self._not_before = now + PAUSE_S
        return True

    def ledger_done(self, now: float, more: bool) -> None:
        """Records are in; with `more` the next ones follow at once."""
        self._ledger_due = now if more else now + LEDGER_S

    def round_done(self, now: float) -> None:
        """The newest samples are in."""
        self._round_due = now + ROUND_S

    def refused(self, now: float) -> None:
        """The hub does not answer this now."""
        self._not_before = now + REFUSED_S

    def failed(self, now: float) -> None:
        """The store cannot be written: it is tried again after a while, and nothing is lost by then."""
        self._waiting = ""
        self._not_before = now + RETRY_S

    def wait_s(self, now: float, more: bool) -> float | None:
        """Seconds until there may be something to ask; `more` when samples are missing. None while nothing can be."""
        if not self._live:
            return None
        if self._waiting:
            return max(self._until - now, 0.0)
        due = min(self._ledger_due, self._round_due, *([now] if more else []))
        return max(due - now, self._not_before - now, 0.0)


def settled_until(at: int) -> int:
    """The whole minute before which no sample comes any more."""
    return (at - SETTLE) // MINUTE * MINUTE


def next_missing(missing: Sequence[Span]) -> Span | None:
    """The newest stretch of at most ten minutes that is not held; None when all is."""
    if not missing:
        return None
    start, end = missing[-1]
    return max(start, (end - 1) // SLOT * SLOT), end
