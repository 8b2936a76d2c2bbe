"""One command's walk over the table: its fact, its timer and what it reports; nothing else writes its state.

`now` is monotonic seconds and decides about time, also about `not_after`: a wall clock that is set does not end
or lengthen anything. `at` is the hub's UTC ns and is only written down.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from console.core.batch import NS
from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandState, CommandStep
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason
from console.core.command.table import EXECUTION_TOTAL_S, SENDS_MAX, TABLE, TIMERS_S, CommandInput, Move
from console.core.command.validation import Intent

HUB = "system:hub"
DEVICE = "system:device"

PRE_SEND: Final = frozenset(
    {CommandState.RECEIVED, CommandState.AWAIT_APPROVAL, CommandState.SELECTING, CommandState.SELECTED}
)
"""Nothing of the command itself has reached the device."""
_DEVICE_INPUTS: Final = ("DEV_", "LATE_", "FEEDBACK", "SELECT_")
_SILENT: Final = frozenset({CommandInput.DUPLICATE, CommandInput.COMMS_LOST, CommandInput.HUB_RESTART})
"""Inputs that leave no trace where they change nothing."""


class Walk:
    """State, timer and events of one command."""

    def __init__(self, intent: Intent, requester: Party, now: float, at: int) -> None:
        self.requester = requester
        self._definition = intent.definition
        self._limit = _limit_of(intent, now, at)
        """Monotonic second after which nothing is sent any more (CMD-03)."""
        self._deadline: float | None = now + TIMERS_S[CommandState.RECEIVED]
        self._selection_end = math.inf
        self._execution_end = math.inf
        self._matches: bool | None = None
        """Whether the last usable feedback that is newer than the sending matches; None before there is one."""
        self._events: list[CommandEvent] = []
        self.fact = CommandFact(
            request=intent.request,
            state=CommandState.RECEIVED,
            by=requester.who,
            value=intent.value,
            steps=(CommandStep(CommandState.RECEIVED, at),),
        )

    @property
    def state(self) -> CommandState:
        """Where the command is."""
        return self.fact.state

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return None if self._deadline is None else min(self._deadline, self._execution_end)

    def expire(self, now: float, at: int) -> None:
        """Ends what has taken too long; a state lasts while `now` is before its deadline, strictly."""
        due = self.next_deadline()
        if due is None or now < due:
            return
        input_, reason = CommandInput.TIMEOUT, ""
        if self.state is CommandState.SENT and self._repeatable(now):
            input_ = CommandInput.TIMEOUT_RETRY
        elif self.state is CommandState.EXECUTING and now >= self._execution_end:
            reason = CommandReason.EXECUTION_TIMEOUT
        elif self.state is CommandState.VERIFYING and self._matches is not None:
            # A contradiction counts only now: a process may need its time to follow.
            input_ = CommandInput.FEEDBACK_WRONG
        elif self.state in _HUMAN and now >= self._limit:
            reason = CommandReason.TIME_LIMIT
        self._move(input_, now, at, reason=reason)

    def is_late(self, now: float) -> bool:
        """Whether it is too late to send it (CMD-03)."""
        return now > self._limit

    def events(self) -> list[CommandEvent]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def _repeatable(self, now: float) -> bool:
        """Whether it may be written to the device once more: a repetition that comes too late is one too many."""
        may = self._definition.idempotent and self.fact.attempt < SENDS_MAX
        return may and not self.is_late(now)

    def _move(self, input_: CommandInput, now: float, at: int, **fields: object) -> bool:
        """One transition if the table has it; `fields` of the fact change with it, `reason` and `who` explain it."""
        move = TABLE.get(self.state, {}).get(input_)
        if move is None:
            return False
        old = self.fact
        who = str(fields.pop("who", DEVICE if input_.startswith(_DEVICE_INPUTS) else HUB))
        reason = str(fields.pop("reason", "") or move.reason or "")
        entered = move.to is not old.state or input_ is CommandInput.TIMEOUT_RETRY
        if not entered and not fields and input_ in _SILENT:
            return True
        if entered or fields:
            self._change(move, input_, now, at, {**fields, "reason": reason} if entered else fields)
        event = CommandEvent(
            kind=input_,
            command_id=old.request.command_id,
            old=old.state,
            new=move.to,
            at=at,
            who=who,
            reason=reason,
            fact=self.fact,
        )
        self._events.append(event)
        return True

    def _change(
        self, move: Move, input_: CommandInput, now: float, at: int, fields: dict[str, object]
    ) -> None:
        """The fact after a transition, and the timer of the state that is entered."""
        old = self.fact
        entered = "reason" in fields
        if entered:
            self._enter(move.to, now)
        elif input_ is CommandInput.DEV_PROGRESS:
            self._deadline = now + self._definition.execute_deadline_s
        changed = {name: value for name, value in fields.items() if name != "detail" or value}
        if entered:
            changed["steps"] = (*old.steps, CommandStep(move.to, at, str(fields["reason"])))
            changed["attempt"] = old.attempt + (move.to is CommandState.SENT)
        due = self.next_deadline()
        deadline = 0 if due is None else at + round((due - now) * NS)
        self.fact = msgspec.structs.replace(old, state=move.to, deadline=deadline, **changed)

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
        if self._deadline is not None and state in _HUMAN:
            end = self._selection_end if state is CommandState.SELECTED else math.inf
            self._deadline = min(self._deadline, end, max(self._limit, now))


_HUMAN: Final = frozenset({CommandState.AWAIT_APPROVAL, CommandState.SELECTED})
"""States that wait for a person; `not_after` ends them too."""


def _limit_of(intent: Intent, now: float, at: int) -> float:
    not_after = intent.request.not_after
    return now + (not_after - at) / NS if not_after else math.inf
