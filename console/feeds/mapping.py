"""From the names and units of a source to the tags of the catalogue, and back for commands; pure.

Numbers are scaled in columns: each route has two rows in the tables of tag, scale and offset, one for its
numbers and one for its words, which stand for the tag's value already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, empty_batch
from console.core.catalogue import Catalogue
from console.core.discovery import ValueKind
from console.core.quality import Quality
from console.core.site import Asset, CommandRoute, FeedDef, FeedMap
from console.feeds.base import Columns, Reading
from console.feeds.values import BAD, LONGEST_SHOWN, Route, Rows, believed, rows_of, scaled

_UNMAPPED = 2**32 - 1
_WORST = int(Quality.NEVER)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of some readings: `bad` says where and why, `ahead` counts times that were not believed."""

    batch: Batch
    unknown: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    ahead: int = 0
    unlearned: list[Reading] = field(default_factory=list[Reading])
    """Words of discovered points that are not known yet."""
    offending: dict[str, str] = field(default_factory=dict[str, str])
    """The value that was at fault, by where it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrownRoute:
    """How the values of a discovered point come to its tag."""

    source: str
    path: str
    tag: int
    kind: ValueKind
    words: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of a text: its words as the tag's numbers."""
    other: float | None = None
    """Number of all other words; None: they are learned."""


class FeedMapping:
    """Routes of one feed. Raises ValueError naming what the profile maps and the catalogue does not have."""

    def __init__(self, catalogue: Catalogue, feed: FeedDef) -> None:
        self._feed = feed
        self._routes: dict[str, dict[str, Route]] = {}
        self._commands: dict[tuple[str, str], tuple[str, CommandRoute]] = {}
        self._names: list[str] = []
        self._points: dict[tuple[str, str], float] = {}
        rows: list[tuple[int, float, float]] = []
        periods: list[float] = []
        for part in feed.map:
            for asset in catalogue.site.assets:
                if asset.type == part.type:
                    self._add(catalogue, part, asset, rows, periods)
        self._tag = np.asarray([row[0] for row in rows], np.uint32)
        self._scale = np.asarray([row[1] for row in rows], np.float64)
        self._offset = np.asarray([row[2] for row in rows], np.float64)
        self._lut = np.empty(0, np.uint32)
        self._lut_scale = np.empty(0, np.float64)
        self._lut_offset = np.empty(0, np.float64)
        self.tags: NDArray[np.uint32] = np.unique(self._tag)
        """Indices of all tags this feed brings, ascending."""
        self.declared: NDArray[np.uint32] = self.tags
        """Those of them that the profile maps."""
        self._grown: dict[tuple[str, str], GrownRoute] = {}
        self.shortest_period_s = min(periods, default=0.0)
        """Shortest expected period of these tags; 0 if the feed maps none."""

    def _add(
        self,
        catalogue: Catalogue,
        part: FeedMap,
        asset: Asset,
        rows: list[tuple[int, float, float]],
        periods: list[float],
    ) -> None:
        source = part.source.replace("{asset}", asset.id)
        paths = self._routes.setdefault(source, {})
        for name, route in part.tags.items():
            index = _tag_index(catalogue, self._feed.id, f"{asset.id}.{name}")
            if route.path in paths:
                raise ValueError(f"{self._feed.id}: {source} {route.path} is mapped twice")
            paths[route.path] = Route(len(rows), route.states)
            self._names += [f"{source} {route.path}"] * 2
            rows += [(index, route.scale, route.offset), (index, 1.0, 0.0)]
            periods.append(catalogue.tags[index].tag.period_s)
            self._points[source, route.path] = periods[-1]
        for name, command in part.commands.items():
            if command.scale == 0:
                raise ValueError(f"{self._feed.id}: scale of {name} is 0")
            self._commands[asset.id, name] = (source, command)

    def grow(self, routes: Sequence[GrownRoute]) -> None:
        """Take routes of discovered points, in place of those that they have had. What the profile maps stays."""
        more: list[int] = []
        for one in (route for route in routes if not self.maps(route.source, route.path)):
            paths = self._routes.setdefault(one.source, {})
            before = paths.get(one.path)
            row = len(self._tag) + len(more) if before is None else before.row
            learns = one.kind is ValueKind.TEXT and one.other is None
            paths[one.path] = Route(row, dict(one.words), learns, one.other)
            self._grown[one.source, one.path] = one
            if before is None:
                more += [one.tag, one.tag]
                self._names += [f"{one.source} {one.path}"] * 2
            else:
                self._tag[row : row + 2] = one.tag
        self._tag = np.concatenate((self._tag, np.array(more, np.uint32)))
        self._scale = np.concatenate((self._scale, np.ones(len(more))))
        self._offset = np.concatenate((self._offset, np.zeros(len(more))))
        self.tags = np.unique(self._tag)

    def maps(self, source: str, path: str) -> bool:
        """Whether the profile maps a point."""
        return (source, path) in self._points

    def grown_kind(self, source: str, path: str) -> ValueKind | None:
        """Kind of a discovered point that has a tag; None for one that has none."""
        grown = self._grown.get((source, path))
        return None if grown is None else grown.kind

    def expected(self) -> Mapping[tuple[str, str], float]:
        """Expected period of each point that has a tag; 0 for discovered ones."""
        return {**self._points, **dict.fromkeys(self._grown, 0.0)}

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of all source objects this feed maps, in the order of the profile."""
        return tuple(self._routes)

    @property
    def points(self) -> Mapping[tuple[str, str], float]:
        """Expected period in seconds of each mapped point, by its names in the source."""
        return self._points

    @property
    def routes(self) -> list[tuple[str, str, int]]:
        """Source, path and tag of each mapped point, in the order of `points`."""
        tags = self._tag[: 2 * len(self._points) : 2].tolist()
        return [(source, path, tag) for (source, path), tag in zip(self._points, tags, strict=True)]

    def batch(self, readings: list[Reading], received_at: int) -> Mapped:
        """Readings as rows of tags; times that are missing or too far ahead become `received_at` (UTC ns).

        A value that is not a finite number or a known word is reported, and its tag gets a row NaN of quality
        BAD.
        """
        rows = Rows()
        unknown = 0
        routes = self._routes
        for reading in readings:
            paths = routes.get(reading.source)
            route = paths.get(reading.path) if paths is not None else None
            if route is None:
                unknown += 1
                if paths is not None and "." in reading.path:
                    rows.inside.append(reading)
                continue
            value = reading.value
            if type(value) is float and value - value == 0.0:  # finite, told without a call
                rows.number.append(route.row)
                rows.value.append(value)
                rows.quality.append(reading.quality)
                rows.at.append(reading.at)
            else:
                rows.add_other(reading, route)
        if rows.inside:
            unknown -= self._structures(rows)
        if not rows.number:
            return Mapped(
                empty_batch(), unknown, rows.bad, unlearned=rows.unlearned, offending=rows.offending
            )
        where = np.array(rows.number, np.intp)
        at, ahead = believed(np.array(rows.at, np.int64), received_at)
        quality = np.array(rows.quality, np.uint8)
        value, unsaid = scaled(
            np.array(rows.value, np.float64), self._scale[where], self._offset[where], quality
        )
        rows.bad += [(self._names[row], "not_finite") for row in where[unsaid].tolist()]
        batch = Batch(self._tag[where], at, value, quality)
        return Mapped(batch, unknown, rows.bad, ahead, rows.unlearned, rows.offending)

    def _structures(self, rows: Rows) -> int:
        """Faults of mapped points that came as an object or a list, whose parts lie below their path.

        Returns how many readings were such parts.
        """
        told: set[tuple[str, str]] = set()
        parts = 0
        for part in rows.inside:
            path = part.path.rpartition(".")[0]
            route = self._routes[part.source].get(path)
            if route is None:
                continue
            parts += 1
            if (part.source, path) not in told:
                told.add((part.source, path))
                rows.bad.append((f"{part.source} {path}", "wrong_type"))
                rows.offending[f"{part.source} {path}"] = f"{part.path} = {part.value}"[:LONGEST_SHOWN]
                rows.add_other(Reading(part.source, path, math.nan, part.at, Quality.BAD), route)
        return parts

    def declare(self, points: list[tuple[str, str]]) -> int:
        """Prepare for the columns of these points; returns how many of them no route maps."""
        rows = [self._row(source, path) for source, path in points]
        known = np.asarray([row for row in rows if row >= 0], np.intp)
        mask = np.asarray([row >= 0 for row in rows], np.bool_)
        self._lut = np.full(len(rows), _UNMAPPED, np.uint32)
        self._lut_scale = np.ones(len(rows), np.float64)
        self._lut_offset = np.zeros(len(rows), np.float64)
        self._lut[mask] = self._tag[known]
        self._lut_scale[mask] = self._scale[known]
        self._lut_offset[mask] = self._offset[known]
        return len(rows) - len(known)

    def _row(self, source: str, path: str) -> int:
        route = self._routes.get(source, {}).get(path)
        return -1 if route is None else route.row

    def columns(self, columns: Columns, received_at: int) -> Mapped:
        """Columns of declared points as rows of tags, by the same rules as `batch`."""
        bad: list[tuple[str, str]] = []
        inside = columns.point < len(self._lut)
        if not inside.all():
            bad.append((f"point {int(columns.point[~inside][0])}", "not_declared"))
            columns = rows_of(columns, inside)
        mapped = self._lut[columns.point] != _UNMAPPED
        unknown = int(np.count_nonzero(~mapped))
        if unknown:
            columns = rows_of(columns, mapped)
        quality = np.where(columns.quality > _WORST, BAD, columns.quality).astype(np.uint8)
        scale, offset = self._lut_scale[columns.point], self._lut_offset[columns.point]
        value, unsaid = scaled(columns.value, scale, offset, quality)
        if len(unsaid):
            bad.append((f"point {int(columns.point[unsaid[0]])}", "not_finite"))
        at, ahead = believed(columns.at, received_at)
        return Mapped(Batch(self._lut[columns.point], at, value, quality), unknown, bad, ahead)

    def command(self, asset: str, command: str, value: float) -> tuple[str, str, float | str] | None:
        """Source, path and value (or word) of a command whose value is in the tag's unit; None if the feed
        has no route.

        Raises ValueError for a value that has no word although the route speaks in words.
        """
        found = self._commands.get((asset, command))
        if found is None:
            return None
        source, route = found
        if route.words:
            word = route.words.get(f"{value:g}")
            if word is None:
                raise ValueError(f"{asset}.{command}: no word for {value:g}")
            return source, route.path, word
        return source, route.path, (value - route.offset) / route.scale


def _tag_index(catalogue: Catalogue, feed: str, key: str) -> int:
    try:
        return catalogue.tag_index(key)
    except KeyError:
        raise ValueError(f"{feed}: {key} is not a tag of the catalogue") from None
