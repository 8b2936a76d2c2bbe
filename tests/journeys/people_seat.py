"""A script seat at a hub with accounts: it signs in as a person, and carries out commands in their steps. No Qt."""

from __future__ import annotations

import secrets
import time

from script_seat import ScriptSeat

from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.identity.facts import SessionFact
from console.core.identity.roles import GRANTS, Permission
from console.wire.messages import (
    ActReply,
    ActResult,
    Asked,
    CommandConfirm,
    DecideCommand,
    ExecuteCommand,
    SendCommand,
    SessionChanged,
    SignIn,
    StepUp,
)

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def command_id() -> str:
    """A ULID."""
    stamp = time.time_ns() // 1_000_000
    head = "".join(_LETTERS[(stamp >> shift) & 31] for shift in range(45, -1, -5))
    return head + "".join(secrets.choice(_LETTERS) for _ in range(16))


class PersonSeat(ScriptSeat):
    """A seat of a hub that wants accounts; inside the context the person is signed in and sees the city."""

    def __init__(self, url: str, secret: str, user: str, password: str, station: str) -> None:
        super().__init__(url, secret, user=user, station=station)
        self._user, self._password = user, password
        self.session: SessionFact | None = None
        self.confirms: dict[str, CommandConfirm] = {}
        self.sign_in_result: ActResult | None = None

    def begin(self) -> None:
        """Sign in; a person who is refused sees nothing of the city."""
        self.sign_in_result = self.ask(SignIn(request="sign-in", user=self._user, password=self._password))
        if self.sign_in_result.reason:
            return
        self.until("the session", lambda: self.session is not None and self.session.user == self._user)
        assert self.session is not None
        if any(Permission.VIEW in GRANTS[grant.role] for grant in self.session.grants):
            super().begin()

    def ask(self, message: Asked) -> ActResult:
        """Send an act with a request, and its first result."""
        self.send(message)
        wanted = getattr(message, "request", "")
        return self.wait_for(ActReply, lambda reply: reply.request == wanted).results[0]

    def step_up(self) -> ActResult:
        """The password once more."""
        return self.ask(StepUp(request="step-up", password=self._password))

    def order(self, asset: str, command: str, value: float | None = None) -> CommandRequest:
        """A request with an id of its own."""
        return CommandRequest(command_id=command_id(), asset=asset, command=command, value=value)

    def request(self, order: CommandRequest) -> ActResult:
        """Ask for a command."""
        return self.ask(SendCommand(request=f"send {order.command_id}", command=order))

    def confirm(self, order: CommandRequest) -> CommandConfirm:
        """The hub's text and token for a command of this seat."""
        self.until("confirmation", lambda: order.command_id in self.confirms)
        return self.confirms[order.command_id]

    def execute(self, confirm: CommandConfirm) -> ActResult:
        """Carry out what was confirmed."""
        request = f"execute {confirm.command_id}"
        return self.ask(ExecuteCommand(request=request, command_id=confirm.command_id, token=confirm.token))

    def decide(self, fact: CommandFact, approve: bool, reason: str = "") -> ActResult:
        """Approve or deny the text of a command that waits."""
        assert fact.confirm is not None
        wanted = fact.request.command_id
        return self.ask(
            DecideCommand(
                request=f"decide {wanted}",
                command_id=wanted,
                digest=fact.confirm.digest,
                approve=approve,
                reason=reason,
            )
        )

    def until_state(self, order: CommandRequest, *states: CommandState, limit_s: float = 40.0) -> CommandFact:
        """The command once it is in one of these states."""
        wanted = order.command_id
        self.until(
            f"{order.command} in {states}",
            lambda: wanted in self.commands and self.commands[wanted].state in states,
            limit_s,
        )
        return self.commands[wanted]

    def _keep(self, message: object) -> None:
        super()._keep(message)
        match message:
            case CommandConfirm():
                self.confirms[message.command_id] = message
            case SessionChanged():
                self.session = message.session
            case _:
                pass
