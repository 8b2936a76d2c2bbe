"""Waits until the screen shows what a picture is about, then takes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot

from console.app.composition import App
from console.core.catalogue import Catalogue

SIZE = QSize(1920, 1080)
POLL_MS = 100
SETTLE_S = 1.5
_ALARMS = 12
"""Listed alarms that make a busy screen."""
_BUSY_S = 120.0
_READY_S = 60.0
_SPAN_S = 120.0


class Wait(NamedTuple):
    """Until something holds, `limit_s` at most; `needed`: without it there is no picture."""

    what: str
    holds: Callable[[], bool]
    limit_s: float
    needed: bool = True


Story = Generator[Wait, None, None]


class Photographer(QObject):
    """Runs one story of waits and pictures; `pictures` has the files in order."""

    finished = Signal(int)
    """Exit code: 0 when all pictures were taken."""

    def __init__(self, app: App, folder: Path) -> None:
        super().__init__(app)
        self._app = app
        self._office = app.office
        self._folder = folder
        self.pictures: list[Path] = []
        self.why = ""
        """What did not come, when a picture is missing."""
        self._story = self._tell()
        self._wait: Wait | None = None
        self._since = 0.0
        self._map_ready = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        app.filled.connect(self._listen_to_map)

    def start(self) -> None:
        """Show the window and begin."""
        self._app.start()
        self._app.window.showNormal()
        self._app.window.resize(SIZE)
        self._timer.start()

    def _tell(self) -> Story:
        office = self._office
        yield Wait("the hub", self._live, _READY_S)
        yield Wait("the map", self._has_map, _READY_S)
        office.time.set_live(_SPAN_S)
        yield Wait("alarms", self._is_busy, _BUSY_S, needed=False)
        self._select_worst()
        for lang, theme in (("ko", "day"), ("ko", "night"), ("en", "day"), ("en", "night")):
            office.speech.set_lang(lang)
            office.themes.set_theme(theme)
            yield from self._picture(f"overview-{lang}-{theme}")
        office.speech.set_lang("ko")
        office.themes.set_theme("day")
        self._select_pump()
        yield from self._picture("faceplate-ko-day")
        self._stop_hub()
        yield Wait("the loss of the link", self._lost, _READY_S)
        yield from self._picture("link-lost-ko-day")

    def _picture(self, name: str) -> Story:
        due = time.monotonic() + SETTLE_S
        yield Wait(name, lambda: time.monotonic() >= due, SETTLE_S + 5.0)
        file = self._folder / f"{name}.png"
        if not self._app.window.grab().save(str(file)):
            raise OSError(f"{file} cannot be written")
        self.pictures.append(file)

    @Slot()
    def _poll(self) -> None:
        now = time.monotonic()
        if self._wait is not None and not self._wait.holds():
            if now - self._since < self._wait.limit_s:
                return
            if self._wait.needed:
                self._end(1, f"{self._wait.what}: nothing within {self._wait.limit_s:.0f} s")
                return
        try:
            self._wait = next(self._story)
            self._since = now
        except StopIteration:
            self._end(0, "")
        except OSError as error:
            self._end(1, str(error))

    def _end(self, code: int, why: str) -> None:
        self._timer.stop()
        self.why = why
        self.finished.emit(code)

    @Slot(str)
    def _listen_to_map(self, part: str) -> None:
        if part == "map":
            from maps.view import MapView

            view = self._app.window.dock_widget("map")
            assert isinstance(view, MapView)
            view.map_ready.connect(self._take_map)

    @Slot(str)
    def _take_map(self, _kind: str) -> None:
        self._map_ready = True

    def _live(self) -> bool:
        return self._office.link.live

    def _lost(self) -> bool:
        return self._office.link.lost

    def _has_map(self) -> bool:
        return self._map_ready and bool(self._office.mirror.positions)

    def _is_busy(self) -> bool:
        counts = self._office.alarms.counts()
        return counts.listed >= _ALARMS and counts.p1 + counts.p2 > 0

    def _select_worst(self) -> None:
        catalogue, worst = self._office.catalogue.catalogue, self._office.alarms.worst_newest()
        if catalogue is not None and worst is not None:
            self._office.selection.select_asset(catalogue.alarms[worst.alarm].asset.id)

    def _select_pump(self) -> None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None:
            self._office.selection.select_asset(self._pump(catalogue))

    def _pump(self, catalogue: Catalogue) -> str:
        """The pumping station with the worst alarm, or any asset that takes commands."""
        commanded = [a for a in catalogue.assets.values() if catalogue.types[a.type].commands]
        pumps = [asset for asset in commanded if "pump" in asset.type] or commanded
        worst = min(pumps, key=lambda asset: self._office.alarms.asset_priority(asset.id)[0] or 9)
        return worst.id

    def _stop_hub(self) -> None:
        children = self._app.family.children
        if children is not None:
            children.hub.ask_to_stop()
