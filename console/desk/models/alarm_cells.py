"""What the cells of the alarm table say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, TagKind
from console.desk import formats
from console.desk.models.alarm_rows import AlarmColumn, condition_of, hidden_by, label_of
from console.desk.words import Speech

_SIGNS = {AlarmCondition.HIGH: ">", AlarmCondition.LOW: "<", AlarmCondition.STATE: "="}
_PER_MINUTE = {"ko": "/분", "en": "/min"}


def value_and_limit(fact: AlarmFact, point: AlarmPoint, catalogue: Catalogue, lang: str) -> str:
    """`4.12 m > 4.00`, `+0.30 m/min > 0.20`, `Δ 0.4 m > 0.3`, or the name of the state of a discrete tag.

    An alarm of missing data has no value: an em dash.
    """
    tag = catalogue.tags[point.tag_index].tag
    kind = condition_of(fact, point.alarm)
    if kind == AlarmCondition.STALE:
        return formats.DASH
    if kind in (AlarmCondition.RATE, AlarmCondition.DEVIATION):
        value, limit = formats.number(fact.value, tag.decimals), formats.number(fact.limit, tag.decimals)
        if kind == AlarmCondition.DEVIATION:
            return f"Δ{formats.THIN}{formats.with_unit(value, tag.unit)} > {limit}"
        return f"{formats.with_unit(value, tag.unit + _PER_MINUTE[lang])} {'<' if fact.limit < 0 else '>'} {limit}"
    value = formats.value_text(tag, fact.value, Quality.GOOD, lang)
    if tag.kind is TagKind.DISCRETE:
        return value
    sign = _SIGNS.get(AlarmCondition(kind) if kind in set(AlarmCondition) else point.alarm.condition, ">")
    return f"{value} {sign} {formats.number(fact.limit, tag.decimals)}"


def value_words(fact: AlarmFact, point: AlarmPoint, catalogue: Catalogue, speech: Speech) -> str:
    """The same, with the quality in words where there is no value."""
    if condition_of(fact, point.alarm) == AlarmCondition.STALE and fact.quality in set(Quality):
        return speech.say(f"quality.{Quality(fact.quality).name}")
    return value_and_limit(fact, point, catalogue, speech.lang)


def who_words(who: str, speech: Speech) -> str:
    """A person as they are named; the program's own hands (`system:…`) in words."""
    key = f"alarm_who.{who.removeprefix('system:')}"
    return speech.say(key) if who.startswith("system:") and speech.knows(key) else who


def rule_words(rule: str, catalogue: Catalogue, speech: Speech) -> str:
    """Why alarms are suppressed by design: the label of the inhibition, its id where the site has none."""
    found = next((one for one in catalogue.site.inhibitions if one.id == rule), None)
    return speech.of(found.label) if found is not None else rule


class AlarmCells:
    """Texts of one catalogue; `now_ns` is UTC."""

    def __init__(self, catalogue: Catalogue, speech: Speech, now_ns: Callable[[], int]) -> None:
        self._catalogue = catalogue
        self._speech = speech
        self._now_ns = now_ns
        self.maintained: frozenset[str] = frozenset()
        """Areas in maintenance mode."""
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
            AlarmColumn.AREA: self._area,
            AlarmColumn.TAG: self._tag,
            AlarmColumn.TYPE: self._type,
            AlarmColumn.MARK: self._mark,
            AlarmColumn.BY: self._by,
            AlarmColumn.WHY: self._why,
            AlarmColumn.SINCE: self._since,
            AlarmColumn.UNTIL: self._until,
            AlarmColumn.MISSED: self._missed,
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
            return f"{who_words(fact.acked_by, self._speech)} · {when}\n{fact.comment}".rstrip()
        if column is AlarmColumn.MARK and fact.cause >= 0:
            return self._speech.say("alarm_mark.caused_by", what=self.named(fact.cause))
        if column in (AlarmColumn.SINCE, AlarmColumn.UNTIL):
            hiding = hidden_by(fact)
            return formats.full_stamp(hiding.since if column is AlarmColumn.SINCE else hiding.until, self._tz)
        if column in (AlarmColumn.HINT, AlarmColumn.LABEL):
            return self._speech.of(alarm.action)
        return ""

    def row_in_words(self, fact: AlarmFact) -> str:
        """The whole row for a screen reader: state in words, never colour alone (HMI-14)."""
        order = (AlarmColumn.PRIORITY, AlarmColumn.STATE, AlarmColumn.ASSET, AlarmColumn.AREA)
        more = (AlarmColumn.LABEL, AlarmColumn.VALUE, AlarmColumn.TIME, AlarmColumn.MARK)
        return ", ".join(text for column in order + more if (text := self.text(fact, column)))

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

    def named(self, alarm: int) -> str:
        """An alarm by asset and label, for texts about another one."""
        if not 0 <= alarm < len(self._catalogue.alarms):
            return formats.DASH
        point = self._catalogue.alarms[alarm]
        return f"{self._speech.of(point.asset.name)} · {self._speech.of(point.alarm.label)}"

    def _asset(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.of(point.asset.name)

    def _area(self, fact: AlarmFact, point: AlarmPoint) -> str:
        area = self._catalogue.areas.get(point.asset.area)
        return self._speech.of(area.name) if area else ""

    def _tag(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return point.key

    def _type(self, fact: AlarmFact, point: AlarmPoint) -> str:
        key = f"alarm_type.{condition_of(fact, point.alarm)}"
        return self._speech.say(key) if self._speech.knows(key) else condition_of(fact, point.alarm)

    def _label(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.of(label_of(fact, point.alarm))

    def _value(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return value_words(fact, point, self._catalogue, self._speech)

    def _acked_by(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return who_words(fact.acked_by, self._speech)

    def _hint(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return self._speech.of(point.alarm.action)

    def _mark(self, fact: AlarmFact, point: AlarmPoint) -> str:
        speech = self._speech
        marks = [
            (fact.first_out, "alarm_mark.first_out"),
            (fact.escalated and not fact.state.acked, "alarm_mark.escalated"),
            (fact.cause >= 0, "alarm_mark.follows"),
            (point.asset.area in self.maintained, "alarm_mark.maintenance"),
        ]
        said = [speech.say(key) for holds, key in marks if holds]
        if fact.repeat_count > 0:
            said.append(speech.say("alarm_mark.repeated", n=fact.repeat_count + 1))
        return " · ".join(said)

    def _by(self, fact: AlarmFact, point: AlarmPoint) -> str:
        if fact.state.letter is AlarmLetter.H:
            return self._speech.say("alarm_who.design")
        return who_words(hidden_by(fact).who, self._speech)

    def _why(self, fact: AlarmFact, point: AlarmPoint) -> str:
        why = hidden_by(fact).why
        if fact.state.letter is not AlarmLetter.H:
            return why
        rule = rule_words(why, self._catalogue, self._speech)
        if fact.cause < 0:
            return rule
        return f"{rule} · {self.named(fact.cause)}"

    def _since(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return formats.stamp(hidden_by(fact).since, self._now_ns(), self._tz)

    def _until(self, fact: AlarmFact, point: AlarmPoint) -> str:
        until = hidden_by(fact).until
        if not until:
            return formats.DASH
        left = formats.age(max(0, until - self._now_ns()) / 1e9, self._speech)
        stamp = formats.stamp(until, self._now_ns(), self._tz)
        return f"{stamp} · {self._speech.say('alarm_mark.left', time=left)}"

    def _missed(self, fact: AlarmFact, point: AlarmPoint) -> str:
        return str(fact.suppressed_activations) if fact.suppressed_activations else ""
