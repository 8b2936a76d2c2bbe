"""Who comes to a zone and leaves it, from positions; edges are wide, so that a ship on one does not come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.reporting import Zone

METRES_PER_DEGREE = 111_320.0
OUT_RADIUS = 1.15
"""Times the radius: only from here on it has left."""
OUT_SPEED = 3.0
"""Times the speed of the zone: only from here on it is under way again."""


class ZoneChange(StrEnum):
    """What happened; the journal's `what`."""

    ENTER = "ZONE_ENTER"
    LEAVE = "ZONE_LEAVE"
    FOUND = "ZONE_FOUND"
    """It was inside when it was first seen: nobody knows since when."""
    LOST = "ZONE_LOST"
    """Its positions ended while it was inside: nobody knows until when."""


class ZoneEvent(msgspec.Struct, frozen=True):
    """One of them, at the time of the position (UTC ns)."""

    change: ZoneChange
    zone: Zone
    mover: int
    at: int


class Sighting(msgspec.Struct, frozen=True):
    """A position of a mover: UTC ns, WGS 84 degrees, m/s (NaN if unknown)."""

    mover: int
    kind: str
    at: int
    lat: float
    lon: float
    speed: float


class ZoneWatch:
    """Remembers who is where; one row of sightings is one look at all zones."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._zones = tuple(zones)
        self._lat = np.array([zone.lat for zone in zones])
        self._lon = np.array([zone.lon for zone in zones])
        self._radius = np.array([zone.radius_m for zone in zones])
        self._below = np.array([zone.below_m_s or np.inf for zone in zones])
        self._kinds = np.array([zone.movers for zone in zones], object)
        self._inside: dict[int, NDArray[np.bool_]] = {}

    def seen(self, sightings: Iterable[Sighting]) -> list[ZoneEvent]:
        """What follows from sightings; of several of one mover the last one counts."""
        rows = list({sighting.mover: sighting for sighting in sightings}.values())
        if not rows or not self._zones:
            return []
        before = np.array([self._inside.get(row.mover, self._nowhere()) for row in rows])
        after = self._after(rows, before)
        events: list[ZoneEvent] = []
        for index, row in enumerate(rows):
            new = row.mover not in self._inside
            self._inside[row.mover] = after[index]
            for place in np.flatnonzero(after[index] != before[index]):
                came = ZoneChange.FOUND if new else ZoneChange.ENTER
                change = came if after[index][place] else ZoneChange.LEAVE
                events.append(ZoneEvent(change, self._zones[place], row.mover, row.at))
        return events

    def gone(self, mover: int, at: int) -> list[ZoneEvent]:
        """It is not heard of any more."""
        inside = self._inside.pop(mover, self._nowhere())
        return [ZoneEvent(ZoneChange.LOST, self._zones[i], mover, at) for i in np.flatnonzero(inside)]

    def _nowhere(self) -> NDArray[np.bool_]:
        return np.zeros(len(self._zones), bool)

    def _after(self, rows: list[Sighting], before: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each of the rows is in each of the zones now."""
        lat = np.array([row.lat for row in rows])[:, None]
        lon = np.array([row.lon for row in rows])[:, None]
        speed = np.array([row.speed for row in rows])[:, None]
        north = (lat - self._lat) * METRES_PER_DEGREE
        away = (lon - self._lon + 180.0) % 360.0 - 180.0
        east = away * METRES_PER_DEGREE * np.cos(np.radians(self._lat))
        metres = np.hypot(north, east)
        near = metres <= np.where(before, self._radius * OUT_RADIUS, self._radius)
        slow = speed <= np.where(before, self._below * OUT_SPEED, self._below)
        # Where nobody knows how fast it is, it is as it was.
        slow = np.where(np.isnan(speed), before | ~np.isfinite(self._below), slow)
        mine = np.array([row.kind for row in rows], object)[:, None] == self._kinds
        return near & slow & mine
