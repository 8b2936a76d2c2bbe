"""The native map: the same layers and marks drawn by Qt alone,
where there is no web engine or none is wanted."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from maps.board import Frame, MarkBoard
from maps.camera import Camera
from maps.colours import MapColours
from maps.layers import Layers
from maps.marks import FLASH_TICK_MS
from maps.native_base import BaseGround
from maps.native_cards import HoverCard, MemberList
from maps.native_controls import MapControls
from maps.native_scene import NativeScene, SceneLook, Spot, greyed

_STEP_PX = 96
_DRAG_PX = 5
_LIST_ZOOM = 16.0
"""From this zoom on a cluster opens a list: there is nothing left to zoom into."""
_KEYS = {
    Qt.Key.Key_Left: (-_STEP_PX, 0),
    Qt.Key.Key_Right: (_STEP_PX, 0),
    Qt.Key.Key_Up: (0, -_STEP_PX),
    Qt.Key.Key_Down: (0, _STEP_PX),
}


class NativeMap(QWidget):
    """Paints the board; always ready for the next frame."""

    mark_clicked = Signal(str)
    mark_activated = Signal(str)
    extent_changed = Signal(object)

    hungry = True

    def __init__(
        self, layers: Layers, board: MarkBoard, colours: MapColours, words: Mapping[str, str], lang: str
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.camera = Camera(layers.home)
        self._board = board
        look = SceneLook(colours=colours, words=words, lang=lang, credit=layers.credit)
        self.scene = NativeScene(board, BaseGround(layers), self.camera, look)
        self._fitted = False
        self._pressed: QPointF | None = None
        self._dragged = False
        self._card = HoverCard(self)
        self._members = MemberList(self)
        self._members.chosen.connect(self._on_member_chosen)
        self._controls = MapControls(self)
        self._controls.zoom_requested.connect(self._on_zoom)
        self._controls.fit_requested.connect(self.fit)
        self._controls.hidden_changed.connect(self._on_hidden)
        self._flash = QTimer(self, singleShot=True)
        self._flash.timeout.connect(self.update)
        self._rest = QTimer(self, singleShot=True, interval=150)
        self._rest.timeout.connect(self._tell_extent)
        self.set_colours(colours)
        self.set_words(words, lang)

    def take(self, frame: Frame) -> None:
        """The board has changed; the frame itself is not needed, for the board is at hand."""
        if frame.removed:
            self._card.hide()
        self.update()

    def set_colours(self, colours: MapColours) -> None:
        """Changes the theme."""
        self.scene.look.colours = colours
        for part in (self._card, self._members, self._controls):
            part.set_colours(colours)
        self.update()

    def set_words(self, words: Mapping[str, str], lang: str) -> None:
        """Changes the language."""
        self.scene.look.words = words
        self.scene.look.lang = lang
        self.setAccessibleName(words["title"])
        self.setAccessibleDescription(words["help"])
        self._controls.set_words(words)
        self._card.set_words(words)
        self.update()

    def set_frozen(self, since_text: str | None) -> None:
        """Draws everything as not live; None is live again."""
        self.scene.look.frozen = since_text
        self.update()

    def set_steady(self, steady: bool) -> None:
        """Stops or resumes flashing."""
        self.scene.look.steady = steady
        self.update()

    def focus_on(self, lat: float, lon: float) -> None:
        """Brings a position into view."""
        self._fitted = True
        self.camera.focus(lat, lon)
        self._moved()

    @Slot()
    def fit(self) -> None:
        """Shows the whole site."""
        self.camera.fit(self.camera.home)
        self._moved()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the view; a frozen one is painted aside first, to take its colours away."""
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        if self.scene.look.frozen is None:
            self.scene.paint(painter, self.font(), ratio)
        else:
            aside = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            aside.setDevicePixelRatio(ratio)
            inner = QPainter(aside)
            self.scene.paint(inner, self.font(), ratio)
            inner.end()
            painter.drawPixmap(0, 0, greyed(aside))
        painter.end()
        if self.scene.flashing and self.scene.look.live and not self._flash.isActive():
            self._flash.start(_until_next_tick())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the centre; the first size fits the site."""
        self.camera.width, self.camera.height = float(self.width()), float(self.height())
        if not self._fitted and self.width() > 64:
            self._fitted = True
            self.camera.fit(self.camera.home)
        self._controls.place(self.width(), self.height())
        self._moved()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._dragged = False
            self._members.hide()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the map, or shows what is under the pointer."""
        here = event.position()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(here)
            return
        step = self._pressed - here
        if self._dragged or step.manhattanLength() > _DRAG_PX:
            self._dragged = True
            self._pressed = here
            self.camera.pan(step.x(), step.y())
            self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends a click: selects a mark, opens a cluster."""
        clicked = (
            self._pressed is not None and not self._dragged and event.button() == Qt.MouseButton.LeftButton
        )
        self._pressed = None
        if not clicked:
            return
        spot = self.scene.at(event.position().x(), event.position().y())
        if spot is None:
            return
        if len(spot.members) == 1:
            self.mark_clicked.emit(spot.members[0].id)
        else:
            self._open_cluster(spot)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens a mark."""
        spot = self.scene.at(event.position().x(), event.position().y())
        if spot is not None and len(spot.members) == 1:
            self.mark_activated.emit(spot.members[0].id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms around the pointer."""
        self.camera.zoom_at(event.position().x(), event.position().y(), event.angleDelta().y() / 240)
        self._moved()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, Home fits, Enter opens the selection."""
        key = event.key()
        if key in _KEYS:
            self.camera.pan(*_KEYS[Qt.Key(key)])
            self._moved()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._on_zoom(0.5)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self._on_zoom(-0.5)
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._board.selected is not None:
            self.mark_activated.emit(self._board.selected)
        elif key == Qt.Key.Key_Escape and self._members.isVisible():
            self._members.hide()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Takes the card away."""
        self._card.hide()

    def _hover(self, here: QPointF) -> None:
        spot = self.scene.at(here.x(), here.y())
        self.setCursor(Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor)
        self._card.show_spot(spot, QPoint(round(here.x()), round(here.y())))

    def _open_cluster(self, spot: Spot) -> None:
        lats = [mark.lat for mark in spot.members]
        lons = [mark.lon for mark in spot.members]
        apart = max(max(lats) - min(lats), max(lons) - min(lons))
        if self.camera.zoom >= _LIST_ZOOM or apart < 1e-4 or len(spot.members) <= MemberList.MOST:
            self._members.open(spot, self.rect())
        else:
            self.camera.zoom_at(spot.x, spot.y, 1.5)
            self._moved()

    @Slot(str)
    def _on_member_chosen(self, mark_id: str) -> None:
        self.mark_clicked.emit(mark_id)

    @Slot(float)
    def _on_zoom(self, step: float) -> None:
        self.camera.zoom_at(self.width() / 2, self.height() / 2, step)
        self._moved()

    @Slot(object)
    def _on_hidden(self, hidden: frozenset[str]) -> None:
        self.scene.look.hidden = hidden
        self.update()

    def _moved(self) -> None:
        self._card.hide()
        self._members.hide()
        self._rest.start()
        self.update()

    @Slot()
    def _tell_extent(self) -> None:
        self.extent_changed.emit(self.camera.extent())


def _until_next_tick() -> int:
    return FLASH_TICK_MS - time.time_ns() // 1_000_000 % FLASH_TICK_MS + 5
