"""The native map's ground: base layers as painter paths, drawn once per view into a pixmap."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from maps.camera import Camera
from maps.colours import MapColours
from maps.layers import Layer, Layers, Ring
from maps.projection import project
from maps.styles import LayerStyle, style_of

_PATH_ZOOM = 8.0
"""Paths are kept in world pixels of this zoom and scaled by the painter: a view change costs no new path."""


class PlacedName:
    """A name of a layer and where it stands; `rank` orders who gets room first."""

    __slots__ = ("lat", "lon", "rank", "style", "text")

    def __init__(self, text: str, spot: tuple[float, float], style: LayerStyle, rank: int) -> None:
        self.text = text
        self.lat, self.lon = spot
        self.style = style
        self.rank = rank


class BaseGround:
    """Draws layers for a camera; the same view is drawn only once."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._corner = project(layers.home.north, layers.home.west, _PATH_ZOOM)
        self._paths = [(style_of(layer.stem), self._path(layer)) for layer in layers.layers]
        self._key: object = None
        self._pixmap = QPixmap()

    def pixmap(self, camera: Camera, colours: MapColours, hidden: frozenset[str], ratio: float) -> QPixmap:
        """The ground of a view in device pixels of `ratio`."""
        key = (camera.key(), colours, hidden, ratio)
        if key != self._key:
            self._key = key
            self._pixmap = self._draw(camera, colours, hidden, ratio)
        return self._pixmap

    def names(self, zoom: float, lang: str, hidden: frozenset[str]) -> list[PlacedName]:
        """Names that may be written at a zoom, the larger first."""
        found: list[PlacedName] = []
        for layer in self._layers.layers:
            style = style_of(layer.stem)
            if not style.label or zoom < style.label_zoom or style.toggle in hidden:
                continue
            for item in layer.features:
                spot = item.label_at
                if spot is not None and item.name(lang):
                    found.append(PlacedName(item.name(lang), spot, style, -int(style.label_px)))
        return sorted(found, key=_by_rank)

    def _draw(self, camera: Camera, colours: MapColours, hidden: frozenset[str], ratio: float) -> QPixmap:
        pixmap = QPixmap(round(camera.width * ratio), round(camera.height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(colours.water))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top = camera.corner()
        scale = 2.0 ** (camera.zoom - _PATH_ZOOM)
        to_screen = QTransform.fromScale(scale, scale) * QTransform.fromTranslate(
            self._corner[0] * scale - left, self._corner[1] * scale - top
        )
        table = colours.table()
        for style, path in self._paths:
            if style.toggle not in hidden and camera.zoom >= style.from_zoom:
                self._draw_layer(painter, to_screen.map(path), style, table)
        painter.end()
        return pixmap

    @staticmethod
    def _draw_layer(painter: QPainter, path: QPainterPath, style: LayerStyle, table: dict[str, str]) -> None:
        if style.fill:
            colour = QColor(table[style.fill])
            colour.setAlphaF(style.fill_opacity)
            painter.fillPath(path, colour)
        if style.line:
            pen = QPen(QColor(table[style.line]), style.width)
            if style.dash:
                pen.setDashPattern([length / style.width for length in style.dash])
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)

    def _path(self, layer: Layer) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for feature in layer.features:
            for polygon in feature.polygons:
                for ring in polygon:
                    path.addPolygon(self._polygon(ring))
                    path.closeSubpath()
            for line in feature.lines:
                path.addPolygon(self._polygon(line))
            for lat, lon in feature.points:
                path.addEllipse(self._spot(lat, lon), 0.02, 0.02)
        return path

    def _polygon(self, ring: Ring) -> QPolygonF:
        return QPolygonF([self._spot(lat, lon) for lat, lon in ring])

    def _spot(self, lat: float, lon: float) -> QPointF:
        # Counted from a corner of the city: painter paths are exact enough near zero,
        # not at 10^4 pixels from it.
        x, y = project(lat, lon, _PATH_ZOOM)
        return QPointF(x - self._corner[0], y - self._corner[1])


def _by_rank(name: PlacedName) -> tuple[int, str]:
    return name.rank, name.text


class TextRoom:
    """Room for texts on one picture: a text that would cover another is left out."""

    def __init__(self, width: float, height: float) -> None:
        self._view = QRectF(0, 0, width, height)
        self._taken: list[QRectF] = []

    def take(self, box: QRectF) -> bool:
        """Takes a box if it is free and in view."""
        if not self._view.intersects(box) or any(box.intersects(other) for other in self._taken):
            return False
        self._taken.append(box)
        return True

    def take_beside(self, box: QRectF, away: float) -> QRectF | None:
        """Room for a box around a thing `away` px large: below it, else above, right or left of it."""
        aside = away + box.width() / 2 - box.height() / 2
        for dx, dy in ((0.0, away), (0.0, -away), (aside, 0.0), (-aside, 0.0)):
            place = box.translated(dx, dy)
            if self.take(place):
                return place
        return None

    def block(self, box: QRectF) -> None:
        """Keeps texts off a box."""
        self._taken.append(box)


def write_text(painter: QPainter, text: str, box: QRectF, ink: str, halo: str) -> None:
    """A text with a halo in the colour of the ground; `text` is plain text whatever it holds."""
    path = QPainterPath()
    metrics = QFontMetricsF(painter.font())
    path.addText(QPointF(box.left(), box.top() + metrics.ascent()), painter.font(), text)
    ground = QColor(halo)
    ground.setAlphaF(0.85)
    painter.strokePath(
        path, QPen(ground, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.fillPath(path, QColor(ink))


def text_box(font: QFont, text: str, x: float, y: float) -> QRectF:
    """The box of a text whose middle is at (x, y)."""
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text), metrics.height()
    return QRectF(x - width / 2, y - height / 2, width, height)
