"""Alarm symbols as widgets: one symbol, and a symbol with a count."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from console.core.alarm.facts import AlarmLetter
from console.desk.themes import Themes
from widgets.kit.flash import flash_of, flashes
from widgets.kit.fonts import Role, font
from widgets.kit.priority import SYMBOL, paint_priority, paint_shape_only


class PrioritySymbol(QWidget):
    """The symbol of one alarm; flashes with all others while unacknowledged. Priority 0 draws nothing."""

    def __init__(self, themes: Themes, side: int = SYMBOL) -> None:
        super().__init__()
        self._themes = themes
        self._clock = flash_of(themes)
        self._priority, self._letter = 0, AlarmLetter.A
        self.setFixedSize(side, side)
        themes.theme_changed.connect(self._retheme)
        self._clock.flash_changed.connect(self._beat)

    def set_alarm(self, priority: int, letter: AlarmLetter) -> None:
        """What the symbol stands for."""
        if (priority, letter) != (self._priority, self._letter):
            self._priority, self._letter = priority, letter
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._priority:
            return
        painter = QPainter(self)
        lit = self._clock.lit(self._priority, self._letter)
        paint_priority(painter, QRectF(self.rect()), self._priority, self._themes.tokens, self._letter, lit)
        painter.end()

    @Slot()
    def _beat(self) -> None:
        if self._priority and flashes(self._letter):
            self.update()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()


class PriorityCount(QToolButton):
    """Shape and number of alarms of one priority; hollow grey at zero, flashing while any is unacknowledged."""

    def __init__(self, themes: Themes, priority: int) -> None:
        super().__init__()
        self._themes = themes
        self._clock = flash_of(themes)
        self.priority = priority
        self._count, self._unacked = 0, False
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(font(Role.SECTION, strong=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self._retheme)
        self._clock.flash_changed.connect(self._beat)

    @property
    def count(self) -> int:
        """The number shown."""
        return self._count

    def set_count(self, count: int, *, unacked: bool) -> None:
        """Shows `count`; flashes if one of them is unacknowledged."""
        if (count, unacked) != (self._count, self._unacked):
            self._count, self._unacked = count, unacked
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        width = max(
            self.fontMetrics().horizontalAdvance("00"), self.fontMetrics().horizontalAdvance(str(self._count))
        )
        return QSize(24 + 6 + width + 12, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = self._themes.tokens
        painter = QPainter(self)
        box = QRectF(6, (self.height() - 24) / 2, 24, 24)
        if self._count:
            letter = AlarmLetter.B if self._unacked else AlarmLetter.C
            paint_priority(
                painter, box, self.priority, tokens, letter, self._clock.lit(self.priority, letter)
            )
        else:
            paint_shape_only(painter, box.adjusted(2, 2, -2, -2), self.priority, tokens)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.text if self._count else tokens.text2))
        text = QRectF(36, 0, self.width() - 36, self.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(self._count))
        painter.end()

    @Slot()
    def _beat(self) -> None:
        if self._count and self._unacked:
            self.update()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()
