"""One count of everything that never came, and frames that can be read again."""

from __future__ import annotations

import pytest
from feed_stage import CATALOGUE, HandClock, Heard, HubBook, feed_def
from hypothesis import given
from hypothesis import strategies as st

from console.core.feed import FeedDrop, FeedState
from console.feeds.base import Reading
from console.feeds.drops import tell_dropped
from console.feeds.health import FeedHealth
from console.feeds.intake import Intake
from console.feeds.mapping import FeedMapping
from console.feeds.mqtt_frames import message_about, message_of
from console.feeds.mqtt_wire import Message, Properties
from console.feeds.tap import about_of, frames_of, read_about

pytestmark = pytest.mark.expects_log("feed")


def intake() -> tuple[Intake, FeedHealth, HubBook]:
    clock, book = HandClock(), HubBook()
    health = FeedHealth("feed", 5.0, 60.0, clock.at())
    mapping = FeedMapping(CATALOGUE, feed_def("columns", "ws://127.0.0.1:1"))
    return Intake("feed", mapping, health, book, clock), health, book


def test_losses_of_every_cause_are_one_figure_with_its_parts() -> None:
    sink, _, book = intake()
    sink.state(FeedState.LIVE)
    tell_dropped(sink, "broker_dropped", 1200)
    tell_dropped(sink, "overrun", 3)
    tell_dropped(sink, "overrun", 4, "p1 level")
    fact = sink.fact()
    assert (fact.dropped, fact.drops) == (
        1207,
        (FeedDrop("broker_dropped", 1200), FeedDrop("overrun", 7)),
    )
    assert (fact.state, fact.why, fact.detail, fact.gaps) == (FeedState.GAP, "overrun", "p1 level", 3)
    assert book.facts[-1].dropped == 1207


def test_a_sink_that_does_not_count_still_shows_the_gap() -> None:
    heard = Heard()
    tell_dropped(heard, "overrun", 3)
    assert heard.states == [FeedState.GAP]


def test_a_fault_without_bytes_does_not_show_those_of_an_older_one() -> None:
    _, health, _ = intake()
    health.bad("a", "not_json", b"{half")
    assert health.tap == b"{half"
    health.bad("b", "incomplete", b"")
    assert (health.tap, health.last_error) == (b"", "b: incomplete")


def test_a_value_that_its_tag_cannot_take_is_shown_as_it_came() -> None:
    sink, health, _ = intake()
    taken = sink._mapping.batch([Reading("p1", "state", "broken", 0)], 1_800_000_000_000_000_000)
    sink._take(taken)
    assert (health.tap, health.last_error) == (b"broken", "p1 state: unknown_word")


def test_a_frame_is_wanted_only_while_somebody_looks() -> None:
    sink, _, _ = intake()
    frames = frames_of(sink)
    assert not frames.wanted
    seen: list[tuple[bytes | str, str]] = []
    end = sink.tap(lambda data, about: seen.append((data, about)))
    assert frames.wanted
    frames(b"x", "a/b")
    end()
    frames(b"y", "a/b")
    assert (seen, frames.wanted, frames_of(None).wanted) == ([(b"x", "a/b")], False, False)


@given(st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_what_is_told_about_a_frame_can_be_read_again(place: str, facts: list[tuple[str, str]]) -> None:
    about = about_of(place, *facts)
    assert read_about(about) == (place, facts)
    assert not set(about) & set("\n\r")


@given(st.text(min_size=1), st.binary(), st.booleans(), st.lists(st.tuples(st.text(), st.text())))
def test_a_message_of_a_broker_is_the_same_when_it_is_read_again(
    topic: str, payload: bytes, retain: bool, user: list[tuple[str, str]]
) -> None:
    message = Message(topic, payload, 0, retain, Properties(user=tuple(user)))
    assert message_of(payload, message_about(message)) == message
