"""A line on the map that something travels along, and the ways of Busan: sea lanes and trunk roads.

Sea lanes keep to open water and dredged channels; roads are schematic, straight between their bends.
"""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass

METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a track and the direction of travel there, degrees true."""

    lat: float
    lon: float
    course: float


class Track:
    """A polyline in metres along its length; points are (lat, lon)."""

    def __init__(self, points: tuple[tuple[float, float], ...]) -> None:
        self._points = points
        self._at = [0.0]
        self._course: list[float] = []
        for (lat1, lon1), (lat2, lon2) in itertools.pairwise(points):
            north = (lat2 - lat1) * METRES_PER_DEGREE
            east = (lon2 - lon1) * METRES_PER_DEGREE * math.cos(math.radians((lat1 + lat2) / 2))
            self._at.append(self._at[-1] + math.hypot(north, east))
            self._course.append(math.degrees(math.atan2(east, north)) % 360.0)
        self.length_m = self._at[-1]

    def spot(self, along_m: float, back: bool = False, right_m: float = 0.0) -> Spot:
        """Where one is after this distance, shifted to starboard of the direction of travel."""
        along_m = min(max(along_m, 0.0), self.length_m)
        leg = min(bisect.bisect_right(self._at, along_m) - 1, len(self._course) - 1)
        share = (along_m - self._at[leg]) / max(1e-9, self._at[leg + 1] - self._at[leg])
        (lat1, lon1), (lat2, lon2) = self._points[leg], self._points[leg + 1]
        lat, lon = lat1 + (lat2 - lat1) * share, lon1 + (lon2 - lon1) * share
        course = (self._course[leg] + (180.0 if back else 0.0)) % 360.0
        if right_m:
            aside = math.radians(course + 90.0)
            lat += right_m * math.cos(aside) / METRES_PER_DEGREE
            lon += right_m * math.sin(aside) / (METRES_PER_DEGREE * math.cos(math.radians(lat)))
        return Spot(lat, lon, course)


_NORTH_GATE = ((35.020, 129.135), (35.050, 129.125), (35.070, 129.1125), (35.082, 129.1075))
_HARBOUR = ((35.0885, 129.0905), (35.0930, 129.0825), (35.0975, 129.0765))
_SOUTH_SEA = ((34.930, 128.840), (34.940, 128.980), (34.985, 129.100))
_NEW_PORT_ROADS = ((34.930, 128.820), (34.985, 128.7930), (35.030, 128.7840), (35.0605, 128.7825))
_BASIN = ((35.0725, 128.7880), (35.0735, 128.8000))
_EAST_SEA = ((35.300, 129.335), (35.180, 129.285), (35.080, 129.200))

LANES: dict[str, Track] = {
    # Each begins at sea and ends at a berth.
    "east-sinseondae": Track((*_EAST_SEA, *_NORTH_GATE[1:], *_HARBOUR[:2], (35.0965, 129.0890))),
    "south-gamman": Track((*_SOUTH_SEA, *_NORTH_GATE, *_HARBOUR, (35.1005, 129.0770))),
    "ferry": Track(
        ((34.900, 129.290), (34.980, 129.180), *_NORTH_GATE[1:], *_HARBOUR,
         (35.1032, 129.0662), (35.1070, 129.0610), (35.1100, 129.0570))
    ),
    "west-pnit": Track((*_NEW_PORT_ROADS, *_BASIN, (35.0745, 128.8150), (35.0757, 128.8230))),
    "west-hjnc": Track((*_NEW_PORT_ROADS, *_BASIN, (35.0730, 128.8100), (35.0722, 128.8190))),
    "between-ports": Track((*_NORTH_GATE[1::-1], *_SOUTH_SEA[::-1], *_NEW_PORT_ROADS, *_BASIN, (35.0737, 128.8100))),
    "passing": Track((_EAST_SEA[0], _EAST_SEA[1], (35.020, 129.240), (34.930, 129.080), (34.910, 128.860))),
    "gamcheon": Track(((34.960, 129.040), (35.020, 129.0085), (35.043, 129.0088), (35.052, 129.0076),
                      (35.060, 129.0045), (35.070, 129.0032))),
    "bay-tour": Track(((35.120, 129.1400), (35.130, 129.1450), (35.139, 129.1520), (35.146, 129.1640),
                       (35.138, 129.1760))),
    "fishing": Track(((35.010, 128.960), (34.975, 128.930), (34.990, 128.880), (35.015, 128.905), (35.010, 128.960))),
    "pilot": Track(((35.082, 129.1075), (35.062, 129.1170), (35.045, 129.1290))),
}  # fmt: skip

_HARBOUR_ROAD = (
    (35.1060, 129.1000), (35.1120, 129.0900), (35.1090, 129.0735), (35.1032, 129.0655), (35.0985, 129.0585),
    (35.0860, 129.0560),
    (35.0805, 129.0420), (35.0800, 129.0315), (35.0795, 129.0215), (35.0900, 129.0000), (35.0780, 128.9670),
    (35.0840, 128.9530), (35.0930, 128.9300), (35.0930, 128.9030), (35.0915, 128.8895), (35.0900, 128.8790),
    (35.0900, 128.8560), (35.0835, 128.8335),
)  # fmt: skip
_DONGSEO = (
    (35.1245, 129.0610), (35.1290, 129.0650), (35.1480, 129.0560), (35.1500, 129.0330), (35.1470, 129.0030),
    (35.1480, 128.9830), (35.1600, 128.9750), (35.1660, 128.9300), (35.1680, 128.8800), (35.1500, 128.8600),
    (35.1230, 128.8700), (35.1080, 128.8720), (35.0940, 128.8640), (35.0880, 128.8480), (35.0800, 128.8300),
)  # fmt: skip

ROADS: dict[str, Track] = {
    "harbour-bridge": Track(_HARBOUR_ROAD),
    "dongseo": Track(_DONGSEO),
    "pnit-shuttle": Track(_DONGSEO[9:]),
    "gadeok": Track(((35.0940, 128.8640), (35.0900, 128.8560), (35.0835, 128.8335), (35.0750, 128.8335),
                     (35.0665, 128.8340))),
}  # fmt: skip
