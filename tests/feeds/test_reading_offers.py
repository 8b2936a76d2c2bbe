"""Offers made of values alone, as the MQTT feed makes them; and the options of discovery."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from feed_stage import Heard, feed_def

from console.core.discovery import Offer, ValueKind
from console.feeds.base import Reading
from console.feeds.discovery import HARD_MOST, Discovery, discovery_of, offers_to
from console.feeds.discovery import Heard as Points
from console.feeds.mqtt.adapter import make


class Curious(Heard):
    """What a feed has told, in one order with what it offers."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        assert not whole
        assert not {(row.source, row.path) for row in self.rows} & {(one.source, one.path) for one in offers}
        self.offers += offers


def test_topics_and_fields_are_offered_once_before_their_values() -> None:
    options: dict[str, str | float | bool] = {"topics": "plant/#", "discover": True}
    sink = Curious()
    take = make(feed_def("mqtt", "mqtt://127.0.0.1:9", options)).played(sink)
    for level in (1.5, 2.5):
        take(f'{{"level": {level}, "on": true, "mode": "auto"}}'.encode(), "plant/p1", 1)
    take(b'{"level": 3}', "plant/p2", 1)
    assert [(one.source, one.path, one.kind, one.words) for one in sink.offers] == [
        ("plant/p1", "level", ValueKind.NUMBER, ()),
        ("plant/p1", "on", ValueKind.FLAG, ()),
        ("plant/p1", "mode", ValueKind.TEXT, ("auto",)),
        ("plant/p2", "level", ValueKind.NUMBER, ()),
    ]
    assert len(sink.rows) == 7


def test_without_the_option_nothing_is_offered() -> None:
    sink = Curious()
    take = make(feed_def("mqtt", "mqtt://127.0.0.1:9", {"topics": "plant/#"})).played(sink)
    take(b'{"level": 3}', "plant/p2", 1)
    assert (sink.offers, len(sink.rows)) == ([], 1)


def test_a_sink_that_does_not_want_offers_gets_none() -> None:
    sink = Heard()
    offers_to(sink)([Offer(source="s", path="p", kind=ValueKind.NUMBER)], ())
    assert not sink.faults


def test_points_are_remembered_up_to_a_bound_and_told_anew_to_a_new_connection() -> None:
    points = Points(2)
    rows = [Reading("s", f"p{n}", 1.0) for n in range(5)]
    assert [one.path for one in points.new(rows, {("s", "p1"): "Cel"})] == ["p0", "p1"]
    assert points.new(rows, {}) == []
    points.clear()
    assert [one.unit for one in points.new(rows[1:2], {("s", "p1"): "Cel"})] == ["Cel"]


def test_only_sparkplug_discovers_by_itself_and_is_never_stale_by_silence() -> None:
    assert discovery_of(feed_def("sparkplug", "ws://h")) == Discovery(on=True, stale_s=0.0)
    assert discovery_of(feed_def("mqtt", "ws://h")) == Discovery(on=False, stale_s=900.0)
    given: dict[str, str | float | bool] = {"discover": True, "discover_most": 5, "discover_area": "a"}
    assert discovery_of(feed_def("mqtt", "ws://h", given)) == Discovery(True, 5, "a", 900.0)


def test_the_silence_that_a_source_names_counts_where_the_profile_names_none() -> None:
    point = Offer(source="s", path="p", kind=ValueKind.NUMBER)
    said = Offer(source="s", path="p", kind=ValueKind.NUMBER, silent_s=12.0)
    free = discovery_of(feed_def("signal_k", "ws://h", {"discover": True}))
    assert (free.silence_s(point), free.silence_s(said)) == (900.0, 12.0)
    told = discovery_of(feed_def("signal_k", "ws://h", {"discover": True, "discover_stale_s": 60}))
    assert (told.silence_s(point), told.silence_s(said)) == (60.0, 60.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("discover", "yes"), ("discover_most", 0), ("discover_most", HARD_MOST + 1), ("discover_stale_s", -1)],
)
def test_an_option_at_fault_is_named(name: str, value: str | float) -> None:
    with pytest.raises(ValueError, match=name):
        discovery_of(feed_def("sparkplug", "ws://h", {name: value}))
