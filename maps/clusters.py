"""Marks that would lie on each other at far zoom are drawn as one with a count and their worst priority.

The page does the same in `web/clusters.js` (it must not wait for Python while it zooms);
a test holds the two together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from maps.marks import MOVER_KINDS, Mark, worst_priority
from maps.projection import project

ASSET_RADIUS_PX = 26.0
MOVER_RADIUS_PX = 12.0
ASSET_SINGLE_ZOOM = 15.0
MOVER_SINGLE_ZOOM = 13.0
"""From these zooms on every mark stands alone."""


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """One or more marks drawn at one place, in world pixels of the zoom."""

    x: float
    y: float
    members: tuple[Mark, ...]

    @property
    def priority(self) -> int | None:
        """Worst priority of the members."""
        return worst_priority(self.members)


class _Seed:
    __slots__ = ("members", "sum_x", "sum_y", "x", "y")

    def __init__(self, mark: Mark, x: float, y: float) -> None:
        self.x = x
        self.y = y
        self.sum_x = x
        self.sum_y = y
        self.members = [mark]

    def join(self, mark: Mark, x: float, y: float) -> None:
        self.sum_x += x
        self.sum_y += y
        self.members.append(mark)

    def cluster(self) -> Cluster:
        count = len(self.members)
        return Cluster(x=self.sum_x / count, y=self.sum_y / count, members=tuple(self.members))


def cluster_marks(marks: Iterable[Mark], zoom: float, selected: str | None = None) -> list[Cluster]:
    """Groups marks at a zoom: assets with assets, movers with movers, the selected one alone.

    The first mark of a group in the order of ids is its seed, so that groups keep still while nothing moves.
    """
    groups: dict[bool, dict[tuple[int, int], list[_Seed]]] = {True: {}, False: {}}
    found: list[_Seed] = []
    for mark in sorted(marks, key=_by_id):
        x, y = project(mark.lat, mark.lon, zoom)
        mover = mark.kind in MOVER_KINDS
        radius = MOVER_RADIUS_PX if mover else ASSET_RADIUS_PX
        alone = mark.id == selected or zoom >= (MOVER_SINGLE_ZOOM if mover else ASSET_SINGLE_ZOOM)
        near = None if alone else _nearest(groups[mover], x, y, radius)
        if near is not None:
            near.join(mark, x, y)
            continue
        seed = _Seed(mark, x, y)
        found.append(seed)
        if not alone:
            groups[mover].setdefault((math.floor(x / radius), math.floor(y / radius)), []).append(seed)
    return [seed.cluster() for seed in found]


def _by_id(mark: Mark) -> str:
    return mark.id


def _nearest(cells: dict[tuple[int, int], list[_Seed]], x: float, y: float, radius: float) -> _Seed | None:
    best: _Seed | None = None
    best_distance = radius * radius
    column, row = math.floor(x / radius), math.floor(y / radius)
    for cell in ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
        for seed in cells.get(cell, ()):
            distance = (seed.x - x) ** 2 + (seed.y - y) ** 2
            if distance < best_distance:
                best, best_distance = seed, distance
    return best
