"""What is known of a command, and the closed list of reasons for a refusal (COMMANDS.md 2.2)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.command.control_facts import ConfirmText


class CommandState(StrEnum):
    """States of the hub-side command machine; the last six are terminal."""

    RECEIVED = "RECEIVED"
    AWAIT_APPROVAL = "AWAIT_APPROVAL"
    SELECTING = "SELECTING"
    SELECTED = "SELECTED"
    SENT = "SENT"
    EXECUTING = "EXECUTING"
    VERIFYING = "VERIFYING"
    INDETERMINATE = "INDETERMINATE"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    RESOLVED = "RESOLVED"

    @property
    def terminal(self) -> bool:
        """Whether nothing more will happen to the command."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        CommandState.SUCCEEDED,
        CommandState.FAILED,
        CommandState.REJECTED,
        CommandState.CANCELLED,
        CommandState.EXPIRED,
        CommandState.RESOLVED,
    }
)


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for. `command_id` is a ULID made by the console (CMD-01)."""

    command_id: str
    asset: str
    command: str
    value: float | None = None
    """The parameter's value in the tag's unit; None for a command with a fixed value."""
    not_after: int = 0
    """UTC ns by the hub's clock after which nothing is sent (CMD-03); 0 means now + 10 s."""
    test: bool = False
    """Everything as in earnest, but the device only reports what it would do (CMD-15)."""


class CommandStep(msgspec.Struct, frozen=True):
    """One transition: entered `state` at UTC ns because of `reason` (empty if the normal path)."""

    state: CommandState
    at: int
    reason: str = ""


class CommandFact(msgspec.Struct, frozen=True, kw_only=True):
    """One command as every console sees it."""

    request: CommandRequest
    state: CommandState
    reason: str = ""
    """Code of `core.command.reasons`; empty on the normal path."""
    detail: str = ""
    """What the device or the person who resolved it said, plain text."""
    by: str = ""
    """The person who asked."""
    value: float = 0.0
    """The value sent, in the tag's unit."""
    steps: tuple[CommandStep, ...] = ()
    attempt: int = 0
    verified: bool = False
    """Succeeded by fresh feedback; False with SUCCEEDED means unverified."""
    late: bool = False
    progress: float = 0.0
    """0 to 1 while executing, as the device says."""
    confirm: ConfirmText | None = None
    """What was or is to be confirmed; None for a command that is sent directly."""
    approver: str = ""
    """The second person of a class C3 command."""
    deadline: int = 0
    """UTC ns at which the present state ends by itself; 0 for none. For display only."""
