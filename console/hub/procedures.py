"""Procedures of the hub: runs are recorded step by step, and their commands go the way of every command.

A step is durable before its command is handed to the broker: a hub that is killed never sends it a second time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.command.conditions import compiled
from console.core.command.control_facts import RunFact, RunState
from console.core.command.expression import Expression, ExpressionFault
from console.core.command.facts import CommandFact, CommandRequest
from console.core.command.procedure import RunMachine
from console.core.command.reasons import CommandReason
from console.core.control import Procedure
from console.core.errors import CommandRefused
from console.core.values import LatestValues
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.backbone.base import Backbone, Part
from console.hub.clock import Clock
from console.hub.confirmations import Seal
from console.hub.interlocks import FreshValues
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.run_entries import decoded, entry_of, gone_entry, refusal_entry
from console.hub.ulid import UlidMaker
from console.wire.messages import RunsChanged

log = logging.getLogger("command")

WATCH_S = 0.2
OPEN_MAX = 20
SHOWN = 50
"""Runs that are over and still told to a new console."""


class Carrier(Protocol):
    """The broker, as procedures need it."""

    async def submit(self, request: CommandRequest, person: Person) -> str:
        """Carry out a request; empty, or the code of the refusal."""
        ...

    async def execute(self, command_id: str, token: str, person: Person, seal: Seal | None = None) -> str:
        """Confirm a selected command with its token."""
        ...

    def judged(self, request: CommandRequest, person: Person) -> str:
        """Whether it would be taken now; nothing is sent."""
        ...

    def fact(self, command_id: str) -> CommandFact | None:
        """The command as it stands."""
        ...


class RunAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does with a run."""

    act: str
    text: str = ""
    token: str = ""
    seal: Seal | None = None


class _Run:
    """One run in the hub's hands."""

    __slots__ = ("conditions", "machine", "person", "recorded", "sent")

    def __init__(self, machine: RunMachine, conditions: dict[str, Expression | None]) -> None:
        self.machine = machine
        self.conditions = conditions
        self.person: Person | None = None
        """Whoever started, resumed or retried it last; commands are asked for in this name."""
        self.sent: set[str] = set()
        self.recorded: asyncio.Future[None] | None = None


class ProcedureService:
    """The only owner of runs."""

    def __init__(
        self,
        catalogue: Catalogue,
        latest: LatestValues,
        carrier: Carrier,
        backbone: Backbone,
        ring: EventRing,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self._values = FreshValues(catalogue, latest, clock)
        self._carrier = carrier
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._make_id = UlidMaker(clock)
        self._recorder = Recorder(backbone, Part.RUNS)
        self._procedures = {procedure.id: procedure for procedure in catalogue.site.procedures}
        self._runs: dict[str, _Run] = {}
        self._over: list[RunFact] = []
        self._group: asyncio.TaskGroup | None = None

    async def restore(self) -> None:
        """Runs from before a restart are paused; call it after the broker's own. Nothing is sent (CMD-02)."""
        _, states = await self._backbone.state(Part.RUNS)
        facts = sorted((decoded(body) for body in states.values()), key=lambda fact: fact.started)
        for fact in facts:
            procedure = self._procedures.get(fact.procedure)
            if fact.state.over:
                self._over.append(fact)
            elif procedure is None or [s.id for s in procedure.steps] != [s.id for s in fact.steps]:
                self._give_up(fact)
            else:
                self._take_up(procedure, fact)
        del self._over[:-SHOWN]

    async def run(self) -> None:
        """Record, watch conditions and send what is due, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._recorder.run(), name="record runs")
            while True:
                await asyncio.sleep(WATCH_S)
                self.watch()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def facts(self) -> list[RunFact]:
        """The newest runs that are over, and every one that is not."""
        return [*self._over, *(run.machine.fact for run in self._runs.values())]

    def fact(self, run_id: str) -> RunFact | None:
        """A run as it stands."""
        run = self._runs.get(run_id)
        if run is not None:
            return run.machine.fact
        return next((fact for fact in self._over if fact.id == run_id), None)

    async def start(self, procedure_id: str, dry: bool, person: Person) -> ActOutcome:
        """Run a procedure; the subject of the answer is the run's id, or on refusal the procedure's."""
        procedure = self._procedures.get(procedure_id)
        reason = self._start_refusal(procedure, dry)
        if procedure is None or reason:
            return await self._refused("RUN_START", ActOutcome(procedure_id, reason), person)
        at = self._clock.at()
        fact = RunFact(
            id=self._make_id(),
            procedure=procedure.id,
            state=RunState.RUNNING,
            by=person.who,
            started=at,
            dry=dry,
        )
        machine = RunMachine.started(procedure, fact, self._make_id, self._clock.now())
        run = self._keep(machine)
        run.person = person
        return await self._answer(fact.id, self._drain(run))

    async def act(self, run_id: str, act: RunAct, person: Person) -> ActOutcome:
        """Carry out what a person does with a run."""
        what = f"RUN_{act.act.upper()[:20]}"
        run = self._runs.get(run_id)
        if run is None:
            over = any(fact.id == run_id for fact in self._over)
            reason = CommandReason.RUN_OVER if over else CommandReason.UNKNOWN_RUN
            return await self._refused(what, ActOutcome(run_id, reason), person)
        try:
            if act.act == "execute":
                return await self._execute(run, act, person)
            self._do(run, act, person)
        except CommandRefused as refused:
            return await self._refused(what, ActOutcome(run_id, refused.reason_code), person)
        if act.act in ("resume", "retry"):
            run.person = person
        return await self._answer(run_id, self._drain(run))

    def hand_over(self, areas: frozenset[str], outgoing: str, person: Person) -> tuple[str, ...]:
        """The open runs of one account in these areas are another person's from now on; their ids, also of those that
        were so already."""
        mine: list[str] = []
        for run in tuple(self._runs.values()):
            fact = run.machine.fact
            if run.machine.procedure.area not in areas or fact.by not in (outgoing, person.who):
                continue
            if fact.by == outgoing and outgoing != person.who:
                run.machine.hand_over(person.who, self._clock.at())
                run.person = person
                self._drain(run)
            mine.append(fact.id)
        return tuple(mine)

    def command_changed(self, fact: CommandFact) -> None:
        """A command has changed; cheap for one that no run asked for."""
        for run in tuple(self._runs.values()):
            if fact.request.command_id in run.sent:
                run.machine.command(fact, self._clock.now(), self._clock.at())
                self._drain(run)

    def watch(self) -> None:
        """Look at the conditions and deadlines of all runs."""
        now, at = self._clock.now(), self._clock.at()
        for run in tuple(self._runs.values()):
            machine = run.machine
            if machine.watches:
                expression = run.conditions.get(machine.step.id)
                truth = None if expression is None else expression.evaluate(self._values.read)
                machine.condition(truth, now, at)
            due = machine.next_deadline()
            if due is not None and due <= now:
                machine.expire(now, at)
            self._drain(run)

    def _start_refusal(self, procedure: Procedure | None, dry: bool) -> str:
        if procedure is None:
            return CommandReason.UNKNOWN_PROCEDURE
        open_runs = [run.machine.fact for run in self._runs.values()]
        if not dry and any(fact.procedure == procedure.id and not fact.dry for fact in open_runs):
            return CommandReason.ALREADY_IN_EXECUTION
        return CommandReason.TOO_MANY_OPS if len(open_runs) >= OPEN_MAX else ""

    def _do(self, run: _Run, act: RunAct, person: Person) -> None:
        machine, now, at = run.machine, self._clock.now(), self._clock.at()
        match act.act:
            case "pause":
                machine.pause(person.who, now, at)
            case "resume":
                machine.resume(person.who, now, at)
            case "retry":
                machine.retry(person.who, now, at)
            case "skip":
                machine.skip(act.text, person.who, now, at)
            case "confirm":
                machine.confirm(person.who, now, at)
            case "note":
                machine.note(act.text, person.who, now, at)
            case "abort":
                machine.abort(act.text, person.who, at)
            case _:
                raise CommandRefused(CommandReason.NOT_APPLICABLE)

    async def _execute(self, run: _Run, act: RunAct, person: Person) -> ActOutcome:
        command_id = run.machine.check_execute()
        reason = await self._carrier.execute(command_id, act.token, person, act.seal)
        return ActOutcome(run.machine.fact.id, reason)

    def _keep(self, machine: RunMachine) -> _Run:
        conditions: dict[str, Expression | None] = {}
        for step in machine.procedure.steps:
            if step.when:
                try:
                    conditions[step.id] = compiled(self._catalogue, step.when)
                except ExpressionFault:
                    # A profile that was checked has none; unknown is never true.
                    conditions[step.id] = None
        run = _Run(machine, conditions)
        self._runs[machine.fact.id] = run
        return run

    def _take_up(self, procedure: Procedure, fact: RunFact) -> None:
        now, at = self._clock.now(), self._clock.at()
        machine = RunMachine.restored(procedure, fact, self._make_id, at)
        run = self._keep(machine)
        command_id = machine.command_due
        if command_id:
            run.sent.add(command_id)
            known = self._carrier.fact(command_id)
            if known is None:
                machine.refused(command_id, CommandReason.HUB_RESTARTED_BEFORE_SEND, now, at)
            else:
                machine.command(known, now, at)
        self._drain(run)

    def _give_up(self, fact: RunFact) -> None:
        """The profile no longer has the procedure as it was begun: what is left of it nobody can tell."""
        at = self._clock.at()
        ended = msgspec.structs.replace(
            fact, state=RunState.ABORTED, ended=at, reason=CommandReason.UNKNOWN_PROCEDURE
        )
        self._over.append(ended)
        self._recorder.put([gone_entry(ended, at)])

    def _drain(self, run: _Run) -> asyncio.Future[None] | None:
        """Record and tell what has happened, and send the command that is due once its step is durable."""
        events = run.machine.events()
        if not events:
            return None
        fact = run.machine.fact
        for event in events:
            log.info("run %s step %s: %s %s", fact.procedure, event.step, event.what, event.reason)
        self._ring.push(lambda sequence: RunsChanged(sequence=sequence, runs=(fact,)))
        station = "" if run.person is None else run.person.station
        run.recorded = self._recorder.put([entry_of(event, station) for event in events])
        if fact.state.over:
            del self._runs[fact.id]
            self._over.append(fact)
            del self._over[:-SHOWN]
        command_id = run.machine.command_due
        if command_id and command_id not in run.sent and self._group is not None:
            run.sent.add(command_id)
            self._group.create_task(
                self._send(run, command_id, run.recorded), name=f"step of {fact.procedure}"
            )
        return run.recorded

    async def _send(self, run: _Run, command_id: str, recorded: asyncio.Future[None]) -> None:
        machine, person = run.machine, run.person
        step = machine.step
        request = CommandRequest(
            command_id=command_id, asset=step.asset, command=step.command, value=step.value
        )
        await asyncio.wait({recorded}, timeout=RECORD_S)
        if machine.command_due != command_id or person is None:
            return
        if machine.fact.dry:
            machine.judged(
                command_id, self._carrier.judged(request, person), self._clock.now(), self._clock.at()
            )
        elif not recorded.done():
            machine.refused(command_id, NOT_RECORDED, self._clock.now(), self._clock.at())
        else:
            reason = await self._carrier.submit(request, person)
            if reason:
                machine.refused(command_id, reason, self._clock.now(), self._clock.at())
        self._drain(run)

    async def _refused(self, what: str, outcome: ActOutcome, person: Person) -> ActOutcome:
        entry = refusal_entry(what, outcome, person, self._clock.at())
        await asyncio.wait({self._recorder.put([entry])}, timeout=RECORD_S)
        return outcome

    async def _answer(self, run_id: str, durable: asyncio.Future[None] | None) -> ActOutcome:
        if durable is None:
            return ActOutcome(run_id)
        done, _ = await asyncio.wait({durable}, timeout=RECORD_S)
        return ActOutcome(run_id, "" if done else NOT_RECORDED)
