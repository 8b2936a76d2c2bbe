"""A notice in words: title and text for people, and the same as data for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.core.alarm.notify import Notice, NoticeLine
from console.core.batch import NS
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.handover.facts import Duty
from console.core.site import AlarmCondition
from console.core.words import Words
from console.hub.notify.delivery import Letter

MOST_LINES = 50
"""Lines written out; of more only the number is told."""


class LetterWriter:
    """Writes letters about one site."""

    def __init__(self, catalogue: Catalogue, words: Words) -> None:
        self.duty: Callable[[str], Duty | None] = lambda _area: None
        """Who answers for an area since its last shift handover."""
        self._catalogue = catalogue
        self._words = words
        self._zone = ZoneInfo(catalogue.site.time_zone)

    def letter(self, notice: Notice, lang: str) -> Letter:
        """The notice in `lang`."""
        title = self._title(notice, lang)
        site = self._catalogue.site
        parts = [title, ""]
        for name, lines in (("firing", notice.firing), ("ended", notice.ended)):
            if lines:
                parts += [self._words.say(f"notify.{name}", lang), *self._lines(lines, lang), ""]
        duty = self.duty(notice.area)
        if duty is not None:
            parts += [self._words.say("notify.duty", lang, name=duty.name or duty.who), ""]
        parts.append(self._words.say("notify.foot", lang, site=site.name.of(lang), id=notice.id))
        body: dict[str, Any] = {
            "id": notice.id,
            "site": site.id,
            "area": notice.area,
            "receiver": notice.receiver,
            "repeat": notice.repeat,
            "title": title,
            "duty": "" if duty is None else duty.who,
            "firing": [self._data(line, lang) for line in notice.firing],
            "ended": [self._data(line, lang) for line in notice.ended],
        }
        return Letter(id=notice.id, title=title, text="\n".join(parts), body=body)

    def _title(self, notice: Notice, lang: str) -> str:
        area = self._catalogue.areas.get(notice.area)
        name = area.name.of(lang) if area is not None else notice.area
        if not notice.firing:
            return self._words.say("notify.title_over", lang, area=name, n=len(notice.ended))
        priority = min(line.priority for line in notice.firing)
        key = "notify.title_again" if notice.repeat else "notify.title"
        return self._words.say(key, lang, area=name, n=len(notice.firing), priority=priority)

    def _lines(self, lines: tuple[NoticeLine, ...], lang: str) -> list[str]:
        ranked = sorted(lines, key=lambda line: (line.priority, line.at))
        said = [line for one in ranked[:MOST_LINES] for line in self._line(one, lang)]
        return [*said, f"  + {len(lines) - MOST_LINES}"] if len(lines) > MOST_LINES else said

    def _line(self, line: NoticeLine, lang: str) -> list[str]:
        point = self._point(line.key)
        if point is None:
            return [f"  {line.key}"]
        names = {"asset": point.asset.name.of(lang), "label": _label(point, line.level, lang)}
        if line.ended:
            why = self._words.say(f"notify.{line.ended}", lang)
            return ["  " + self._words.say("notify.line_ended", lang, **names, why=why)]
        words = self._words.say(
            "notify.line",
            lang,
            **names,
            priority=line.priority,
            value=self._value(point, line, lang),
            at=self._clock(line.at),
        )
        return [
            "  " + words,
            "    " + self._words.say("notify.action", lang, action=point.alarm.action.of(lang)),
        ]

    def _value(self, point: AlarmPoint, line: NoticeLine, lang: str) -> str:
        tag = self._catalogue.tags[point.tag_index].tag
        if point.alarm.condition is AlarmCondition.STALE:
            return "—"
        if tag.states and point.alarm.condition is AlarmCondition.STATE:
            state = int(line.value)
            return tag.states[state].of(lang) if 0 <= state < len(tag.states) else f"{line.value:g}"
        return f"{line.value:.{tag.decimals}f} {tag.unit}".strip()

    def _data(self, line: NoticeLine, lang: str) -> dict[str, Any]:
        point = self._point(line.key)
        found: dict[str, Any] = {
            "alarm": line.key,
            "occurrence": line.occurrence,
            "priority": line.priority,
            "at": self._stamp(line.at),
            "value": line.value,
        }
        if line.ended:
            found["ended"] = line.ended
        if point is not None:
            found["asset"] = point.asset.name.of(lang)
            found["label"] = _label(point, line.level, lang)
        return found

    def _point(self, key: str) -> AlarmPoint | None:
        try:
            return self._catalogue.alarms[self._catalogue.alarm_index(key)]
        except KeyError:
            return None

    def _clock(self, at: int) -> str:
        return datetime.fromtimestamp(at // NS, UTC).astimezone(self._zone).strftime("%m-%d %H:%M:%S")

    def _stamp(self, at: int) -> str:
        return datetime.fromtimestamp(at // NS, UTC).astimezone(self._zone).isoformat()


def _label(point: AlarmPoint, level: int, lang: str) -> str:
    levels = point.alarm.levels
    label = levels[level - 1].label if 0 < level <= len(levels) else point.alarm.label
    return label.of(lang)
