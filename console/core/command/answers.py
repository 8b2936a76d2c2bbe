"""What a device may say of a command, and what it means in each state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from console.core.command.facts import CommandState
from console.core.command.reasons import CommandReason
from console.core.command.table import CommandInput


class DeviceWord(StrEnum):
    """What a device may say of a command; the kinds of `feeds.base.DeviceAnswer`."""

    ACCEPTED = "accepted"
    ACCEPTED_FINAL = "accepted_final"
    PROGRESS = "progress"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    BUSY = "busy"
    CANCELLED = "cancelled"
    """It has stopped because it was told to."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A device's answer: `kind` is a DeviceWord, else it says nothing; `progress` is 0 to 1."""

    kind: str
    progress: float = 0.0
    detail: str = ""
    cause: str = ""
    """A CommandReason where the device names its cause (local mode, process, health); else empty."""
    test: bool = False
    """The device says that it was a test and that nothing has moved (CMD-15)."""


PATHS: Final[dict[CommandState, dict[DeviceWord, tuple[CommandInput, ...]]]] = {
    CommandState.SENT: {
        DeviceWord.ACCEPTED: (CommandInput.DEV_ACCEPTED,),
        DeviceWord.ACCEPTED_FINAL: (CommandInput.DEV_ACCEPTED_FINAL,),
        DeviceWord.PROGRESS: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_PROGRESS),
        DeviceWord.DONE: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_DONE),
        DeviceWord.FAILED: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_FAILED),
        DeviceWord.REJECTED: (CommandInput.DEV_REJECTED,),
        DeviceWord.BUSY: (CommandInput.DEV_BUSY,),
        DeviceWord.CANCELLED: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_CANCELLED),
    },
    CommandState.EXECUTING: {
        DeviceWord.PROGRESS: (CommandInput.DEV_PROGRESS,),
        DeviceWord.ACCEPTED_FINAL: (CommandInput.DEV_DONE,),
        DeviceWord.DONE: (CommandInput.DEV_DONE,),
        DeviceWord.FAILED: (CommandInput.DEV_FAILED,),
        DeviceWord.REJECTED: (CommandInput.DEV_FAILED,),
        DeviceWord.BUSY: (CommandInput.DEV_FAILED,),
        DeviceWord.CANCELLED: (CommandInput.DEV_CANCELLED,),
    },
    CommandState.INDETERMINATE: {
        DeviceWord.ACCEPTED_FINAL: (CommandInput.LATE_SUCCESS,),
        DeviceWord.DONE: (CommandInput.LATE_SUCCESS,),
        DeviceWord.FAILED: (CommandInput.LATE_FAILURE,),
        DeviceWord.REJECTED: (CommandInput.LATE_FAILURE,),
        DeviceWord.BUSY: (CommandInput.LATE_FAILURE,),
        DeviceWord.CANCELLED: (CommandInput.LATE_FAILURE,),
    },
}
"""Inputs that a device's word stands for; a word that is not here says nothing new in that state."""

REASONS: Final = {
    DeviceWord.FAILED: CommandReason.DEVICE_FAILED,
    DeviceWord.REJECTED: CommandReason.DEVICE_REJECTED,
    DeviceWord.BUSY: CommandReason.DEVICE_BUSY,
    DeviceWord.CANCELLED: CommandReason.BY_DEVICE_AFTER_CANCEL,
}
CAUSES: Final = frozenset(
    {
        CommandReason.BLOCKED_BY_MODE,
        CommandReason.BLOCKED_BY_PROCESS,
        CommandReason.BLOCKED_BY_HEALTH,
        CommandReason.BLOCKED_BY_INTERLOCK,
        CommandReason.AUTHORITY_HELD_BY_OTHER,
        CommandReason.ALREADY_IN_STATE,
        CommandReason.OUT_OF_RANGE,
        CommandReason.UNSUPPORTED,
        CommandReason.DEVIATION,
        CommandReason.OVERSHOOT,
        CommandReason.NO_TEST_MODE,
    }
)
"""Causes that a device may name."""

_WORDS: Final = frozenset(DeviceWord)
_REFUSALS: Final = frozenset({DeviceWord.FAILED, DeviceWord.REJECTED, DeviceWord.BUSY})
_POSITIVE: Final = frozenset({CommandInput.DEV_ACCEPTED, CommandInput.DEV_DONE})


def inputs_of(state: CommandState, said: Said) -> list[tuple[CommandInput, str]]:
    """Inputs that an answer stands for in `state`, each with its reason; none if it says nothing new."""
    if said.kind not in _WORDS:
        return []
    kind = DeviceWord(said.kind)
    path = PATHS.get(state, {}).get(kind, ())
    reason = str(REASONS.get(kind, ""))
    if said.cause in CAUSES and kind in _REFUSALS:
        reason = said.cause
    return [(input_, "" if input_ in _POSITIVE else reason) for input_ in path]
