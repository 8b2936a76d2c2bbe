"""What stands in the map's place while the map is loading: its own ground and one quiet line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from maps.colours import MapColours

_GRID_PX = 64


class MapNotice(QWidget):
    """The empty chart: water, a faint graticule and the text."""

    def __init__(self, colours: MapColours) -> None:
        super().__init__()
        self._colours = colours
        self._text = ""

    def dress(self, colours: MapColours, text: str) -> None:
        """Takes colours and text."""
        self._colours = colours
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the notice."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._colours.water))
        painter.setPen(QPen(QColor(self._colours.land), 1.0))
        for x in range(self.width() // 2 % _GRID_PX, self.width(), _GRID_PX):
            painter.drawLine(x, 0, x, self.height())
        for y in range(self.height() // 2 % _GRID_PX, self.height(), _GRID_PX):
            painter.drawLine(0, y, self.width(), y)
        painter.setPen(QColor(self._colours.text_secondary))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
