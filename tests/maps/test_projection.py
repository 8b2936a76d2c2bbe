"""Degrees to pixels and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.camera import Camera
from maps.projection import (
    MAX_ZOOM,
    MIN_ZOOM,
    Extent,
    fit_zoom,
    metres_per_pixel,
    project,
    scale_bar,
    unproject,
)

BUSAN = Extent(south=34.98, west=128.76, north=35.36, east=129.30)


def test_known_points_of_web_mercator() -> None:
    """EPSG:3857 in pixels of 256: the origin is the middle, 180 degrees the edge."""
    assert project(0.0, 0.0, 0.0) == pytest.approx((128.0, 128.0))
    assert project(85.0511287798066, -180.0, 1.0) == pytest.approx((0.0, 0.0), abs=1e-6)
    # Gwangan Bridge, computed by hand from the formula of OGC 13-082r2.
    x, y = project(35.1475, 129.1302, 12.0)
    assert x == pytest.approx((129.1302 + 180) / 360 * 2**12 * 256)
    merc = math.log(math.tan(math.pi / 4 + math.radians(35.1475) / 2))
    assert y == pytest.approx((1 - merc / math.pi) / 2 * 2**12 * 256)


@given(st.floats(-85, 85), st.floats(-180, 180), st.floats(0, 18))
def test_projecting_and_back_gives_the_same_place(lat: float, lon: float, zoom: float) -> None:
    again = unproject(*project(lat, lon, zoom), zoom)
    assert again == pytest.approx((lat, lon), abs=1e-6)


def test_latitudes_beyond_the_projection_are_clamped() -> None:
    assert project(90.0, 0.0, 3.0) == project(85.0511287798066, 0.0, 3.0)


@given(st.floats(-60, 60), st.floats(MIN_ZOOM, MAX_ZOOM))
def test_a_scale_bar_is_round_and_fits(lat: float, zoom: float) -> None:
    metres, pixels = scale_bar(lat, zoom)
    assert 0 < pixels <= 120.0
    assert metres / 10 ** math.floor(math.log10(metres) + 1e-9) == pytest.approx(
        round(metres / 10 ** math.floor(math.log10(metres) + 1e-9))
    )
    assert metres / pixels == pytest.approx(metres_per_pixel(lat, zoom))


def test_the_whole_site_is_in_view_after_a_fit() -> None:
    for size in ((1366, 500), (400, 900), (3840, 2000)):
        camera = Camera(BUSAN)
        camera.width, camera.height = size
        camera.fit(BUSAN)
        seen = camera.extent()
        assert seen.holds(BUSAN.south, BUSAN.west)
        assert seen.holds(BUSAN.north, BUSAN.east)
        assert camera.zoom == fit_zoom(BUSAN, *size)


def test_zooming_keeps_the_place_under_the_pointer() -> None:
    camera = Camera(BUSAN)
    camera.fit(BUSAN)
    before = camera.to_degrees(200, 150)
    camera.zoom_at(200, 150, 2.0)
    assert camera.to_degrees(200, 150) == pytest.approx(before, abs=1e-6)


def test_the_city_cannot_be_lost_by_panning() -> None:
    camera = Camera(BUSAN)
    for _ in range(200):
        camera.pan(5000, 5000)
    assert camera.lat >= BUSAN.south - (BUSAN.north - BUSAN.south)
    assert camera.lon <= BUSAN.east + (BUSAN.east - BUSAN.west)


def test_focus_comes_close_and_never_zooms_out() -> None:
    camera = Camera(BUSAN)
    camera.focus(35.1, 129.0)
    assert (camera.lat, camera.lon, camera.zoom) == (35.1, 129.0, 14.0)
    camera.zoom = 16.0
    camera.focus(35.2, 129.1)
    assert camera.zoom == 16.0
