"""Whether a command is permitted now, at each of its stages; what it holds from then on.

Every look at what is permitted and every claim of a target happens without an await in between: of many who ask at
once, one wins.
"""

from __future__ import annotations

from console.core.command.rates import Rates
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused
from console.core.site import CommandClass
from console.hub.clock import Clock
from console.hub.jobs import Job, JobBook
from console.hub.judge import Judge, Route
from console.hub.permits import Stage
from console.hub.person import Person


class Clearance:
    """Judge, targets and rates together."""

    def __init__(self, judge: Judge, book: JobBook, rates: Rates, clock: Clock) -> None:
        self._judge = judge
        self._book = book
        self._rates = rates
        self._clock = clock

    def begin(self, job: Job) -> None:
        """The first stage; raises CommandRefused."""
        now, at, definition = self._clock.now(), self._clock.at(), job.intent.definition
        route = self.permitted(job, Stage.ASK)
        if not definition.emergency:
            self._rates.check_target(route.point, now)
            if not job.grouped:
                self.count_person(job.person)
        self._rates.count_target(route.point, now)
        self._book.routed(job, route)
        # What hangs there as a caution is read and confirmed, whatever the class (CMD-08).
        cautioned = bool(self._judge.permits.cautions(job.asset))
        direct = definition.command_class < CommandClass.C2 and not cautioned
        if definition.emergency or direct:
            job.machine.accept(now, at)
        elif definition.command_class <= CommandClass.C2:
            job.machine.select(now, at)
        else:
            text, job.cautions = self._judge.text(job.intent)
            job.machine.ask_approval(text, now, at)

    def preview(self, job: Job) -> Route:
        """The way to the device if the command would be taken now; nothing is taken. Raises CommandRefused."""
        route = self.permitted(job, Stage.PREVIEW)
        if not job.intent.definition.emergency:
            self._rates.check_target(route.point, self._clock.now())
        return route

    def count_person(self, person: Person) -> None:
        """One more act of commanding; raises CommandRefused TOO_MANY_OPS (CMD-11)."""
        self._rates.check_person(person.human, self._clock.now())
        self._rates.count_person(person.human, self._clock.now())

    def permitted(self, job: Job, stage: Stage) -> Route:
        """The way to the device if everything allows the command now; raises CommandRefused."""
        # What is over by time alone must not hold a target any longer than that (CMD-10).
        self._expire_others(job)
        route = self._judge.allow(job.intent, job.person, stage)
        self._book.check_free(job, route.point)
        self._judge.check_up(route)
        if job.machine.fact.confirm is not None:
            self.check_cautions(job)
        return route

    def _expire_others(self, job: Job) -> None:
        now, at = self._clock.now(), self._clock.at()
        for other in self._book.open():
            due = other.machine.next_deadline()
            if other is not job and due is not None and due <= now:
                other.machine.expire(now, at)
                self._book.drain(other)

    def check_cautions(self, job: Job) -> None:
        """Raises CommandRefused if the text does not say what hangs there now."""
        if job.machine.fact.confirm is None:
            return
        if self._judge.permits.cautions(job.asset) != job.cautions:
            raise CommandRefused(CommandReason.INCONSISTENT_PARAMETERS)

    def failed(self, job: Job, stage: Stage) -> bool:
        """Whether the command is not permitted any more, and so has ended."""
        try:
            self._book.routed(job, self.permitted(job, stage))
        except CommandRefused as refused:
            detail = refused.fields.get("detail", "")
            job.machine.revalidation_failed(refused.reason_code, self._clock.now(), self._clock.at(), detail)
            return True
        return False

    def last_look(self, job: Job) -> None:
        """Raises CommandRefused if something forbids the command now that it is about to be written."""
        self._judge.permits.check(job.intent, job.person, Stage.EXECUTE)

    def check_tags(self, job: Job) -> None:
        """Raises CommandRefused if a tag forbids the command, or its text does not name a caution that hangs there."""
        self._judge.permits.check_tags(job.intent)
        self.check_cautions(job)
