"""Who is out there: what messages have said of each station, joined, until it has been silent for too long; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyais.util import get_country

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.ais.reports import Kind, Report
from console.feeds.base import MoverFacts, Position, Reading

MAX_TARGETS = 50_000
BEACONS = "beacons"
"""Source of how many distress beacons are heard: paths `active`, and `test` for those that say they are tests."""
_IN_DISTRESS = "ais-sart"
KEEP_S: Mapping[str, float] = {
    "class_a": 600.0,
    "class_b": 900.0,
    "aton": 1800.0,
    "base": 180.0,
    "sar": 180.0,
    "distress": 3600.0,
}
"""Silence after which a target is gone. Reporting intervals at rest are 3 minutes for ships and aids to navigation
and 10 s for base stations and aircraft; a distress beacon stands for an hour: its battery may be all that failed."""
_GROUPS = {
    Kind.VESSEL: "vessels",
    Kind.ATON: "atons",
    Kind.BASE_STATION: "shore.basestations",
    Kind.SAR_AIRCRAFT: "aircraft",
    Kind.DISTRESS: "sar",
}
_RULES = {Kind.ATON: "aton", Kind.BASE_STATION: "base", Kind.SAR_AIRCRAFT: "sar", Kind.DISTRESS: "distress"}


@dataclass(slots=True)
class _Target:
    kind: Kind
    seen: float
    rule: str
    at: int = 0
    name: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class News:
    """What some messages brought."""

    movers: list[MoverFacts] = field(default_factory=list[MoverFacts])
    positions: list[Position] = field(default_factory=list[Position])
    readings: list[Reading] = field(default_factory=list[Reading])


@dataclass(frozen=True, slots=True)
class Measured:
    """Stations of which the profile wants values: those whose name begins and ends like this, and these paths."""

    head: str
    tail: str
    paths: frozenset[str]

    def fits(self, source: str) -> bool:
        """Whether a station is one of them."""
        return source.startswith(self.head) and source.endswith(self.tail)


def source_name(report: Report) -> str:
    """Name of a station as Signal K has it, so that one ship heard by two feeds is one mover."""
    return f"{_GROUPS[report.kind]}.urn:mrn:imo:mmsi:{report.mmsi:09d}"


class Targets:
    """Targets of one feed; `now` is monotonic seconds, `at` UTC ns of the source or 0."""

    def __init__(self, keep_s: Mapping[str, float], measured: tuple[Measured, ...] = ()) -> None:
        self._keep_s = dict(keep_s)
        self._measured = measured
        self._targets: dict[str, _Target] = {}

    def __len__(self) -> int:
        return len(self._targets)

    def take(self, report: Report, at: int, now: float, out: News) -> None:
        """Add what a message says to `out`. Raises DecodeError: too_many."""
        source = source_name(report)
        target = self._targets.get(source)
        if target is None:
            target = self._new(source, report, now, out)
        target.seen = now
        if report.ais_class:
            target.rule = f"class_{report.ais_class.lower()}"
        self._learn(source, target, report, out)
        if target.kind is Kind.DISTRESS and report.moves:
            # A beacon that goes over to testing says "unknown", and is active no more.
            target.facts["state"] = report.facts.get("state", "")
        if not report.moves or (at and at < target.at):
            return  # heard twice, the second time late
        target.at = at or target.at
        if report.place is not None:
            heading = report.course if report.heading is None else report.heading
            out.positions.append(Position(source, *report.place, heading, report.speed, at))
        if self._measured:
            self._measure(source, report, at, out)

    def gone(self, now: float) -> list[str]:
        """Targets that have been silent for longer than the rule of their class, which are then forgotten."""
        keep = self._keep_s
        silent = [name for name, target in self._targets.items() if target.seen < now - keep[target.rule]]
        for name in silent:
            del self._targets[name]
        return silent

    def beacons(self) -> list[Reading]:
        """How many beacons are active, and how many are tested (navigational status 15 instead of 14)."""
        heard = [target for target in self._targets.values() if target.kind is Kind.DISTRESS]
        active = sum(target.facts.get("state") == _IN_DISTRESS for target in heard)
        return [Reading(BEACONS, "active", active), Reading(BEACONS, "test", len(heard) - active)]

    def _new(self, source: str, report: Report, now: float, out: News) -> _Target:
        if len(self._targets) >= MAX_TARGETS:
            raise DecodeError("mmsi", "too_many", source)
        target = self._targets[source] = _Target(report.kind, now, _RULES.get(report.kind, "class_a"))
        facts = {"mmsi": f"{report.mmsi:09d}"}
        flag = _flag(report.mmsi) if report.kind is Kind.VESSEL else ""
        target.facts = facts | ({"flag": flag} if flag else {})
        out.movers.append(MoverFacts(source, report.kind, report.name, dict(target.facts)))
        return target

    def _learn(self, source: str, target: _Target, report: Report, out: News) -> None:
        facts = report.facts | ({"ais_class": report.ais_class} if report.ais_class else {})
        new = {key: text for key, text in facts.items() if target.facts.get(key) != text}
        named = bool(report.name) and report.name != target.name
        if new or named:
            target.facts.update(new)
            target.name = report.name or target.name
            out.movers.append(MoverFacts(source, target.kind, target.name, new))

    def _measure(self, source: str, report: Report, at: int, out: News) -> None:
        """Values in the paths and units of Signal K; a value that the station does not know is bad, not old."""
        wanted = next((one.paths for one in self._measured if one.fits(source)), None)
        if wanted is None:
            return
        values = {
            "navigation.speedOverGround": report.speed,
            "navigation.courseOverGroundTrue": _radians(report.course),
            "navigation.headingTrue": _radians(report.heading),
            "navigation.rateOfTurn": None if report.turn is None else math.radians(report.turn) / 60,
            "navigation.position.latitude": report.place and report.place[0],
            "navigation.position.longitude": report.place and report.place[1],
        }
        for path in wanted & values.keys():
            value = values[path]
            quality = Quality.BAD if value is None else Quality.GOOD
            out.readings.append(Reading(source, path, math.nan if value is None else value, at, quality))


def _radians(angle: float | None) -> float | None:
    return None if angle is None else math.radians(angle)


def _flag(mmsi: int) -> str:
    """Country of the number's first three digits, empty for one that no country has."""
    code, country = get_country(mmsi)
    return "" if country == "Unknown" else code
