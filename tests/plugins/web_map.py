"""A map in the real web view, and what can be asked of its page; imported by the tests that need one."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import resources
from console.core.words import parse_words
from maps.layers import Layers
from maps.marks import Mark
from maps.projection import Extent
from maps.view import MapView, register_scheme

HOME = Extent(south=34.98, west=128.76, north=35.36, east=129.30)
WORDS = parse_words({"map.toml": (resources.ROOT / "i18n" / "map.toml").read_text("utf-8")})
DAY: dict[str, str] = {"land": "#E1E1DC", "water": "#C6CED3"}
NIGHT: dict[str, str] = {"land": "#23262A", "water": "#15191C", "text": "#D5D2C8", "panel": "#222428"}

QUIET = pytest.mark.qt_log_ignore("ulkan", "GPU", "GBM", "RHI", "Rhi", "Sandbox")
"""What the graphics stack of a machine without a GPU says about itself."""


class MakeMap(Protocol):
    """Opens a map window; it is closed after the test."""

    def __call__(self, layers: Layers | None = None) -> MapView: ...


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="session", autouse=True)
def shared_contexts() -> None:
    register_scheme()


@pytest.fixture
def make_map(shared_contexts: None, qtbot: QtBot, page_folder: Path) -> Generator[MakeMap, None, None]:
    made: list[MapView] = []

    def make(layers: Layers | None = None) -> MapView:
        view = MapView(
            layers or Layers(home=HOME, credit="Natural Earth"), WORDS, "ko", DAY, "web", page_folder
        )
        made.append(view)
        view.resize(800, 560)
        with qtbot.waitSignal(view.map_ready, timeout=30_000):
            view.show()
        assert view.kind == "web"
        return view

    yield make
    for view in made:
        view.close()
        view.deleteLater()


def ask(qtbot: QtBot, view: MapView, script: str) -> Any:
    """Value of a script in the page."""
    told: list[Any] = []
    assert view.web is not None
    view.web.page.runJavaScript(f"JSON.stringify({script} ?? null)", 0, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    return json.loads(told[0])


def seen_when(qtbot: QtBot, view: MapView, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the page shows as soon as it shows what is wanted."""
    seen: dict[str, Any] = {}

    def look() -> bool:
        seen.update(ask(qtbot, view, "gwanjeMap.seen()"))
        return wanted(seen)

    qtbot.waitUntil(look, timeout=10_000)
    return seen


def told_by(blocker: object) -> object:
    """The one argument of the signal that was waited for."""
    (argument,) = cast("Any", blocker).args
    return argument


def mark(mark_id: str = "P01", lat: float = 35.15, lon: float = 129.05, **told: object) -> Mark:
    base: dict[str, object] = {"id": mark_id, "kind": "pump", "lat": lat, "lon": lon, "name": mark_id}
    return Mark(**(base | told))  # type: ignore[arg-type]


def spot_of(seen: dict[str, Any], mark_id: str) -> QPoint:
    (spot,) = [spot for spot in seen["spots"] if mark_id in spot["ids"]]
    return QPoint(round(spot["x"]), round(spot["y"]))


def pointer(view: MapView) -> QWidget:
    """The widget of the web view that takes mouse events."""
    assert view.web is not None
    inner = view.web.focusProxy()
    proxy = inner.focusProxy() if inner is not None else None
    assert proxy is not None
    return proxy


def double_click(view: MapView, spot: QPoint) -> None:
    """As a platform sends it; QTest's own keeps its presses too far apart for the engine."""
    target = pointer(view)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = (
        (QEvent.Type.MouseButtonPress, left),
        (QEvent.Type.MouseButtonRelease, none),
        (QEvent.Type.MouseButtonDblClick, left),
        (QEvent.Type.MouseButtonRelease, none),
    )
    for n, (kind, held) in enumerate(kinds):
        place = QPointF(spot)
        event = QMouseEvent(
            kind, place, QPointF(target.mapToGlobal(spot)), left, held, Qt.KeyboardModifier.NoModifier
        )
        event.setTimestamp(10_000_000 + 40 * n)
        QCoreApplication.sendEvent(target, event)
