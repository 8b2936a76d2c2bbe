"""Commands of the hub: each is carried out at most once, recorded before its first byte, and never lied
about.

One machine a command (`core.command`); this file feeds it with time, device answers and feedback, and does
what its events ask for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

import msgspec
import numpy as np

from console.core.batch import NS, Batch
from console.core.command.answers import Said
from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent
from console.core.errors import CommandRefused
from console.core.journal import Record, RecordKind
from console.feeds.base import DeviceAnswer, FeedDown
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.judge import Judge, Route
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import CommandsChanged

log = logging.getLogger("command")

EXPIRE_S = 0.05
SEND_S = 10.0
"""Longest wait for bytes to go out; the machine has given up long before."""
KEPT_NS = 24 * 3600 * NS
"""How long an id is remembered after its command (CMD-01)."""
SHOWN = 500
_decode = msgspec.msgpack.Decoder(CommandFact).decode
_encode = msgspec.msgpack.Encoder().encode


class _Job:
    """One command in the hub's hands."""

    __slots__ = ("intent", "machine", "recorded", "route")

    def __init__(self, machine: CommandMachine, intent: Intent) -> None:
        self.machine = machine
        self.intent = intent
        self.route: Route | None = None
        self.recorded: asyncio.Future[None] | None = None

    @property
    def command_id(self) -> str:
        return self.intent.request.command_id


class CommandBroker:
    """The only owner of command machines."""

    def __init__(self, judge: Judge, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        self._judge = judge
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._recorder = Recorder(backbone, Part.COMMANDS)
        self._jobs: dict[str, _Job] = {}
        self._open: dict[str, _Job] = {}
        """Those of `_jobs` that are not over."""
        self._watched: defaultdict[int, set[str]] = defaultdict(set)
        self._group: asyncio.TaskGroup | None = None

    async def restore(self) -> None:
        """Take up commands from before a restart; nothing is sent again (CMD-02)."""
        _, states = await self._backbone.state(Part.COMMANDS)
        now, at = self._clock.now(), self._clock.at()
        for body in states.values():
            fact = _decode(body)
            if fact.state.terminal and _ended(fact) < at - KEPT_NS:
                continue
            intent = self._judge.known_intent(fact)
            job = _Job(CommandMachine.restored(fact, intent, now, at), intent)
            self._keep(job)
            self._drain(job, "")

    async def run(self) -> None:
        """Send, record and keep the timers until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._recorder.run(), name="record commands")
            while True:
                await asyncio.sleep(EXPIRE_S)
                self.expire()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def facts(self) -> list[CommandFact]:
        """Commands that are not over, and the newest of those that are."""
        facts = [job.machine.fact for job in self._jobs.values()]
        over = [fact for fact in facts if fact.state.terminal][-SHOWN:]
        return [fact for fact in facts if not fact.state.terminal] + over

    async def submit(self, request: CommandRequest, person: Person) -> str:
        """Carry out a request; answers once its intent is durable: empty, or one code of the refusal
        (CMD-14).
        """
        known = self._jobs.get(request.command_id)
        if known is not None:
            return await self._repeated(known, request, person)
        at = self._clock.at()
        try:
            intent = self._judge.intent(request, at)
        except CommandRefused as refused:
            await self._note_refusal(request, refused.reason_code, person)
            return refused.reason_code
        job = _Job(CommandMachine(intent, _party(person), self._clock.now(), at), intent)
        self._keep(job)
        try:
            job.route = self._judge.route(intent, self._under_way(), at)
            job.machine.accept(self._clock.now(), at)
        except CommandRefused as refused:
            job.machine.reject(refused.reason_code, self._clock.now(), at)
        job.recorded = self._drain(job, person.station)
        durable = await self._durable(job.recorded)
        if job.machine.state is CommandState.SENT:
            self._send_or_not(job, durable)
        if job.machine.state.terminal:
            return job.machine.fact.reason
        return "" if durable else NOT_RECORDED

    async def resolve(self, command_id: str, outcome: str, evidence: str, person: Person) -> str:
        """A person states the outcome of an INDETERMINATE command; empty, or the code of the refusal."""
        job = self._jobs.get(command_id)
        if job is None:
            return CommandReason.UNKNOWN_COMMAND
        try:
            job.machine.resolve(outcome, evidence, person.who, self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            await self._note_refusal(job.intent.request, refused.reason_code, person)
            return refused.reason_code
        durable = await self._durable(self._drain(job, person.station))
        return "" if durable else NOT_RECORDED

    def values(self, rows: Batch) -> None:
        """Fresh rows of the site; those of watched feedback tags may prove an outcome."""
        if not self._watched:
            return
        chosen = np.flatnonzero(np.isin(rows.tag, np.fromiter(self._watched, np.uint32)))
        for row in chosen.tolist():
            for command_id in tuple(self._watched.get(int(rows.tag[row]), ())):
                job = self._jobs[command_id]
                value, quality, at = float(rows.value[row]), int(rows.quality[row]), int(rows.at[row])
                job.machine.feedback(value, quality, at, self._clock.now(), self._clock.at())
                self._drain(job, "")

    def feed_down(self, feed: str) -> None:
        """The connection a command went through is gone."""
        for job in tuple(self._open.values()):
            if job.route is not None and job.route.feed == feed:
                job.machine.comms_lost(self._clock.now(), self._clock.at())
                self._drain(job, "")

    def expire(self) -> None:
        """End what has taken too long, and forget what is over for a day."""
        now, at = self._clock.now(), self._clock.at()
        for job in tuple(self._open.values()):
            due = job.machine.next_deadline()
            if due is not None and due <= now:
                job.machine.expire(now, at)
                self._drain(job, "")
        oldest = next(iter(self._jobs.values()), None)
        if oldest and oldest.machine.state.terminal and _ended(oldest.machine.fact) < at - KEPT_NS:
            del self._jobs[oldest.machine.fact.request.command_id]

    async def _repeated(self, job: _Job, request: CommandRequest, person: Person) -> str:
        """The same id again: the present fate, or ID_REUSED if the body differs (CMD-01)."""
        if request.not_after == 0:
            request = msgspec.structs.replace(request, not_after=job.intent.request.not_after)
        try:
            fact = job.machine.repeat(request, self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            log.warning(
                "command id %r is used again by %r for another command", request.command_id, person.who
            )
            await self._note_refusal(request, refused.reason_code, person)
            return refused.reason_code
        if job.recorded is not None:
            await self._durable(job.recorded)
        return fact.reason if fact.state.terminal else ""

    def _under_way(self) -> set[tuple[str, str, str]]:
        """Points of devices that a command is under way to."""
        states = (CommandState.SENT, CommandState.EXECUTING, CommandState.VERIFYING)
        return {job.route.point for job in self._open.values() if job.route and job.machine.state in states}

    def _send_or_not(self, job: _Job, durable: bool) -> None:
        late = self._clock.at() > job.intent.request.not_after
        if durable and not late and self._group is not None:
            self._group.create_task(self._send(job), name=f"send {job.command_id}")
            return
        # Nothing has been written: an intent that is not on disk, or is too late, must not be (CMD-02,
        # CMD-03).
        job.machine.not_sent("late" if late else "not recorded", self._clock.now(), self._clock.at())
        self._drain(job, "")

    async def _send(self, job: _Job) -> None:
        route = job.route
        assert route is not None

        def answered(answer: DeviceAnswer) -> None:
            said = Said(kind=answer.kind, progress=answer.progress, detail=answer.detail)
            job.machine.answer(said, self._clock.now(), self._clock.at())
            self._drain(job, "")

        try:
            async with asyncio.timeout(SEND_S):
                await route.sender.send(route.device, answered)
            job.machine.sent(self._clock.now())
        except FeedDown as down:
            if job.machine.fact.attempt <= 1:
                job.machine.not_sent(f"{down.why} {down.detail}", self._clock.now(), self._clock.at())
                self._drain(job, "")
        except TimeoutError:
            log.warning("command to %s was not written in %.0f s", route.feed, SEND_S)

    def _keep(self, job: _Job) -> None:
        self._jobs[job.command_id] = job
        if job.machine.state.terminal:
            return
        self._open[job.command_id] = job
        if job.intent.feedback is not None:
            self._watched[job.intent.feedback].add(job.command_id)

    def _let_go(self, job: _Job) -> None:
        """The command is over: no timer and no feedback concerns it any more."""
        self._open.pop(job.command_id, None)
        tag = job.intent.feedback
        if tag is not None and tag in self._watched:
            self._watched[tag].discard(job.command_id)
            if not self._watched[tag]:
                del self._watched[tag]

    def _drain(self, job: _Job, station: str) -> asyncio.Future[None] | None:
        events = job.machine.events()
        if not events:
            return None
        for event in events:
            self._announce(event)
            if event.resend and self._group is not None:
                self._group.create_task(self._send(job), name=f"send again {event.command_id}")
        if job.machine.state.terminal:
            self._let_go(job)
        return self._recorder.put([_entry(event, station) for event in events])

    def _announce(self, event: CommandEvent) -> None:
        level = logging.WARNING if event.alarming else logging.INFO
        names = (event.command_id, event.kind, event.old, event.new, event.reason)
        log.log(level, "%s %s: %s -> %s %s", *names)
        self._ring.push(lambda sequence: CommandsChanged(sequence=sequence, commands=(event.fact,)))

    async def _durable(self, recorded: asyncio.Future[None] | None) -> bool:
        if recorded is None:
            return True
        done, _ = await asyncio.wait({recorded}, timeout=RECORD_S)
        return bool(done)

    async def _note_refusal(self, request: CommandRequest, reason: str, person: Person) -> None:
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.ACT,
            who=person.who,
            station=person.station,
            subject=f"{request.asset}.{request.command}",
            what="COMMAND",
            result=reason,
            fields={"command_id": request.command_id},
        )
        await self._durable(self._recorder.put([(request.command_id, Entry(record))]))


def _party(person: Person) -> Party:
    return Party(person.who, person.human, person.session, person.station)


def _ended(fact: CommandFact) -> int:
    return fact.steps[-1].at if fact.steps else 0


def _entry(event: CommandEvent, station: str) -> tuple[str, Entry]:
    request, fact = event.fact.request, event.fact
    fields = {"command_id": event.command_id, "value": repr(fact.value), "by": fact.by}
    if fact.detail:
        fields["detail"] = fact.detail
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.COMMAND,
        who=event.who,
        station=station,
        subject=f"{request.asset}.{request.command}",
        what=event.kind,
        old=event.old,
        new=event.new,
        result=event.reason,
        fields=fields,
    )
    return event.command_id, Entry(record, _encode(fact))
