"""The window with the real web map, in a city whose names, units, alarm texts and vessels are attacks."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from town import Town, copied_site, replaced
from window_seat import MOVER, WindowSeat, page_says

from console.desk.models.alarm_rows import AlarmColumn

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xvfb,
    pytest.mark.timeout(240),
    # What the graphics stack of a machine without a GPU says about itself.
    pytest.mark.qt_log_ignore("ulkan", "GPU", "GBM", "RHI", "Rhi", "Sandbox"),
]

PAYLOADS = {
    "eco-light-2": '<img src=x onerror="window.__pwned=1">',
    "eco-dc": "${window.__pwned=1}",
    "eco-pump": "</script><script>window.__pwned=1</script>",
    "eco-air": "`;window.__pwned=1;`",
}
UNIT = "<b>`${window.__pwned=1}`"
ALARM = '<img src=x onerror="window.__pwned=1">`${window.__pwned=1}`'
VESSEL = "<script>window.__pwned=1</script>"
VESSEL_ID = "vessels.urn:mrn:imo:mmsi:440123000"


def hostile_site(folder: Path) -> Path:
    """Busan with payloads as asset names, a unit and an alarm text."""
    site = copied_site(folder)
    with (site / "assets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        name = PAYLOADS.get(row["id"])
        if name is not None:
            row["ko"] = row["en"] = name
    with (site / "assets.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    pump = site / "types" / "pumping-station.toml"
    replaced(pump, 'unit = "m"', f"unit = {json.dumps(UNIT)}")
    light = site / "types" / "light-cabinet.toml"
    replaced(light, '"Too many failed lamps"', json.dumps(ALARM))
    return site


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    folder = tmp_path_factory.mktemp("town")
    script = str(Path(__file__).with_name("rubbish.py"))
    made = Town(folder, site=hostile_site(folder), city_words=(sys.executable, script))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town, map_kind="web") as made:
        yield made


def test_the_web_map_shows_the_same_marks_as_the_board(seat: WindowSeat, qtbot: QtBot) -> None:
    assert seat.map.kind == "web"
    seat.wait(qtbot, "assets and movers", lambda: len(seat.marks()) >= 60)

    def same() -> bool:
        return page_says(qtbot, seat.map, "gwanjeMap.seen()")["marks"] == len(seat.marks())

    seat.wait(qtbot, "all of them in the page", same)


def test_a_press_on_the_web_map_selects_everywhere(seat: WindowSeat, qtbot: QtBot) -> None:
    asset = seat.catalogue.assets["haeundae-crowd"]
    seat.map.focus_on(asset.lat, asset.lon)

    def spot() -> QPoint | None:
        spots = page_says(qtbot, seat.map, "gwanjeMap.seen()")["spots"]
        return next((QPoint(round(s["x"]), round(s["y"])) for s in spots if s["ids"] == [asset.id]), None)

    def in_the_middle() -> bool:
        place = spot()
        middle = seat.map.rect().center()
        return place is not None and (place - middle).manhattanLength() < 40

    seat.wait(qtbot, "the mark alone in the middle", in_the_middle)
    assert seat.map.web is not None
    proxy = seat.map.web.focusProxy()
    pointer = proxy.focusProxy() if proxy is not None else None
    assert pointer is not None
    place = spot()
    assert place is not None
    QTest.mouseClick(pointer, Qt.MouseButton.LeftButton, pos=place)
    seat.wait(qtbot, "selected", lambda: seat.office.selection.asset == asset.id)
    seat.wait(qtbot, "on the plate", lambda: seat.plate.name.text() == asset.name.en)
    index = seat.tree.view.currentIndex()
    assert index == seat.row_of(asset.id)


def test_hostile_texts_stand_literally_everywhere_and_run_nowhere(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    """SEC-28, SEC-30: four payloads as asset names, unit, alarm text and vessel name, in the whole program."""
    assert town.city is not None
    values = [{"path": "", "value": {"name": VESSEL}}]
    # What is older than what is known already changes nothing.
    update = {"timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"), "values": values}
    town.city.tell("logistics " + json.dumps({"context": VESSEL_ID, "updates": [update]}))
    town.city.line()
    seat.wait(qtbot, "the vessel's name", lambda: any(m.name == VESSEL for m in seat.marks().values()))
    tree = seat.assets_in_tree()
    assert set(PAYLOADS.values()) <= set(tree)
    for asset, payload in PAYLOADS.items():
        seat.select_in_tree(asset)
        seat.wait(qtbot, "on the faceplate", lambda p=payload: seat.plate.name.text() == p)
        assert seat.trend.title.text == payload
        place = seat.catalogue.assets[asset]
        seat.map.focus_on(place.lat, place.lon)
        seat.wait(
            qtbot,
            f"{payload} on the map",
            lambda p=payload: any(p in text for text in map_texts(seat, qtbot)),
        )
    row = seat.alarm_row("eco-light-2")
    assert seat.alarm_rows()[row][AlarmColumn.LABEL] == ALARM
    assert PAYLOADS["eco-light-2"] in seat.alarm_rows()[row][AlarmColumn.ASSET]
    seat.select_in_tree("eco-pump")
    seat.wait(qtbot, "the unit", lambda: any(r.point.tag.unit == UNIT for r in seat.plate.values.rows))
    mover = next(mark for mark in seat.marks().values() if mark.name == VESSEL)
    seat.office.selection.select_mover(int(mover.id.removeprefix(MOVER)), "map")
    seat.wait(qtbot, "the vessel on the plate", lambda: seat.plate.name.text() == VESSEL)
    assert page_says(qtbot, seat.map, "window.__pwned") is None
    assert page_says(qtbot, seat.map, "document.scripts.length") == page_says(
        qtbot, seat.map, "[...document.scripts].filter(s => !s.textContent.includes('__pwned')).length"
    )


def map_texts(seat: WindowSeat, bot: QtBot) -> list[str]:
    """Everything the page has written."""
    texts = page_says(bot, seat.map, "gwanjeMap.seen()")["texts"]
    return [
        text if isinstance(text, str) else json.dumps(text, ensure_ascii=False).replace('\\"', '"')
        for text in texts
    ]


def test_no_widget_takes_a_hostile_text_for_rich_text(seat: WindowSeat, qtbot: QtBot) -> None:
    """SEC-30: labels are plain, tool tips are escaped."""
    for asset in PAYLOADS:
        seat.select_in_tree(asset)
        seat.wait(qtbot, asset, lambda a=asset: seat.office.selection.asset == a)
        for widget in seat.window.findChildren(QWidget):
            if isinstance(widget, QLabel) and "__pwned" in widget.text():
                assert widget.textFormat() is Qt.TextFormat.PlainText, widget
            tip = widget.toolTip()
            if "__pwned" in tip:
                assert set(re.findall(r"<[^>]*>?", tip)) <= {"<span>", "</span>", "<br>"}, (widget, tip)


@pytest.mark.expects_log("link")
def test_a_lost_hub_freezes_the_web_map(town: Town, seat: WindowSeat, qtbot: QtBot) -> None:
    town.kill_hub()
    seat.wait(qtbot, "lost", lambda: seat.office.link.lost)
    seat.wait(qtbot, "frozen", lambda: bool(page_says(qtbot, seat.map, "gwanjeMap.seen()")["frozen"]))
    town.start_hub()
    seat.wait(qtbot, "live", lambda: seat.office.link.live, 30_000)
    seat.wait(qtbot, "thawed", lambda: not page_says(qtbot, seat.map, "gwanjeMap.seen()")["frozen"])
