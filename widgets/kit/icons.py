"""Line icons recoloured by the theme; one stroke weight, drawn for this program."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

_FOLDER = resources.ROOT / "icons" / "ui"
_MARKS = resources.ROOT / "icons" / "marks"
_FALLBACK = "device"
_SIDES = (16, 20, 24, 32, 48)


@cache
def _source(name: str) -> str:
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def icon_names() -> list[str]:
    """Every icon there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.svg"))


@cache
def _mark_source(name: str) -> str:
    path = _MARKS / f"{name}.svg"
    found = path if path.is_file() else _MARKS / f"{_FALLBACK}.svg"
    return found.read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def glyph_pixmap(name: str, colour: str, side: int, ratio: float = 1.0) -> QPixmap:
    """Glyph of a kind of asset, the same as on the map; an unknown one is the glyph of a device."""
    return _drawn(_mark_source(name), QColor(colour), side, ratio)


def pixmap(name: str, colour: str | QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """The icon in one colour, `side` logical pixels; raises OSError for an unknown name."""
    return _drawn(_source(name), QColor(colour), side, ratio)


def _drawn(source: str, colour: QColor, side: int, ratio: float) -> QPixmap:
    drawn = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour.name()).encode()))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    # What was painted on keeps its paint engine for life, three times the picture itself; a copy has none.
    return drawn.copy()


def icon(name: str, colour: str | QColor, dim: str | QColor | None = None) -> QIcon:
    """The icon at every size used, at single and double density; `dim` is its disabled colour."""
    made = QIcon()
    for side in _SIDES:
        for ratio in (1.0, 2.0):
            made.addPixmap(pixmap(name, colour, side, ratio))
            if dim is not None:
                made.addPixmap(pixmap(name, dim, side, ratio), QIcon.Mode.Disabled)
    return made
