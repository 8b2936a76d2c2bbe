"""Curves of a report: which points it shows, and their samples reduced to what a page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from console.core.catalogue import TagPoint
from console.core.quality import Quality
from console.core.site import AlarmCondition, TagKind
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Chart, ChartKind, Source
from console.report.holdings import Gap, Trend, good_share

MOST_TRENDS = 11
"""With the bars of the alarms they are twelve charts."""
_POINTS = 600
"""Of one curve, about; a page is not wider."""
_USABLE = np.array([quality for quality in Quality if quality.usable], np.uint8)


def frequent_tags(ground: Ground, most: int = MOST_TRENDS) -> list[str]:
    """Tags behind the most frequent alarms of the span."""
    counts = Counter(ground.catalogue.alarms[row.alarm].tag_index for row in ground.shown())
    order = sorted(counts, key=lambda tag: (-counts[tag], tag))
    return [ground.catalogue.tags[tag].key for tag in order[:most]]


def asset_tags(ground: Ground, asset: str, most: int = MOST_TRENDS) -> list[str]:
    """Headline tags of an asset, then those its alarms watch."""
    kind = ground.catalogue.types[ground.catalogue.assets[asset].type]
    names = dict.fromkeys((*kind.headline, *(alarm.tag for alarm in kind.alarms)))
    return [f"{asset}.{name}" for name in names][:most]


def trend_chart(ground: Ground, trend: Trend) -> Chart:
    """Raises KeyError for a tag the site does not have, ValueError for columns that do not fit."""
    point = ground.catalogue.tags[ground.catalogue.tag_index(trend.tag)]
    at, value = _broken(*_reduced(trend, ground.start, ground.end), ground.holdings.gaps)
    low, high = _limits(ground, point)
    source = Source(
        query=f"history tag={trend.tag}",
        start=ground.start,
        end=ground.end,
        rows=len(trend.quality),
        digest=trend.digest(),
        good_share=good_share(trend),
    )
    name = point.asset.name
    return Chart(
        name="",
        title=Text(f"{name.ko} {point.tag.label.ko}", f"{name.en} {point.tag.label.en}"),
        kind=ChartKind.LINE if point.tag.kind is TagKind.ANALOG else ChartKind.STEPS,
        unit=point.tag.unit,
        decimals=point.tag.decimals,
        at=at,
        value=value,
        low=low,
        high=high,
        source=source,
    )


def _limits(ground: Ground, point: TagPoint) -> tuple[float | None, float | None]:
    """The innermost limits that alarms of the tag have."""
    alarms = [one.alarm for one in ground.catalogue.alarms_of(point.asset.id) if one.tag_index == point.index]
    lows = [alarm.limit for alarm in alarms if alarm.condition is AlarmCondition.LOW]
    highs = [alarm.limit for alarm in alarms if alarm.condition is AlarmCondition.HIGH]
    return max(lows, default=None), min(highs, default=None)


def _reduced(trend: Trend, start: int, end: int) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """Samples with None for gaps: all while they are few, else the first, lowest, highest and last of each bucket."""
    series = trend.series()
    good = np.isin(series.quality, _USABLE) & np.isfinite(series.mean)
    rows = np.arange(len(series))
    if len(series) > _POINTS:
        rows = _telling(series.at, series.mean, good, max(1, (end - start) // (_POINTS // 4)))
    at = tuple(int(t) for t in series.at[rows])
    value = tuple(float(v) if ok else None for v, ok in zip(series.mean[rows], good[rows], strict=True))
    return at, value


def _broken(
    at: tuple[int, ...], value: tuple[float | None, ...], gaps: Iterable[Gap]
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """With None where samples are not held, so that no line is drawn across."""
    holes = [(gap.start, None) for gap in gaps if at and at[0] < gap.start < at[-1]]
    if not holes:
        return at, value
    points = sorted([*zip(at, value, strict=True), *holes], key=lambda point: point[0])
    return tuple(point[0] for point in points), tuple(point[1] for point in points)


def _telling(at: np.ndarray, value: np.ndarray, good: np.ndarray, width: int) -> np.ndarray:
    bucket = at // width
    # A change from usable to not, or back, is never reduced away.
    edges = np.flatnonzero(good[1:] != good[:-1])
    starts = np.flatnonzero(np.concatenate(([True], bucket[1:] != bucket[:-1])))
    keep = [starts, np.append(starts[1:], len(at)) - 1, edges, edges + 1]
    low, high = np.where(good, value, np.inf), np.where(good, value, -np.inf)
    stops = np.append(starts[1:], len(at))
    for begin, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        keep.append(np.array([begin + int(low[begin:stop].argmin()), begin + int(high[begin:stop].argmax())]))
    return np.unique(np.concatenate(keep))
