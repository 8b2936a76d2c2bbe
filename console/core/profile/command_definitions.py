"""Reading of one command definition: its parameter, deadlines, hazards by value and interlocks (CMD-04, CMD-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TypeVar

from console.core.control import Interlock
from console.core.profile.entry import NAME, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import CommandClass, CommandDef, ParamDef
from console.core.words import Text

DECIMALS = 6

_DANGEROUS = (CommandClass.C2, CommandClass.C3)

T = TypeVar("T")


def read_command(entry: Entry, names: Set[str]) -> CommandDef | None:
    """The command, None if anything in it is at fault; `names` are the tags of its type.

    What its interlocks say is checked when all assets are known (`conditions.check_interlocks`).
    """
    params = [_param(e) for e in entry.entries("param")]
    unique(entry.entries("param"), "name")
    locks = [_interlock(e) for e in entry.entries("interlock")]
    hazards = _hazards(entry)
    given = {"params": _present(params), "interlocks": _present(locks), "hazards": hazards}
    command = entry.read(CommandDef, given, ("param", "interlock", "hazards"))
    if command is None:
        return None
    entry.named(command.name, "name")
    entry.required_text("label", command.label)
    if (command.value is None) != (len(entry.entries("param")) == 1):
        entry.fault(ProfileFault.VALUE_OR_PARAMETER, "value", entry=command.name)
    if command.feedback_tag and command.feedback_tag not in names:
        entry.fault(ProfileFault.UNKNOWN_TAG, "feedback_tag", found=command.feedback_tag)
    for field, value in _deadlines(command):
        entry.positive(field, value)
    entry.within("feedback_tolerance", command.feedback_tolerance, 0, float("inf"))
    _dangers(entry, command)
    return command if None not in params and None not in locks else None


def _present(items: Sequence[T | None]) -> tuple[T, ...]:
    return tuple(item for item in items if item is not None)


def _deadlines(command: CommandDef) -> Iterator[tuple[str, float]]:
    yield "feedback_deadline_s", command.feedback_deadline_s
    yield "accept_deadline_s", command.accept_deadline_s
    yield "execute_deadline_s", command.execute_deadline_s


def _dangers(entry: Entry, command: CommandDef) -> None:
    if command.command_class in _DANGEROUS and not (command.hazard.ko.strip() and command.hazard.en.strip()):
        entry.fault(ProfileFault.HAZARD_MISSING, "hazard", entry=command.name)
    for value in command.hazards:
        if not _possible(command, value):
            entry.child("hazards").fault(
                ProfileFault.HAZARD_VALUE, value, entry=command.name, found=value[:60]
            )
    if command.emergency and command.interlocks:
        # Stale data would block it in the very moment it is made for.
        entry.fault(ProfileFault.EMERGENCY_INTERLOCKED, "emergency", entry=command.name)


def _possible(command: CommandDef, text: str) -> bool:
    """Whether the command can have this value, written the shortest way."""
    try:
        value = float(text)
    except ValueError:
        return False
    if f"{value:g}" != text:
        return False
    if command.value is not None:
        return value == command.value
    return all(param.low <= value <= param.high for param in command.params)


def _hazards(entry: Entry) -> Mapping[str, Text]:
    if "hazards" not in entry.table:
        return {}
    table = entry.child("hazards")
    texts: dict[str, Text] = {}
    for value in table.table:
        text = table.text(value)
        table.required_text(value, text)
        if text is not None:
            texts[value] = text
    return texts


def _interlock(entry: Entry) -> Interlock | None:
    lock = entry.read(Interlock)
    if lock is not None:
        entry.required_text("label", lock.label)
    return lock


def _param(entry: Entry) -> ParamDef | None:
    param = entry.read(ParamDef)
    if param is None:
        return None
    entry.named(param.name, "name", NAME)
    entry.required_text("label", param.label)
    entry.ascending(param.low, param.high)
    entry.within("decimals", param.decimals, 0, DECIMALS)
    entry.within("step_limit", param.step_limit, 0, float("inf"))
    return param
