"""Numbers, times and ages as they are written everywhere."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import pytest

from console.core.quality import Quality
from console.desk import formats
from console.desk.office import Office
from tests.client.small_city import NOON, NS, PUMP

LEVEL, RUN = PUMP.tags
DAY = 86400 * NS


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.345, 2, "2.35"),
        (-2.345, 1, "−2.3"),
        (1234567.0, 0, "1,234,567"),
        (-0.04, 1, "0.0"),
        (math.nan, 1, "—"),
        (math.inf, 1, "—"),
        (None, 1, "—"),
    ],
)
def test_number_is_written_with_its_decimals_or_a_dash(value: float | None, decimals: int, text: str) -> None:
    assert formats.number(value, decimals) == text


def test_value_of_a_discrete_tag_is_the_name_of_its_state() -> None:
    assert formats.value_text(RUN, 0.0, Quality.GOOD, "ko") == "정지"
    assert formats.value_text(RUN, 7.0, Quality.GOOD, "ko") == "7"


def test_value_without_unit_leaves_room_for_a_lighter_one() -> None:
    assert formats.value_text(LEVEL, 1.5, Quality.STALE, "en", unit=False) == "1.50"
    assert formats.value_text(LEVEL, 1.5, Quality.NEVER, "en") == formats.DASH


def test_times_are_of_the_site_and_not_of_this_computer() -> None:
    assert formats.clock(NOON) == "12:00:00"
    assert formats.clock(NOON, ZoneInfo("UTC")) == "03:00:00"
    assert formats.zone_label(formats.SEOUL, NOON) == "KST"
    assert formats.zone("Asia/Seoul") == formats.SEOUL
    assert formats.zone("Nowhere/At all") == formats.SEOUL


def test_stamp_says_only_as_much_as_is_needed() -> None:
    assert formats.stamp(NOON, NOON + 60 * NS) == "12:00:00"
    assert formats.stamp(NOON - DAY, NOON) == "11-21 12:00"
    assert formats.stamp(NOON - 400 * DAY, NOON) == "2025-10-18 12:00"
    assert formats.stamp(0, NOON) == formats.DASH
    assert formats.full_stamp(NOON + 123_456_789) == "2026-11-22 12:00:00.123"
    assert formats.date(NOON) == "2026-11-22"


def test_age_is_in_the_largest_unit_that_says_enough(office: Office) -> None:
    said = [formats.age(seconds, office.speech) for seconds in (-3, 20, 200, 7500, 200_000)]
    assert said == ["0 s", "20 s", "3 min", "2 h 5 min", "2 d"]
    office.speech.set_lang("ko")
    assert formats.age(200, office.speech) == "3분"
