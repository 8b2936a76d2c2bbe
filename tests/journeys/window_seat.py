"""The real window at a town's hub, in this process on the real screen: what a person sees and does in it."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from town import Town

from console.app.composition import App, AppPlan
from console.app.family import Family
from console.app.places import places_of
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact
from console.desk.models.alarm_rows import AlarmColumn
from console.desk.models.alarm_table import AlarmRole
from console.desk.models.site_tree import SiteRole
from console.desk.office import Office, SeatWishes
from maps.board import MarkBoard
from maps.marks import Mark
from maps.view import MapView, register_scheme
from widgets.alarms.table import AlarmTablePanel
from widgets.assets.faceplate import Faceplate
from widgets.assets.tree import SiteTreePanel
from widgets.charts.trend import TrendPanel
from widgets.shell.main_window import MainWindow

WAIT_MS = 20_000
MOVER = "mover:"

# The web view shares its contexts with the window; that must be said before the application object is made.
register_scheme()


class WindowSeat:
    """One open console. Waits are for what is on its widgets."""

    def __init__(
        self, town: Town, folder: Path, lang: str = "en", map_kind: Literal["web", "native"] = "native"
    ) -> None:
        self.town = town
        self.family = Family(town.secret, url=town.url)
        self.app = App(AppPlan(places_of(folder), self.family, SeatWishes(lang, "day", map_kind)))
        self.filled: list[str] = []
        self.app.filled.connect(self.filled.append)

    def open(self, bot: QtBot) -> None:
        """Show the window and wait until it is live and whole."""
        self.app.start()
        self.window.activateWindow()
        self.wait(bot, "every dock", lambda: {"bridge", "map", "trend", "commands"} <= set(self.filled))
        self.wait(bot, "a live link", lambda: self.office.link.live)
        self.wait(bot, "the keyboard", self.window.isActiveWindow)
        self.wait(bot, "a map", lambda: self.map.kind != "loading")

    def close(self) -> None:
        """Close it as a person does."""
        self.app.close()

    @classmethod
    @contextmanager
    def opened(cls, request: pytest.FixtureRequest, town: Town, **how: Any) -> Generator[WindowSeat]:
        """A live window for all tests of a module; at its end no widget of it is left."""
        folders: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        request.getfixturevalue("qapp")
        before = set(QApplication.topLevelWidgets())
        seat = cls(town, folders.mktemp("seat"), **how)
        try:
            seat.open(QtBot(request))
            yield seat
        finally:
            seat.close()
        # pyqtgraph's panes are cycles with menus in them.
        gc.collect()
        left = [type(widget).__name__ for widget in QApplication.topLevelWidgets() if widget not in before]
        assert not left, left

    @staticmethod
    def wait(bot: QtBot, what: str, ready: Callable[[], bool], limit_ms: int = WAIT_MS) -> None:
        """Let the window live until something is on it."""
        told: list[object] = []

        def look() -> None:
            told[:] = [ready()]
            assert told[0], what

        bot.waitUntil(look, timeout=limit_ms)

    @property
    def office(self) -> Office:
        """Its boards."""
        return self.app.office

    @property
    def window(self) -> MainWindow:
        """Its window."""
        return self.app.window

    @property
    def catalogue(self) -> Catalogue:
        """Its site."""
        found = self.office.catalogue.catalogue
        assert found is not None
        return found

    @property
    def tree(self) -> SiteTreePanel:
        """The dock of this name."""
        return self._dock("tree", SiteTreePanel)

    @property
    def map(self) -> MapView:
        """The dock of this name."""
        return self._dock("map", MapView)

    @property
    def trend(self) -> TrendPanel:
        """The dock of this name."""
        return self._dock("trend", TrendPanel)

    @property
    def plate(self) -> Faceplate:
        """The faceplate."""
        return self._dock("faceplate", Faceplate)

    @property
    def alarms(self) -> AlarmTablePanel:
        """The alarm table."""
        return self._dock("alarms", AlarmTablePanel)

    def _dock(self, name: str, kind: type[Any]) -> Any:
        found = self.window.dock_widget(name)
        assert isinstance(found, kind), f"{name} is {type(found).__name__}"
        return found

    # what is on the screen

    def areas(self) -> list[str]:
        """Names of the areas in the tree."""
        model = self.tree.model
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def assets_in_tree(self) -> list[str]:
        """Names of all assets in the tree."""
        model = self.tree.model
        found: list[str] = []
        for row in range(model.rowCount()):
            area = model.index(row, 0)
            found += [str(model.index(n, 0, area).data()) for n in range(model.rowCount(area))]
        return found

    def marks(self) -> dict[str, Mark]:
        """Marks that the map has been given to draw."""
        board: MarkBoard = self.map._board
        return dict(board.marks)

    def row_of(self, asset: str) -> QModelIndex:
        """The asset's row in the tree."""
        index = self.tree.model.index_of(asset)
        assert index.isValid(), asset
        return index

    def alarm_rows(self) -> list[list[str]]:
        """Texts of the alarm table."""
        model = self.alarms.model
        columns = range(model.columnCount())
        return [[str(model.index(row, c).data() or "") for c in columns] for row in range(model.rowCount())]

    def alarm_row(self, asset: str, label: str = "") -> int:
        """Row of an asset's alarm in the table, -1 without one."""
        model = self.alarms.model
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            text = str(model.index(row, AlarmColumn.LABEL).data())
            if index.data(AlarmRole.ASSET) == asset and label in text:
                return row
        return -1

    def value(self, key: str) -> float:
        """Latest value of the tag `asset.tag`."""
        return self.office.values.value(self.catalogue.tag_index(key))

    def commands(self, asset: str) -> list[CommandFact]:
        """Commands of an asset, newest first."""
        return self.office.commands.of_asset(asset)

    def lines(self) -> dict[int, int]:
        """Points drawn of each tag of the chart."""
        found: dict[int, int] = {}
        for pane in self.trend.plot.panes.values():
            for tag, curve in pane._curves.items():
                y = cast("NDArray[np.float64] | None", curve.yData)  # pyright: ignore[reportUnknownMemberType]
                found[tag] = 0 if y is None else int(np.isfinite(y).sum())
        return found

    def gaps(self) -> list[tuple[float, float]]:
        """Hatched spans of the chart in UTC seconds."""
        panes = self.trend.plot.panes.values()
        return [gap for pane in panes for gap in pane.below.content.gaps]

    def map_is_there(self) -> bool:
        """Whether the map's dock has been filled."""
        return isinstance(self.window.dock_widget("map"), MapView)

    def spot_alone(self, mark: str) -> QPoint | None:
        """Where the native map draws a mark on its own; None while it hides in a cluster."""
        native = self.map.native
        assert native is not None
        found = self.marks().get(mark)
        if found is None:
            return None
        x, y = native.camera.to_screen(found.lat, found.lon)
        spot = native.scene.at(x, y)
        alone = spot is not None and [member.id for member in spot.members] == [mark]
        return QPoint(round(x), round(y)) if alone else None

    def visible_texts(self) -> set[str]:
        """What stands on visible labels, buttons, entries, tabs and headers."""
        texts: set[str] = set()
        for widget in self.window.findChildren(QWidget):
            if widget.isVisible():
                texts |= texts_on(widget)
        texts.discard("")
        return texts

    def picture(self, widget: QWidget) -> QImage:
        """The pixels of a widget."""
        return widget.grab().toImage()

    # what a person does

    def select_in_tree(self, asset: str) -> None:
        """Press on the asset's row."""
        view = self.tree.view
        index = self.row_of(asset)
        view.scrollTo(index)
        place = view.visualRect(index)
        QTest.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.left() + 40, place.center().y())
        )

    def press_alarm(self, row: int) -> None:
        """Press on a row of the alarm table."""
        view = self.alarms.view
        view.scrollTo(self.alarms.model.index(row, AlarmColumn.LABEL))
        place = view.visualRect(self.alarms.model.index(row, AlarmColumn.LABEL))
        view.setFocus()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())

    def press(self, widget: QWidget) -> None:
        """Press a button."""
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key in the window; without a window manager a closed dialog gives the keyboard to nobody."""
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        QTest.keyClick(self.window, key, modifiers)


def page_says(bot: QtBot, view: MapView, script: str) -> Any:
    """Value of a script in the page of a web map."""
    told: list[Any] = []
    assert view.web is not None
    view.web.page.runJavaScript(f"JSON.stringify({script} ?? null)", 0, told.append)
    bot.waitUntil(lambda: bool(told), timeout=10_000)
    return json.loads(told[0])


def is_area(index: QModelIndex) -> bool:
    """Whether a row of the tree is an area."""
    return bool(index.data(SiteRole.IS_AREA))


def texts_on(widget: QWidget) -> set[str]:
    """The texts that a widget shows."""
    found: set[str] = set()
    if isinstance(widget, QLineEdit):
        found.add(widget.placeholderText())
    elif isinstance(widget, QHeaderView):
        columns = range(widget.model().columnCount())
        found |= {str(widget.model().headerData(n, widget.orientation()) or "") for n in columns}
    else:
        text: object = getattr(widget, "text", "")
        text = text() if callable(text) else text
        found |= {text} if isinstance(text, str) else set()
    return found
