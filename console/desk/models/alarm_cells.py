"""What the cells of the alarm table say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from console.core.alarm.facts import AlarmFact
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, TagKind
from console.desk import formats
from console.desk.models.alarm_rows import AlarmColumn
from console.desk.words import Speech

_SIGNS = {AlarmCondition.HIGH: ">", AlarmCondition.LOW: "<", AlarmCondition.STATE: "="}


def value_and_limit(fact: AlarmFact, point: AlarmPoint, catalogue: Catalogue, lang: str) -> str:
    """`4.12 m > 4.00`, or the name of the state of a discrete tag."""
    tag = catalogue.tags[point.tag_index].tag
    value = formats.value_text(tag, fact.value, Quality.GOOD, lang)
    if tag.kind is TagKind.DISCRETE:
        return value
    limit = formats.number(fact.limit, tag.decimals)
    return f"{value} {_SIGNS[point.alarm.condition]} {limit}"


class AlarmCells:
    """Texts of one catalogue; `now_ns` is UTC."""

    def __init__(self, catalogue: Catalogue, speech: Speech, now_ns: Callable[[], int]) -> None:
        self._catalogue = catalogue
        self._speech = speech
        self._now_ns = now_ns
        self._tz: tzinfo = formats.zone(catalogue.site.time_zone)
        self._makers: dict[AlarmColumn, Callable[[AlarmFact, AlarmPoint], str]] = {
            AlarmColumn.PRIORITY: self._priority,
            AlarmColumn.STATE: self._state,
            AlarmColumn.TIME: self._time,
            AlarmColumn.ELAPSED: self._elapsed,
            AlarmColumn.ASSET: self._asset,
            AlarmColumn.LABEL: self._label,
            AlarmColumn.VALUE: self._value,
            AlarmColumn.ACKED_BY: self._acked_by,
            AlarmColumn.HINT: self._hint,
        }

    def text(self, fact: AlarmFact, column: AlarmColumn) -> str:
        """Text of a cell."""
        return self._makers[column](fact, self._catalogue.alarms[fact.alarm])

    def tip(self, fact: AlarmFact, column: AlarmColumn) -> str:
        """What a tooltip adds to the cell, empty when nothing."""
        alarm = self._catalogue.alarms[fact.alarm].alarm
        if column in (AlarmColumn.TIME, AlarmColumn.ELAPSED):
            return formats.full_stamp(fact.at_event, self._tz)
        if column is AlarmColumn.ACKED_BY and fact.at_acked:
            when = formats.full_stamp(fact.at_acked, self._tz)
            return f"{fact.acked_by} · {when}\n{fact.comment}".rstrip()
        if column in (AlarmColumn.HINT, AlarmColumn.LABEL):
            return self._speech.of(alarm.action)
        return ""

    def row_in_words(self, fact: AlarmFact) -> str:
        """The whole row for a screen reader: state in words, never colour alone (HMI-14)."""
        order = (AlarmColumn.PRIORITY, AlarmColumn.STATE, AlarmColumn.ASSET, AlarmColumn.LABEL)
        more = (AlarmColumn.VALUE, AlarmColumn.TIME)
        return ", ".join(self.text(fact, column) for column in order + more)

    def _priority(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return f"{fact.priority} {self._speech.say(f'alarm_priority.p{min(max(fact.priority, 1), 4)}')}"

    def _state(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.say(f"alarm_state.{fact.state.letter.value}")

    def _time(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return formats.stamp(fact.at_event, self._now_ns(), self._tz)

    def _elapsed(self, fact: AlarmFact, point: AlarmPoint) -> str:
        if not fact.at_event:
            return formats.DASH
        return formats.age((self._now_ns() - fact.at_event) / 1e9, self._speech)

    def _asset(self, fact: AlarmFact, point: AlarmPoint) -> str:
        name = self._speech.of(point.asset.name)
        area = self._catalogue.areas.get(point.asset.area)
        return f"{name} · {self._speech.of(area.name)}" if area else name

    def _label(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.of(point.alarm.label)

    def _value(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return value_and_limit(fact, point, self._catalogue, self._speech.lang)

    def _acked_by(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return fact.acked_by

    def _hint(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.of(point.alarm.action)
