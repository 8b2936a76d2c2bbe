"""The frame of one seat: banner on top, docks, status strip at the bottom; the first and the last never move."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QPoint, Qt, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.dress import Dresser
from widgets.kit.space import PAD_CELL, STATUS
from widgets.kit.toast import ToastStack
from widgets.shell.acts import ShellActs
from widgets.shell.banner import AlarmBanner
from widgets.shell.call_bar import CallBar
from widgets.shell.curtain import Curtain
from widgets.shell.dock_spec import DockSpec
from widgets.shell.docks import Docks
from widgets.shell.link_overlay import FrozenVeil, LinkBar
from widgets.shell.menus import MainMenu
from widgets.shell.outcomes import Outcomes
from widgets.shell.session_bar import SessionBar
from widgets.shell.status import StatusStrip

_SMALLEST = (1024, 640)
_FIRST = (1600, 900)


class MainWindow(QMainWindow):
    """Composes the frame around docks it is given; knows no room but the shell."""

    def __init__(self, office: Office, docks: Sequence[DockSpec]) -> None:
        super().__init__()
        self._office = office
        self._placed = False
        asks_of(office.acts).home = self
        self._dresser = Dresser(office.themes, self)
        self.setMinimumSize(*_SMALLEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.banner = AlarmBanner(office)
        self.link_bar = LinkBar(office)
        self.session_bar = SessionBar(office)
        self.call_bar = CallBar(office)
        self.status = StatusStrip(office)
        room = QMainWindow()
        room.setWindowFlags(Qt.WindowType.Widget)
        self.docks = Docks(office, room, docks)
        room.setCentralWidget(self.docks.area)
        self._room = room
        self.setCentralWidget(self._framed(room))
        self.veil = FrozenVeil(office, room)
        self.curtain = Curtain(office, room)
        self.toasts = ToastStack(office.themes, self, STATUS)
        self._outcomes = Outcomes(office, self.toasts)
        self._menu = MainMenu(office, self, [self.docks.toggle_action(name) for name in self.docks.ids()])
        self.addActions(office.actions.all())
        self._acts = ShellActs(office, self, self.docks, self.reset_layout)
        self.banner.menu_button.clicked.connect(self._open_menu)
        office.speech.lang_changed.connect(self._say)
        office.catalogue.catalogue_changed.connect(self._say)
        self._say()
        self._restore()

    def _framed(self, room: QWidget) -> QWidget:
        frame = QWidget()
        box = QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (self.banner, self.link_bar, self.session_bar, self.call_bar):
            box.addWidget(widget)
        box.addWidget(room, 1)
        box.addWidget(self.status)
        return frame

    def fill(self, dock_id: str) -> QWidget:
        """Makes a late dock's widget in place of its placeholder; raises KeyError for an unknown dock."""
        return self.docks.fill(dock_id)

    def dock_widget(self, dock_id: str) -> QWidget:
        """What stands in a dock now; raises KeyError."""
        return self.docks.widget(dock_id)

    def raise_dock(self, dock_id: str) -> None:
        """Opens a dock and brings it to the front; an unknown one is left alone."""
        self.docks.raise_dock(dock_id)

    def set_locked(self, locked: bool) -> None:
        """Whether docks can be closed and moved."""
        self.docks.set_locked(locked)

    @Slot()
    def reset_layout(self) -> None:
        """Back to the layout of the first start."""
        self.docks.restore(self._first_state)
        self.docks.first_layout(self._room.size())

    def _restore(self) -> None:
        settings = self._office.settings
        self.resize(*_FIRST)
        self._first_state = self.docks.save()
        geometry = settings.blob("geometry")
        if geometry:
            self.restoreGeometry(QByteArray(geometry))
        self._placed = self.docks.restore(settings.blob("layout"))
        locked = settings.flag("lock_docks")
        self._office.actions.action("window.lock_docks").setChecked(locked)
        if locked:
            self.set_locked(locked)

    @Slot()
    def _say(self) -> None:
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        city = speech.of(catalogue.site.name) if catalogue is not None else ""
        name = speech.say("app.name")
        self.setWindowTitle(f"{city} {name}".strip())

    @Slot()
    def _open_menu(self) -> None:
        button = self.banner.menu_button
        self._menu.menu.popup(button.mapToGlobal(QPoint(0, button.height() + PAD_CELL // 2)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            self.docks.first_layout(self._room.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        settings = self._office.settings
        settings.put("geometry", bytes(self.saveGeometry().data()))
        settings.put("layout", self.docks.save())
        settings.save()
        super().closeEvent(event)
