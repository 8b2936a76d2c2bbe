"""When a source is asked, and the addresses it is asked at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.feeds.rest.request import (
    Redactor,
    address,
    encoded_key,
    filled,
    retry_after_s,
    same_place,
)
from console.feeds.rest.schedule import Budget, Schedule, back_off_s, day_end, day_start, next_time
from console.feeds.times import read_zone

SEOUL = read_zone("Asia/Seoul")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


NOON = at("2026-11-22T12:00:00+09:00")


def test_without_alignment_it_is_asked_after_each_interval() -> None:
    assert Schedule(60.0).after(NOON) == NOON + 60.0


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T12:00:00+09:00", "2026-11-22T12:15:00+09:00"),
        ("2026-11-22T12:15:00+09:00", "2026-11-22T13:15:00+09:00"),
        ("2026-11-22T23:59:00+09:00", "2026-11-23T00:15:00+09:00"),
    ],
)
def test_with_alignment_it_is_asked_at_the_minute_of_publication(now: str, due: str) -> None:
    assert Schedule(3600.0, 900.0, SEOUL).after(at(now)) == at(due)


def test_a_publication_every_three_hours_follows_local_midnight() -> None:
    schedule = Schedule(10_800.0, 7_800.0, SEOUL)
    assert schedule.after(at("2026-11-22T11:30:00+09:00")) == at("2026-11-22T14:10:00+09:00")


@given(st.floats(1.7e9, 1.9e9), st.sampled_from([60.0, 600.0, 3600.0, 86_400.0]), st.floats(0, 59))
def test_the_next_time_is_always_ahead_and_never_further_than_one_interval(
    now: float, every_s: float, align_s: float
) -> None:
    due = Schedule(every_s, align_s, SEOUL).after(now)
    assert 0 < due - now <= every_s + 1e-6


def test_a_days_budget_is_used_up_and_comes_back_at_local_midnight() -> None:
    budget = Budget(2)
    assert [budget.spend(NOON, SEOUL) for _ in range(3)] == [True, True, False]
    assert budget.left(day_end(NOON, SEOUL) - 1, SEOUL) == 0
    assert budget.left(day_end(NOON, SEOUL), SEOUL) == 2
    assert day_start(NOON, SEOUL) == at("2026-11-22T00:00:00+09:00")
    assert Budget(0).spend(NOON, UTC), "no limit"


def test_a_budget_too_small_for_the_schedule_is_spread_over_the_day() -> None:
    midnight = at("2026-11-22T00:00:00+09:00")
    assert next_time(Schedule(60.0, None, SEOUL), Budget(500), midnight, 1) - midnight == pytest.approx(172.8)
    enough = next_time(Schedule(3600.0, 900.0, SEOUL), Budget(24), at("2026-11-22T00:15:00+09:00"), 1)
    assert enough == at("2026-11-22T01:15:00+09:00")
    half = next_time(Schedule(3600.0, 900.0, SEOUL), Budget(24), at("2026-11-22T00:15:00+09:00"), 2)
    assert half == at("2026-11-22T02:15:00+09:00")


def test_an_empty_budget_waits_for_the_next_day() -> None:
    spent = Budget(1)
    spent.spend(NOON, SEOUL)
    assert next_time(Schedule(60.0, None, SEOUL), spent, NOON, 1) == at("2026-11-23T00:00:00+09:00")


def test_a_budget_smaller_than_one_round_of_pages_still_asks() -> None:
    assert next_time(Schedule(3600.0, None, SEOUL), Budget(3), NOON, 10) <= day_end(NOON, SEOUL)


def test_a_source_in_trouble_is_left_alone_for_longer_each_time() -> None:
    assert [back_off_s(n) for n in (1, 2, 3)] == [10.0, 20.0, 40.0]
    assert back_off_s(10_000) == 600.0


def test_a_key_in_either_form_goes_out_encoded_once() -> None:
    """data.go.kr hands out both forms of the same key; encoding the encoded one is its most common fault."""
    plain, encoded = "ab+c/d==", "ab%2Bc%2Fd%3D%3D"
    assert encoded_key(plain) == encoded_key(encoded) == encoded
    assert address("http://h/p", {"serviceKey": encoded}) == f"http://h/p?serviceKey={encoded}"
    assert address("http://h/p?a=1", {"b": "2"}) == "http://h/p?a=1&b=2"
    assert address("http://h/p", {}) == "http://h/p"


@pytest.mark.parametrize("key", ["ab+c/d==", "ab%2Bc%2Fd%3D%3D", "plain"])
def test_no_form_of_a_key_is_left_in_a_text(key: str) -> None:
    """SEC-33."""
    redactor = Redactor(key)
    for form in (key, encoded_key(key)):
        assert redactor.clean(f"no {form}!") == "no ***!"
        assert redactor.clean_bytes(f"no {form}!".encode()) == b"no ***!"
    assert Redactor().clean("text") == "text"


def test_an_address_may_name_the_publication_it_asks_for() -> None:
    url = filled("http://h/?base_date={date}&base_time={time}&h={hour}", at("2026-11-22T00:30:00+09:00"), SEOUL,
                 2400.0, 3600.0)  # fmt: skip
    assert url == "http://h/?base_date=20261121&base_time=2300&h=23"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/other?x=1", "http://h:80/other?x=1"),
        ("http://h:80/a", "http://h:80/a"),
        ("http://other/a", ""),
        ("//other/a", ""),
        ("https://h:80/a", ""),
        ("http://h:81/a", ""),
        ("http://u:p@h:80/a", ""),
        ("http://h:xx/a", ""),
    ],
)
def test_a_redirect_leads_nowhere_else(location: str, target: str) -> None:
    """SEC-43."""
    assert same_place("http://h:80/p", location) == target


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("99999999", 86_400.0),
        ("Sun, 22 Nov 2026 03:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2020 03:01:00 GMT", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("-5", 0.0),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float) -> None:
    assert retry_after_s(value, NOON) == seconds
