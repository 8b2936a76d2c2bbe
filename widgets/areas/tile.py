"""One area: its worst alarm, its counts, what is hidden in it, and a few figures in context."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from console.core.alarm.facts import AlarmLetter
from console.desk.models.area_tally import AreaTally
from console.desk.themes import Themes
from widgets.kit.colours import hover, mix
from widgets.kit.flash import flash_of
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.priority import paint_priority, paint_shape_only
from widgets.kit.space import PAD_CELL, PAD_PANEL, RADIUS

TILE_WIDTH = 400
TILE_HEIGHT = 172
_HEAD = 46
_COUNTS = 44
_LINE = 24
_SIGN = 26
_WORST = 40
_FIGURE = 26
_TRACK = 6
_SMALLEST_NAME = 20.0
"""Points."""


@dataclass(frozen=True, slots=True)
class FigureText:
    """One figure as it is shown: label, value with unit, where it stands in its range (0 to 1, None: no value)."""

    label: str
    value: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class TileText:
    """Everything a tile says, in the present language."""

    name: str = ""
    mode: str = ""
    """Who holds the area, and its maintenance; empty when there is neither."""
    line: str = ""
    """Unacknowledged and hidden alarms."""
    waiting: bool = False
    """Whether any alarm is unacknowledged."""
    figures: tuple[FigureText, ...] = ()
    spoken: str = ""
    """The whole tile for a screen reader."""


class AreaTile(QAbstractButton):
    """A press drills down to the area; numbers are of wall size, figures stand on a bar of their range."""

    def __init__(self, themes: Themes, area: str) -> None:
        super().__init__()
        self._themes = themes
        self._clock = flash_of(themes)
        self.area = area
        self.tally = AreaTally()
        self.texts = TileText()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(300, 140)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._clock.flash_changed.connect(self._beat)
        themes.theme_changed.connect(self._retheme)

    def show_area(self, tally: AreaTally, texts: TileText) -> None:
        """What the tile says from now on."""
        if (tally, texts) == (self.tally, self.texts):
            return
        self.tally, self.texts = tally, texts
        self.setAccessibleName(texts.spoken)
        self.setToolTip(plain_tip(texts.name))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(TILE_WIDTH, TILE_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(tokens.accent if focused else tokens.line), 2 if focused else 1))
        painter.setBrush(hover(tokens) if self.underMouse() else mix(tokens.panel, tokens.raised, 0.45))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        room = box.adjusted(PAD_PANEL, PAD_CELL, -PAD_PANEL, -PAD_CELL)
        self._head(painter, QRectF(room.left(), room.top(), room.width(), _HEAD))
        self._counts(painter, QRectF(room.left(), room.top() + _HEAD, room.width(), _COUNTS))
        below = room.top() + _HEAD + _COUNTS
        self._line(painter, QRectF(room.left(), below, room.width(), _LINE))
        self._figures(painter, room, below + _LINE + 2)
        painter.end()

    def _head(self, painter: QPainter, room: QRectF) -> None:
        tokens, worst = self._themes.tokens, self.tally.worst
        if worst is not None:
            letter = AlarmLetter.B if worst[1] else AlarmLetter.C
            box = QRectF(room.left(), room.top() + 2, _WORST, _WORST)
            paint_priority(painter, box, worst[0], tokens, letter, self._clock.lit(worst[0], letter))
            room = room.adjusted(_WORST + PAD_CELL, 0, 0, 0)
        painter.setFont(self._name_face(room.width()))
        painter.setPen(QColor(tokens.text))
        self._write(painter, room, self.texts.name)

    def _counts(self, painter: QPainter, room: QRectF) -> None:
        tokens = self._themes.tokens
        step = room.width() / 4
        painter.setFont(font(Role.WALL, strong=True))
        for place in range(4):
            count, waits = self.tally.listed[place], self.tally.unacked[place] > 0
            left = room.left() + place * step
            box = QRectF(left, room.center().y() - _SIGN / 2, _SIGN, _SIGN)
            painter.save()
            if count:
                letter = AlarmLetter.B if waits else AlarmLetter.C
                lit = self._clock.lit(place + 1, letter)
                paint_priority(painter, box, place + 1, tokens, letter, lit)
            else:
                paint_shape_only(painter, box.adjusted(2, 2, -2, -2), place + 1, tokens)
            painter.restore()
            painter.setPen(QColor(tokens.text if count else tokens.text2))
            text = QRectF(left + _SIGN + PAD_CELL, room.top(), step - _SIGN - PAD_CELL, room.height())
            self._write(painter, text, str(count))

    def _name_face(self, width: float) -> QFont:
        """Wall size; a long name is written smaller before it is cut."""
        face = QFont(font(Role.WALL, strong=True))
        while face.pointSizeF() > _SMALLEST_NAME and (
            QFontMetricsF(face).horizontalAdvance(self.texts.name) > width
        ):
            face.setPointSizeF(face.pointSizeF() - 2)
        return face

    def _line(self, painter: QPainter, room: QRectF) -> None:
        tokens = self._themes.tokens
        if self.texts.mode:
            painter.setFont(font(Role.SECTION, strong=True))
            width = QFontMetricsF(painter.font()).horizontalAdvance(self.texts.mode) + 2
            painter.setPen(QColor(tokens.text))
            mode = QRectF(room.right() - width, room.top(), width, room.height())
            self._write(painter, mode, self.texts.mode, Qt.AlignmentFlag.AlignRight)
            room = room.adjusted(0, 0, -width - PAD_CELL, 0)
        painter.setFont(font(Role.SECTION, strong=self.texts.waiting))
        painter.setPen(QColor(tokens.text if self.texts.waiting else tokens.text2))
        self._write(painter, room, self.texts.line)

    def _figures(self, painter: QPainter, room: QRectF, top: float) -> None:
        fits = max(0, int((room.bottom() - top) // _FIGURE))
        for place, figure in enumerate(self.texts.figures[:fits]):
            line = QRectF(room.left(), top + place * _FIGURE, room.width(), _FIGURE)
            self._figure(painter, line, figure)

    def _figure(self, painter: QPainter, room: QRectF, figure: FigureText) -> None:
        tokens = self._themes.tokens
        label = QRectF(room.left(), room.top(), room.width() * 0.46, room.height())
        value = QRectF(room.right() - room.width() * 0.28, room.top(), room.width() * 0.28, room.height())
        painter.setFont(font(Role.VALUE))
        painter.setPen(QColor(tokens.text2))
        self._write(painter, label, figure.label)
        painter.setFont(font(Role.SECTION, strong=True))
        painter.setPen(QColor(tokens.text))
        self._write(painter, value, figure.value, Qt.AlignmentFlag.AlignRight)
        left, right = label.right() + PAD_CELL, value.left() - PAD_CELL
        track = QRectF(left, room.center().y() - _TRACK / 2, max(0.0, right - left), _TRACK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(tokens.panel, tokens.text, 0.14))
        painter.drawRoundedRect(track, 2, 2)
        if figure.share is not None:
            x = track.left() + track.width() * min(1.0, max(0.0, figure.share))
            painter.setBrush(QColor(tokens.running))
            painter.drawRoundedRect(QRectF(x - 2.5, track.top() - 4, 5, _TRACK + 8), 1.5, 1.5)

    def _write(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)

    @Slot()
    def _beat(self) -> None:
        if any(self.tally.unacked):
            self.update()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()
