"""Occurrences in seconds, for tests that read like the definitions of ALARMS.md 1.7."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.core.alarm.occurrences import Occurrence, Occurrences, in_columns
from console.core.batch import NS

Pair = tuple[float, float | None]


def ns(seconds: float) -> int:
    """UTC ns of seconds since the beginning of a test."""
    return round(seconds * NS)


def occurrence(on: float, off: float | None = None, alarm: int = 0, **fields: object) -> Occurrence:
    """One occurrence of alarm `alarm`, times in seconds; `acked` in seconds is a field too."""
    given: dict[str, object] = {"area": "a", "priority": 4, **fields}
    if "acked" in given:
        given["at_acked"] = ns(float(str(given.pop("acked"))))
    return Occurrence(
        alarm=alarm,
        at_annunciated=ns(on),
        at_returned=None if off is None else ns(off),
        **given,  # type: ignore[arg-type]
    )


def starting(times: Iterable[float], alarm: int = 0) -> list[Occurrence]:
    """Occurrences that start at these seconds and have no end."""
    return [occurrence(time, alarm=alarm) for time in times]


def columns_of(pairs: Sequence[Pair], alarm: int = 0) -> Occurrences:
    """Occurrences (on, off) of one alarm in columns."""
    return in_columns([occurrence(on, off, alarm) for on, off in pairs])
