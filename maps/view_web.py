"""The web map: one page in a locked-down QtWebEngine view, fed by one JSON text a frame."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping

from PySide6.QtCore import QFile, QIODevice, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maps.assets import Asset
from maps.board import Frame
from maps.colours import MapColours
from maps.frames import FrameCoder
from maps.projection import Extent
from maps.reports import (
    ExtentMoved,
    FrameTaken,
    MarkActivated,
    MarkClicked,
    PageFailed,
    PageReady,
    read_report,
)
from maps.view_scheme import (
    PAGE_URL,
    SCHEME,
    OwnAddressesOnly,
    SchemeHandler,
    is_own,
    prepare_environment,
    register_scheme,
)

START_LIMIT_MS = 30_000
MOST_RESTARTS = 3
"""A renderer that dies more often is given up for the native map."""

_log = logging.getLogger("map")
_OFF = (
    QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows,
    QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard,
    QWebEngineSettings.WebAttribute.JavascriptCanPaste,
    QWebEngineSettings.WebAttribute.LocalStorageEnabled,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.AllowRunningInsecureContent,
    QWebEngineSettings.WebAttribute.AllowGeolocationOnInsecureOrigins,
    QWebEngineSettings.WebAttribute.NavigateOnDropEnabled,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.HyperlinkAuditingEnabled,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled,
    QWebEngineSettings.WebAttribute.FullScreenSupportEnabled,
    QWebEngineSettings.WebAttribute.DnsPrefetchEnabled,
    QWebEngineSettings.WebAttribute.AutoLoadIconsForPage,
    QWebEngineSettings.WebAttribute.ErrorPageEnabled,
    QWebEngineSettings.WebAttribute.WebGLEnabled,
    # Without a GPU an accelerated canvas is emulated, and a frame of 2,000 marks takes a second instead of 20 ms.
    QWebEngineSettings.WebAttribute.Accelerated2dCanvasEnabled,
    QWebEngineSettings.WebAttribute.ShowScrollBars,
)


def channel_script() -> bytes:
    """qwebchannel.js out of Qt's own resources; raises FileNotFoundError where Qt does not bring it."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError("qwebchannel.js")
    try:
        return bytes(file.readAll().data())
    finally:
        file.close()


class Mailbox(QObject):
    """The only object the page can reach: one method to call, one signal to hear."""

    told = Signal(str)
    said = Signal(str, str)
    """A verb of the page and its JSON. Text over the channel is data; a script a frame would be compiled and kept."""

    @Slot(str)
    def tell(self, text: str) -> None:
        """Takes a text of the page; whoever listens checks it."""
        self.told.emit(text)


class MapPage(QWebEnginePage):
    """A page that goes nowhere, opens nothing and writes its console into our log."""

    def acceptNavigationRequest(
        self,
        url: QUrl | str,
        type: QWebEnginePage.NavigationType,
        isMainFrame: bool,  # noqa: N803
    ) -> bool:
        """Only the map itself may be loaded, and only as the main frame."""
        address = QUrl(url)
        return isMainFrame and is_own(address.scheme(), address.host()) and address.path() == "/index.html"

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        lineNumber: int,  # noqa: N803
        sourceID: str,  # noqa: N803
    ) -> None:
        """Errors and warnings of the page are warnings of the program."""
        loud = level != QWebEnginePage.JavaScriptConsoleMessageLevel.InfoMessageLevel
        where = sourceID.rpartition("/")[2][:60]
        _log.log(
            logging.WARNING if loud else logging.DEBUG, "page %s:%s: %s", where, lineNumber, message[:500]
        )


class WebMap(QWidget):
    """Draws frames in the page; `hungry` is false while the page still chews on the last one."""

    page_ready = Signal()
    page_failed = Signal(str)
    fed = Signal()
    mark_clicked = Signal(str)
    mark_activated = Signal(str)
    extent_changed = Signal(object)

    def __init__(
        self, assets: Mapping[str, Asset], colours: MapColours, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        prepare_environment(os.environ)
        register_scheme()
        self._coder = FrameCoder()
        self._ready = False
        self._chewing = False
        self._restarts = 0
        self._state: dict[str, object] = {}
        # Order is meaning: children die in the order they were made, and a page must die before its profile.
        self._view = QWebEngineView(self)
        self._profile = QWebEngineProfile(self)
        self._page = MapPage(self._profile, self._view)
        self._lock_down(assets)
        self._mailbox = Mailbox(self)
        self._mailbox.told.connect(self._on_told)
        channel = QWebChannel(self)
        channel.registerObject("gwanje", self._mailbox)
        self._page.setWebChannel(channel)
        self._page.renderProcessTerminated.connect(self._on_renderer_gone)
        self._page.setBackgroundColor(QColor(colours.water))
        self._view.setPage(self._page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self.setFocusProxy(self._view)
        self._patience = QTimer(self, singleShot=True, interval=START_LIMIT_MS)
        self._patience.timeout.connect(self._on_too_late)
        self._load()

    @property
    def hungry(self) -> bool:
        """Whether the page can take a frame now."""
        return self._ready and not self._chewing

    @property
    def page(self) -> QWebEnginePage:
        """The page, for tests that look at what really arrived."""
        return self._page

    @property
    def refused_requests(self) -> int:
        """How many foreign addresses were refused."""
        return self._guard.refused

    def take(self, frame: Frame) -> None:
        """Hands a frame to the page; `fed` follows when it is drawn."""
        if self._ready:
            self._chewing = True
            self._run("take", self._coder.encode(frame))

    def set_colours(self, colours: MapColours) -> None:
        """Changes the theme without a reload."""
        self._page.setBackgroundColor(QColor(colours.water))
        self._tell("dress", {"dark": colours.dark, "colours": colours.table()})

    def set_words(self, words: Mapping[str, str], lang: str) -> None:
        """Changes the language without a reload."""
        self._tell("speak", {"lang": lang, "words": dict(words)})

    def set_frozen(self, since_text: str | None) -> None:
        """Draws everything as not live, with a text; None is live again."""
        self._tell("freeze", since_text)

    def set_steady(self, steady: bool) -> None:
        """Stops or resumes flashing."""
        self._tell("steady", steady)

    def focus_on(self, lat: float, lon: float) -> None:
        """Brings a position into view, close enough to read it."""
        if self._ready:
            self._run("focus", json.dumps([lat, lon]))

    def _lock_down(self, assets: Mapping[str, Asset]) -> None:
        settings = self._page.settings()
        for attribute in _OFF:
            settings.setAttribute(attribute, False)
        self._guard = OwnAddressesOnly(self)
        self._profile.setUrlRequestInterceptor(self._guard)
        self._profile.installUrlSchemeHandler(SCHEME.encode(), SchemeHandler(assets, self))
        self._profile.downloadRequested.connect(self._on_download)
        self._page.permissionRequested.connect(self._on_permission)

    def _load(self) -> None:
        self._patience.start()
        self._page.load(QUrl(PAGE_URL))

    def _tell(self, verb: str, value: object) -> None:
        # Kept, so that a page that starts (again) is told where things stand.
        self._state[verb] = value
        if self._ready:
            self._run(verb, json.dumps(value))

    def _run(self, verb: str, payload: str) -> None:
        self._mailbox.said.emit(verb, payload)

    @Slot(str)
    def _on_told(self, text: str) -> None:
        match read_report(text):
            case PageReady():
                self._on_page_ready()
            case PageFailed(what):
                _log.warning("the map page could not start: %s", what)
                self._patience.stop()
                self.page_failed.emit("map.failed.page")
            case FrameTaken():
                self._chewing = False
                self.fed.emit()
            case MarkClicked(mark_id):
                self.mark_clicked.emit(mark_id)
            case MarkActivated(mark_id):
                self.mark_activated.emit(mark_id)
            case ExtentMoved(south, west, north, east, zoom):
                self.extent_changed.emit(Extent(south=south, west=west, north=north, east=east, zoom=zoom))
            case None:
                _log.warning("the map page told something that is not a report (%d characters)", len(text))

    def _on_page_ready(self) -> None:
        self._patience.stop()
        self._ready = True
        self._chewing = False
        for verb, value in self._state.items():
            self._run(verb, json.dumps(value))
        self.page_ready.emit()

    @Slot()
    def _on_too_late(self) -> None:
        _log.warning("the map page did not start within %d s", START_LIMIT_MS // 1000)
        self.page_failed.emit("map.failed.page")

    @Slot(QWebEnginePage.RenderProcessTerminationStatus, int)
    def _on_renderer_gone(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        if status == QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            return
        self._ready = False
        self._restarts += 1
        if self._restarts > MOST_RESTARTS:
            _log.warning("the map's renderer ended %d times; it is given up", self._restarts)
            self._patience.stop()
            self.page_failed.emit("map.failed.renderer")
            return
        _log.warning("the map's renderer ended (%s, code %d); the page is loaded again", status.name, code)
        QTimer.singleShot(0, self, self._load)

    @Slot(QWebEngineDownloadRequest)
    def _on_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()

    @Slot(QWebEnginePermission)
    def _on_permission(self, permission: QWebEnginePermission) -> None:
        permission.deny()
