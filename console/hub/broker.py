"""Commands of the hub: each is carried out at most once, recorded before its first byte, and never lied
about.

One machine a command (`core.command`); this file feeds it with time, persons, device answers and feedback, and does
what its events ask for. Every look at what is permitted and every claim of a target happens without an await in
between: of many who ask at once, one wins.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from console.core.batch import Batch
from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.groups import Member
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.rates import Rates
from console.core.command.reasons import CommandReason
from console.core.command.tokens import Redeemed
from console.core.command.validation import Intent
from console.core.control import Policy
from console.core.errors import CommandRefused
from console.hub.alarms import NOT_RECORDED
from console.hub.backbone.base import Backbone, Part
from console.hub.carriage import Carriage
from console.hub.clearance import Clearance
from console.hub.clock import Clock
from console.hub.command_records import act_entry, decode_fact, group_entry
from console.hub.confirmations import NO_SEAL, Confirmations, Seal
from console.hub.jobs import KEPT_NS, Job, JobBook, ended
from console.hub.judge import Judge, Route
from console.hub.permits import Stage
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.withdrawals import Withdrawals

log = logging.getLogger("command")

EXPIRE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the second person says of a command, on the text with this digest."""

    command_id: str
    digest: str
    approve: bool
    reason: str = ""
    seal: Seal = NO_SEAL


class CommandBroker:
    """The only owner of command machines."""

    def __init__(
        self, judge: Judge, backbone: Backbone, ring: EventRing, clock: Clock, policy: Policy
    ) -> None:
        self._judge = judge
        self._backbone = backbone
        self._clock = clock
        self._policy = policy
        self._recorder = Recorder(backbone, Part.COMMANDS)
        self.book = JobBook(self._recorder, ring, clock)
        self.confirmations = Confirmations(clock)
        self._carriage = Carriage(self.book, clock)
        self.clearance = Clearance(judge, self.book, Rates(policy), clock)
        self._carriage.last_look = self.clearance.last_look
        self.withdrawals = Withdrawals(self.clearance, self.book, clock)
        self.book.listeners.append(self._happened)

    async def restore(self) -> None:
        """Take up commands from before a restart; nothing is sent again (CMD-02)."""
        _, states = await self._backbone.state(Part.COMMANDS)
        now, at = self._clock.now(), self._clock.at()
        for body in states.values():
            fact = decode_fact(body)
            if fact.state.terminal and ended(fact) < at - KEPT_NS:
                continue
            intent = self._judge.known_intent(fact)
            job = Job(CommandMachine.restored(fact, intent, now, at), intent, Person(fact.by, ""))
            self.book.keep(job)
            self.book.drain(job)

    async def run(self) -> None:
        """Send, record and keep the timers until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._carriage.group = group
            group.create_task(self._recorder.run(), name="record commands")
            while True:
                await asyncio.sleep(EXPIRE_S)
                self.withdrawals.expire()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def facts(self) -> list[CommandFact]:
        """Commands that are not over, and the newest of those that are."""
        return self.book.facts()

    def fact(self, command_id: str) -> CommandFact | None:
        """The command as it stands."""
        return self.book.fact(command_id)

    def judged(self, request: CommandRequest, person: Person) -> str:
        """Whether it would be taken now: empty, or the code of the refusal; nothing is sent or kept."""
        try:
            self.preview(request, person)
        except CommandRefused as refused:
            return refused.reason_code
        return ""

    def preview(self, request: CommandRequest, person: Person) -> tuple[Intent, Route]:
        """What a request would do and where it would go; raises CommandRefused."""
        if self.book.get(request.command_id) is not None:
            raise CommandRefused(CommandReason.REPLAY)
        at = self._clock.at()
        intent = self._judge.intent(request, at)
        job = Job(CommandMachine(intent, party(person), self._clock.now(), at), intent, person)
        return intent, self.clearance.preview(job)

    async def submit(self, request: CommandRequest, person: Person, *, grouped: bool = False) -> str:
        """Take on a request; answers once its intent is durable: empty, or one code of the refusal (CMD-14).

        `grouped`: it has been confirmed with its group, and goes out as soon as it is selected.
        """
        known = self.book.get(request.command_id)
        if known is not None:
            return await self._repeated(known, request, person)
        now, at = self._clock.now(), self._clock.at()
        try:
            intent = self._judge.intent(request, at)
        except CommandRefused as refused:
            return await self.book.refused(request, refused.reason_code, person)
        job = Job(CommandMachine(intent, party(person), now, at), intent, person)
        job.grouped = grouped
        self.book.keep(job)
        try:
            self.clearance.begin(job)
        except CommandRefused as refused:
            job.machine.reject(refused.reason_code, self._clock.now(), at, refused.fields.get("detail", ""))
        job.recorded = self.book.drain(job, person.station)
        return await self._carried_on(job, job.recorded)

    async def decide(self, decision: Decision, person: Person) -> str:
        """Another person agrees or not; empty, or the code of the refusal (CMD-06)."""
        job = self.book.get(decision.command_id)
        if job is None:
            return CommandReason.UNKNOWN_COMMAND
        machine, at = job.machine, self._clock.at()
        try:
            same_station = self._policy.same_station_approval
            machine.may_decide(party(person), decision.digest, same_station, self._clock.now(), at)
            self._judge.permits.check_approver(job.intent, person)
            self.confirmations.check_decision(job, decision.approve, decision.seal)
        except CommandRefused as refused:
            self.book.drain(job, person.station)
            return await self.book.refused(job.intent.request, refused.reason_code, person, "DECIDE")
        if decision.approve:
            if not self.clearance.failed(job, Stage.APPROVE):
                machine.approve(party(person), self._clock.now(), at)
        else:
            machine.deny(party(person), decision.reason, self._clock.now(), at)
        self._note(job, person, "APPROVE" if decision.approve else "DENY", decision.seal)
        recorded = self.book.drain(job, person.station)
        answer = await self._carried_on(job, recorded)
        return "" if machine.fact.reason == CommandReason.APPROVAL_DENIED else answer

    async def execute(self, command_id: str, token: str, person: Person, seal: Seal | None = None) -> str:
        """The requester confirms with the token; empty once that is durable, or the code of the refusal (CMD-05)."""
        job = self.book.get(command_id)
        if job is None:
            return CommandReason.UNKNOWN_COMMAND
        seal = seal or NO_SEAL
        redeemed = self.confirmations.redeem(job, token, person, seal)
        if redeemed is Redeemed.REPEATED:
            await self.book.durable(job.recorded)
            return job.answer or ""
        machine = job.machine
        try:
            machine.may_execute(person.session, redeemed, self._clock.now(), self._clock.at())
            if not self.clearance.failed(job, Stage.EXECUTE):
                machine.execute(self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            self.book.drain(job, person.station)
            return await self.book.refused(job.intent.request, refused.reason_code, person, "EXECUTE")
        self._note(job, person, "EXECUTE", seal)
        job.recorded = self.book.drain(job, person.station)
        job.answer = await self._carried_on(job, job.recorded)
        return job.answer

    async def cancel(self, command_id: str, person: Person) -> str:
        """Withdraw a command, or ask the device to stop; empty, or the code of the refusal."""
        job = self.book.get(command_id)
        if job is None:
            return CommandReason.UNKNOWN_COMMAND
        request, own = job.intent.request, job.machine.requester.is_same_human(party(person))
        if not own and not person.supervisor:
            return await self.book.refused(request, CommandReason.NOT_OWNER, person, "CANCEL")
        sent = job.machine.fact.attempt > 0 and not job.machine.state.terminal
        if sent and job.intent.definition.cancellable and not self._stoppable(job):
            return await self.book.refused(request, CommandReason.UNSUPPORTED, person, "CANCEL")
        try:
            to_device = job.machine.cancel(person.who, self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            self.book.drain(job, person.station)
            return await self.book.refused(request, refused.reason_code, person, "CANCEL")
        durable = await self.book.durable(self.book.drain(job, person.station))
        if to_device:
            self._carriage.cancel(job)
        return "" if durable else NOT_RECORDED

    async def resolve(self, command_id: str, outcome: str, evidence: str, person: Person) -> str:
        """A person states the outcome of an INDETERMINATE command; empty, or the code of the refusal."""
        job = self.book.get(command_id)
        if job is None:
            return CommandReason.UNKNOWN_COMMAND
        try:
            job.machine.resolve(outcome, evidence, person.who, self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            return await self.book.refused(job.intent.request, refused.reason_code, person, "RESOLVE")
        durable = await self.book.durable(self.book.drain(job, person.station))
        return "" if durable else NOT_RECORDED

    def values(self, rows: Batch) -> None:
        """Fresh rows of the site; those of watched feedback tags may prove an outcome."""
        watched = self.book.watched
        if not watched:
            return
        chosen = np.flatnonzero(np.isin(rows.tag, np.fromiter(watched, np.uint32)))
        for row in chosen.tolist():
            for command_id in tuple(watched.get(int(rows.tag[row]), ())):
                job = self.book.get(command_id)
                assert job is not None
                value, quality, at = float(rows.value[row]), int(rows.quality[row]), int(rows.at[row])
                job.machine.feedback(value, quality, at, self._clock.now(), self._clock.at())
                self.book.drain(job)

    def note_group(
        self, group_id: str, members: Sequence[Member], person: Person, sealed: dict[str, str]
    ) -> None:
        """Records what a person confirmed as one: who goes, and who is held by what."""
        self._recorder.put([group_entry(group_id, members, person, self._clock.at(), sealed)])

    def tag_placed(self, asset: str) -> None:
        """A tag was hung on the asset."""
        self.withdrawals.tag_placed(asset)

    def session_lost(self, session: str) -> None:
        """A session has ended."""
        self.withdrawals.session_lost(session)

    async def _carried_on(self, job: Job, recorded: asyncio.Future[None] | None) -> str:
        """What follows a stage once it is durable, and the answer to the person."""
        durable = await self.book.durable(recorded)
        state = job.machine.state
        if state is CommandState.SENT:
            self._carriage.send(job, durable)
        elif state is CommandState.SELECTING:
            await self._select(job, durable)
        if job.machine.state.terminal:
            return job.machine.fact.reason
        return "" if durable else NOT_RECORDED

    async def _select(self, job: Job, durable: bool) -> None:
        if not durable:
            job.machine.select_refused("not recorded", self._clock.now(), self._clock.at())
            self.book.drain(job)
            return
        lasts_s = await self._carriage.select(job)
        if job.machine.state is CommandState.SELECTING:
            text, cautions = self._judge.text(job.intent)
            if job.machine.fact.confirm is None:
                job.cautions = cautions
            job.machine.selected(text, lasts_s, self._clock.now(), self._clock.at())
        self.book.drain(job)
        if job.machine.state is CommandState.SELECTED:
            await self._confirm(job)

    async def _confirm(self, job: Job) -> None:
        if not job.grouped:
            self.confirmations.ask(job)
            return
        if not self.clearance.failed(job, Stage.EXECUTE):
            machine, session = job.machine, job.person.session
            machine.may_execute(session, Redeemed.GOOD, self._clock.now(), self._clock.at())
            machine.execute(self._clock.now(), self._clock.at())
        job.recorded = self.book.drain(job, job.person.station)
        await self._carried_on(job, job.recorded)

    async def _repeated(self, job: Job, request: CommandRequest, person: Person) -> str:
        """The same id again: the present fate, or ID_REUSED if the body differs (CMD-01)."""
        if request.not_after == 0:
            request = msgspec.structs.replace(request, not_after=job.intent.request.not_after)
        try:
            fact = job.machine.repeat(request, self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            log.warning(
                "command id %r is used again by %r for another command", request.command_id, person.who
            )
            self.book.drain(job, person.station)
            return await self.book.refused(request, refused.reason_code, person)
        await self.book.durable(job.recorded)
        if job.machine.state is CommandState.SELECTED and person.session == job.person.session:
            # Asked again by the same session: it may have lost the token with its link (DNP3 retry).
            self.confirmations.ask(job)
        return fact.reason if fact.state.terminal else ""

    def _happened(self, job: Job, event: CommandEvent) -> None:
        if event.old is CommandState.SELECTED and event.new is not CommandState.SELECTED:
            self.confirmations.withdraw(job.command_id)

    def _note(self, job: Job, person: Person, act: str, seal: Seal) -> None:
        """The act of a person, with the signature of the seat where there is one (SEC-17)."""
        fields = {"digest": _digest(job.machine.fact), **seal.fields()}
        self._recorder.put([act_entry(job.intent.request, person, act, self._clock.at(), fields)])

    def _stoppable(self, job: Job) -> bool:
        return job.route is not None and job.route.sender.cancelling() is not None


def party(person: Person) -> Party:
    """A person as a machine takes it."""
    return Party(person.who, person.human, person.session, person.station)


def _digest(fact: CommandFact) -> str:
    return "" if fact.confirm is None else fact.confirm.digest
