"""One command from request to outcome: timers, device answers and feedback over the table (COMMANDS.md 2.2).

Inputs from device and process never raise; what does not apply to the state is ignored. Acts of persons raise
CommandRefused. `now` is monotonic seconds, `at` the hub's UTC ns.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import msgspec

from console.core.command.answers import inputs_of
from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandRequest, CommandState, CommandStep
from console.core.command.reasons import CommandReason
from console.core.command.table import EXECUTION_TOTAL_S, SENDS_MAX, TABLE, TIMERS_S, CommandInput
from console.core.command.validation import Intent
from console.core.errors import CommandRefused
from console.core.plaintext import first_forbidden
from console.core.quality import Quality

HUB = "system:hub"
DEVICE = "system:device"
TEXT_MAX = 500

_PRE_SEND: Final = frozenset(
    {CommandState.RECEIVED, CommandState.AWAIT_APPROVAL, CommandState.SELECTING, CommandState.SELECTED}
)


class Resolution(StrEnum):
    """What a person states of a command whose outcome is unknown."""

    DONE = "DONE"
    NOT_DONE = "NOT_DONE"


_RESOLUTIONS: Final = frozenset(Resolution)


class CommandMachine:
    """One command. `fact` is what every console sees of it."""

    def __init__(self, intent: Intent, by: str, now: float, at: int) -> None:
        self._definition = intent.definition
        self.fact = CommandFact(
            request=intent.request,
            state=CommandState.RECEIVED,
            by=by,
            value=intent.value,
            steps=(CommandStep(CommandState.RECEIVED, at),),
        )
        self._deadline: float | None = now + TIMERS_S[CommandState.RECEIVED]
        self._execution_end = math.inf
        self._sent_at = 0
        # Whether the last usable feedback that is newer than the sending matches; None before there is one.
        self._matches: bool | None = None
        self._events: list[CommandEvent] = []

    @classmethod
    def restored(cls, fact: CommandFact, intent: Intent, now: float, at: int) -> CommandMachine:
        """A command known from before a restart of the hub, as the table says (nothing is sent again)."""
        machine = cls(intent, fact.by, now, at)
        machine.fact = fact
        machine._deadline = None
        machine._sent_at = next((s.at for s in fact.steps if s.state is CommandState.SENT), 0)
        machine._move(CommandInput.HUB_RESTART, now, at)
        return machine

    @property
    def state(self) -> CommandState:
        """Where the command is."""
        return self.fact.state

    def accept(self, now: float, at: int) -> None:
        """Valid for direct sending: make it durable (CMD-02), write it to the device, then call `sent`."""
        if self._past_limit(at):
            self.reject(CommandReason.TIME_LIMIT, now, at)
            return
        self._sent_at = at
        self._move(CommandInput.VALID_DIRECT, now, at)

    def reject(self, reason: str, now: float, at: int) -> None:
        """Refused by the validator."""
        self._move(CommandInput.INVALID, now, at, reason=reason)

    def sent(self, now: float) -> None:
        """The bytes are out: the device's time to answer begins."""
        if self.state is CommandState.SENT:
            self._deadline = now + self._definition.accept_deadline_s

    def not_sent(self, detail: str, now: float, at: int) -> None:
        """Certainly nothing was written: no outcome is unknown."""
        if self.state is CommandState.SENT:
            input_, reason = CommandInput.DEV_REJECTED, CommandReason.TARGET_OFFLINE
            self._move(input_, now, at, reason=reason, detail=detail)

    def answer(self, kind: str, progress: float, detail: str, now: float, at: int) -> None:
        """A device's answer; one that comes when the outcome was already unknown ends it as late."""
        for input_, reason in inputs_of(self.state, kind):
            if input_ is CommandInput.DEV_PROGRESS:
                self._progress(progress, now, at)
            else:
                self._answered(input_, now, at, reason, detail)

    def feedback(self, value: float, quality: int, at_value: int, now: float, at: int) -> None:
        """A value of the feedback tag; only one that is newer than the sending and usable says anything."""
        if self._sent_at == 0 or at_value <= self._sent_at or not Quality(quality).usable:
            return
        tolerance = self._definition.feedback_tolerance
        self._matches = math.isclose(value, self.fact.value, rel_tol=1e-9, abs_tol=max(tolerance, 1e-12))
        self._judge(now, at)

    def comms_lost(self, now: float, at: int) -> None:
        """The connection to the device is gone."""
        self._move(CommandInput.COMMS_LOST, now, at)

    def session_lost(self, now: float, at: int) -> None:
        """The requester's session is gone."""
        self._move(CommandInput.SESSION_LOST, now, at)

    def tag_placed(self, now: float, at: int) -> None:
        """Somebody blocked the target."""
        self._move(CommandInput.TAG_PLACED, now, at)

    def cancel(self, who: str, now: float, at: int) -> bool:
        """Withdraws the command; True if a cancel has to be written to the device. Raises CommandRefused."""
        if self.state.terminal:
            raise CommandRefused(CommandReason.ALREADY_FINISHED)
        if self.state in _PRE_SEND:
            self._move(CommandInput.CANCEL, now, at, who=who)
            return False
        executing = self.state in (CommandState.SENT, CommandState.EXECUTING)
        if executing and self._definition.cancellable:
            return True
        raise CommandRefused(str(TABLE[self.state][CommandInput.CANCEL].reason))

    def repeat(self, request: CommandRequest) -> CommandFact:
        """The same id again: the present fact, never a second execution (CMD-01). Raises CommandRefused."""
        known = self.fact.request
        if request.not_after == 0:
            known = msgspec.structs.replace(known, not_after=0)
        if request != known:
            raise CommandRefused(CommandReason.ID_REUSED)
        return self.fact

    def resolve(self, outcome: str, evidence: str, who: str, now: float, at: int) -> None:
        """A person states the unknown outcome, with evidence. Raises CommandRefused."""
        if self.state is not CommandState.INDETERMINATE:
            raise CommandRefused(CommandReason.NOT_INDETERMINATE)
        if outcome not in _RESOLUTIONS or len(evidence) > TEXT_MAX or first_forbidden(evidence):
            raise CommandRefused(CommandReason.FORMAT)
        if not evidence.strip():
            raise CommandRefused(CommandReason.EVIDENCE_REQUIRED)
        self._move(CommandInput.OPERATOR_RESOLVE, now, at, reason=outcome, detail=evidence, who=who)

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return None if self._deadline is None else min(self._deadline, self._execution_end)

    def expire(self, now: float, at: int) -> None:
        """Ends what has taken too long."""
        due = self.next_deadline()
        if due is None or now < due:
            return
        input_, reason = CommandInput.TIMEOUT, ""
        if self.state is CommandState.SENT and self._definition.idempotent and self.fact.attempt < SENDS_MAX:
            input_ = CommandInput.TIMEOUT_RETRY
        elif self.state is CommandState.EXECUTING and now >= self._execution_end:
            reason = CommandReason.EXECUTION_TIMEOUT
        elif self.state is CommandState.VERIFYING and self._matches is not None:
            # A contradiction counts only now: a process may need its time to follow.
            input_ = CommandInput.FEEDBACK_WRONG
        self._move(input_, now, at, reason=reason)

    def events(self) -> list[CommandEvent]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def _past_limit(self, at: int) -> bool:
        not_after = self.fact.request.not_after
        return not_after != 0 and at > not_after

    def _progress(self, progress: float, now: float, at: int) -> None:
        """Progress restarts the timer; one that goes backwards is ignored, as is nonsense."""
        if self.fact.progress <= progress <= 1.0:
            self._move(CommandInput.DEV_PROGRESS, now, at, progress=progress)

    def _answered(self, input_: CommandInput, now: float, at: int, reason: str, detail: str) -> None:
        without_feedback = not self._definition.feedback_tag
        if without_feedback and input_ is CommandInput.DEV_ACCEPTED_FINAL:
            self._move(CommandInput.DEV_ACCEPTED, now, at, detail=detail)
            input_ = CommandInput.DEV_DONE
        if without_feedback and input_ is CommandInput.DEV_DONE:
            input_ = CommandInput.DEV_DONE_NO_FEEDBACK
        late = input_ in (CommandInput.LATE_SUCCESS, CommandInput.LATE_FAILURE)
        self._move(input_, now, at, reason=reason, detail=detail, late=late)
        self._judge(now, at)

    def _judge(self, now: float, at: int) -> None:
        """Whether the feedback proves success: while verifying, or after the outcome had become unknown."""
        if not self._matches:
            return
        if self.state is CommandState.VERIFYING:
            self._move(CommandInput.FEEDBACK_MATCH, now, at, verified=True)
        elif self.state is CommandState.INDETERMINATE:
            self._move(CommandInput.LATE_SUCCESS, now, at, verified=True, late=True)

    def _move(self, input_: CommandInput, now: float, at: int, **fields: str | float | bool) -> None:
        """One transition; `fields` of the fact change with it, `reason` and `who` explain it."""
        move = TABLE.get(self.state, {}).get(input_)
        if move is None:
            return
        old = self.fact
        who = str(fields.pop("who", DEVICE if input_.startswith(("DEV_", "LATE_", "FEEDBACK")) else HUB))
        reason = str(fields.pop("reason", "") or move.reason or "")
        entered = move.to is not old.state or input_ is CommandInput.TIMEOUT_RETRY
        if not entered and not fields:
            return
        if entered:
            fields["reason"] = reason
            self._enter(move.to, now)
        steps = (*old.steps, CommandStep(move.to, at, reason)) if entered else old.steps
        attempt = old.attempt + (entered and move.to is CommandState.SENT)
        changed = {k: v for k, v in fields.items() if k != "detail" or v}
        self.fact = msgspec.structs.replace(old, state=move.to, steps=steps, attempt=attempt, **changed)
        if not entered:
            self._deadline = now + self._definition.execute_deadline_s
        self._events.append(
            CommandEvent(
                kind=input_,
                command_id=old.request.command_id,
                old=old.state,
                new=move.to,
                at=at,
                who=who,
                reason=reason,
                fact=self.fact,
            )
        )

    def _enter(self, state: CommandState, now: float) -> None:
        """Sets the timer of a state that is entered."""
        lasts = {
            **TIMERS_S,
            CommandState.SENT: self._definition.accept_deadline_s,
            CommandState.EXECUTING: self._definition.execute_deadline_s,
            CommandState.VERIFYING: self._definition.feedback_deadline_s,
        }
        self._deadline = now + lasts[state] if state in lasts else None
        self._execution_end = now + EXECUTION_TOTAL_S if state is CommandState.EXECUTING else math.inf
