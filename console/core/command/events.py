"""What a command machine reports."""

from __future__ import annotations

import msgspec

from console.core.command.facts import CommandFact, CommandState
from console.core.command.reasons import CommandReason
from console.core.command.table import CommandInput


class CommandEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One input that changed a command's fact."""

    kind: CommandInput
    command_id: str
    old: CommandState
    new: CommandState
    at: int
    """UTC ns by the hub's clock."""
    who: str
    """Person, or `system:<part>`."""
    reason: str = ""
    fact: CommandFact
    """The command after it."""

    @property
    def resend(self) -> bool:
        """Whether the same command has to be written to the device again."""
        return self.kind is CommandInput.TIMEOUT_RETRY

    @property
    def alarming(self) -> bool:
        """Whether the outcome is contradicted or unknown, so that an operator must be told (VERIFYING)."""
        return self.old is CommandState.VERIFYING and self.new in (
            CommandState.FAILED,
            CommandState.INDETERMINATE,
        )

    @property
    def finding(self) -> str:
        """Empty, or what the journal keeps as a diagnostic beside the transition: an outcome nobody may overlook."""
        if self.old is self.new:
            return ""
        if self.new is CommandState.INDETERMINATE:
            return "OUTCOME_UNKNOWN"
        contradicted = self.kind is CommandInput.FEEDBACK_WRONG
        untested = self.reason == CommandReason.TEST_NOT_REPORTED
        return "OUTCOME_CONTRADICTED" if contradicted or untested else ""

    @property
    def releases(self) -> bool:
        """Whether a selection of the device has to be given back."""
        selecting = self.old in (CommandState.SELECTING, CommandState.SELECTED)
        return selecting and self.new.terminal and self.kind is not CommandInput.DEVICE_UNSELECTED
