"""Things that move: vessels and trucks, found by a feed and not declared in the profile."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray


class MoverFact(msgspec.Struct, frozen=True, kw_only=True):
    """Static data of one moving object; `mover` is its index in position columns."""

    mover: int
    id: str
    """Name of the source, such as `vessels.urn:mrn:imo:mmsi:440123000`."""
    kind: str
    """vessel or truck."""
    feed: str
    name: str = ""
    facts: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """More static data by key (mmsi, callsign, shiptype, destination …), plain text of the source."""
    gone: bool = False
    """The source has been silent about it for too long; it is taken off the map."""


@dataclass(frozen=True, slots=True, eq=False)
class PositionBatch:
    """`n` positions in columns: WGS 84 degrees, UTC ns, heading in degrees true and speed in m/s (NaN if
    unknown).
    """

    mover: NDArray[np.uint32]
    at: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    heading: NDArray[np.float32]
    speed: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.mover)
