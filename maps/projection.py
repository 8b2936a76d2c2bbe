"""Web Mercator (EPSG:3857 on a sphere) in pixels, as Leaflet counts them:
the world is 256 * 2^zoom pixels wide."""

from __future__ import annotations

import math

import msgspec

TILE = 256.0
MAX_LAT = 85.0511287798066
MIN_ZOOM = 8.0
MAX_ZOOM = 17.0
EARTH_CIRCUMFERENCE_M = 2 * math.pi * 6378137.0


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the world in degrees, and the zoom it is seen at (0 when it has none)."""

    south: float
    west: float
    north: float
    east: float
    zoom: float = 0.0

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a position lies inside or on the edge."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def world_size(zoom: float) -> float:
    """Width and height of the world in pixels."""
    return TILE * 2.0**zoom


def project(lat: float, lon: float, zoom: float) -> tuple[float, float]:
    """World pixels (x to the east, y to the south) of a position;
    latitudes beyond the projection are clamped."""
    size = world_size(zoom)
    sin_lat = math.sin(math.radians(max(-MAX_LAT, min(MAX_LAT, lat))))
    x = (lon / 360.0 + 0.5) * size
    y = (0.5 - math.log((1 + sin_lat) / (1 - sin_lat)) / (4 * math.pi)) * size
    return x, y


def unproject(x: float, y: float, zoom: float) -> tuple[float, float]:
    """Latitude and longitude of world pixels."""
    size = world_size(zoom)
    lat = math.degrees(2 * math.atan(math.exp((0.5 - y / size) * 2 * math.pi)) - math.pi / 2)
    return lat, (x / size - 0.5) * 360.0


def metres_per_pixel(lat: float, zoom: float) -> float:
    """Ground length of one pixel at a latitude."""
    return EARTH_CIRCUMFERENCE_M * math.cos(math.radians(lat)) / world_size(zoom)


def fit_zoom(extent: Extent, width_px: float, height_px: float, margin_px: float = 24.0) -> float:
    """The largest zoom in steps of a quarter at which the extent fits the view."""
    left, bottom = project(extent.south, extent.west, 0.0)
    right, top = project(extent.north, extent.east, 0.0)
    wide = max(width_px - 2 * margin_px, 32.0) / max(right - left, 1e-9)
    high = max(height_px - 2 * margin_px, 32.0) / max(bottom - top, 1e-9)
    zoom = math.floor(math.log2(min(wide, high)) * 4) / 4
    return max(MIN_ZOOM, min(MAX_ZOOM, zoom))


def scale_bar(lat: float, zoom: float, most_px: float = 120.0) -> tuple[float, float]:
    """Length of a round scale bar: (metres, pixels), one of 1, 2 or 5 times a power of ten,
    at most `most_px` long."""
    per_pixel = metres_per_pixel(lat, zoom)
    most_m = per_pixel * most_px
    power = 10.0 ** math.floor(math.log10(most_m))
    metres = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most_m)
    return metres, metres / per_pixel
