"""The desktop put together: office, window, bridge to the hub, and what is filled in behind the first paint."""

from __future__ import annotations

import logging
import queue
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, Slot

from console.app.docks import MapMaker, dock_specs
from console.app.family import Family, person
from console.app.faults import Faults
from console.app.late import LateModules
from console.app.opening import Opening
from console.app.places import Places
from console.app.presence import Presence
from console.app.watch import WindowWatch
from console.desk.office import Office, SeatWishes, open_office
from console.desk.settings import Settings
from resources import ROOT as RESOURCES
from widgets.people.room import PeopleRoom
from widgets.shell.main_window import MainWindow

if TYPE_CHECKING:
    from console.client.keeping.facts import KeepFact
    from console.core.site import Site

log = logging.getLogger("app")

BRIDGE = "console.desk.bridge"
SOUND = "console.app.sounding"
LOGBOOK = "widgets.logbook.room"
_FILLERS = {
    "widgets.charts.trend": "trend",
    "widgets.commands.list": "commands",
    "widgets.areas.panel": "areas",
    "widgets.procedures.panel": "procedures",
    "widgets.handover.panel": "handover",
    "widgets.performance.panel": "performance",
    "widgets.journal.panel": "journal",
    "widgets.logbook.panel": "logbook",
    "widgets.feeds.panel": "feeds",
    "widgets.reports.panel": "reports",
}
_MAP = "maps.view"
_WEB_MAP = "maps.view_web"
_CHILDREN_MS = 500
_MAP_WAIT_MS = 4000
"""Longest wait of the map for the site; after it the shipped map is shown without assets."""


@dataclass(frozen=True, slots=True)
class AppPlan:
    """What to open."""

    places: Places
    family: Family
    wishes: SeatWishes | None = None


class App(QObject):
    """One console. `start` shows it, `close` ends it; the children belong to whoever made the family."""

    filled = Signal(str)
    """A part that came late is there: the id of a dock, `bridge` or `sound`."""

    def __init__(self, plan: AppPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self.family = plan.family
        self.office: Office = open_office(plan.places.console, plan.wishes)
        self._make_map = MapMaker(self.office, RESOURCES / "map", plan.places.map_page)
        specs = dock_specs(self.office, self._make_map, plan.places, plan.family.trials)
        self.window = MainWindow(self.office, specs)
        self.faults = Faults(self)
        self.faults.fault_raised.connect(self._tell_fault)
        self._bridge: QObject | None = None
        self._map_wanted = False
        self._closed = False
        self._late = LateModules(_late_names(self.office.settings))
        for told, taken in ((self._late.imported, self._fill), (self._late.missing, self._miss)):
            told.connect(taken)
            told.connect(self._late.go_on)
        self._people = PeopleRoom(self.office, self.window)
        self.watch = WindowWatch(self.window)
        self.watch.painted.connect(self._go_on)
        self._opening = Opening(self.office, self)
        self._children_told = QTimer(self)
        self._children_told.setInterval(_CHILDREN_MS)
        self._children_told.timeout.connect(self._tell_children)
        self.office.catalogue.catalogue_changed.connect(self._fill_map)

    @property
    def bridge(self) -> QObject | None:
        """The bridge to the hub, None until it has been loaded behind the first paint."""
        return self._bridge

    def start(self) -> None:
        """Show the window; the rest follows its first paint."""
        self.faults.install()
        self._children_told.start()
        if self.office.settings.blob("geometry") and not self.window.isMaximized():
            self.window.show()
            return
        # The first time, and when it was so: the whole screen, also where no window manager could do it.
        self.window.setGeometry(self.window.screen().availableGeometry())
        self.window.showMaximized()

    def close(self) -> None:
        """Close the window and the link, and let go of everything; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._children_told.stop()
        self._late.stop()
        self.window.close()
        if self._bridge is not None:
            from console.desk.bridge import Bridge

            assert isinstance(self._bridge, Bridge)
            self._bridge.stop()
        self.office.settings.save()
        self.window.deleteLater()
        # Now, while everything a view needs for its end is still there: a web page before its profile.
        for _ in range(3):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.processEvents()
        self.faults.remove()

    @Slot()
    def _go_on(self) -> None:
        log.info("first paint")
        self._late.start()

    @Slot(str)
    def _fill(self, module: str) -> None:
        if self._closed:
            return
        if module == BRIDGE:
            self._start_bridge()
        elif module == SOUND:
            self._open_sound()
        elif module == LOGBOOK:
            self._open_logbook()
        elif module in _FILLERS:
            self.window.fill(_FILLERS[module])
            self.filled.emit(_FILLERS[module])
        elif module == _MAP:
            self._map_wanted = True
            QTimer.singleShot(_MAP_WAIT_MS, self, self._fill_map_anyway)
            self._fill_map()

    @Slot(str)
    def _miss(self, module: str) -> None:
        if module == _WEB_MAP:
            log.info("no web engine: the native map will be used")

    def _open_sound(self) -> None:
        from console.app.sounding import Sounding

        Sounding(self.office, self._plan.places.console / "tones", self.window)
        self.filled.emit("sound")

    def _open_logbook(self) -> None:
        from widgets.logbook.panel import LogbookPanel
        from widgets.logbook.room import LogbookRoom

        room = LogbookRoom(self.office, self.window)
        room.told.connect(self._tell)
        panel = self.window.dock_widget("logbook")
        if isinstance(panel, LogbookPanel):
            panel.told.connect(self._tell)
        self.filled.emit("log room")

    @Slot(str, bool)
    def _tell(self, text: str, refused: bool) -> None:
        self.window.toasts.show_text(text, refused=refused)

    def _start_bridge(self) -> None:
        from console.client.catalogue_cache import CatalogueCache
        from console.client.keeping.thread import KeeperThread
        from console.client.link import Seat
        from console.desk.bridge import Bridge

        user, station = person()
        family = self.family
        lang = self.office.speech.lang
        seat = Seat(user=user, station=station, lang=lang, secret=family.secret, papers=family.papers)
        cache = CatalogueCache(self._plan.places.sites)
        bridge = Bridge(self.office, seat, self.family.door, cache, self)
        self._bridge = bridge
        bridge.feed(KeeperThread(self._plan.places.store, _points_of, bridge.mailbox.put))
        bridge.store_changed.connect(self._tell_store)
        bridge.start()
        Presence(self.window, bridge.touch)
        self.filled.emit("bridge")

    @Slot()
    def _fill_map(self) -> None:
        if self._map_wanted and self.office.catalogue.catalogue is not None:
            self._fill_map_anyway()

    @Slot()
    def _fill_map_anyway(self) -> None:
        if self._map_wanted and not self._closed:
            self._map_wanted = False
            self.window.fill("map")
            self.filled.emit("map")

    @Slot(str)
    def _tell_fault(self, where: str) -> None:
        self.window.toasts.show_text(self.office.speech.say("app.fault", where=where), refused=True)

    @Slot(object)
    def _tell_store(self, fact: KeepFact) -> None:
        text = self.office.speech.say(f"keeping.{fact.state}", name=fact.name, detail=fact.detail)
        self.window.toasts.show_text(text, refused=fact.state != "kept")

    @Slot()
    def _tell_children(self) -> None:
        while True:
            try:
                told = self.family.told.get_nowait()
            except queue.Empty:
                return
            text = self.office.speech.say(f"children.{told.key}", detail=told.detail)
            self.window.toasts.show_text(text, refused=True)


def _points_of(site: Site) -> Sequence[str]:
    """On the thread of the store, which alone waits for the import."""
    from console.report.wanted import points_of

    return points_of(site)


def _late_names(settings: Settings) -> list[str]:
    names = [
        BRIDGE,
        SOUND,
        "widgets.commands.list",
        "widgets.charts.trend",
        "widgets.areas.panel",
        "maps.layers",
    ]
    if settings.text("map_kind") != "native":
        names.append(_WEB_MAP)
    return [
        *names,
        _MAP,
        "widgets.procedures.panel",
        "widgets.handover.panel",
        "widgets.journal.panel",
        "widgets.logbook.panel",
        LOGBOOK,
        "widgets.performance.panel",
        "widgets.feeds.panel",
        "widgets.reports.panel",
    ]
