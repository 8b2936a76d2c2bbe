"""Which rows of recorded samples need the engine at their exact time, so that all others may be handed over
together.

A row is quiet if it certainly turns no alarm over: its time of arrival then makes no difference to the engine, as
long as no delay ends between that time and the time it is handed over. Whatever is not known here counts as not
quiet, which costs speed and never a result: unusable data and what follows it, a condition or a field of a
definition that this file has not heard of.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.arrival import ArrivalOrder
from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]

_HANDLED = frozenset(
    {
        *("name", "tag", "label", "condition", "limit", "deadband", "on_delay_s", "off_delay_s"),
        *("levels", "reference_tag", "rate_window_s", "count", "count_window_s"),
        *("priority", "alarm_class", "severity", "latching", "ack_required", "shelvable", "comment_required"),
        *("realarm_min", "escalate_min", "cause", "consequence", "action", "respond_min"),
        *("display", "owner", "reviewed"),
    }
)
_FOLLOWED = frozenset({AlarmCondition.HIGH, AlarmCondition.LOW, AlarmCondition.STATE, AlarmCondition.STALE})
_EXACT = frozenset({AlarmCondition.DEVIATION, AlarmCondition.RATE})
"""Conditions that are told from more than the row: every row of their tags counts."""
_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(AlarmDef)}
_USABLE = np.zeros(256, np.bool_)
_USABLE[[quality for quality in Quality if quality.usable]] = True
_SET, _CLEAR, _KEEP = 1, 0, -1


class QuietRows:
    """Follows the raw conditions of all alarms beside the engine."""

    def __init__(self, catalogue: Catalogue) -> None:
        tags = len(catalogue.tags)
        self._order = ArrivalOrder(tags)
        self._usable = np.zeros(tags, np.bool_)
        self._always = _never_quiet(catalogue)
        chosen = [point for point in catalogue.alarms if not self._always[point.tag_index]]
        # Each limit of an alarm with levels is a band of its own.
        bands = [(p.tag_index, p.alarm, limit) for p in chosen for limit in _limits(p.alarm)]
        bands.sort(key=lambda band: band[0])
        tag = np.array([band[0] for band in bands], np.intp)
        self._first = np.searchsorted(tag, np.arange(tags)).astype(np.intp)
        self._count = np.bincount(tag, minlength=tags).astype(np.intp)
        self._layers = int(self._count.max()) if tags else 0
        edges = np.array([_edges(alarm, limit) for _, alarm, limit in bands], np.float64).reshape(-1, 4)
        self._set_low, self._set_high, self._clear_low, self._clear_high = (
            np.ascontiguousarray(column) for column in edges.T
        )
        self._missing = np.array([alarm.condition is AlarmCondition.STALE for _, alarm, _ in bands], np.bool_)
        self._raised = np.zeros(len(bands), np.int8)

    def exact(self, batch: Batch) -> Mask:
        """Mask of the rows that are not quiet."""
        exact = np.zeros(len(batch), np.bool_)
        late = self._order.late(batch)
        kept = np.arange(len(batch)) if late is None else np.flatnonzero(~late)
        if not len(kept):
            return exact
        order = kept[np.argsort(batch.tag[kept], kind="stable")]
        tag = batch.tag[order].astype(np.intp)
        usable = _USABLE[batch.quality[order]]
        starts = _group_starts(tag)
        exact[order] = self._always[tag] | ~usable | ~self._usable_before(tag, usable, starts)
        rows = _Sorted(tag, batch.value[order], usable)
        for layer in range(self._layers):
            self._layer(layer, order, rows, exact)
        return exact

    def _usable_before(self, tag: Rows, usable: Mask, starts: Rows) -> Mask:
        before = np.empty(len(tag), np.bool_)
        before[1:] = usable[:-1]
        before[starts] = self._usable[tag[starts]]
        # Of repeated indices numpy keeps the last.
        self._usable[tag] = usable
        return before

    def _layer(self, layer: int, order: Rows, rows: _Sorted, exact: Mask) -> None:
        """The alarm number `layer` of every tag that has so many."""
        here = np.flatnonzero(self._count[rows.tag] > layer)
        if not len(here):
            return
        alarm = self._first[rows.tag[here]] + layer
        starts = _group_starts(alarm)
        group = np.repeat(starts, np.diff(np.append(starts, len(alarm))))
        raised = self._follow(alarm, rows.value[here], rows.usable[here], group)
        before = np.empty_like(raised)
        before[1:] = raised[:-1]
        before[starts] = self._raised[alarm[starts]]
        self._raised[alarm] = raised
        exact[order[here]] |= raised != before

    def _follow(self, alarm: Rows, value: NDArray[np.float64], usable: Mask, group: Rows) -> NDArray[np.int8]:
        """Raw condition after each row, 1 where raised: between the bands it stays what it was."""
        sets = (value >= self._set_low[alarm]) & (value <= self._set_high[alarm])
        clears = (value < self._clear_low[alarm]) | (value > self._clear_high[alarm])
        # Missing data is told from the quality alone.
        missing = self._missing[alarm]
        sets = np.where(missing, ~usable, sets & usable)
        clears = np.where(missing, usable, clears & usable)
        says = np.where(sets, _SET, np.where(clears, _CLEAR, _KEEP)).astype(np.int8)
        last = _last_where(says != _KEEP, group)
        return np.where(last >= 0, says[last], self._raised[alarm]).astype(np.int8)


class _Sorted(msgspec.Struct, frozen=True):
    """Rows of a batch by tag, in order of arrival within a tag."""

    tag: Rows
    value: NDArray[np.float64]
    usable: Mask


def _never_quiet(catalogue: Catalogue) -> Mask:
    """Tags whose rows always need their exact time; something unknown may look at any tag of its asset."""
    always = np.zeros(len(catalogue.tags), np.bool_)
    unknown = {point.asset.id for point in catalogue.alarms if not _known(point.alarm)}
    always[[tag.index for tag in catalogue.tags if tag.asset.id in unknown]] = True
    for point in catalogue.alarms:
        if point.alarm.condition in _EXACT:
            always[point.tag_index] = True
            if point.alarm.reference_tag:
                always[catalogue.tag_index(f"{point.asset.id}.{point.alarm.reference_tag}")] = True
    return always


def _known(definition: AlarmDef) -> bool:
    return definition.condition in _FOLLOWED | _EXACT and all(
        name in _HANDLED or getattr(definition, name) == _DEFAULTS[name]
        for name in definition.__struct_fields__
    )


def _limits(definition: AlarmDef) -> list[float]:
    return [definition.limit, *(level.limit for level in definition.levels)]


def _edges(definition: AlarmDef, limit: float) -> tuple[float, float, float, float]:
    deadband = definition.deadband
    if definition.condition is AlarmCondition.HIGH:
        return limit, np.inf, limit - deadband, np.inf
    if definition.condition is AlarmCondition.LOW:
        return -np.inf, limit, -np.inf, limit + deadband
    return limit, limit, limit, limit


def _group_starts(key: Rows) -> Rows:
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    return np.flatnonzero(new)


def _last_where(mask: Mask, group: Rows) -> Rows:
    """For each row the newest row of its group, itself included, where `mask` holds; -1 where there is none."""
    last = np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1))
    return np.where(last >= group, last, -1)
