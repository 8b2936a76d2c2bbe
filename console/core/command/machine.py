"""One command from request to outcome: timers, device answers and feedback over the table (COMMANDS.md 2.2).

Inputs from device and process never raise; what does not apply to the state is ignored. Acts of persons raise
CommandRefused. `now` is monotonic seconds, `at` the hub's UTC ns.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import msgspec

from console.core.command.answers import Said, inputs_of
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.parties import Party
from console.core.command.preparation import Preparation
from console.core.command.reasons import CommandReason
from console.core.command.table import TABLE, CommandInput
from console.core.command.validation import Intent
from console.core.command.walk import DEVICE, HUB, PRE_SEND
from console.core.errors import CommandRefused
from console.core.plaintext import first_forbidden
from console.core.quality import Quality

__all__ = ["DEVICE", "HUB", "TEXT_MAX", "CommandMachine", "Resolution"]

TEXT_MAX = 500


class Resolution(StrEnum):
    """What a person states of a command whose outcome is unknown."""

    DONE = "DONE"
    NOT_DONE = "NOT_DONE"


_RESOLUTIONS: Final = frozenset(Resolution)
_DONE: Final = frozenset({CommandInput.DEV_ACCEPTED_FINAL, CommandInput.DEV_DONE})


class CommandMachine(Preparation):
    """One command. `fact` is what every console sees of it."""

    @classmethod
    def restored(cls, fact: CommandFact, intent: Intent, now: float, at: int) -> CommandMachine:
        """A command known from before a restart of the hub, as the table says (nothing is sent again)."""
        machine = cls(intent, Party(fact.by), now, at)
        machine.fact = fact
        machine._deadline = None
        machine._sent_at = next((s.at for s in fact.steps if s.state is CommandState.SENT), 0)
        machine._move(CommandInput.HUB_RESTART, now, at)
        return machine

    def sent(self, now: float) -> None:
        """The bytes are out: the device's time to answer begins."""
        if self.state is CommandState.SENT:
            self._deadline = now + self._definition.accept_deadline_s

    def not_sent(self, detail: str, now: float, at: int, reason: str = CommandReason.TARGET_OFFLINE) -> None:
        """Certainly nothing was written: no outcome is unknown."""
        if self.state is CommandState.SENT:
            self._move(CommandInput.DEV_REJECTED, now, at, reason=reason, detail=detail, who=HUB)

    def answer(self, said: Said, now: float, at: int) -> None:
        """A device's answer; one that comes when the outcome was already unknown ends it as late."""
        for input_, reason in inputs_of(self.state, said):
            if input_ is CommandInput.DEV_PROGRESS:
                self._progress(said.progress, now, at)
            elif self._unreported(input_, said):
                self._untested(input_, said, now, at)
            else:
                self._answered(input_, now, at, reason, said.detail)

    def feedback(self, value: float, quality: int, at_value: int, now: float, at: int) -> None:
        """A value of the feedback tag; only one that is newer than the sending and usable says anything."""
        unproving = self._sent_at == 0 or self.fact.request.test
        if unproving or at_value <= self._sent_at or not Quality(quality).usable:
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
        if self.state in PRE_SEND:
            self.expire(now, at)
        if self.state.terminal:
            raise CommandRefused(CommandReason.ALREADY_FINISHED)
        if self.state in PRE_SEND:
            self._move(CommandInput.CANCEL, now, at, who=who)
            return False
        executing = self.state in (CommandState.SENT, CommandState.EXECUTING)
        if executing and self._definition.cancellable:
            self._move(CommandInput.CANCEL, now, at, who=who)
            return True
        raise CommandRefused(str(TABLE[self.state][CommandInput.CANCEL].reason))

    def repeat(self, request: CommandRequest, now: float, at: int) -> CommandFact:
        """The same id again: the present fact, never a second execution (CMD-01). Raises CommandRefused."""
        known = self.fact.request
        if request.not_after == 0:
            known = msgspec.structs.replace(known, not_after=0)
        if request != known:
            self._move(CommandInput.DIGEST_MISMATCH, now, at)
            raise CommandRefused(CommandReason.ID_REUSED)
        self._move(CommandInput.DUPLICATE, now, at)
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

    def _progress(self, progress: float, now: float, at: int) -> None:
        """Progress restarts the timer; one that goes backwards is noted and ignored, as is nonsense."""
        if self.fact.progress <= progress <= 1.0:
            self._move(CommandInput.DEV_PROGRESS, now, at, progress=progress)
        else:
            self._move(CommandInput.DEV_PROGRESS, now, at)

    def _unreported(self, input_: CommandInput, said: Said) -> bool:
        """Whether a device claims to be done with a test, but not that it was one (CMD-15)."""
        done = input_ in _DONE or input_ is CommandInput.LATE_SUCCESS
        return self.fact.request.test and done and not said.test

    def _untested(self, input_: CommandInput, said: Said, now: float, at: int) -> None:
        """It may have moved: no success, and an operator has to be told."""
        reason = CommandReason.TEST_NOT_REPORTED
        if input_ is CommandInput.LATE_SUCCESS:
            self._move(CommandInput.LATE_FAILURE, now, at, reason=reason, detail=said.detail, late=True)
            return
        if input_ is CommandInput.DEV_ACCEPTED_FINAL:
            self._move(CommandInput.DEV_ACCEPTED, now, at)
        self._move(CommandInput.DEV_FAILED, now, at, reason=reason, detail=said.detail)

    def _answered(self, input_: CommandInput, now: float, at: int, reason: str, detail: str) -> None:
        without_feedback = not self._definition.feedback_tag or self.fact.request.test
        if without_feedback and input_ is CommandInput.DEV_ACCEPTED_FINAL:
            self._move(CommandInput.DEV_ACCEPTED, now, at, detail=detail)
            input_ = CommandInput.DEV_DONE
        if without_feedback and input_ is CommandInput.DEV_DONE:
            input_ = CommandInput.DEV_DONE_NO_FEEDBACK
        late = {"late": True} if input_ in (CommandInput.LATE_SUCCESS, CommandInput.LATE_FAILURE) else {}
        self._move(input_, now, at, reason=reason, detail=detail, **late)
        self._judge(now, at)

    def _judge(self, now: float, at: int) -> None:
        """Whether the feedback proves success: while verifying, or after the outcome had become unknown."""
        if not self._matches:
            return
        if self.state is CommandState.VERIFYING:
            self._move(CommandInput.FEEDBACK_MATCH, now, at, verified=True)
        elif self.state is CommandState.INDETERMINATE:
            self._move(CommandInput.LATE_SUCCESS, now, at, verified=True, late=True)
