"""Topic filters, by the examples of the standard and beside them."""

from __future__ import annotations

import pytest

from console.city.broker.limits import Limits
from console.city.broker.topics import is_filter, is_topic, matches


@pytest.mark.parametrize(
    ("pattern", "topic", "taken"),
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
        ("sport/#", "sport", True),
        ("#", "sport/tennis", True),
        ("sport/tennis/+", "sport/tennis/player1", True),
        ("sport/tennis/+", "sport/tennis/player1/ranking", False),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("/+", "/finance", True),
        ("+", "/finance", False),
        ("#", "$SYS/broker/version", False),
        ("+/monitor/clients", "$SYS/monitor/clients", False),
        ("$SYS/#", "$SYS/broker/version", True),
        ("a/b", "a/b", True),
        ("a/b", "A/b", False),
        ("a/#", "ab", False),
    ],
)
def test_a_filter_takes_what_the_standard_says(pattern: str, topic: str, taken: bool) -> None:
    """MQTT 5 clause 4.7."""
    assert matches(pattern, topic) is taken


@pytest.mark.parametrize("pattern", ["", "a/#/b", "a#", "a+/b", "a" * 21, "/" * 8])
def test_what_no_filter_can_be(pattern: str) -> None:
    assert not is_filter(pattern, Limits(topic=20, levels=8))


def test_a_topic_has_no_wildcards() -> None:
    assert is_topic("a/b", Limits())
    assert not any(is_topic(topic, Limits()) for topic in ("", "a/+", "#", "x" * 2000))
