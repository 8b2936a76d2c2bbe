"""A command before anything of it is sent: validation, approval, selection, confirmation (CMD-05, CMD-06).

Acts of persons raise CommandRefused; before each the timers are looked at, so that nothing depends on how often
somebody calls `expire` (CMD-10).
"""

from __future__ import annotations

from typing import Final

from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandState
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason
from console.core.command.table import TIMERS_S, CommandInput
from console.core.command.tokens import Redeemed
from console.core.command.validation import Intent
from console.core.command.walk import DEVICE, HUB, PRE_SEND, Walk
from console.core.errors import CommandRefused

DEVICE_MARGIN_S: Final = 2.0
"""The hub's selection ends this much before the device's own."""
_BAD: Final = {
    Redeemed.UNKNOWN: CommandReason.CONFIRM_TOKEN_INVALID,
    Redeemed.LATE: CommandReason.CONFIRM_TOKEN_INVALID,
    Redeemed.OTHER_SESSION: CommandReason.CONFIRM_TOKEN_INVALID,
    Redeemed.UNSIGNED: CommandReason.CONFIRM_TOKEN_INVALID,
    Redeemed.OTHER_TEXT: CommandReason.INCONSISTENT_PARAMETERS,
}


class Preparation(Walk):
    """The states before SENT, and the way into it."""

    def __init__(self, intent: Intent, requester: Party, now: float, at: int) -> None:
        super().__init__(intent, requester, now, at)
        self._sent_at = 0
        self._cleared = False
        """The token was right; only the conditions are still to be looked at."""

    def accept(self, now: float, at: int) -> None:
        """Valid for direct sending: make it durable (CMD-02), write it to the device, then call `sent`."""
        if self.is_late(now):
            self.reject(CommandReason.TIME_LIMIT, now, at)
        elif self._move(CommandInput.VALID_DIRECT, now, at):
            self._sent_at = at

    def reject(self, reason: str, now: float, at: int, detail: str = "") -> None:
        """Refused by the validator."""
        self._move(CommandInput.INVALID, now, at, reason=reason, detail=detail)

    def select(self, now: float, at: int) -> None:
        """Valid for select before operate: reserve the target, at the device if it can."""
        if self.is_late(now):
            self.reject(CommandReason.TIME_LIMIT, now, at)
        else:
            self._move(CommandInput.VALID_SBO, now, at)

    def ask_approval(self, confirm: ConfirmText, now: float, at: int) -> None:
        """Valid, but a second person must agree to this text."""
        if self.is_late(now):
            self.reject(CommandReason.TIME_LIMIT, now, at)
        else:
            self._move(CommandInput.VALID_NEEDS_APPROVAL, now, at, confirm=confirm)

    def may_decide(self, party: Party, digest: str, same_station: bool, now: float, at: int) -> None:
        """Whether this person may decide on this text; raises CommandRefused, and the command waits on (CMD-06)."""
        self.expire(now, at)
        if self.state is not CommandState.AWAIT_APPROVAL:
            raise CommandRefused(self._over(CommandReason.NOT_AWAITING))
        if party.is_same_human(self.requester):
            self._move(CommandInput.SELF_APPROVAL, now, at, who=party.who)
            raise CommandRefused(CommandReason.APPROVER_IS_REQUESTER)
        if not same_station and party.station == self.requester.station:
            raise CommandRefused(CommandReason.SAME_STATION)
        if self.fact.confirm is None or digest != self.fact.confirm.digest:
            raise CommandRefused(CommandReason.INCONSISTENT_PARAMETERS)

    def approve(self, party: Party, now: float, at: int, *, direct: bool = False) -> None:
        """The second person agrees: it goes on to the selection, or (`direct`) to the device."""
        if not self.requester.is_same_human(party):
            input_ = CommandInput.APPROVED_DIRECT if direct else CommandInput.APPROVED_SBO
            if self._move(input_, now, at, who=party.who, approver=party.who) and direct:
                self._sent_at = at

    def deny(self, party: Party, why: str, now: float, at: int) -> None:
        """The second person does not agree."""
        self._move(CommandInput.DENIED, now, at, who=party.who, approver=party.who, detail=why)

    def revalidation_failed(self, reason: str, now: float, at: int, detail: str = "") -> None:
        """What allowed the command has disappeared before it was sent."""
        self._move(CommandInput.REVALIDATION_FAILED, now, at, reason=reason, detail=detail)

    def selected(self, confirm: ConfirmText, device_s: float | None, now: float, at: int) -> None:
        """The target is reserved: by the device, which lets go after `device_s`, or (None) by the hub alone."""
        self.expire(now, at)
        lasts = TIMERS_S[CommandState.SELECTED]
        if device_s is not None:
            lasts = max(min(lasts, device_s - DEVICE_MARGIN_S), 0.0)
        self._selection_end = now + lasts
        text = confirm if self.fact.confirm is None else self.fact.confirm
        self._move(CommandInput.SELECT_OK, now, at, confirm=text, who=HUB if device_s is None else DEVICE)

    def select_mismatch(self, detail: str, now: float, at: int) -> None:
        """The device echoes something else than was asked."""
        self._move(CommandInput.SELECT_MISMATCH, now, at, detail=detail)

    def select_refused(self, detail: str, now: float, at: int) -> None:
        """The device does not let itself be selected."""
        self._move(CommandInput.SELECT_NOK, now, at, detail=detail)

    def device_unselected(self, now: float, at: int) -> None:
        """The device has let go of the selection by itself."""
        self._move(CommandInput.DEVICE_UNSELECTED, now, at)

    def may_execute(self, session: str, redeemed: Redeemed, now: float, at: int) -> None:
        """Clears the confirmation for `execute`; raises CommandRefused.

        Another session changes nothing; a wrong token of the own session destroys the selection.
        """
        self.expire(now, at)
        if self.state is not CommandState.SELECTED:
            raise CommandRefused(self._over(CommandReason.NOT_SELECTED))
        if session != self.requester.session:
            self._move(CommandInput.EXECUTE_OTHER_SESSION, now, at)
            raise CommandRefused(CommandReason.LOCKED_BY_OTHER_CLIENT)
        reason = _BAD.get(redeemed)
        if reason is not None:
            self._move(CommandInput.EXECUTE_BAD_TOKEN, now, at, reason=reason, who=self.requester.who)
            raise CommandRefused(reason)
        self._cleared = True

    def execute(self, now: float, at: int) -> None:
        """The confirmed command is to be sent: make it durable, write it to the device, then call `sent`."""
        self.expire(now, at)
        if not self._cleared or not self._move(CommandInput.EXECUTE, now, at, who=self.requester.who):
            raise CommandRefused(self._over(CommandReason.NOT_SELECTED))
        self._sent_at = at

    def _over(self, otherwise: CommandReason) -> str:
        """Why an act that needs a waiting command is refused now."""
        if self.state is CommandState.INDETERMINATE:
            return CommandReason.ALREADY_SENT
        if self.state not in PRE_SEND and not self.state.terminal:
            return CommandReason.ALREADY_IN_EXECUTION
        timed_out = self.state is CommandState.EXPIRED and self.fact.reason in _TIMED_OUT
        if timed_out:
            return self.fact.reason
        return CommandReason.ALREADY_FINISHED if self.fact.attempt else otherwise


_TIMED_OUT: Final = frozenset(
    {CommandReason.SELECT_TIMEOUT, CommandReason.APPROVAL_TIMEOUT, CommandReason.TIME_LIMIT}
)
