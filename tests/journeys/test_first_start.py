"""The first start: an operator sees a living Busan, and moves in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Generator
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from town import Town
from window_seat import MOVER, WindowSeat

from console.core.quality import Quality
from resources import read_words_sources

pytestmark = [pytest.mark.journey, pytest.mark.xvfb, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def test_the_first_start_shows_a_living_busan(seat: WindowSeat, qtbot: QtBot) -> None:
    """Tree, map marks, moving vessels and trucks, banner, status strip, clock of Asia/Seoul."""
    seat.wait(qtbot, "areas in the tree", lambda: len(seat.areas()) >= 5)
    assert len(seat.assets_in_tree()) >= 40
    assets = seat.catalogue.assets
    seat.wait(qtbot, "marks of the assets", lambda: sum(m in assets for m in seat.marks()) >= 40)
    seat.wait(qtbot, "movers", lambda: sum(m.startswith(MOVER) for m in seat.marks()) >= 15)
    seat.wait(qtbot, "3/3 feeds", lambda: "3/3" in seat.window.status.feeds.text().replace(" ", ""))
    assert "Busan" in seat.window.banner.city.text()
    shown = re.search(r"\d\d:\d\d:\d\d", seat.window.status.clock.text())
    assert shown is not None
    now = datetime.now(ZoneInfo("Asia/Seoul"))
    seconds = [int(part) for part in shown[0].split(":")]
    apart = (now.hour - seconds[0]) * 3600 + (now.minute - seconds[1]) * 60 + now.second - seconds[2]
    assert abs(apart) % 86_400 <= 3
    assert "KST" in seat.window.status.clock.text()


def test_vessels_and_trucks_move_on_the_map(seat: WindowSeat, qtbot: QtBot) -> None:
    def places() -> dict[str, tuple[float, float]]:
        return {mark.id: (mark.lat, mark.lon) for mark in seat.marks().values() if mark.id.startswith(MOVER)}

    before = places()
    kinds = {mark.kind for mark in seat.marks().values() if mark.id.startswith(MOVER)}
    assert kinds == {"vessel", "truck"}
    seat.wait(qtbot, "moved", lambda: sum(places().get(id) != at for id, at in before.items()) >= 5)


def test_nearly_every_value_is_good_and_fresh(seat: WindowSeat, qtbot: QtBot) -> None:
    values = seat.office.values
    tags = len(seat.catalogue.tags)
    seat.wait(qtbot, "good", lambda: int((values.qualities == Quality.GOOD).sum()) > 0.97 * tags, 60_000)


def test_the_lines_of_a_chart_grow_while_one_looks(seat: WindowSeat, qtbot: QtBot) -> None:
    seat.select_in_tree("suyeong-pump")
    seat.wait(qtbot, "lines", lambda: len(seat.lines()) >= 2 and min(seat.lines().values()) >= 2)
    before = seat.lines()
    seat.wait(qtbot, "longer lines", lambda: all(seat.lines()[tag] > n for tag, n in before.items()))


def shown_as_selected(seat: WindowSeat, asset: str) -> bool:
    """Whether tree, faceplate, chart and map all show this asset."""
    name = seat.catalogue.assets[asset].name.en
    index = seat.tree.view.currentIndex()
    return (
        index == seat.row_of(asset)
        and seat.tree.view.selectionModel().isSelected(index)
        and seat.plate.name.text() == name
        and seat.trend.title.text == name
        and seat.map._board.selected == asset
    )


def test_selecting_in_the_tree_selects_everywhere(seat: WindowSeat, qtbot: QtBot) -> None:
    """Selecting anywhere selects everywhere."""
    for asset in ("eco-dc", "baegyang-tunnel"):
        seat.select_in_tree(asset)
        seat.wait(qtbot, f"{asset} everywhere", lambda a=asset: shown_as_selected(seat, a))
        assert len(seat.plate.values.rows) >= 3


def test_a_press_on_the_map_selects_everywhere(seat: WindowSeat, qtbot: QtBot) -> None:
    seat.select_in_tree("eco-dc")
    native = seat.map.native
    assert native is not None
    asset = seat.catalogue.assets["haeundae-crowd"]
    seat.map.focus_on(asset.lat, asset.lon)
    seat.wait(qtbot, "alone on the map", lambda: seat.spot_alone(asset.id) is not None)
    place = seat.spot_alone(asset.id)
    assert place is not None
    QTest.mouseClick(native, Qt.MouseButton.LeftButton, pos=place)
    seat.wait(qtbot, "everywhere", lambda: shown_as_selected(seat, asset.id))
    native.fit()


def test_an_alarm_row_selects_everywhere(seat: WindowSeat, qtbot: QtBot) -> None:
    """A lamp alarm stands in Eco Delta even on a quiet day."""
    seat.wait(qtbot, "the alarm", lambda: seat.alarm_row("eco-light-2") >= 0)
    seat.select_in_tree("eco-dc")
    seat.press_alarm(seat.alarm_row("eco-light-2"))
    seat.wait(qtbot, "everywhere", lambda: shown_as_selected(seat, "eco-light-2"))
    seat.alarms.view.clearSelection()


def test_a_vessel_on_the_map_shows_what_it_says_of_itself(seat: WindowSeat, qtbot: QtBot) -> None:
    name = "TAEJONG FEEDER"
    seat.wait(qtbot, name, lambda: any(mark.name == name for mark in seat.marks().values()))
    mark = next(mark for mark in seat.marks().values() if mark.name == name)
    seat.office.selection.select_mover(int(mark.id.removeprefix(MOVER)), "map")
    seat.wait(qtbot, "the vessel on the plate", lambda: seat.plate.name.text() == name)
    assert seat.map._board.selected == mark.id


def test_the_chart_goes_back_into_history_without_a_seam(seat: WindowSeat, qtbot: QtBot) -> None:
    """Live rows and history are one line: every sample of the last minute once, in order, and none is lost."""
    seat.select_in_tree("suyeong-pump")
    tag = seat.catalogue.tag_index("suyeong-pump.inlet_level")
    seat.wait(qtbot, "history asked and answered", lambda: not seat.trend.stock.waiting)
    seat.wait(qtbot, "a line", lambda: seat.lines().get(tag, 0) >= 5)
    live = seat.trend.stock.trace(tag).rows().at.copy()
    start, end = seat.office.time.bounds
    seat.trend.plot.pan_wanted.emit(-20.0)
    assert not seat.office.time.live
    seat.wait(qtbot, "the page", lambda: not seat.trend.stock.waiting)
    rows = seat.trend.stock.trace(tag).rows().at
    assert (np.diff(rows) > 0).all()
    assert set(live[live > start]) <= set(rows)
    seat.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    seat.wait(qtbot, "live again", lambda: seat.office.time.live and seat.office.time.bounds[1] > end)


def test_both_languages_are_whole_and_switch_live(seat: WindowSeat, qtbot: QtBot) -> None:
    """Korean and English; nothing of the other language is left, and nothing is lost."""
    seat.select_in_tree("suyeong-pump")
    seat.alarms.filter.setText("eco")
    alarms, lines = len(seat.alarm_rows()), seat.lines()
    english, korean = words_of("en"), words_of("ko")
    before = seat.visible_texts()
    assert len(before & (english - korean)) > 25
    assert not before & (korean - english)
    seat.office.actions.use("view.lang_ko")
    seat.wait(qtbot, "Korean", lambda: seat.plate.name.text() == "수영 배수펌프장")
    after = seat.visible_texts()
    assert not after & (english - korean), after & (english - korean)
    assert len(after & (korean - english)) > 25
    assert "부산" in seat.window.banner.city.text()
    assert "에코델타시티" in seat.areas()
    assert seat.office.selection.asset == "suyeong-pump"
    assert len(seat.alarm_rows()) == alarms
    assert seat.alarms.filter.text() == "eco"
    assert seat.lines().keys() == lines.keys()
    assert all(seat.lines()[tag] >= points for tag, points in lines.items())
    seat.wait(qtbot, "the map", lambda: any(m.name == "수영 배수펌프장" for m in seat.marks().values()))
    seat.office.actions.use("view.lang_en")
    seat.alarms.filter.clear()
    seat.wait(qtbot, "English", lambda: not seat.visible_texts() & (korean - english))


def test_every_theme_dresses_the_whole_window(seat: WindowSeat, qtbot: QtBot) -> None:
    lightness: dict[str, int] = {}
    for theme in ("night", "dusk", "bright", "day"):
        seat.office.actions.use(f"view.theme_{theme}")
        ground = QColor(seat.office.themes.tokens.window)
        seat.wait(qtbot, f"the ground of {theme}", lambda ground=ground: edges(seat) == {ground.name()})
        picture = seat.picture(seat.window).scaled(1, 1, mode=Qt.TransformationMode.SmoothTransformation)
        lightness[theme] = picture.pixelColor(0, 0).lightness()
    assert lightness["night"] < 90, lightness
    assert lightness["day"] > 140, lightness
    assert seat.office.selection.asset == "suyeong-pump"


def edges(seat: WindowSeat) -> set[str]:
    """Colours in the corners of banner and status strip, which stand on the window's own ground."""
    picture = seat.picture(seat.window)
    banner, status = seat.window.banner, seat.window.status
    first = banner.mapTo(seat.window, QPoint(2, 2))
    last = status.mapTo(seat.window, QPoint(status.width() - 3, status.height() - 3))
    return {picture.pixelColor(spot).name() for spot in (first, last)}


def words_of(lang: str) -> set[str]:
    """Every text of a language that is whole in itself."""
    found: set[str] = set()
    for source in read_words_sources().values():
        found |= texts_in(tomllib.loads(source), lang)
    return found


def texts_in(table: dict[str, Any], lang: str) -> set[str]:
    """Texts of a table and those below it."""
    if isinstance(table.get("ko"), str) and isinstance(table.get("en"), str):
        text: str = table[lang]
        return set() if "{" in text else {text}
    found: set[str] = set()
    for value in table.values():
        if isinstance(value, dict):
            found |= texts_in(cast("dict[str, Any]", value), lang)
    return found
