"""Ships, aircraft, buoys, base stations and distress beacons on the map: told apart, with vectors and trails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

import resources
from console.core.words import parse_words
from maps import native_scene
from maps.glyphs import load_glyphs
from maps.layers import Layers
from maps.marks import MOVER_KINDS, Mark, MarkBatch
from maps.projection import Extent
from maps.sprites import HULLS
from maps.view import MapView

STATIONS = ("vessel", "aton", "base_station", "sar_aircraft", "distress")
MakeView = Callable[[], MapView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    """A native map of 800 x 600."""

    def make() -> MapView:
        words = parse_words({"map.toml": (resources.ROOT / "i18n/map.toml").read_text("utf-8")})
        home = Extent(south=34.98, west=128.76, north=35.36, east=129.45)
        view = MapView(Layers(home=home), words, "ko", {"land": "#E1E1DC", "water": "#C6CED3"}, "native")
        qtbot.addWidget(view)
        view.resize(800, 560)
        with qtbot.waitSignal(view.map_ready):
            view.show()
        return view

    return make


def station(kind: str, lon: float = 129.05, **told: Any) -> Mark:
    base: dict[str, Any] = {"id": kind, "kind": kind, "lat": 35.1, "lon": lon, "name": kind}
    return Mark(**(base | told))


def picture(view: MapView) -> QImage:
    assert view.native is not None
    return view.native.grab().toImage()


def close_up(qtbot: QtBot, view: MapView, *marks: Mark) -> QImage:
    """The picture around a place, near enough for vectors and trails."""
    native = view.native
    assert native is not None
    for one in marks:
        view.apply(MarkBatch(upserts=(one,)))
    view.focus_on(35.1, 129.05)
    native.camera.zoom = 14.0
    qtbot.waitUntil(lambda: len(native.scene.spots) == 1)
    return picture(view)


def test_every_kind_of_station_has_a_glyph_of_its_own() -> None:
    glyphs = load_glyphs()
    drawn = [glyphs[kind] for kind in STATIONS]
    assert all(drawn)
    assert len(set(drawn)) == len(STATIONS)


def test_whatever_is_pointed_along_its_heading_has_a_hull() -> None:
    """The page tells movers by their hulls."""
    assert set(HULLS) == MOVER_KINDS


def test_both_maps_hide_the_same_kinds_and_never_a_distress_beacon() -> None:
    script = (resources.ROOT.parent / "maps/web/scene.js").read_text("utf-8")
    table = re.search(r"const TOGGLE = \{(.*?)\};", script)
    assert table is not None
    told = dict(re.findall(r"(\w+): '(\w+)'", table[1]))
    assert told == native_scene._TOGGLE
    assert "distress" not in told
    assert set(STATIONS) - {"distress"} <= set(told)


def test_hiding_the_ships_leaves_the_distress_beacon(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view()
    marks = [station(kind, 128.9 + 0.1 * step) for step, kind in enumerate(STATIONS)]
    view.apply(MarkBatch(upserts=tuple(marks)))
    native = view.native
    assert native is not None
    qtbot.waitUntil(lambda: len(native.scene.spots) == len(STATIONS))
    native.scene.look.hidden = frozenset({"vessels"})
    picture(view)
    assert [spot.members[0].kind for spot in native.scene.spots] == ["distress"]


@pytest.mark.parametrize("kind", ["vessel", "sar_aircraft", "truck"])
def test_what_moves_points_to_where_it_will_be_and_trails_where_it_was(
    make_view: MakeView, qtbot: QtBot, kind: str
) -> None:
    still = close_up(qtbot, make_view(), station(kind, heading_deg=90.0))
    moving = close_up(qtbot, make_view(), station(kind, heading_deg=90.0, speed_mps=10.0))
    assert still != moving, "a vector of one minute"
    way = [station(kind, 129.05 - 0.001 * step, heading_deg=90.0, speed_mps=10.0) for step in (4, 3, 2, 1, 0)]
    assert close_up(qtbot, make_view(), *way) != moving, "and the way it came"


def test_a_buoy_that_drifts_leaves_no_trail(make_view: MakeView, qtbot: QtBot) -> None:
    here = close_up(qtbot, make_view(), station("aton"))
    drifted = close_up(qtbot, make_view(), station("aton", 129.046), station("aton"))
    assert here == drifted
