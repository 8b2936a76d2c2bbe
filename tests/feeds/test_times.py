"""Every form of time that sources were seen to write."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds.times import NS, read_time, read_zone

SEOUL = ZoneInfo("Asia/Seoul")


def ns(text: str) -> int:
    """Oracle: the standard library's reader, to the microsecond."""
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000) * 1000


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("2026-11-22T07:00:00Z", "2026-11-22T07:00:00+00:00"),
        ("2026-11-22T07:00:00z", "2026-11-22T07:00:00+00:00"),
        ("2026-11-22T16:00:00.250+09:00", "2026-11-22T07:00:00.250+00:00"),
        ("2026-11-22T16:00:00+0900", "2026-11-22T07:00:00+00:00"),
        ("2026-11-22T16:00:00+09", "2026-11-22T07:00:00+00:00"),
        ("2026-11-21T20:30:00-03:30", "2026-11-22T00:00:00+00:00"),
        ("2018-11-15T20:09:55,000Z", "2018-11-15T20:09:55+00:00"),
        ("2023-11-17T20:48:09,290+09:00", "2023-11-17T11:48:09.290+00:00"),
        ("20261122T075623,968029", "2026-11-22T07:56:23.968029+00:00"),
        ("20261122075623", "2026-11-22T07:56:23+00:00"),
        ("2016-03-15T11:00:00", "2016-03-15T11:00:00+00:00"),
        ("2016-03-15 11:00", "2016-03-15T11:00:00+00:00"),
        ("2026-11-22 24:00", "2026-11-23T00:00:00+00:00"),
        ("2026-11-22", "2026-11-22T00:00:00+00:00"),
        ("2039-01-19T03:14:08Z", "2039-01-19T03:14:08+00:00"),
        ("2200-02-28T23:59:59Z", "2200-02-28T23:59:59+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        (" 2026-11-22T07:00:00Z ", "2026-11-22T07:00:00+00:00"),
    ],
)
def test_a_written_time_is_read_as_the_moment_it_means(text: str, same_as: str) -> None:
    assert read_time(text, UTC) == ns(same_as)


@pytest.mark.parametrize(
    "text", ["2016-03-15T11:00:00", "20261122T075623,968029", "20261122075623", "2026-11-22"]
)
def test_a_time_that_could_be_anywhere_is_refused_by_its_own_name(text: str) -> None:
    """Guessing a zone would be wrong by nine hours in Busan."""
    with pytest.raises(DecodeError) as caught:
        read_time(text, where="ts")
    assert (caught.value.where, caught.value.reason) == ("ts", "no_zone")


def test_all_nine_digits_of_a_fraction_are_kept() -> None:
    assert read_time("2026-11-22T07:00:00.123456789Z") % NS == 123_456_789


def test_digits_beyond_the_nanosecond_are_dropped() -> None:
    assert read_time("2026-11-22T07:00:00.1234567899Z") % NS == 123_456_789


@pytest.mark.parametrize(
    "value",
    [1_800_000_000, 1_800_000_000.0, 1_800_000_000_000, 1_800_000_000_000_000, 1_800_000_000_000_000_000,
     "1800000000", "1800000000000", "1800000000.000"],
)  # fmt: skip
def test_epoch_numbers_are_told_apart_by_size(value: object) -> None:
    assert read_time(value) == 1_800_000_000 * NS


def test_a_fraction_of_epoch_seconds_is_kept() -> None:
    assert read_time(1_800_000_000.25) == 1_800_000_000 * NS + NS // 4
    assert read_time("1800000000.25") == 1_800_000_000 * NS + NS // 4


def test_a_time_without_a_zone_is_of_the_zone_the_profile_gives() -> None:
    assert read_time("2026-11-22T16:00:00", SEOUL) == ns("2026-11-22T07:00:00+00:00")


def test_a_written_zone_wins_over_that_of_the_profile() -> None:
    assert read_time("2026-11-22T16:00:00Z", SEOUL) == ns("2026-11-22T16:00:00+00:00")


def test_summer_time_of_the_zone_is_followed() -> None:
    berlin = read_zone("Europe/Berlin")
    assert read_time("2026-07-01T12:00:00", berlin) == ns("2026-07-01T10:00:00+00:00")
    assert read_time("2026-12-01T12:00:00", berlin) == ns("2026-12-01T11:00:00+00:00")


@pytest.mark.parametrize(
    "value",
    ["", "now", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T07:61:00Z",
     "2026-11-22T07:00:61Z", "2026-11-22T24:00:01Z", "2026-11-22T07:00:00+99:00", "9999-12-31T23:59:59Z",
     "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "２０２６-11-22T07:00:00Z", "2026-11-22T07:00:00Zjunk",
     "2026-11-22T16:00:00/2026-11-22T17:00:00", "1" * 5000, None, True, [], {}, -5, float("nan"), float("inf"),
     10**30, -(10**30)],
)  # fmt: skip
def test_garbage_is_refused_by_name(value: object) -> None:
    """The error says where, and shows what."""
    with pytest.raises(DecodeError) as caught:
        read_time(value, where="data[2].observedAt")
    assert (caught.value.where, caught.value.reason) == ("data[2].observedAt", "time")


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Asia/Busan", "../../etc/passwd", "/etc/localtime", ""):
        with pytest.raises(ValueError, match="zone"):
            read_zone(name)
    assert read_zone("utc") is UTC


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2262, 4, 1)), st.sampled_from(["", "Z", "+09:00", "-0330"])
)
def test_what_the_standard_library_writes_is_read_as_it_means(moment: datetime, zone: str) -> None:
    text = moment.isoformat() + zone
    aware = datetime.fromisoformat(text if zone else text + "Z")
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    assert (
        read_time(text, UTC)
        == ((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1000
    )


@given(st.one_of(st.text(max_size=60), st.integers(), st.floats(), st.none(), st.booleans()))
def test_no_value_makes_the_reader_fail_otherwise(value: object) -> None:
    try:
        at = read_time(value)
    except DecodeError:
        return
    assert 0 <= at < 2**63
