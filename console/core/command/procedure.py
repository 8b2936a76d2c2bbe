"""One run of an operator procedure: steps in order, each recorded, nothing sent that nobody asked for.

The machine says which command is due and which condition to watch; the service carries both out and tells it what
came of them. `now` is monotonic seconds, `at` the hub's UTC ns. After a restart of the hub a run is paused.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import msgspec

from console.core.command.control_facts import RunFact, RunState, StepFact, StepState
from console.core.command.facts import CommandFact, CommandState
from console.core.command.reasons import CommandReason
from console.core.command.run_table import TABLE, RunInput
from console.core.command.tags import checked_text
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.errors import CommandRefused

NOTE_MAX: Final = 500
SYSTEM: Final = "system:procedure"

_FOR_A_PERSON: Final = frozenset({CommandState.AWAIT_APPROVAL, CommandState.SELECTED})


class RunEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One input that changed a run, and the fact after it."""

    what: RunInput
    who: str
    step: str
    """Id of the step it is about; empty for the run as a whole."""
    old: RunState
    new: RunState
    at: int
    reason: str = ""
    text: str = ""
    fact: RunFact


class RunMachine:
    """One run. Acts of persons raise CommandRefused and then change nothing; the rest never raises."""

    def __init__(self, procedure: Procedure, fact: RunFact, make_id: Callable[[], str]) -> None:
        self.procedure = procedure
        self.fact = fact
        self._make_id = make_id
        self._deadline = math.inf
        self._left_s = 0.0
        """What a paused wait has left."""
        self._truth: bool | None = None
        self._events: list[RunEvent] = []

    @classmethod
    def started(
        cls, procedure: Procedure, fact: RunFact, make_id: Callable[[], str], now: float
    ) -> RunMachine:
        """A new run at its first step; `fact` names id, person, time and whether it is dry."""
        steps = tuple(StepFact(id=step.id) for step in procedure.steps)
        fact = msgspec.structs.replace(fact, state=RunState.RUNNING, step=0, steps=steps)
        machine = cls(procedure, fact, make_id)
        machine._begin(fact.by, now, fact.started)
        return machine

    @classmethod
    def restored(cls, procedure: Procedure, fact: RunFact, make_id: Callable[[], str], at: int) -> RunMachine:
        """A run from before a restart: paused with the reason, and its wait starts again when it is resumed."""
        machine = cls(procedure, fact, make_id)
        if not fact.state.over:
            sent = bool(machine._step_fact.command_id) and machine._step_fact.state is StepState.ACTIVE
            reason = (
                CommandReason.HUB_RESTARTED_AFTER_SEND if sent else CommandReason.HUB_RESTARTED_BEFORE_SEND
            )
            machine._left_s = machine.step.timeout_s
            machine._move(RunInput.RESTART, SYSTEM, at, reason)
        return machine

    @property
    def step(self) -> ProcedureStep:
        """The step that the run is at."""
        return self.procedure.steps[self.fact.step]

    @property
    def command_due(self) -> str:
        """Id under which the command of the present step is to be sent, or is under way; empty if there is none."""
        active = self._step_fact.state is StepState.ACTIVE and self.step.kind is StepKind.COMMAND
        return self._step_fact.command_id if active and not self.fact.state.over else ""

    @property
    def watches(self) -> bool:
        """Whether the condition of the present step has to be told with `condition`."""
        kinds = (StepKind.WAIT, StepKind.CHECK)
        return self.fact.state is RunState.WAITING and self.step.kind in kinds

    def condition(self, truth: bool | None, now: float, at: int) -> None:
        """What the condition of the present step says; None is unknown."""
        if not self.watches:
            return
        self._truth = truth
        if truth is True:
            self._done(SYSTEM, "", now, at)
        elif self.fact.dry:
            # A wait that is not over yet is normal; a check that fails is what a dry run is made to find.
            failed = StepState.FAILED if self.step.kind is StepKind.CHECK else StepState.DONE
            self._finish(failed, RunInput.STEP_JUDGED, now, at, reason=_reason(truth))
        elif self.step.kind is StepKind.CHECK:
            self._fail(_reason(truth), at)

    def command(self, fact: CommandFact, now: float, at: int) -> None:
        """What became of the command of the present step."""
        if fact.request.command_id != self._step_fact.command_id or self.fact.state.over:
            return
        if self._step_fact.state is StepState.FAILED:
            self._late(fact, at)
        elif self._step_fact.state is not StepState.ACTIVE:
            return
        elif fact.state is CommandState.SUCCEEDED or fact.reason == CommandReason.ALREADY_IN_STATE:
            self._done(SYSTEM, fact.reason, now, at)
        elif fact.state.terminal or fact.state is CommandState.INDETERMINATE:
            self._fail(fact.reason or fact.state, at)
        else:
            waits = fact.state in _FOR_A_PERSON
            self._move_if(RunInput.COMMAND_WAITS if waits else RunInput.COMMAND_GOES, SYSTEM, at)

    def refused(self, command_id: str, reason: str, now: float, at: int) -> None:
        """The command of the present step was refused before it became one."""
        if not command_id or self.command_due != command_id:
            return
        if reason == CommandReason.ALREADY_IN_STATE:
            self._done(SYSTEM, reason, now, at)
        else:
            self._fail(reason, at)

    def judged(self, command_id: str, reason: str, now: float, at: int) -> None:
        """Dry run: whether the command of the present step would be sent now; nothing was."""
        if not self.fact.dry or not command_id or self.command_due != command_id:
            return
        blocked = reason not in ("", CommandReason.ALREADY_IN_STATE)
        state = StepState.FAILED if blocked else StepState.DONE
        self._finish(state, RunInput.STEP_JUDGED, now, at, reason=reason)

    def pause(self, who: str, now: float, at: int) -> None:
        """No further step begins; a command that is under way takes its course."""
        left = self._deadline - now
        self._move(RunInput.PAUSE, who, at)
        self._left_s = max(0.0, left) if math.isfinite(left) else self.step.timeout_s
        self._deadline = math.inf

    def resume(self, who: str, now: float, at: int) -> None:
        """Go on where it was paused; a step that has failed meanwhile is held."""
        state = self._step_fact.state
        left = self._left_s
        self._move(RunInput.RESUME, who, at)
        if state is StepState.OPEN:
            self._begin(who, now, at)
        elif state is StepState.FAILED:
            self._move(RunInput.STEP_FAILED, SYSTEM, at, self._step_fact.reason)
        elif self.step.kind is not StepKind.COMMAND:
            self._await(SYSTEM, now, at, left)

    def retry(self, who: str, now: float, at: int) -> None:
        """Try the step that failed once more; a command gets a new id."""
        self._move(RunInput.RETRY, who, at)
        self._begin(who, now, at)

    def skip(self, reason: str, who: str, now: float, at: int) -> None:
        """Leave the present step out, with a reason."""
        if self.command_due:
            raise CommandRefused(CommandReason.ALREADY_IN_EXECUTION)
        self._check(RunInput.SKIP)
        if not self.step.skippable:
            raise CommandRefused(CommandReason.NOT_SKIPPABLE)
        text = checked_text(reason, NOTE_MAX)
        self._finish(StepState.SKIPPED, RunInput.SKIP, now, at, who=who, text=text)

    def confirm(self, who: str, now: float, at: int) -> None:
        """The operator has done or seen what the step says."""
        self._for_person(StepKind.CONFIRM, RunInput.CONFIRM)
        self._finish(StepState.DONE, RunInput.CONFIRM, now, at, who=who)

    def note(self, text: str, who: str, now: float, at: int) -> None:
        """The operator has written what the step asks for."""
        self._for_person(StepKind.NOTE, RunInput.NOTE)
        text = checked_text(text, NOTE_MAX)
        self._finish(StepState.DONE, RunInput.NOTE, now, at, who=who, text=text)

    def abort(self, text: str, who: str, at: int) -> None:
        """End the run; a command that has been sent takes its course."""
        self._check(RunInput.ABORT)
        text = checked_text(text, NOTE_MAX) if text.strip() else ""
        if self._step_fact.state is StepState.ACTIVE:
            self._set_step(StepState.FAILED, at, who, CommandReason.CANCELLED)
        self._deadline = math.inf
        self.fact = msgspec.structs.replace(self.fact, ended=at)
        self._move(RunInput.ABORT, who, at, text=text)

    def hand_over(self, to: str, at: int) -> None:
        """Another person answers for the run; where it stands does not change."""
        self._check(RunInput.HAND_OVER)
        self.fact = msgspec.structs.replace(self.fact, by=to)
        self._move(RunInput.HAND_OVER, to, at, self.fact.reason)

    def check_execute(self) -> str:
        """Id of the command that waits for its confirmation; raises NOT_APPLICABLE or RUN_OVER."""
        self._check(RunInput.EXECUTE)
        if not self.command_due:
            raise CommandRefused(CommandReason.NOT_APPLICABLE)
        return self.command_due

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return None if math.isinf(self._deadline) else self._deadline

    def expire(self, now: float, at: int) -> None:
        """A wait has taken too long."""
        if self._deadline <= now:
            self._fail(_reason(self._truth), at)

    def events(self) -> list[RunEvent]:
        """What has happened since the last call; drains."""
        events, self._events = self._events, []
        return events

    @property
    def _step_fact(self) -> StepFact:
        return self.fact.steps[self.fact.step]

    def _begin(self, who: str, now: float, at: int) -> None:
        """The present step becomes active."""
        command = self._make_id() if self.step.kind is StepKind.COMMAND else ""
        self._set_step(StepState.ACTIVE, at, who, command_id=command)
        self._truth = None
        if command:
            self._move(RunInput.STEP_BEGAN, who, at)
        elif self.fact.dry and self.step.kind in (StepKind.NOTE, StepKind.CONFIRM):
            self._move(RunInput.STEP_BEGAN, who, at)
            self._finish(StepState.DONE, RunInput.STEP_JUDGED, now, at)
        else:
            self._await(who, now, at, self.step.timeout_s)

    def _await(self, who: str, now: float, at: int, left_s: float) -> None:
        if self.step.kind is StepKind.WAIT:
            self._deadline = now + left_s
        self._move(RunInput.STEP_WAITS, who, at)

    def _done(self, who: str, reason: str, now: float, at: int) -> None:
        self._finish(StepState.DONE, RunInput.STEP_DONE, now, at, who=who, reason=reason)

    def _finish(  # noqa: PLR0913 - one line of the record
        self,
        state: StepState,
        what: RunInput,
        now: float,
        at: int,
        *,
        who: str = SYSTEM,
        reason: str = "",
        text: str = "",
    ) -> None:
        """The present step is over; the next one begins unless the run is paused."""
        self._deadline = math.inf
        self._set_step(state, at, who, reason, text)
        self._move(what, who, at, reason, text)
        if self.fact.step + 1 == len(self.procedure.steps):
            self.fact = msgspec.structs.replace(self.fact, ended=at)
            self._move(RunInput.LAST_STEP_OVER, SYSTEM, at)
            return
        self.fact = msgspec.structs.replace(self.fact, step=self.fact.step + 1)
        if self.fact.state is not RunState.PAUSED:
            self._begin(who, now, at)

    def _fail(self, reason: str, at: int) -> None:
        self._deadline = math.inf
        self._set_step(StepState.FAILED, at, SYSTEM, reason)
        self._move(RunInput.STEP_FAILED, SYSTEM, at, reason)

    def _late(self, fact: CommandFact, at: int) -> None:
        """A command of unknown fate has succeeded after all: the step is done, and a person says go."""
        if fact.state is not CommandState.SUCCEEDED:
            return
        self._set_step(StepState.DONE, at, SYSTEM, fact.reason)
        self._move(RunInput.LATE_SUCCESS, SYSTEM, at)
        if self.fact.step + 1 == len(self.procedure.steps):
            self.fact = msgspec.structs.replace(self.fact, ended=at)
            self._move(RunInput.LAST_STEP_OVER, SYSTEM, at)
        else:
            self.fact = msgspec.structs.replace(self.fact, step=self.fact.step + 1)

    def _set_step(
        self,
        state: StepState,
        at: int,
        who: str,
        reason: str = "",
        text: str = "",
        command_id: str = "",
    ) -> None:
        steps = list(self.fact.steps)
        before = steps[self.fact.step]
        steps[self.fact.step] = msgspec.structs.replace(
            before,
            state=state,
            at=at,
            by=who,
            reason=reason,
            text=text,
            command_id=command_id or before.command_id,
        )
        self.fact = msgspec.structs.replace(self.fact, steps=tuple(steps))

    def _for_person(self, kind: StepKind, what: RunInput) -> None:
        self._check(what)
        if self.step.kind is not kind:
            raise CommandRefused(CommandReason.NOT_APPLICABLE)

    def _check(self, what: RunInput) -> None:
        if self.fact.state.over:
            raise CommandRefused(CommandReason.RUN_OVER)
        if what not in TABLE[self.fact.state]:
            raise CommandRefused(CommandReason.NOT_APPLICABLE)

    def _move_if(self, what: RunInput, who: str, at: int) -> None:
        if TABLE[self.fact.state].get(what, self.fact.state) is not self.fact.state:
            self._move(what, who, at)

    def _move(self, what: RunInput, who: str, at: int, reason: str = "", text: str = "") -> None:
        self._check(what)
        old, new = self.fact.state, TABLE[self.fact.state][what]
        step = self._step_fact.id
        told = reason if new in (RunState.HELD, RunState.PAUSED) else ""
        self.fact = msgspec.structs.replace(self.fact, state=new, reason=told)
        self._events.append(
            RunEvent(
                what=what,
                who=who,
                step=step,
                old=old,
                new=new,
                at=at,
                reason=reason,
                text=text,
                fact=self.fact,
            )
        )


def _reason(truth: bool | None) -> CommandReason:
    return CommandReason.CONDITION_UNKNOWN if truth is None else CommandReason.CONDITION_FALSE
