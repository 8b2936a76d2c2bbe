"""Which records from before a span matter in it, taken one after the other in the order of the journal."""

from __future__ import annotations

from console.core.journal import Record, RecordKind
from console.core.reporting import ZoneStage
from console.core.zones import ZoneChange
from console.report.facts.standing import mode_key

_SETTLED = 3600 * 10**9
"""Occurrences as young as this may belong to a flood or a chattering that reaches into the span."""
_GONE = (ZoneChange.LEAVE, ZoneChange.LOST)


class Reaching:
    """Of alarms that may still stand, of feeds the last one, of tags and shelves those that hold, of ships and trucks
    those that have not left; `start` is that of the span, UTC ns.
    """

    def __init__(self, start: int) -> None:
        self._start = start
        self._alarms: dict[tuple[str, str], list[Record]] = {}
        self._last: dict[tuple[str, ...], Record] = {}
        self._stays: dict[tuple[str, str], list[Record]] = {}

    def take(self, record: Record) -> None:
        """The next record."""
        key = mode_key(record)
        if key is not None:
            self._mode(key, record)
        if record.kind is RecordKind.FEED:
            self._last["feed", record.subject] = record
        elif record.kind is RecordKind.ALARM:
            self._alarm(record)
        elif record.kind is RecordKind.MOVE:
            self._move(record)

    def kept(self) -> list[Record]:
        """What matters, in the order of the journal."""
        groups = (*self._alarms.values(), *self._stays.values())
        found = {record.sequence: record for group in groups for record in group}
        found |= {record.sequence: record for record in self._last.values()}
        return [found[sequence] for sequence in sorted(found)]

    def _mode(self, key: tuple[tuple[str, str, str], bool], record: Record) -> None:
        which, begins = key
        if begins:
            self._last[("mode", *which)] = record
        else:
            self._last.pop(("mode", *which), None)

    def _alarm(self, record: Record) -> None:
        occurrence = record.fields.get("occurrence", "")
        if not occurrence:
            return
        group = self._alarms.setdefault((record.subject, occurrence), [])
        group.append(record)
        # Normal and acknowledged again, and long enough ago: nothing of it reaches into the span.
        if record.new == "A_NORM" and group[0].at < self._start - _SETTLED:
            del self._alarms[record.subject, occurrence]

    def _move(self, record: Record) -> None:
        key = (record.subject, record.fields.get("mover", ""))
        if record.fields.get("stage") == ZoneStage.AREA and record.what in _GONE:
            self._stays.pop(key, None)
        else:
            self._stays.setdefault(key, []).append(record)
