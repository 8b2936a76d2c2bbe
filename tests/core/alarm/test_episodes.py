"""Floods, chatter, fleeting and stale alarms: the reference vectors, and definitions written out the slow way."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from occurrence_rows import columns_of, ns, occurrence, starting

from console.core.alarm import episodes
from console.core.alarm.occurrences import in_columns
from console.core.batch import NS

_FILE = Path(__file__).resolve().parents[2] / "fixtures" / "vectors" / "kpi_vectors.json"
VECTORS: dict[str, Any] = {
    row["id"]: row["expected"] for row in json.loads(_FILE.read_text(encoding="utf-8"))
}
HOUR = 3600.0


def _floods(times: list[float], until: float = 1e9) -> list[list[float]]:
    found = episodes.floods(np.array([ns(t) for t in times], np.int64), ns(until))
    return [[start / NS, end / NS] for start, end in found]


def _chatter(times: list[float]) -> int:
    return len(episodes.chatter_starts(in_columns(starting(times))))


def _fleeting(*pairs: tuple[float, float]) -> int:
    return int(episodes.fleeting(columns_of(pairs)).sum())


def _stale(on: float, off: float | None, now: float) -> bool:
    return bool(episodes.stale(columns_of([(on, off)]), ns(now))[0])


def _periods(times: list[float], span: int) -> list[int]:
    return np.bincount(np.array(times, np.int64) // 600, minlength=span // 600).tolist()


ANSWERS: dict[str, Any] = {
    "KV-01": lambda: _floods([i * 60 for i in range(10)]),
    "KV-02": lambda: _floods([i * 50 for i in range(11)])[0][0],
    "KV-03": lambda: _floods([i * 50 for i in range(11)]),
    "KV-04": lambda: [
        _floods([540 + i * 10 for i in range(12)]),
        _periods([540 + i * 10 for i in range(12)], 1200),
    ],
    "KV-06": lambda: [_chatter([0, 30, 60]), _chatter([0, 30.001, 60.001])],
    "KV-07": lambda: [_chatter([i * 10 for i in range(30)]), _chatter([0, 10, 20, 90, 100, 110])],
    "KV-08": lambda: [
        _fleeting((0, 8)),
        _fleeting((0, 11)),
        _fleeting((0, 5), (40, 45)),
        _fleeting((0, 5), (70, 75)),
    ],
    "KV-09": lambda: [_stale(0, None, 86400), _stale(0, None, 86401), _stale(0, 86400, 99999999)],
}


@pytest.mark.parametrize("vector", sorted(ANSWERS))
def test_the_reference_vectors_hold(vector: str) -> None:
    """KV-01 to KV-09; KV-05 is a figure and stands in the tests of the figures."""
    assert ANSWERS[vector]() == VECTORS[vector]
    assert set(VECTORS) == {*ANSWERS, "KV-05"}


def test_a_flood_that_is_still_on_ends_with_the_range() -> None:
    assert _floods([float(i) for i in range(11)], 300.0) == [[0.0, 300.0]]


def _slow_floods(times: list[int]) -> list[list[float]]:
    window: deque[int] = deque()
    found: list[list[float]] = []
    since: int | None = None
    for moment, arrives in sorted([(t, 1) for t in times] + [(t + 600, 0) for t in times]):
        if arrives:
            window.append(moment)
            since = window[0] if since is None and len(window) > 10 else since
        else:
            window.popleft()
            if since is not None and len(window) < 5:
                found.append([since, moment])
                since = None
    return found


@given(st.lists(st.integers(0, 4000), max_size=120))
def test_floods_in_columns_are_those_of_the_definition(times: list[int]) -> None:
    assert _floods([float(t) for t in sorted(times)]) == _slow_floods(times)


def _slow_chatter(times: list[int]) -> int:
    found, inside, last = 0, False, None
    window: deque[int] = deque()
    for time in sorted(times):
        if last is not None and time - last > 60:
            inside = False
            window.clear()
        window.append(time)
        while time - window[0] > 60:
            window.popleft()
        if len(window) >= 3 and not inside:
            found, inside = found + 1, True
        last = time
    return found


@given(st.lists(st.lists(st.integers(0, 600), max_size=20), min_size=1, max_size=4))
def test_chatter_is_counted_for_each_alarm_by_itself(alarms: list[list[int]]) -> None:
    rows = [row for alarm, times in enumerate(alarms) for row in starting(map(float, times), alarm)]
    expected = sum(_slow_chatter(times) for times in alarms)
    assert len(episodes.chatter_starts(in_columns(rows))) == expected


def test_what_an_operator_caused_is_no_chatter() -> None:
    rows = [occurrence(0.0), occurrence(10.0), occurrence(20.0, by_operator=True)]
    assert len(episodes.chatter_starts(in_columns(rows))) == 0


_LASTING = st.tuples(st.integers(1, 90), st.integers(1, 90))


@given(st.lists(_LASTING, max_size=12), st.booleans())
def test_fleeting_in_columns_is_that_of_the_definition(lasting: list[tuple[int, int]], last: bool) -> None:
    pairs: list[tuple[float, float | None]] = []
    now = 0
    for on, off in lasting:
        pairs.append((float(now), float(now + on)))
        now += on + off
    if pairs and last:
        pairs[-1] = (pairs[-1][0], None)
    expected = 0
    for i, (on_at, off_at) in enumerate(pairs):
        after = i + 1 == len(pairs) or off_at is None or pairs[i + 1][0] - off_at > 60
        before = i == 0 or on_at - (pairs[i - 1][1] or on_at) > 60
        expected += int(off_at is not None and off_at - on_at <= 10 and after and before)
    assert int(episodes.fleeting(columns_of(pairs)).sum()) == expected


def test_an_alarm_that_somebody_handled_was_not_fleeting() -> None:
    touched = in_columns([occurrence(0.0, 8.0, acked=5.0)])
    later = in_columns([occurrence(0.0, 8.0, acked=9.0)])
    assert int(episodes.fleeting(touched).sum()) == 0
    assert int(episodes.fleeting(later).sum()) == 1
