"""One picture of the native map: ground, trails, clusters, marks, names, scale and credit, in this order."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from maps.board import MarkBoard
from maps.camera import Camera
from maps.clusters import Cluster, cluster_marks
from maps.colours import MapColours
from maps.marks import MOVER_KINDS, Mark, Shape, flash_is_off, plate_of
from maps.native_base import BaseGround, TextRoom, text_box, write_text
from maps.native_marks import SpriteShelf
from maps.projection import metres_per_pixel, scale_bar
from maps.wording import fill

NAMES_ZOOM = 12.0
MOVER_NAMES_ZOOM = 13.0
VECTOR_ZOOM = 12.5
TRAILS_ZOOM = 11.5
VECTOR_S = 60.0
"""A speed vector points to where the mover is in one minute."""
_NAME_AWAY = {Shape.HULL: 20.0, Shape.PLAIN: 23.0}
_TOGGLE = {
    "vessel": "vessels",
    "aton": "vessels",
    "base_station": "vessels",
    "sar_aircraft": "vessels",
    "truck": "trucks",
}
"""Layer by kind; a distress beacon cannot be hidden."""


class SceneLook(msgspec.Struct, kw_only=True):
    """What a person chose: colours, words and what is hidden."""

    colours: MapColours
    words: Mapping[str, str]
    lang: str
    hidden: frozenset[str] = frozenset()
    frozen: str | None = None
    steady: bool = False
    credit: str = ""

    @property
    def live(self) -> bool:
        """Whether symbols may flash."""
        return self.frozen is None and not self.steady


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be pointed at, in screen pixels."""

    x: float
    y: float
    members: tuple[Mark, ...]


class NativeScene:
    """Paints; what it painted last can be asked by position and by text."""

    def __init__(self, board: MarkBoard, ground: BaseGround, camera: Camera, look: SceneLook) -> None:
        self._board = board
        self._ground = ground
        self._camera = camera
        self.look = look
        self._shelf: tuple[MapColours, float, SpriteShelf] | None = None
        self.spots: list[Spot] = []
        self.texts: list[str] = []
        self.flashing = False

    def paint(self, painter: QPainter, font: QFont, ratio: float) -> None:
        """Paints the view."""
        look = self.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(QPointF(0, 0), self._ground.pixmap(self._camera, look.colours, look.hidden, ratio))
        room = TextRoom(self._camera.width, self._camera.height)
        # Names keep off the scale, the credit line and the buttons.
        width, height = self._camera.width, self._camera.height
        room.block(QRectF(0, height - 44, 190, 44))
        room.block(QRectF(width - 260, height - 26, 260, 26))
        room.block(QRectF(width - 52, 0, 52, 152))
        self.texts = []
        clusters = cluster_marks(self._shown(), self._camera.zoom, self._board.selected)
        self._paint_trails(painter)
        self.spots = [self._spot(cluster) for cluster in sorted(clusters, key=self._order)]
        self._paint_spots(painter, font, room, self._shelf_for(ratio))
        if "labels" not in look.hidden:
            told = self._paint_names(painter, font, room)
            self._paint_layer_names(painter, font, room, told)
        if look.frozen is not None:
            self._paint_frozen(painter, font, look.frozen)
        self._paint_scale(painter, font)

    def at(self, x: float, y: float, reach_px: float = 18.0) -> Spot | None:
        """The topmost thing within reach of a screen position."""
        near = [(math.hypot(spot.x - x, spot.y - y), spot) for spot in self.spots]
        return min((pair for pair in near if pair[0] <= reach_px), key=_distance, default=(0.0, None))[1]

    def _shown(self) -> list[Mark]:
        hidden = self.look.hidden
        extent = self._camera.extent()
        high, wide = (extent.north - extent.south) / 4, (extent.east - extent.west) / 4
        return [
            mark
            for mark in self._board.marks.values()
            if _TOGGLE.get(mark.kind) not in hidden
            and extent.south - high <= mark.lat <= extent.north + high
            and extent.west - wide <= mark.lon <= extent.east + wide
        ]

    def _order(self, cluster: Cluster) -> tuple[bool, int, bool, float]:
        # Drawn last is seen best: the selected one, then the most urgent, then what stands still.
        selected = any(mark.id == self._board.selected for mark in cluster.members)
        is_asset = cluster.members[0].kind not in MOVER_KINDS
        return selected, 9 - (cluster.priority or 9), is_asset, cluster.y

    def _spot(self, cluster: Cluster) -> Spot:
        left, top = self._camera.corner()
        return Spot(x=cluster.x - left, y=cluster.y - top, members=cluster.members)

    def _shelf_for(self, ratio: float) -> SpriteShelf:
        colours = self.look.colours
        if self._shelf is None or self._shelf[0] != colours or self._shelf[1] != ratio:
            self._shelf = (colours, ratio, SpriteShelf(colours, ratio))
        return self._shelf[2]

    def _paint_trails(self, painter: QPainter) -> None:
        if self._camera.zoom < TRAILS_ZOOM and self._board.selected is None:
            return
        pen = QPen(QColor(self.look.colours.running), 1.25)
        for mark in self._shown():
            chosen = mark.id == self._board.selected
            trail = self._board.trail(mark.id)
            if len(trail) < 2 or not (chosen or self._camera.zoom >= TRAILS_ZOOM):
                continue
            painter.setOpacity(0.9 if chosen else 0.35)
            pen.setColor(QColor(self.look.colours.accent if chosen else self.look.colours.running))
            painter.setPen(pen)
            points = [QPointF(*self._camera.to_screen(*spot)) for spot in (*trail, (mark.lat, mark.lon))]
            painter.drawPolyline(QPolygonF(points))
        painter.setOpacity(1.0)

    def _paint_spots(self, painter: QPainter, font: QFont, room: TextRoom, shelf: SpriteShelf) -> None:
        now_ms = time.time_ns() // 1_000_000
        self.flashing = False
        for spot in self.spots:
            here = QPointF(spot.x, spot.y)
            half = 17.0 if len(spot.members) > 1 else 13.0
            if len(spot.members) == 1 and plate_of(spot.members[0]).shape is Shape.HULL:
                half = 6.0
            room.block(QRectF(spot.x - half, spot.y - half, 2 * half, 2 * half))
            if len(spot.members) != 1:
                self._paint_cluster(painter, font, shelf, spot, now_ms)
                continue
            mark = spot.members[0]
            plate = plate_of(mark)
            off = self.look.live and flash_is_off(plate.flash_ticks, now_ms)
            self.flashing |= plate.flash_ticks > 0
            if mark.id == self._board.selected:
                shelf.draw_selection(painter, here)
            self._paint_vector(painter, mark, here)
            shelf.draw_mark(painter, mark, plate, here, off)

    def _paint_cluster(
        self, painter: QPainter, font: QFont, shelf: SpriteShelf, spot: Spot, now_ms: int
    ) -> None:
        plates = [plate_of(mark) for mark in spot.members]
        priority = min((int(plate.digit) for plate in plates if plate.digit), default=None)
        ticks = max((plate.flash_ticks for plate in plates if plate.digit == str(priority)), default=0)
        self.flashing |= ticks > 0
        off = self.look.live and flash_is_off(ticks, now_ms)
        shelf.draw_cluster(painter, priority, QPointF(spot.x, spot.y), off)
        count = str(len(spot.members))
        painter.setFont(_sized(font, 11, bold=True))
        painter.setPen(QColor(self.look.colours.text))
        painter.drawText(QRectF(spot.x - 16, spot.y - 10, 32, 20), Qt.AlignmentFlag.AlignCenter, count)
        self.texts.append(count)

    def _paint_vector(self, painter: QPainter, mark: Mark, here: QPointF) -> None:
        if mark.heading_deg is None or not mark.speed_mps or self._camera.zoom < VECTOR_ZOOM:
            return
        length = 10 + min(80.0, mark.speed_mps * VECTOR_S / metres_per_pixel(mark.lat, self._camera.zoom))
        angle = math.radians(mark.heading_deg)
        painter.setPen(QPen(QColor(self.look.colours.running), 1.25))
        painter.drawLine(here, here + QPointF(math.sin(angle) * length, -math.cos(angle) * length))

    def _paint_names(self, painter: QPainter, font: QFont, room: TextRoom) -> set[str]:
        told: set[str] = set()
        colours = self.look.colours
        for spot in reversed(self.spots):
            if len(spot.members) != 1 or not self._is_named(spot.members[0]):
                continue
            mark = spot.members[0]
            mover = mark.kind in MOVER_KINDS
            chosen = mark.id == self._board.selected
            painter.setFont(_sized(font, 10 if mover else 11, bold=chosen or plate_of(mark).digit != ""))
            text = f"{mark.name}  {mark.label}" if mark.label else mark.name
            away = 32.0 if chosen else _NAME_AWAY.get(plate_of(mark).shape, 29.0)
            box = room.take_beside(text_box(painter.font(), text, spot.x, spot.y), away)
            if box is not None:
                write_text(painter, text, box, colours.text, colours.halo)
                self.texts.append(text)
                told.add(mark.name)
        return told

    def _is_named(self, mark: Mark) -> bool:
        if mark.id == self._board.selected or plate_of(mark).digit:
            return True
        return self._camera.zoom >= (MOVER_NAMES_ZOOM if mark.kind in MOVER_KINDS else NAMES_ZOOM)

    def _paint_layer_names(self, painter: QPainter, font: QFont, room: TextRoom, told: set[str]) -> None:
        # A bridge that is an asset is not named a second time by its line.
        look = self.look
        table = look.colours.table()
        for name in self._ground.names(self._camera.zoom, look.lang, look.hidden):
            if name.text in told:
                continue
            painter.setFont(_sized(font, name.style.label_px))
            box = text_box(painter.font(), name.text, *self._camera.to_screen(name.lat, name.lon))
            place = box if room.take(box) else room.take_beside(box, 24)
            if place is not None:
                write_text(painter, name.text, place, table[name.style.label], look.colours.halo)
                self.texts.append(name.text)

    def _paint_scale(self, painter: QPainter, font: QFont) -> None:
        colours, height = self.look.colours, self._camera.height
        metres, length = scale_bar(self._camera.lat, self._camera.zoom)
        painter.setPen(QPen(QColor(colours.text_secondary), 1.5))
        bar = ((12, height - 18), (12, height - 12), (12 + length, height - 12), (12 + length, height - 18))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in bar]))
        painter.setFont(_sized(font, 10))
        said = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        self._write(painter, said, QPointF(12 + length / 2, height - 24))
        self._paint_north(painter, 32 + length, height - 14)
        if self.look.credit:
            credit = fill(self.look.words["credit"], text=self.look.credit)
            width = text_box(painter.font(), credit, 0, 0).width()
            self._write(painter, credit, QPointF(self._camera.width - 10 - width / 2, height - 12))

    def _paint_north(self, painter: QPainter, x: float, y: float) -> None:
        arrow = ((x, y - 14), (x + 5, y), (x, y - 3), (x - 5, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.look.colours.text_secondary))
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in arrow]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._write(painter, "N", QPointF(x, y - 22))

    def _write(self, painter: QPainter, text: str, middle: QPointF) -> None:
        box = text_box(painter.font(), text, middle.x(), middle.y())
        write_text(painter, text, box, self.look.colours.text_secondary, self.look.colours.halo)
        self.texts.append(text)

    def _paint_frozen(self, painter: QPainter, font: QFont, since: str) -> None:
        colours = self.look.colours
        veil = QColor(colours.panel)
        veil.setAlphaF(0.45)
        view = QRectF(0, 0, self._camera.width, self._camera.height)
        painter.fillRect(view, veil)
        lines = QColor(colours.text_secondary)
        lines.setAlphaF(0.35)
        painter.fillRect(view, QBrush(lines, Qt.BrushStyle.BDiagPattern))
        painter.setFont(_sized(font, 15, bold=True))
        self._banner(painter, (self.look.words["frozen"], since))

    def _banner(self, painter: QPainter, lines: Sequence[str]) -> None:
        colours = self.look.colours
        boxes = [
            text_box(painter.font(), line, self._camera.width / 2, 40 + 24 * row)
            for row, line in enumerate(lines)
        ]
        ground = QRectF(boxes[0])
        for box in boxes[1:]:
            ground = ground.united(box)
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.setBrush(QColor(colours.panel))
        painter.drawRoundedRect(ground.adjusted(-16, -8, 16, 8), 3, 3)
        painter.setPen(QColor(colours.text))
        for line, box in zip(lines, boxes, strict=True):
            painter.drawText(box.adjusted(-4, 0, 4, 0), Qt.AlignmentFlag.AlignCenter, line)
            self.texts.append(line)


def greyed(picture: QPixmap) -> QPixmap:
    """A picture without its colours: what is not live must not look live."""
    image = picture.toImage()
    alike = image.convertToFormat(image.Format.Format_Grayscale8)
    grey = QPixmap.fromImage(alike)
    grey.setDevicePixelRatio(picture.devicePixelRatio())
    return grey


def _sized(font: QFont, px: float, bold: bool = False) -> QFont:
    sized = QFont(font)
    # SCREENS.md: Hangul is never below 12 px at 96 dpi (HMI-15), whatever rank a name has.
    sized.setPixelSize(max(12, round(px)))
    sized.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return sized


def _distance(pair: tuple[float, Spot]) -> float:
    return pair[0]
