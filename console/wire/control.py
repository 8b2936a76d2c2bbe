"""Messages from console to hub about commands, tags, areas and procedures."""

from __future__ import annotations

from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandRequest
from console.wire.base import Asked


class SendCommand(Asked, frozen=True, kw_only=True):
    """Ask the hub to carry out a command."""

    request: str
    command: CommandRequest


class ResolveCommand(Asked, frozen=True, kw_only=True):
    """State the outcome of an INDETERMINATE command, with evidence."""

    request: str
    command_id: str
    outcome: str
    evidence: str


class ExecuteCommand(Asked, frozen=True, kw_only=True):
    """Carry out a SELECTED command; `token` came with CommandConfirm to this session alone (CMD-05)."""

    request: str
    command_id: str
    token: str
    signature: str = ""
    """By the key of the seat's certificate (hex), over `core.command.signing.execute_bytes` (SEC-17); empty if the seat
    has none.
    """


class CancelCommand(Asked, frozen=True, kw_only=True):
    """Withdraw a command that has not been sent, or ask the device to stop one that can be cancelled."""

    request: str
    command_id: str


class DecideCommand(Asked, frozen=True, kw_only=True):
    """Approve or deny a class C3 command, as another person, on the text with this digest (CMD-06)."""

    request: str
    command_id: str
    digest: str
    approve: bool
    reason: str = ""
    user: str = ""
    """Another account for this one decision, where the site allows approval at the requester's station."""
    password: str = ""
    signature: str = ""


class SendGroup(Asked, frozen=True, kw_only=True):
    """Ask for several commands at once; the answer is a GroupConfirm that lists blocked members (CMD-08)."""

    request: str
    group_id: str
    commands: tuple[CommandRequest, ...]


class ExecuteGroup(Asked, frozen=True, kw_only=True):
    """Send the group that `token` confirms; with blocked members only if `without_blocked` is said."""

    request: str
    group_id: str
    token: str
    without_blocked: bool = False
    signature: str = ""
    """As with ExecuteCommand, over the group's id."""


class PlaceTag(Asked, frozen=True, kw_only=True):
    """Hang a tag on an asset (CMD-08)."""

    request: str
    asset: str
    kind: TagKind
    text: str
    until: int = 0


class RemoveTag(Asked, frozen=True, kw_only=True):
    """Take a tag down: its owner, or a supervisor with a reason."""

    request: str
    tag: str
    reason: str = ""


class TakeArea(Asked, frozen=True, kw_only=True):
    """Hold an area, or ask its holder for it (CMD-09)."""

    request: str
    area: str


class ReleaseArea(Asked, frozen=True, kw_only=True):
    """Hold an area no longer, or withdraw the wish to."""

    request: str
    area: str


class AnswerTakeover(Asked, frozen=True, kw_only=True):
    """The holder grants or refuses a take-over."""

    request: str
    area: str
    grant: bool


class ForceArea(Asked, frozen=True, kw_only=True):
    """A supervisor takes an area at once, with a reason (SEC-11)."""

    request: str
    area: str
    reason: str


class StartProcedure(Asked, frozen=True, kw_only=True):
    """Run a procedure of the site; `dry` sends nothing."""

    request: str
    procedure: str
    dry: bool = False


class ActOnRun(Asked, frozen=True, kw_only=True):
    """What a person does with a run: pause, resume, confirm, note, retry, skip, abort, execute.

    `execute` confirms the command of the active step with the token that CommandConfirm brought.
    """

    request: str
    run: str
    act: str
    text: str = ""
    token: str = ""
    signature: str = ""
    """As with ExecuteCommand."""
