"""Commands and acts of a report, from the records the hub makes of each transition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import median

import msgspec

from console.core.batch import NS
from console.core.command.facts import CommandState
from console.core.handover import records as handover
from console.core.journal import Record, RecordKind
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Column, ColumnKind, Figure, Table

_K = ColumnKind
_LIST = (
    Column(name="time", kind=_K.TIME, share=2.4),
    Column(name="who", share=1.6),
    Column(name="station", share=1.3),
    Column(name="asset", kind=_K.LABEL, share=2.4),
    Column(name="command", kind=_K.LABEL, share=2.2),
    Column(name="value", kind=_K.NUMBER, decimals=2),
    Column(name="state", kind=_K.CODE, words="commands.state", share=1.4),
    Column(name="reason", kind=_K.CODE, words="reasons", share=2.6),
    Column(name="approver", share=1.4),
    Column(name="took", kind=_K.NUMBER, decimals=1),
    Column(name="command_id", share=2.6),
)
_ACTS = (
    Column(name="time", kind=_K.TIME, share=2),
    Column(name="who", share=1.5),
    Column(name="station", share=1.3),
    Column(name="subject", kind=_K.LABEL, share=3),
    Column(name="act", kind=_K.CODE, words="log.what", share=1.7),
    Column(name="result", kind=_K.CODE, words="reasons", share=2.4),
    Column(name="detail", share=3),
)
_TIMELINE = (
    Column(name="time", kind=_K.TIME, share=2.2),
    Column(name="kind", kind=_K.CODE, words="log.kind", share=1.1),
    Column(name="who", share=1.5),
    Column(name="subject", kind=_K.LABEL, share=3),
    Column(name="act", kind=_K.CODE, words="log.what", share=1.6),
    Column(name="old", kind=_K.CODE, words="log.state commands.state", share=1.5),
    Column(name="new", kind=_K.CODE, words="log.state commands.state", share=1.5),
    Column(name="result", kind=_K.CODE, words="reasons", share=1.8),
    Column(name="detail", share=2.6),
)
_SHOWN = ("text", "value", "limit", "reason", "detail", "why", "last_error", "comment", "until", "digest")


class CommandRow(msgspec.Struct, frozen=True):
    """One command as its records tell it; `ended` is UTC ns of a final state, else 0."""

    command_id: str
    first: Record
    last: Record
    ended: int


def command_rows(ground: Ground) -> list[CommandRow]:
    """Commands with a transition in the span, in the order of their first one there."""
    found: dict[str, CommandRow] = {}
    for record in ground.of_kind(RecordKind.COMMAND):
        command_id = record.fields.get("command_id", "")
        known = found.get(command_id)
        ended = record.at if _terminal(record.new) else 0
        first = known.first if known is not None else record
        found[command_id] = CommandRow(command_id, first, record, ended)
    return list(found.values())


def _terminal(state: str) -> bool:
    return state in CommandState.__members__ and CommandState(state).terminal


def command_figures(ground: Ground) -> list[Figure]:
    """How many commands there were, how they ended and how long they took."""
    rows = command_rows(ground)
    source = ground.source(RecordKind.COMMAND)
    states = [row.last.new for row in rows]
    took = [
        (row.ended - row.first.at) / NS
        for row in rows
        if row.ended and row.last.new == CommandState.SUCCEEDED and _whole(row)
    ]
    refused = [act for act in ground.of_kind(RecordKind.ACT) if act.result]
    bad = (CommandState.FAILED, CommandState.EXPIRED)
    return [
        Figure(name="commands", value=len(rows), source=source),
        Figure(name="commands_done", value=states.count(CommandState.SUCCEEDED), source=source),
        Figure(name="commands_failed", value=sum(state in bad for state in states), source=source),
        Figure(name="commands_rejected", value=states.count(CommandState.REJECTED), source=source),
        Figure(name="commands_cancelled", value=states.count(CommandState.CANCELLED), source=source),
        Figure(name="commands_open", value=sum(not row.ended for row in rows), source=source),
        Figure(
            name="command_median",
            value=median(took) if took else None,
            unit="s",
            decimals=1,
            source=source,
        ),
        Figure(name="acts_refused", value=len(refused), source=ground.source(RecordKind.ACT)),
    ]


def _whole(row: CommandRow) -> bool:
    """Whether its beginning is in the span too."""
    return row.first.old == "" or row.first.new == CommandState.RECEIVED


def command_list(ground: Ground) -> Table:
    """Every command of the span."""
    rows = tuple(_cells(row, ground) for row in command_rows(ground))
    return Table(name="commands", columns=_LIST, rows=rows, source=ground.source(RecordKind.COMMAND))


def unresolved_list(ground: Ground) -> Table:
    """Commands whose outcome is not known at the end of the span: still under way, or indeterminate."""
    rows = tuple(_cells(row, ground) for row in command_rows(ground) if not row.ended)
    return Table(name="unresolved", columns=_LIST, rows=rows, source=ground.source(RecordKind.COMMAND))


def _cells(row: CommandRow, ground: Ground) -> tuple[Cell, ...]:
    fields = row.last.fields
    asset_id, _, name = row.first.subject.partition(".")
    asset, command = ground.catalogue.assets.get(asset_id), ground.catalogue.command(asset_id, name)
    return (
        row.first.at,
        fields.get("by", "") or row.first.who,
        row.first.station,
        asset.name if asset is not None else Text(asset_id, asset_id),
        command.label if command is not None else Text(name, name),
        _number(fields.get("value", "")),
        row.last.new,
        row.last.result,
        fields.get("approver", ""),
        (row.ended - row.first.at) / NS if row.ended else None,
        row.command_id,
    )


def act_list(ground: Ground) -> Table:
    """What people did and what was refused."""
    rows = tuple(
        (
            record.at,
            record.who,
            record.station,
            ground.subject_name(record.subject),
            record.what,
            record.result,
            _detail(record, ground),
        )
        for record in ground.of_kind(RecordKind.ACT)
    )
    return Table(name="acts", columns=_ACTS, rows=rows, source=ground.source(RecordKind.ACT))


def timeline(ground: Ground, records: Iterable[Record]) -> Table:
    """Records one after the other, as the journal has them; who sails past a whole site is no part of its incidents."""
    kinds = [kind for kind in RecordKind if ground.about or kind is not RecordKind.MOVE]
    rows = tuple(
        (
            record.at,
            record.kind,
            record.who,
            _subject(record, ground),
            record.what,
            record.old,
            record.new,
            record.result,
            _detail(record, ground),
        )
        for record in records
        # The items of a handover are in the report of the shift.
        if record.kind in kinds and record.what != handover.ITEM
    )
    return Table(name="timeline", columns=_TIMELINE, rows=rows, source=ground.source(*kinds))


def _subject(record: Record, ground: Ground) -> Text:
    """What it is about; the number of a handover says nothing to a reader."""
    return Text("", "") if record.kind is RecordKind.HANDOVER else ground.subject_name(record.subject)


def _detail(record: Record, ground: Ground) -> str:
    shown = (
        f"{name}={_told(name, record.fields[name], ground)}" for name in _SHOWN if record.fields.get(name)
    )
    return ", ".join(shown)


def _told(name: str, text: str, ground: Ground) -> str:
    """Times as the clock of the site shows them."""
    if name != "until" or not (text.isascii() and text.isdigit()):
        return text
    return datetime.fromtimestamp(int(text) // NS, ground.zone).strftime("%Y-%m-%d %H:%M:%S")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
