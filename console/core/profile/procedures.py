"""Reading of `procedures.toml`: what operators do in order, checked against the assets and commands there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.profile.conditions import Known, check_condition
from console.core.profile.entry import ID, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import CommandDef

LONGEST_WAIT_S = 24 * 3600.0
STEPS_MAX = 100

_FIELDS: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.COMMAND: ("asset", "command"),
    StepKind.WAIT: ("when", "timeout_s"),
    StepKind.CHECK: ("when",),
    StepKind.NOTE: (),
    StepKind.CONFIRM: (),
}
"""What a step of each kind needs; `value` is the command's own matter."""
_OF_KINDS = ("asset", "command", "value", "when", "timeout_s")


def read_procedures(entry: Entry, known: Known, areas: frozenset[str] | None) -> list[Procedure]:
    """Sound procedures in order; faults are reported. `areas` None: their file is at fault itself."""
    entry.unknown(("procedure",))
    entries = entry.entries("procedure")
    unique(entries, "id")
    procedures = [_procedure(e, known, areas) for e in entries]
    return [procedure for procedure in procedures if procedure is not None]


def _procedure(entry: Entry, known: Known, areas: frozenset[str] | None) -> Procedure | None:
    rows = entry.entries("step")
    steps = [_step(e, known) for e in rows]
    unique(rows, "id")
    given = {"steps": tuple(step for step in steps if step is not None)}
    procedure = entry.read(Procedure, given, ("step",))
    if not rows:
        entry.fault(ProfileFault.MISSING, "step", entry=entry.label)
    entry.within("step", len(rows), 0, STEPS_MAX)
    if procedure is None:
        return None
    entry.named(procedure.id, "id", ID)
    entry.required_text("label", procedure.label)
    entry.required_text("purpose", procedure.purpose)
    if areas is not None and procedure.area not in areas:
        entry.fault(ProfileFault.UNKNOWN_AREA, "area", found=procedure.area[:60])
    if procedure.reviewed and not is_day(procedure.reviewed):
        entry.fault(ProfileFault.NOT_A_DAY, "reviewed", found=procedure.reviewed[:60])
    return procedure if None not in steps else None


def _step(entry: Entry, known: Known) -> ProcedureStep | None:
    step = entry.read(ProcedureStep)
    if step is None:
        return None
    entry.named(step.id, "id", ID)
    entry.required_text("label", step.label)
    _fields(entry, step)
    if step.kind is StepKind.COMMAND:
        _command(entry, step, known)
    elif step.kind in (StepKind.WAIT, StepKind.CHECK) and step.when:
        check_condition(entry, "when", known.resolver())
    if "timeout_s" in entry.table:
        entry.positive("timeout_s", step.timeout_s)
        entry.within("timeout_s", step.timeout_s, float("-inf"), LONGEST_WAIT_S)
    return step


def _fields(entry: Entry, step: ProcedureStep) -> None:
    """What the kind needs is there, and nothing is that it would ignore."""
    needed = _FIELDS[step.kind]
    for field in needed:
        if not entry.table.get(field):
            entry.fault(ProfileFault.STEP_NEEDS, field, entry=step.id, kind=step.kind)
    allowed = (*needed, "value") if step.kind is StepKind.COMMAND else needed
    for field in _OF_KINDS:
        if field in entry.table and field not in allowed:
            entry.fault(ProfileFault.STEP_UNUSED, field, entry=step.id, kind=step.kind)


def _command(entry: Entry, step: ProcedureStep, known: Known) -> None:
    if step.asset and step.asset not in known.asset_ids:
        entry.fault(ProfileFault.UNKNOWN_ASSET, "asset", found=step.asset[:60])
    type_id = known.type_of.get(step.asset, "")
    names, kind = known.names.get(type_id), known.types.get(type_id)
    if names is not None and names.commands is not None and step.command not in names.commands:
        entry.fault(ProfileFault.UNKNOWN_COMMAND, "command", found=step.command[:60])
    elif kind is not None:
        _value(entry, step, kind.commands)


def _value(entry: Entry, step: ProcedureStep, commands: Sequence[CommandDef]) -> None:
    command = next(c for c in commands if c.name == step.command)
    if command.value is not None:
        if step.value is not None:
            entry.fault(ProfileFault.STEP_UNUSED, "value", entry=step.id, kind=step.command)
        return
    if step.value is None:
        entry.fault(ProfileFault.STEP_NEEDS, "value", entry=step.id, kind=step.command)
        return
    for param in command.params:
        entry.within("value", step.value, param.low, param.high)


def is_day(text: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
