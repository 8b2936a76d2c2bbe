"""The facade: what is on the screen before a map is, and which map it becomes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

import resources
from console.core.words import parse_words
from maps.layers import Layers
from maps.projection import Extent
from maps.view import MapView, PageWriter

WORDS = parse_words({"map.toml": (resources.ROOT / "i18n" / "map.toml").read_text("utf-8")})
DAY: dict[str, str] = {"land": "#E1E1DC", "water": "#C6CED3"}
HOME = Extent(south=34.98, west=128.76, north=35.36, east=129.30)


def test_the_map_says_that_it_is_loading_before_it_is_there(qtbot: QtBot) -> None:
    view = MapView(Layers(home=HOME), WORDS, "ko", DAY, "native")
    qtbot.addWidget(view)
    view.resize(400, 300)
    assert view.kind == "loading"
    image = view.grab().toImage()
    assert image.pixelColor(3, 3).name() == "#c6ced3"
    with qtbot.waitSignal(view.map_ready):
        view.show()
    assert view.kind == "native"


def test_focus_asked_for_while_loading_is_kept(qtbot: QtBot) -> None:
    view = MapView(Layers(home=HOME), WORDS, "ko", DAY, "native")
    qtbot.addWidget(view)
    view.resize(800, 560)
    view.focus_on(35.1, 129.0)
    with qtbot.waitSignal(view.map_ready):
        view.show()
    assert view.native is not None
    assert (view.native.camera.lat, view.native.camera.lon) == (35.1, 129.0)


@pytest.mark.expects_log("map")
def test_without_a_web_engine_the_native_map_is_shown_and_it_is_said(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWebEngineCore", None)
    monkeypatch.delitem(sys.modules, "maps.view_web", raising=False)
    monkeypatch.delitem(sys.modules, "maps.view_scheme", raising=False)
    view = MapView(Layers(home=HOME), WORDS, "ko", DAY, "auto")
    qtbot.addWidget(view)
    failed: list[str] = []
    view.map_failed.connect(failed.append)
    with qtbot.waitSignal(view.map_ready):
        view.show()
    assert failed == ["map.failed.no_web"]
    assert view.kind == "native"
    assert "map.failed.no_web" in WORDS


@pytest.mark.expects_log("map")
def test_a_page_that_cannot_be_written_gives_the_native_map(qtbot: QtBot, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    view = MapView(Layers(home=HOME), WORDS, "ko", DAY, "web", blocked)
    qtbot.addWidget(view)
    failed: list[str] = []
    view.map_failed.connect(failed.append)
    with qtbot.waitSignal(view.map_ready, timeout=20_000):
        view.show()
    assert failed == ["map.failed.page"]
    assert view.kind == "native"


def test_a_map_closed_while_its_page_is_written_ends_quietly(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    writer = PageWriter(tmp_path, owner)
    writer.start()
    owner.deleteLater()
    qtbot.waitUntil(
        lambda: not any(thread.name == "map-page" for thread in threading.enumerate()), timeout=20_000
    )
    assert list(tmp_path.glob("map-page-*.json"))
