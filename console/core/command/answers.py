"""What a device may say of a command, and what it means in each state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

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


PATHS: Final[dict[CommandState, dict[DeviceWord, tuple[CommandInput, ...]]]] = {
    CommandState.SENT: {
        DeviceWord.ACCEPTED: (CommandInput.DEV_ACCEPTED,),
        DeviceWord.ACCEPTED_FINAL: (CommandInput.DEV_ACCEPTED_FINAL,),
        DeviceWord.PROGRESS: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_PROGRESS),
        DeviceWord.DONE: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_DONE),
        DeviceWord.FAILED: (CommandInput.DEV_ACCEPTED, CommandInput.DEV_FAILED),
        DeviceWord.REJECTED: (CommandInput.DEV_REJECTED,),
        DeviceWord.BUSY: (CommandInput.DEV_BUSY,),
    },
    CommandState.EXECUTING: {
        DeviceWord.PROGRESS: (CommandInput.DEV_PROGRESS,),
        DeviceWord.ACCEPTED_FINAL: (CommandInput.DEV_DONE,),
        DeviceWord.DONE: (CommandInput.DEV_DONE,),
        DeviceWord.FAILED: (CommandInput.DEV_FAILED,),
        DeviceWord.REJECTED: (CommandInput.DEV_FAILED,),
        DeviceWord.BUSY: (CommandInput.DEV_FAILED,),
    },
    CommandState.INDETERMINATE: {
        DeviceWord.ACCEPTED_FINAL: (CommandInput.LATE_SUCCESS,),
        DeviceWord.DONE: (CommandInput.LATE_SUCCESS,),
        DeviceWord.FAILED: (CommandInput.LATE_FAILURE,),
        DeviceWord.REJECTED: (CommandInput.LATE_FAILURE,),
        DeviceWord.BUSY: (CommandInput.LATE_FAILURE,),
    },
}
"""Inputs that a device's word stands for; a word that is not here says nothing new in that state."""

REASONS: Final = {
    DeviceWord.FAILED: CommandReason.DEVICE_FAILED,
    DeviceWord.REJECTED: CommandReason.DEVICE_REJECTED,
    DeviceWord.BUSY: CommandReason.DEVICE_BUSY,
}

_WORDS: Final = frozenset(DeviceWord)
_POSITIVE: Final = frozenset({CommandInput.DEV_ACCEPTED, CommandInput.DEV_DONE})


def inputs_of(state: CommandState, word: str) -> list[tuple[CommandInput, str]]:
    """Inputs that `word` stands for in `state`, each with its reason; none if it says nothing new."""
    if word not in _WORDS:
        return []
    kind = DeviceWord(word)
    path = PATHS.get(state, {}).get(kind, ())
    reason = str(REASONS.get(kind, ""))
    return [(input_, "" if input_ in _POSITIVE else reason) for input_ in path]
