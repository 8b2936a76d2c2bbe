"""Symbols of the native map: the stroke lists of `maps.sprites` as SVG,
drawn once per look and then copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from maps.colours import MapColours
from maps.glyphs import glyph_of, load_glyphs
from maps.marks import Mark, Plate, Shape
from maps.sprites import (
    DRIFT,
    HULL_PX,
    HULLS,
    NOSE,
    SELECTION,
    SPRITE_PX,
    TURN_STEP,
    Glyph,
    Letter,
    Op,
    Stroke,
    cluster_symbol,
    symbol,
)


def ops_svg(
    ops: Iterable[Op], kind: str, table: Mapping[str, str], side: int = SPRITE_PX, turn: int = 0
) -> str:
    """An SVG document of a symbol; it holds path data, colours and digits of ours and no text of the data."""
    parts: list[str] = []
    for op in ops:
        match op:
            case Stroke():
                parts.append(_stroke(op, table))
            case Glyph():
                parts.append(_glyph(op, kind, table))
            case Letter():
                parts.append(_letter(op, table))
    box = f"{-side / 2:g} {-side / 2:g} {side:g} {side:g}"
    body = f'<g transform="rotate({turn})">{"".join(parts)}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{body}</svg>'


def _stroke(op: Stroke, table: Mapping[str, str]) -> str:
    fill = table[op.fill] if op.fill else "none"
    line = f'stroke="{table[op.stroke]}" stroke-width="{op.width:g}" ' if op.stroke else ""
    dash = f'stroke-dasharray="{" ".join(f"{part:g}" for part in op.dash)}" ' if op.dash else ""
    return f'<path d="{op.d}" fill="{fill}" {line}{dash}stroke-linejoin="round" stroke-linecap="round"/>'


def _letter(op: Letter, table: Mapping[str, str]) -> str:
    place = f'x="{op.x:g}" y="{op.y + op.size * 0.36:g}" text-anchor="middle"'
    face = f'font-size="{op.size:g}" font-weight="700" fill="{table[op.ink]}"'
    return f"<text {place} {face}>{op.text}</text>"


def _glyph(op: Glyph, kind: str, table: Mapping[str, str]) -> str:
    glyphs = load_glyphs()
    scale = op.size / 24
    paths = "".join(f'<path d="{d}"/>' for d in glyphs.get(glyph_of(kind, glyphs), ()))
    place = f"translate({op.x - op.size / 2:g} {op.y - op.size / 2:g}) scale({scale:g})"
    pen = f'stroke="{table[op.ink]}" stroke-width="{1.5 / scale:g}"'
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<g transform="{place}" fill="none" {pen} {ends}>{paths}</g>'


class _Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture on the shelf is made of."""

    ops: tuple[Op, ...]
    kind: str = ""
    side: int = SPRITE_PX
    turn: int = 0


_NOSE: tuple[Op, ...] = (Stroke(d=NOSE, fill="running", stroke="plate", width=1),)


class SpriteShelf:
    """Rendered symbols by look; a theme change empties it."""

    def __init__(self, colours: MapColours, ratio: float) -> None:
        self._table = colours.table()
        self._ratio = ratio
        self._pixmaps: dict[object, QPixmap] = {}

    def draw_mark(self, painter: QPainter, mark: Mark, plate: Plate, spot: QPointF, off: bool) -> None:
        """Draws a mark's symbol around a screen position."""
        if plate.shape is Shape.HULL:
            self._draw_hull(painter, mark, plate, spot)
        elif mark.heading_deg is not None:
            look = _Look(ops=_NOSE, turn=_step(mark.heading_deg))
            self._put(painter, ("nose", look.turn), look, spot)
        self._put(painter, (plate, mark.kind, off), _Look(ops=symbol(plate, off), kind=mark.kind), spot)

    def draw_selection(self, painter: QPainter, spot: QPointF) -> None:
        """The accent ring."""
        self._put(painter, "selection", _Look(ops=SELECTION), spot)

    def draw_cluster(self, painter: QPainter, priority: int | None, spot: QPointF, off: bool) -> None:
        """The ground of a cluster."""
        self._put(painter, ("cluster", priority, off), _Look(ops=cluster_symbol(priority, off)), spot)

    def _draw_hull(self, painter: QPainter, mark: Mark, plate: Plate, spot: QPointF) -> None:
        pointed = mark.heading_deg is not None
        path = HULLS.get(mark.kind, HULLS["vessel"]) if pointed else DRIFT
        ops = (
            Stroke(d=path, stroke="halo", width=3.5),
            Stroke(
                d=path, fill=plate.fill, stroke=plate.edge, width=1.5, dash=(2.5, 2.0) if plate.hatch else ()
            ),
        )
        look = _Look(ops=ops, side=HULL_PX, turn=_step(mark.heading_deg or 0.0))
        self._put(painter, (path, plate.fill, plate.edge, plate.hatch, look.turn), look, spot)

    def _put(self, painter: QPainter, key: object, look: _Look, spot: QPointF) -> None:
        if not look.ops:
            return
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = self._render(look)
        # Whole pixels: a symbol is sharp, and a copy without filtering is cheap.
        painter.drawPixmap(round(spot.x() - look.side / 2), round(spot.y() - look.side / 2), pixmap)

    def _render(self, look: _Look) -> QPixmap:
        side = round(look.side * self._ratio)
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        svg = ops_svg(look.ops, look.kind, self._table, look.side, look.turn)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, look.side, look.side))
        painter.end()
        # What was painted on keeps its paint engine for life, which is larger than the picture; a copy has none.
        return pixmap.copy()


def _step(heading_deg: float) -> int:
    return round(heading_deg / TURN_STEP) * TURN_STEP % 360
