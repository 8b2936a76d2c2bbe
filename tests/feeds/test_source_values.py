"""One value as a number of a tag, and many as columns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from console.core.batch import NS
from console.core.quality import Quality
from console.feeds.base import Columns
from console.feeds.values import AHEAD_NS, Route, believed, number_of, rows_of, scaled

PLAIN = Route(4, {})
WORDS = Route(4, {"on": 1.0, "true": 7.0})


@pytest.mark.parametrize(
    ("value", "route", "expected"),
    [
        (2.5, PLAIN, (2.5, 4, "")),
        (3, PLAIN, (3.0, 4, "")),
        (True, PLAIN, (1.0, 4, "")),
        (True, WORDS, (7.0, 5, "")),
        ("on", WORDS, (1.0, 5, "")),
        (0.5, WORDS, (0.5, 4, "")),
    ],
)
def test_a_usable_value_is_a_number_with_its_row(
    value: float | bool | str, route: Route, expected: tuple[float, int, str]
) -> None:
    assert number_of(value, route) == expected


@pytest.mark.parametrize(
    ("value", "route", "reason"),
    [
        ("on", PLAIN, "wrong_type"),
        ("off", WORDS, "unknown_word"),
        (False, WORDS, "unknown_word"),
        (math.inf, PLAIN, "not_finite"),
        (10**400, PLAIN, "not_finite"),
    ],
)
def test_an_unusable_value_has_a_reason(value: float | bool | str, route: Route, reason: str) -> None:
    number, _, found = number_of(value, route)
    assert math.isnan(number)
    assert found == reason


def test_times_that_are_missing_or_ahead_become_that_of_receipt() -> None:
    now = 1_800_000_000 * NS
    at, ahead = believed(np.asarray([0, -5, 1, now + AHEAD_NS, now + AHEAD_NS + 1], np.int64), now)
    assert (list(at), ahead) == ([now, now, 1, now + AHEAD_NS, now], 1)
    untouched = np.asarray([now], np.int64)
    assert believed(untouched, now)[0] is untouched


def test_only_what_was_not_bad_before_is_told_as_a_fault() -> None:
    quality = np.asarray([0, Quality.BAD, 0], np.uint8)
    value, unsaid = scaled(np.asarray([1e308, math.nan, 2.0]), np.full(3, 100.0), np.zeros(3), quality)
    assert list(unsaid) == [0]
    assert list(quality) == [Quality.BAD, Quality.BAD, 0]
    assert value[2] == 200.0


def test_rows_of_a_mask_are_taken_from_every_column() -> None:
    columns = Columns(
        np.asarray([1, 2], np.uint32),
        np.asarray([3, 4]),
        np.asarray([5.0, 6.0]),
        np.asarray([0, 1], np.uint8),
    )
    kept = rows_of(columns, np.asarray([False, True]))
    assert (int(kept.point[0]), int(kept.at[0]), float(kept.value[0]), int(kept.quality[0])) == (2, 4, 6.0, 1)
