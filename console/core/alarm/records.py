"""Journal records of alarms and back: what is written of an event, and the occurrences that records tell of."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.machine import AlarmInput, Effect
from console.core.journal import Record, RecordKind

_FROM_PROCESS = (AlarmInput.ACT, AlarmInput.ESCALATE)


def record_of(event: AlarmEvent, subject: str, station: str) -> Record:
    """The record of one transition; `subject` is `asset.alarm`."""
    fact = event.fact
    fields = {
        "occurrence": event.occurrence,
        "value": repr(event.value),
        "limit": repr(fact.limit),
        "priority": str(fact.priority),
        "effects": " ".join(event.effects),
    }
    if fact.level:
        fields["level"] = str(fact.level)
    if event.annunciates:
        fields["annunciated"] = str(fact.at_annunciated)
    if event.kind is AlarmInput.RTN:
        fields["rtn_cause"] = fact.rtn_cause
    if event.reason:
        fields["reason"] = event.reason
    return Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.ALARM,
        who=event.who,
        station=station,
        subject=subject,
        what=event.kind,
        old=event.old,
        new=event.new,
        fields=fields,
    )


class OccurrenceReader:
    """Occurrences of records in order; `index_of` gives the index of `asset.alarm`, None for one that is gone."""

    def __init__(self, index_of: Callable[[str], int | None]) -> None:
        self._index_of = index_of
        self._rows: dict[tuple[int, str], OccurrenceRow] = {}

    def rows(self) -> list[OccurrenceRow]:
        """Every occurrence whose beginning was read, in the order of their beginnings."""
        return list(self._rows.values())

    def add(self, record: Record) -> None:
        """Takes the next record into account; what is no transition of a known alarm is ignored."""
        alarm = self._index_of(record.subject) if record.kind is RecordKind.ALARM else None
        if alarm is None:
            return
        key = (alarm, record.fields.get("occurrence", ""))
        effects = record.fields.get("effects", "").split()
        if Effect.NEW_OCCURRENCE in effects or Effect.JOURNAL_SUPPRESSED_ACTIVATION in effects:
            self._rows[key] = _begun(alarm, record)
        elif key in self._rows:
            changes = _later(record, effects, self._rows[key])
            self._rows[key] = msgspec.structs.replace(self._rows[key], **changes)


def _begun(alarm: int, record: Record) -> OccurrenceRow:
    fields = record.fields
    return OccurrenceRow(
        alarm=alarm,
        occurrence=fields.get("occurrence", ""),
        priority=_int(fields.get("priority", "")),
        level=_int(fields.get("level", "")),
        value=_float(fields.get("value", "")),
        limit=_float(fields.get("limit", "")),
        at_event=record.at,
        at_annunciated=_int(fields.get("annunciated", "")),
        by_operator=record.what not in _FROM_PROCESS,
    )


def _later(record: Record, effects: list[str], row: OccurrenceRow) -> dict[str, object]:
    """What a later record changes of an occurrence."""
    fields = record.fields
    if record.what == AlarmInput.RTN:
        return {
            "at_returned": max(record.at, row.at_event),
            "rtn_cause": fields.get("rtn_cause", ""),
            "value_returned": _float(fields.get("value", "")),
        }
    if record.what == AlarmInput.ACK or Effect.IMPLICIT_ACK in effects:
        return {"at_acked": record.at, "acked_by": record.who, "comment": fields.get("reason", "")}
    if record.what == AlarmInput.REALARM:
        return {"repeat_count": row.repeat_count + 1}
    if record.what == AlarmInput.ESCALATE:
        return {
            "priority": _int(fields.get("priority", "")),
            "level": _int(fields.get("level", "")),
            "limit": _float(fields.get("limit", "")),
        }
    # A latched activation that nobody saw is annunciated when its suppression ends.
    shown = _int(fields.get("annunciated", ""))
    return {"at_annunciated": shown} if shown and not row.at_annunciated else {}


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
