"""The book of commands: which there are, which target each holds, what is recorded and what consoles are told."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

from console.core.batch import NS
from console.core.command.control_facts import TagFact
from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.machine import CommandMachine
from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent
from console.core.errors import CommandRefused
from console.hub.clock import Clock
from console.hub.command_records import event_entry, finding_entry, refusal_entry
from console.hub.judge import Route
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import CommandsChanged

log = logging.getLogger("command")

KEPT_NS = 24 * 3600 * NS
"""How long an id is remembered after its command (CMD-01)."""
FORGET_S = 60.0
SHOWN = 500
RECORD_S = 3.0
"""How long an act waits for its record."""
Point = tuple[str, str, str]
_BUSY = frozenset({CommandState.SENT, CommandState.EXECUTING, CommandState.VERIFYING})
_RESERVED = frozenset({CommandState.SELECTING, CommandState.SELECTED})


class Job:
    """One command in the hub's hands."""

    __slots__ = ("answer", "cautions", "grouped", "intent", "machine", "person", "recorded", "route", "told")

    def __init__(self, machine: CommandMachine, intent: Intent, person: Person) -> None:
        self.machine = machine
        self.intent = intent
        self.person = person
        """Who asked."""
        self.route: Route | None = None
        self.recorded: asyncio.Future[None] | None = None
        self.answer: str | None = None
        """What the confirmation was answered with, for one that repeats it."""
        self.cautions: tuple[TagFact, ...] = ()
        """Caution tags that its text names."""
        self.grouped = False
        """It is confirmed with its group and waits for nobody."""
        self.told: CommandFact | None = None

    @property
    def command_id(self) -> str:
        return self.intent.request.command_id

    @property
    def asset(self) -> str:
        return self.intent.request.asset


class JobBook:
    """All commands by id, and those that are not over by feedback tag and by target."""

    def __init__(self, recorder: Recorder, ring: EventRing, clock: Clock) -> None:
        self._recorder = recorder
        self._ring = ring
        self._clock = clock
        self._forget_at = 0.0
        self._jobs: dict[str, Job] = {}
        self._open: dict[str, Job] = {}
        self._by_point: defaultdict[Point, dict[str, Job]] = defaultdict(dict)
        self.watched: defaultdict[int, set[str]] = defaultdict(set)
        """Ids of open commands by the index of their feedback tag."""
        self.listeners: list[Callable[[Job, CommandEvent], None]] = []
        """Told every event after consoles are, before it is durable."""

    def get(self, command_id: str) -> Job | None:
        """The command with this id."""
        return self._jobs.get(command_id)

    def open(self) -> tuple[Job, ...]:
        """Commands that are not over."""
        return tuple(self._open.values())

    def fact(self, command_id: str) -> CommandFact | None:
        """The command as it stands."""
        job = self._jobs.get(command_id)
        return None if job is None else job.machine.fact

    def facts(self) -> list[CommandFact]:
        """Commands that are not over, and the newest of those that are."""
        facts = [job.machine.fact for job in self._jobs.values()]
        over = [fact for fact in facts if fact.state.terminal][-SHOWN:]
        return [fact for fact in facts if not fact.state.terminal] + over

    def keep(self, job: Job) -> None:
        """Takes up a command."""
        self._jobs[job.command_id] = job
        if job.machine.state.terminal:
            return
        self._open[job.command_id] = job
        if job.intent.feedback is not None:
            self.watched[job.intent.feedback].add(job.command_id)

    def routed(self, job: Job, route: Route) -> None:
        """The command holds its target from now on, until it is over."""
        if job.route is not None and job.route.point != route.point:
            self._free(job)
        job.route = route
        self._by_point[route.point][job.command_id] = job

    def check_free(self, job: Job, point: Point) -> None:
        """Raises CommandRefused unless nobody else's command holds the target; what an emergency stops does not."""
        for other in self._by_point.get(point, {}).values():
            state, theirs = other.machine.state, other.intent.definition.emergency
            if other is job or (job.intent.definition.emergency and not theirs):
                continue
            if state in _BUSY or state is CommandState.AWAIT_APPROVAL:
                raise CommandRefused(CommandReason.TARGET_BUSY, detail=other.person.who)
            if state in _RESERVED:
                own = other.person.session == job.person.session and other.person.who == job.person.who
                code = CommandReason.ALREADY_SELECTED if own else CommandReason.LOCKED_BY_OTHER_CLIENT
                raise CommandRefused(code, detail=other.person.who)

    def drain(self, job: Job, station: str = "") -> asyncio.Future[None] | None:
        """Announces and records what has happened; the future is done once that is durable."""
        events = job.machine.events()
        if not events:
            return None
        for event in events:
            self._announce(job, event)
        if job.machine.state.terminal:
            self._let_go(job)
        findings = [finding_entry(event) for event in events if event.finding]
        recorded = self._recorder.put([*(event_entry(event, station) for event in events), *findings])
        for event in events:
            for listener in self.listeners:
                listener(job, event)
        return recorded

    async def durable(self, recorded: asyncio.Future[None] | None) -> bool:
        """Whether it is on disk within the time an act may take."""
        if recorded is None:
            return True
        done, _ = await asyncio.wait({recorded}, timeout=RECORD_S)
        return bool(done)

    async def refused(
        self, request: CommandRequest, reason: str, person: Person, act: str = "COMMAND"
    ) -> str:
        """Records an act that changed nothing, and gives its reason back."""
        await self.durable(
            self._recorder.put([refusal_entry(request, reason, person, act, self._clock.at())])
        )
        return reason

    def forget_old(self) -> None:
        """Drops, once a minute, what has been over for a day."""
        if self._clock.now() < self._forget_at:
            return
        self._forget_at = self._clock.now() + FORGET_S
        limit = self._clock.at() - KEPT_NS
        over = [job for job in self._jobs.values() if job.machine.state.terminal]
        for job in over:
            if ended(job.machine.fact) < limit:
                del self._jobs[job.command_id]

    def _let_go(self, job: Job) -> None:
        """The command is over: no timer, no target and no feedback concerns it any more."""
        self._open.pop(job.command_id, None)
        self._free(job)
        tag = job.intent.feedback
        if tag is not None and tag in self.watched:
            self.watched[tag].discard(job.command_id)
            if not self.watched[tag]:
                del self.watched[tag]

    def _free(self, job: Job) -> None:
        if job.route is None:
            return
        held = self._by_point.get(job.route.point)
        if held is not None:
            held.pop(job.command_id, None)
            if not held:
                del self._by_point[job.route.point]

    def _announce(self, job: Job, event: CommandEvent) -> None:
        level = logging.WARNING if event.alarming else logging.INFO
        names = (event.command_id, event.kind, event.old, event.new, event.reason)
        log.log(level, "%s %s: %s -> %s %s", *names)
        if event.fact is not job.told:
            job.told = event.fact
            self._ring.push(lambda sequence: CommandsChanged(sequence=sequence, commands=(event.fact,)))


def ended(fact: CommandFact) -> int:
    """When the command entered its present state, UTC ns."""
    return fact.steps[-1].at if fact.steps else 0
