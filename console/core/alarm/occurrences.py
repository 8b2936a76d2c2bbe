"""Occurrences of alarms as facts and in columns, and the log that makes them from the engine's events.

One occurrence is one new annunciation at an operator position: the unit every figure of ALARMS.md 1.7
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.machine import AlarmInput, Effect
from console.core.catalogue import AlarmPoint

NEVER = np.iinfo(np.int64).max
"""Stands in a column of times for "not yet"."""

Times = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence of one alarm; times are UTC ns, None where the event has not happened."""

    alarm: int
    area: str
    priority: int
    at_annunciated: int
    at_returned: int | None = None
    at_acked: int | None = None
    value_returned: float = float("nan")
    """Of the sample that ended it."""
    by_operator: bool = False
    """Annunciated because a person did something (unshelved, put back in service), not by the process."""
    suppressed: bool = False
    """Nobody was told: it counts for nothing here."""


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Columns of occurrences in order of annunciation; `area` is an index into `areas`."""

    areas: tuple[str, ...]
    alarm: NDArray[np.int64]
    area: NDArray[np.int64]
    priority: NDArray[np.int64]
    annunciated: Times
    returned: Times
    acked: Times
    value_returned: NDArray[np.float64]
    by_operator: Mask

    def __len__(self) -> int:
        return len(self.alarm)

    def take(self, rows: NDArray[np.intp] | Mask | slice) -> Occurrences:
        """The same columns at `rows`."""
        columns = (getattr(self, field.name)[rows] for field in fields(self)[1:])
        return Occurrences(self.areas, *columns)


def in_columns(records: Iterable[Occurrence]) -> Occurrences:
    """Columns of what was annunciated, sorted by time; occurrences of equal time keep their order."""
    shown = [record for record in records if not record.suppressed]
    areas = tuple(sorted({record.area for record in shown}))
    number = {area: index for index, area in enumerate(areas)}
    columns = Occurrences(
        areas,
        np.array([r.alarm for r in shown], np.int64),
        np.array([number[r.area] for r in shown], np.int64),
        np.array([r.priority for r in shown], np.int64),
        np.array([r.at_annunciated for r in shown], np.int64),
        np.array([NEVER if r.at_returned is None else r.at_returned for r in shown], np.int64),
        np.array([NEVER if r.at_acked is None else r.at_acked for r in shown], np.int64),
        np.array([r.value_returned for r in shown], np.float64),
        np.array([r.by_operator for r in shown], np.bool_),
    )
    return columns.take(np.argsort(columns.annunciated, kind="stable"))


def from_rows(rows: Iterable[OccurrenceRow], alarms: Sequence[AlarmPoint]) -> list[Occurrence]:
    """Occurrences as the journal tells them; those of alarms the catalogue does not have are left out."""
    return [
        Occurrence(
            alarm=row.alarm,
            area=alarms[row.alarm].asset.area,
            priority=row.priority,
            at_annunciated=row.at_annunciated or row.at_event,
            at_returned=max(row.at_returned, row.at_annunciated) if row.at_returned else None,
            at_acked=row.at_acked or None,
            value_returned=row.value_returned if row.at_returned else float("nan"),
            by_operator=row.by_operator,
            suppressed=not row.at_annunciated,
        )
        for row in rows
        if 0 <= row.alarm < len(alarms)
    ]


class OccurrenceLog:
    """Collects occurrences from events of an engine in their order; what is open stays changeable."""

    def __init__(self, alarms: Sequence[AlarmPoint]) -> None:
        self._alarms = alarms
        self._records: list[Occurrence] = []
        self._open: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._records)

    def add(self, event: AlarmEvent) -> None:
        """Takes one transition into account."""
        if Effect.NEW_OCCURRENCE in event.effects:
            self._begin(event)
        elif event.kind is AlarmInput.RTN:
            self._returned(event)
        elif event.kind is AlarmInput.ACK or Effect.IMPLICIT_ACK in event.effects:
            self._change(event.alarm, at_acked=event.at)

    def records(self) -> list[Occurrence]:
        """Every occurrence so far, in order of annunciation."""
        return list(self._records)

    def columns(self) -> Occurrences:
        """The same in columns."""
        return in_columns(self._records)

    def _begin(self, event: AlarmEvent) -> None:
        self._open[event.alarm] = len(self._records)
        self._records.append(
            Occurrence(
                alarm=event.alarm,
                area=self._alarms[event.alarm].asset.area,
                priority=event.fact.priority,
                at_annunciated=event.fact.at_annunciated,
                by_operator=event.kind not in {AlarmInput.ACT, AlarmInput.ESCALATE},
            )
        )

    def _returned(self, event: AlarmEvent) -> None:
        place = self._open.get(event.alarm)
        if place is not None:
            # A late scheduler annunciates what is over already.
            at = max(event.at, self._records[place].at_annunciated)
            self._change(event.alarm, at_returned=at, value_returned=event.value)

    def _change(self, alarm: int, **fields_: float) -> None:
        place = self._open.get(alarm)
        if place is not None:
            self._records[place] = msgspec.structs.replace(self._records[place], **fields_)
