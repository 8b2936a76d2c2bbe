"""A city that sends rubbish: every bad frame is counted and named with its place, and everything goes on living."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from script_seat import ScriptSeat
from town import Town

from console.city.faults import FAULTS
from console.core.feed import FeedFact, FeedState
from console.core.quality import Quality

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

FEEDS = ("sensors", "logistics", "factory")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    script = str(Path(__file__).with_name("rubbish.py"))
    made = Town(tmp_path_factory.mktemp("town"), city_words=(sys.executable, script))
    try:
        made.start()
        yield made
    finally:
        made.stop()


def ask(town: Town, words: str) -> dict[str, Any]:
    """Have the city do something; what it says to it."""
    assert town.city is not None
    town.city.tell(words)
    return json.loads(town.city.line())


def bad_frames(fact: FeedFact) -> int:
    """Everything the feed has counted as not usable."""
    return fact.malformed + fact.unknown


@pytest.mark.parametrize("feed", FEEDS)
def test_every_bad_frame_is_counted_and_the_feed_goes_on(town: Town, feed: str) -> None:
    """Malformed, 10 MB, wrong type, NaN, comma ms, no zone, unknown entity (SEC-25)."""
    with ScriptSeat(town.url, town.secret) as seat:
        seat.until("the feed is live", lambda: seat.feeds[feed].state is FeedState.LIVE)
        seat.until("its points are known", lambda: seat.feeds[feed].updates > 100)
        before = seat.feeds[feed]
        sent = [ask(town, f"{feed} {number}") for number in range(len(FAULTS[feed]))]
        bad = [fault["name"] for fault in sent if not fault["harmless"]]
        assert len(bad) >= 10
        seat.until(f"counted: {bad}", lambda: bad_frames(seat.feeds[feed]) >= bad_frames(before) + len(bad))
        after = seat.feeds[feed]
        # What a birth of the factory does not declare is counted as malformed: nothing there is unknown.
        assert feed == "factory" or after.unknown > before.unknown
        assert after.state is FeedState.LIVE
        assert after.gaps == before.gaps
        seat.until("data goes on", lambda: seat.feeds[feed].updates > after.updates)
    assert town.hub is not None
    assert town.hub.running


@pytest.mark.parametrize(
    ("feed", "name", "told"),
    [
        ("sensors", "cut off in the middle", "byte"),
        ("sensors", "time without a zone", "observedAt: no_zone"),
        ("sensors", "not a number", "not_finite"),
        ("logistics", "ten megabytes", "too_large"),
        ("logistics", "value of a wrong type", "port.yard.occupancy: wrong_type"),
        ("factory", "value of a wrong type", "Condition/Vibration: wrong_type"),
    ],
)
def test_the_last_bad_frame_is_named_with_its_place(town: Town, feed: str, name: str, told: str) -> None:
    """A named error with feed and position."""
    with ScriptSeat(town.url, town.secret) as seat:
        ask(town, f"{feed} {number_of(feed, name)}")
        seat.until(told, lambda: told in seat.feeds[feed].last_error)
        assert seat.feeds[feed].state is FeedState.LIVE


def test_comma_milliseconds_are_read_as_they_are_meant(town: Town) -> None:
    with ScriptSeat(town.url, town.secret) as seat:
        before = seat.feeds["sensors"]
        ask(town, f"sensors {number_of('sensors', 'comma milliseconds')}")
        seat.until("more data", lambda: seat.feeds["sensors"].updates > before.updates + 50)
        assert bad_frames(seat.feeds["sensors"]) == bad_frames(before)


def number_of(feed: str, name: str) -> int:
    """Place of a fault in the city's list."""
    return next(number for number, fault in enumerate(FAULTS[feed]) if fault.name == name)


def test_the_hub_lives_on_and_says_what_was_wrong(town: Town) -> None:
    with ScriptSeat(town.url, town.secret) as seat:
        seat.until(
            "three live feeds", lambda: all(f.state is FeedState.LIVE for f in seat.feeds.values()), 60
        )
        tags = len(seat.catalogue.tags)
        seat.until("good", lambda: sum(v[2] == Quality.GOOD for v in seat.values.values()) > 0.95 * tags, 60)
        assert all(fact.malformed >= 5 for fact in seat.feeds.values()), seat.feeds
        assert all(value[1] is None or abs(value[1]) < 1e12 for value in seat.values.values())
    assert town.hub is not None
    words = town.hub.words()
    assert "Traceback" not in words, words[-3000:]


def test_bad_messages_of_a_seat_get_a_named_problem(town: Town) -> None:
    """SEC-25: the seat is told what was wrong and where, other seats go on."""
    with ScriptSeat(town.url, town.secret) as other, ScriptSeat(town.url, town.secret) as seat:
        seat.send_raw(t="ackalarms", request="r", items="all")
        seat.until("a problem", lambda: bool(seat.problems))
        assert seat.problems[0] == "BAD_FIELD"
        before = max(value[0] for value in other.values.values())
        other.until("newer values", lambda: max(value[0] for value in other.values.values()) > before)
