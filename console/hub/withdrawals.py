"""What ends or withdraws a command without anybody acting on it: time, a lost line or session, a tag, a condition
that is gone.
"""

from __future__ import annotations

from console.core.command.facts import CommandState
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused
from console.hub.clearance import Clearance
from console.hub.clock import Clock
from console.hub.jobs import Job, JobBook
from console.hub.permits import Stage

RECHECK_TICKS = 10
"""Ticks between two looks at whether what allows a waiting confirmation still holds."""


class Withdrawals:
    """Looks after the commands that are not over."""

    def __init__(self, clearance: Clearance, book: JobBook, clock: Clock) -> None:
        self._clearance = clearance
        self._book = book
        self._clock = clock
        self._ticks = 0

    def feed_down(self, feed: str) -> None:
        """The connection a command went, or would go, through is gone."""
        for job in self._book.open():
            if job.route is not None and job.route.feed == feed:
                job.machine.comms_lost(self._clock.now(), self._clock.at())
                self._book.drain(job)

    def session_lost(self, session: str) -> None:
        """A session has ended: what it has asked for and nobody has confirmed is withdrawn."""
        self._lost(session, frozenset(CommandState))

    def seat_gone(self, session: str) -> None:
        """Nobody sits at the session any more, though it lasts: what waits for a confirmation is withdrawn."""
        self._lost(session, frozenset({CommandState.SELECTING, CommandState.SELECTED}))

    def tag_placed(self, asset: str) -> None:
        """A tag was hung: what it forbids is withdrawn, and so is a text that does not name a caution (CMD-08)."""
        now, at = self._clock.now(), self._clock.at()
        for job in self._book.open():
            if job.asset != asset:
                continue
            if job.machine.fact.attempt:
                job.machine.tag_placed(now, at)
            else:
                try:
                    self._clearance.check_tags(job)
                except CommandRefused as refused:
                    self._withdrawn_for(job, refused)
            self._book.drain(job)

    def expire(self) -> None:
        """End what has taken too long, withdraw what is not permitted any more, forget what is over for a day."""
        now, at = self._clock.now(), self._clock.at()
        self._ticks += 1
        for job in self._book.open():
            due = job.machine.next_deadline()
            if due is not None and due <= now:
                job.machine.expire(now, at)
            elif job.machine.state is CommandState.SELECTED and self._ticks % RECHECK_TICKS == 0:
                self._clearance.failed(job, Stage.EXECUTE)
            self._book.drain(job)
        self._book.forget_old()

    def _withdrawn_for(self, job: Job, refused: CommandRefused) -> None:
        now, at = self._clock.now(), self._clock.at()
        if refused.reason_code == CommandReason.BLOCKED_BY_TAG:
            job.machine.tag_placed(now, at)
        else:
            job.machine.revalidation_failed(refused.reason_code, now, at)

    def _lost(self, session: str, states: frozenset[CommandState]) -> None:
        for job in self._book.open():
            if session and job.person.session == session and job.machine.state in states:
                job.machine.session_lost(self._clock.now(), self._clock.at())
                self._book.drain(job)
