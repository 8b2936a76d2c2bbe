"""What a new entry begins with: where a person was when they asked for it, and links to what they looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from console.core.catalogue import Catalogue, TagPoint
from console.core.logbook.entry import LinkKind, LogEntry, LogLink
from console.core.logbook.rules import KEY_MAX, LABEL_MAX
from console.desk.words import Speech


class LogSeed(NamedTuple):
    """Empty fields are filled by what is selected and what time it is."""

    area: str = ""
    at: int = 0
    links: tuple[LogLink, ...] = ()
    corrects: LogEntry | None = None


def asset_link(catalogue: Catalogue, asset: str, speech: Speech) -> LogLink | None:
    """A link to an asset; None for one that the site does not have."""
    found = catalogue.assets.get(asset)
    if found is None:
        return None
    return LogLink(LinkKind.ASSET, asset, speech.of(found.name)[:LABEL_MAX])


def alarm_link(catalogue: Catalogue, alarm: int, speech: Speech) -> LogLink | None:
    """A link to an alarm point."""
    if not 0 <= alarm < len(catalogue.alarms):
        return None
    point = catalogue.alarms[alarm]
    label = f"{speech.of(point.asset.name)} · {speech.of(point.alarm.label)}"
    return LogLink(LinkKind.ALARM, point.key, label[:LABEL_MAX])


def chart_link(points: Sequence[TagPoint], bounds: tuple[int, int], speech: Speech) -> LogLink | None:
    """A link to a span of time of some points; None without any. Points that do not fit are left out."""
    key = f"{bounds[0]}/{bounds[1]}/"
    taken: list[TagPoint] = []
    for point in points:
        more = f"{key}{',' if taken else ''}{point.key}"
        if len(more) > KEY_MAX:
            break
        key, taken = more, [*taken, point]
    if not taken:
        return None
    assets: dict[str, list[str]] = {}
    for point in taken:
        assets.setdefault(speech.of(point.asset.name), []).append(speech.of(point.tag.label))
    label = "; ".join(f"{asset}: {', '.join(tags)}" for asset, tags in assets.items())
    return LogLink(LinkKind.CHART, key, label[:LABEL_MAX])


class ChartPlace(NamedTuple):
    """What a link to a chart means: a span in UTC ns, and keys of points."""

    start: int
    end: int
    tags: tuple[str, ...]


def chart_place(key: str) -> ChartPlace | None:
    """The place of a link's key; None for what is none."""
    parts = key.split("/", 2)
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    start, end = int(parts[0]), int(parts[1])
    return (
        ChartPlace(start, end, tuple(part for part in parts[2].split(",") if part)) if start < end else None
    )


def seed_area(seed: LogSeed, catalogue: Catalogue | None, selected: str) -> str:
    """The area of a new entry: that of the seed, else of the first thing it points at, else of the selection."""
    if seed.area or catalogue is None:
        return seed.area
    keys = [
        link.key.partition(".")[0] for link in seed.links if link.kind in (LinkKind.ALARM, LinkKind.ASSET)
    ]
    for asset in (*keys, selected):
        found = catalogue.assets.get(asset)
        if found is not None:
            return found.area
    return ""
