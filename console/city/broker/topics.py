"""Topic names and filters (MQTT 5 clause 4.7); pure."""

from __future__ import annotations

from console.city.broker.limits import Limits


def is_topic(topic: str, limits: Limits) -> bool:
    """Whether it can be published to."""
    return _fits(topic, limits) and "+" not in topic and "#" not in topic


def is_filter(pattern: str, limits: Limits) -> bool:
    """Whether it can be subscribed to."""
    if not _fits(pattern, limits):
        return False
    levels = pattern.split("/")
    whole = all(level in ("+", "#") or ("+" not in level and "#" not in level) for level in levels)
    return whole and "#" not in levels[:-1]


def _fits(topic: str, limits: Limits) -> bool:
    return 0 < len(topic.encode()) <= limits.topic and topic.count("/") < limits.levels


def matches(pattern: str, topic: str) -> bool:
    """Whether a filter takes a topic; no wildcard takes a first level that begins with $ (clause 4.7.2)."""
    if pattern == topic:
        return True
    if topic.startswith("$") and pattern[0] in "+#":
        return False
    wanted, levels = pattern.split("/"), topic.split("/")
    if wanted[-1] == "#":
        # The parent itself is taken too: sport/# takes sport.
        wanted.pop()
        if len(levels) < len(wanted):
            return False
        levels = levels[: len(wanted)]
    if len(wanted) != len(levels):
        return False
    return all(want in ("+", level) for want, level in zip(wanted, levels, strict=True))
