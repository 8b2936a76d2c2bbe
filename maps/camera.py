"""Where the native map looks: centre, zoom and size of the view,
and the way between degrees and screen pixels."""

from __future__ import annotations

from maps.projection import MAX_ZOOM, MIN_ZOOM, Extent, fit_zoom, project, unproject


class Camera:
    """A north-up view; the centre stays within `home` grown by its own size, so the city cannot be lost."""

    def __init__(self, home: Extent) -> None:
        self.home = home
        self.zoom = 11.0
        self.width = 640.0
        self.height = 480.0
        self.lat = (home.south + home.north) / 2
        self.lon = (home.west + home.east) / 2

    def key(self) -> tuple[float, ...]:
        """Equal for equal views."""
        return (self.lat, self.lon, self.zoom, self.width, self.height)

    def corner(self) -> tuple[float, float]:
        """World pixels of the upper left corner."""
        x, y = project(self.lat, self.lon, self.zoom)
        return x - self.width / 2, y - self.height / 2

    def to_screen(self, lat: float, lon: float) -> tuple[float, float]:
        """Screen pixels of a position."""
        x, y = project(lat, lon, self.zoom)
        left, top = self.corner()
        return x - left, y - top

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude under a screen pixel."""
        left, top = self.corner()
        return unproject(left + x, top + y, self.zoom)

    def extent(self) -> Extent:
        """What is on the screen."""
        north, west = self.to_degrees(0, 0)
        south, east = self.to_degrees(self.width, self.height)
        return Extent(south=south, west=west, north=north, east=east, zoom=self.zoom)

    def pan(self, dx: float, dy: float) -> None:
        """Moves the view by screen pixels (to the east and south)."""
        self._look_at(*self.to_degrees(self.width / 2 + dx, self.height / 2 + dy))

    def zoom_at(self, x: float, y: float, step: float) -> None:
        """Zooms by `step` and keeps the position under (x, y) where it is."""
        lat, lon = self.to_degrees(x, y)
        self.zoom = max(MIN_ZOOM, min(MAX_ZOOM, self.zoom + step))
        now_x, now_y = self.to_screen(lat, lon)
        self.pan(now_x - x, now_y - y)

    def fit(self, extent: Extent) -> None:
        """Shows a whole extent."""
        self.zoom = fit_zoom(extent, self.width, self.height)
        self._look_at((extent.south + extent.north) / 2, (extent.west + extent.east) / 2)

    def focus(self, lat: float, lon: float, least_zoom: float = 14.0) -> None:
        """Brings a position to the centre, close enough to read it."""
        self.zoom = max(self.zoom, least_zoom)
        self._look_at(lat, lon)

    def _look_at(self, lat: float, lon: float) -> None:
        home = self.home
        high, wide = home.north - home.south, home.east - home.west
        self.lat = max(home.south - high, min(home.north + high, lat))
        self.lon = max(home.west - wide, min(home.east + wide, lon))
