"""The docks between banner and status strip: first layout, perspectives, placeholders, opening again."""

# QtAds has no type stubs.
# pyright: basic, reportAttributeAccessIssue=false, reportInvalidTypeForm=false

from __future__ import annotations

import logging
from collections.abc import Sequence

import PySide6QtAds as QtAds
from PySide6.QtCore import QByteArray, QObject, QSize, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMainWindow, QWidget

from console.desk.office import Office
from widgets.kit.colours import mix
from widgets.kit.empty import EmptyState
from widgets.kit.icons import icon
from widgets.shell.dock_spec import DockSpec, Place

log = logging.getLogger("ui")

_AREAS = {
    Place.CENTER: QtAds.CenterDockWidgetArea,
    Place.BELOW_CENTER: QtAds.BottomDockWidgetArea,
    Place.LEFT: QtAds.LeftDockWidgetArea,
    Place.RIGHT: QtAds.RightDockWidgetArea,
    Place.BOTTOM: QtAds.BottomDockWidgetArea,
}
_ORDER = (Place.CENTER, Place.BELOW_CENTER, Place.LEFT, Place.RIGHT, Place.BOTTOM)
_STATE_VERSION = 1
_LEFT_SHARE, _RIGHT_SHARE, _BOTTOM_SHARE, _TREND_SHARE = 0.155, 0.235, 0.26, 0.42


def _configure() -> None:
    manager = QtAds.CDockManager
    flag = manager.eConfigFlag
    manager.setConfigFlags(manager.DefaultOpaqueConfig)
    wanted = {
        flag.DockAreaCloseButtonClosesTab: True,
        flag.DisableTabTextEliding: True,
        flag.ActiveTabHasCloseButton: False,
        flag.AllTabsHaveCloseButton: False,
        flag.DockAreaHasTabsMenuButton: False,
        flag.HideSingleCentralWidgetTitleBar: False,
    }
    for name, on in wanted.items():
        manager.setConfigFlag(name, on)


class Docks(QObject):
    """Owns the dock manager; `dock_filled` when a late dock got its real widget."""

    dock_filled = Signal(str)

    def __init__(self, office: Office, window: QMainWindow, specs: Sequence[DockSpec]) -> None:
        super().__init__(window)
        self._office = office
        self._specs = {spec.id: spec for spec in specs}
        _configure()
        self.manager = QtAds.CDockManager(window)
        self.manager.setStyleSheet("")
        self._docks: dict[str, QtAds.CDockWidget] = {}
        self._placeholders: dict[str, EmptyState] = {}
        self._areas: dict[Place, QtAds.CDockAreaWidget] = {}
        for place in _ORDER:
            for spec in specs:
                if spec.place is place:
                    self._add(spec)
        self._dress()
        self._say()
        office.themes.theme_changed.connect(self._retheme)
        office.speech.lang_changed.connect(self._say)

    @property
    def area(self) -> QWidget:
        """The widget that holds all docks."""
        return self.manager

    def ids(self) -> list[str]:
        """Ids of all docks."""
        return list(self._specs)

    def widget(self, dock_id: str) -> QWidget:
        """What stands in a dock now; raises KeyError."""
        return self._docks[dock_id].widget()

    def toggle_action(self, dock_id: str) -> QAction:
        """Opens and closes a dock; raises KeyError."""
        return self._docks[dock_id].toggleViewAction()

    def fill(self, dock_id: str) -> QWidget:
        """Makes a late dock's widget in place of its placeholder; a filled dock gives what it has."""
        dock = self._docks[dock_id]
        placeholder = self._placeholders.pop(dock_id, None)
        if placeholder is None:
            return dock.widget()
        made = self._specs[dock_id].make()
        dock.takeWidget()
        placeholder.deleteLater()
        self._put(dock, made)
        self.dock_filled.emit(dock_id)
        return made

    def raise_dock(self, dock_id: str) -> None:
        """Opens a dock if it is closed and brings it to the front."""
        dock = self._docks.get(dock_id)
        if dock is not None:
            dock.toggleView(True)
            dock.setAsCurrentTab()

    def set_locked(self, locked: bool) -> None:
        """Nobody closes or moves a dock by accident while locked."""
        feature = QtAds.CDockWidget
        fixed = feature.DockWidgetClosable | feature.DockWidgetMovable | feature.DockWidgetFloatable
        self.manager.lockDockWidgetFeaturesGlobally(fixed if locked else feature.NoDockWidgetFeatures)

    def save(self) -> bytes:
        """The layout as QtAds writes it."""
        return bytes(self.manager.saveState(_STATE_VERSION).data())

    def restore(self, state: bytes) -> bool:
        """Brings back a layout; False when it is not one of this version."""
        return bool(state) and bool(self.manager.restoreState(QByteArray(state), _STATE_VERSION))

    def first_layout(self, size: QSize) -> None:
        """Sizes of the first start on a window of `size`."""
        width, height = max(size.width(), 900), max(size.height(), 500)
        left, right = max(240, int(width * _LEFT_SHARE)), max(360, int(width * _RIGHT_SHARE))
        bottom = max(232, int(height * _BOTTOM_SHARE))
        upper = height - bottom
        trend = max(150, int(upper * _TREND_SHARE))
        self._split(Place.BOTTOM, [upper, bottom])
        self._split(Place.LEFT, [left, width - left - right, right])
        self._split(Place.BELOW_CENTER, [upper - trend, trend])

    def _split(self, place: Place, sizes: list[int]) -> None:
        area = self._areas.get(place)
        if area is not None and len(self.manager.splitterSizes(area)) == len(sizes):
            self.manager.setSplitterSizes(area, sizes)

    def _add(self, spec: DockSpec) -> None:
        dock = QtAds.CDockWidget(self.manager, self._office.speech.say(spec.title_key))
        dock.setObjectName(spec.id)
        dock.setMinimumSizeHintMode(QtAds.CDockWidget.MinimumSizeHintFromDockWidget)
        if spec.late:
            placeholder = EmptyState(self._office.themes, spec.icon)
            self._placeholders[spec.id] = placeholder
            self._put(dock, placeholder)
        else:
            self._put(dock, spec.make())
        self._docks[spec.id] = dock
        self._areas[spec.place] = self._place(spec, dock)

    def _place(self, spec: DockSpec, dock: QtAds.CDockWidget) -> QtAds.CDockAreaWidget:
        there = self._areas.get(spec.place)
        if there is not None:
            area = self.manager.addDockWidgetTabToArea(dock, there)
            there.setCurrentIndex(0)
            return area
        if spec.place is Place.BELOW_CENTER:
            return self.manager.addDockWidget(_AREAS[spec.place], dock, self._areas.get(Place.CENTER))
        return self.manager.addDockWidget(_AREAS[spec.place], dock)

    def _put(self, dock: QtAds.CDockWidget, widget: QWidget) -> None:
        dock.setWidget(widget, QtAds.CDockWidget.ForceNoScrollArea)

    def _dress(self) -> None:
        tokens = self._office.themes.tokens
        dim = mix(tokens.panel, tokens.text, 0.3)
        provider = self.manager.iconProvider()
        named = {
            QtAds.TabCloseIcon: "close",
            QtAds.DockAreaMenuIcon: "chevron_down",
            QtAds.DockAreaUndockIcon: "undock",
            QtAds.DockAreaCloseIcon: "close",
            QtAds.DockAreaMinimizeIcon: "minus",
        }
        for place, name in named.items():
            provider.registerCustomIcon(place, icon(name, tokens.text2, dim))
        for area in self.manager.openedDockAreas():
            self._dress_bar(area, tokens.text2)

    def _dress_bar(self, area: QtAds.CDockAreaWidget, colour: str) -> None:
        buttons = {
            QtAds.TitleBarButtonClose: ("close", "shell.dock.close"),
            QtAds.TitleBarButtonUndock: ("undock", "shell.dock.undock"),
            QtAds.TitleBarButtonTabsMenu: ("chevron_down", "shell.dock.tabs"),
        }
        for kind, (name, key) in buttons.items():
            button = area.titleBarButton(kind)
            if button is not None:
                text = self._office.speech.say(key)
                button.setIcon(QIcon(icon(name, colour)))
                button.setIconSize(QSize(16, 16))
                button.setMinimumSize(QSize(26, 26))
                button.setToolTip(text)
                button.setAccessibleName(text)

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        for spec in self._specs.values():
            title = speech.say(spec.title_key)
            self._docks[spec.id].setWindowTitle(title)
            self._docks[spec.id].setAccessibleName(title)
            if spec.id in self._placeholders:
                self._placeholders[spec.id].set_sentence(speech.say(spec.placeholder_key, title=title))
        self._dress()
