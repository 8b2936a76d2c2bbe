"""The map as the rest of the console sees it: one widget, whether a web page or Qt itself draws it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from platformdirs import user_cache_path
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from console.core.words import Words
from maps.board import FRAME_MS, MarkBoard
from maps.colours import colours_of
from maps.layers import Layers
from maps.marks import MarkBatch
from maps.native import NativeMap
from maps.page import Page, prepare_page
from maps.view_notice import MapNotice
from maps.wording import map_words

if TYPE_CHECKING:
    from maps.view_web import WebMap

Prefer = Literal["auto", "web", "native"]

_log = logging.getLogger("map")


def register_scheme() -> None:
    """Before QApplication: lets a web view join later. The scheme itself is registered with the first web
    view, because
    naming it here would load the web engine before the first paint."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


class PageWriter(QObject):
    """Has the page written in a thread of its own: the first time, folium takes half a second of CPU."""

    written = Signal(object)
    failed = Signal(str)

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder

    def start(self) -> None:
        """Begins; `written` or `failed` follows on the thread of this object."""
        threading.Thread(target=self._work, name="map-page", daemon=True).start()

    def _work(self) -> None:
        try:
            page = prepare_page(self._folder)
        except (OSError, ImportError) as error:
            self._say(self.failed, str(error))
        else:
            self._say(self.written, page)

    def _say(self, signal: SignalInstance, value: object) -> None:
        try:
            signal.emit(value)
        except RuntimeError:
            _log.debug("the map was closed before its page was ready")


class MapView(QWidget):
    """The map with its marks. Loads after the first paint; falls back to the native map and says so."""

    mark_clicked = Signal(str)
    mark_activated = Signal(str)
    extent_changed = Signal(object)
    """An `Extent`, after the view stopped moving."""
    map_failed = Signal(str)
    """A key of words below `map.failed`; a map is still shown."""
    map_ready = Signal(str)
    """`web` or `native`, when marks are on the screen."""

    def __init__(
        self,
        layers: Layers,
        words: Words,
        lang: str,
        theme_tokens: Mapping[str, str],
        prefer: Prefer = "auto",
        page_folder: Path | None = None,
    ) -> None:
        super().__init__()
        self._layers = layers
        self._words = words
        self._lang = lang
        self._colours = colours_of(theme_tokens)
        self._prefer: Prefer = prefer
        self._page_folder = page_folder or user_cache_path("gwanje", appauthor=False)
        self._board = MarkBoard()
        self._since: str | None = None
        self._steady = False
        self._focus: tuple[float, float] | None = None
        self._map: NativeMap | WebMap | None = None
        self._started = False
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._notice = MapNotice(self._colours)
        self._stack.addWidget(self._notice)
        self._beat = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._beat.timeout.connect(self._flush)
        self._writer = PageWriter(self._page_folder, self)
        self._writer.written.connect(self._on_page_written)
        self._writer.failed.connect(self._on_page_unwritten)
        self._dress()
        for fault in layers.faults:
            _log.warning("map layer %s is not shown: %s", fault.file, fault.reason)

    @property
    def kind(self) -> Literal["loading", "web", "native"]:
        """Which map is on the screen."""
        if self._map is None or self._stack.currentWidget() is self._notice:
            return "loading"
        return "native" if isinstance(self._map, NativeMap) else "web"

    @property
    def web(self) -> WebMap | None:
        """The web map, where one is used."""
        return None if isinstance(self._map, NativeMap) else self._map

    @property
    def native(self) -> NativeMap | None:
        """The native map, where it is used."""
        return self._map if isinstance(self._map, NativeMap) else None

    def apply(self, batch: MarkBatch) -> None:
        """Takes changes; the map shows them with the next frame (at most ten a second)."""
        self._board.apply(batch)
        self._schedule()

    def select(self, mark_id: str | None) -> None:
        """Moves the selection ring; nothing is emitted."""
        if self._board.select(mark_id):
            self._schedule()

    def set_theme(self, tokens: Mapping[str, str]) -> None:
        """Changes colours in place."""
        self._colours = colours_of(tokens)
        self._dress()

    def set_language(self, lang: str) -> None:
        """Changes the map's own texts; names in marks are the desk's and come with its next batch."""
        self._lang = lang
        self._dress()

    def set_frozen(self, since_text: str | None) -> None:
        """Link lost: nothing on the map looks live, and the text says since when; None is live again."""
        self._since = since_text
        if self._map is not None:
            self._map.set_frozen(since_text)

    def set_steady(self, steady: bool) -> None:
        """Stops or resumes all flashing on the map (HMI-16); what is unacknowledged stays told by its words."""
        self._steady = steady
        if self._map is not None:
            self._map.set_steady(steady)

    def focus_on(self, lat: float, lon: float) -> None:
        """Brings a position into view, close enough to read it."""
        self._focus = (lat, lon)
        if self.kind != "loading" and self._map is not None:
            self._map.focus_on(lat, lon)

    def showEvent(self, event: QShowEvent) -> None:
        """Starts loading once, after this first paint."""
        super().showEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self._start)

    @Slot()
    def _start(self) -> None:
        if self._prefer == "native":
            self._use_native()
            return
        try:
            import_module("maps.view_web")  # 40 ms and 30 MB that a first paint must not wait for
        except ImportError as error:
            _log.warning("no web engine (%s); the native map is used", error)
            self._fail("map.failed.no_web")
            return
        self._writer.start()

    @Slot(object)
    def _on_page_written(self, page: Page) -> None:
        from maps.assets import page_assets
        from maps.view_web import WebMap, channel_script

        try:
            assets = page_assets(page, self._layers, channel_script())
        except (OSError, LookupError) as error:
            self._on_page_unwritten(str(error))
            return
        web = WebMap(assets, self._colours)
        web.page_ready.connect(self._on_ready)
        web.page_failed.connect(self._fail)
        web.fed.connect(self._on_fed)
        self._adopt(web)

    @Slot(str)
    def _on_page_unwritten(self, reason: str) -> None:
        _log.warning("the map page could not be made: %s", reason)
        self._fail("map.failed.page")

    @Slot(str)
    def _fail(self, key: str) -> None:
        web = self.web
        if web is not None:
            self._stack.removeWidget(web)
            self._map = None
            web.hide()
            web.deleteLater()
        self.map_failed.emit(key)
        self._use_native()

    def _use_native(self) -> None:
        words = map_words(self._words, self._lang)
        native = NativeMap(self._layers, self._board, self._colours, words, self._lang)
        self._adopt(native)
        self._on_ready()

    def _adopt(self, view: NativeMap | WebMap) -> None:
        self._map = view
        view.mark_clicked.connect(self.mark_clicked)
        view.mark_activated.connect(self.mark_activated)
        view.extent_changed.connect(self.extent_changed)
        view.resize(self.size())
        self._stack.addWidget(view)
        self._dress()
        view.set_frozen(self._since)
        view.set_steady(self._steady)

    @Slot()
    def _on_ready(self) -> None:
        view = self._map
        if view is None:
            return
        self._stack.setCurrentWidget(view)
        self.setFocusProxy(view)
        view.take(self._board.take_whole())
        if self._focus is not None:
            view.focus_on(*self._focus)
        self.map_ready.emit(self.kind)

    @Slot()
    def _on_fed(self) -> None:
        self._schedule()

    def _schedule(self) -> None:
        if self._board.waiting and not self._beat.isActive():
            self._beat.start()

    @Slot()
    def _flush(self) -> None:
        view = self._map
        # A page that is still busy gets one larger frame when it is done (`fed` schedules it),
        # never a queue of frames.
        if view is not None and view.hungry and self._board.waiting:
            view.take(self._board.take_frame())

    def _dress(self) -> None:
        words = map_words(self._words, self._lang)
        self._notice.dress(self._colours, words["loading"])
        self.setAccessibleName(words["title"])
        if self._map is not None:
            self._map.set_colours(self._colours)
            self._map.set_words(words, self._lang)
