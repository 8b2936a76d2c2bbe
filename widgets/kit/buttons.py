"""Buttons: acts are at least 44 px high, everything else at least 24 px (HMI-12)."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton

from console.desk.themes import Themes
from widgets.kit.colours import faded, mix
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.space import ACT, ROW

HOLD_MS = 1200
_FRAME_MS = 30


class ActButton(QPushButton):
    """A verb with its object, 44 px high; never the default of a dialog by itself."""

    def __init__(self, themes: Themes, icon_name: str = "") -> None:
        super().__init__()
        self._themes = themes
        self._icon_name = icon_name
        self.setAutoDefault(False)
        self.setDefault(False)
        self.setFont(font(Role.BODY, strong=True))
        self.setMinimumSize(ACT, ACT)
        self.setIconSize(QSize(20, 20))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setProperty("kind", "act")
        self._dress()
        themes.theme_changed.connect(self._retheme)

    def set_icon_name(self, name: str) -> None:
        """Shows another icon."""
        self._icon_name = name
        self._dress()

    def set_first(self) -> None:
        """Makes this the act the sheet is about: filled, but still not the default of Enter."""
        self.setProperty("rank", "first")
        self._dress()

    def _dress(self) -> None:
        tokens = self._themes.tokens
        if self._icon_name:
            ink = tokens.panel if self.property("rank") == "first" else tokens.text
            self.setIcon(icon(self._icon_name, ink, mix(tokens.panel, tokens.text, 0.4)))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()


class QuietButton(QToolButton):
    """An icon without a frame until the pointer is on it; name and tool tip say what it does."""

    def __init__(self, themes: Themes, icon_name: str, side: int = ROW) -> None:
        super().__init__()
        self._themes = themes
        self._icon_name = icon_name
        self.setAutoRaise(True)
        self.setMinimumSize(side, side)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("kind", "quiet")
        self._dress()
        themes.theme_changed.connect(self._retheme)

    def set_icon_name(self, name: str) -> None:
        """Shows another icon."""
        self._icon_name = name
        self._dress()

    def say(self, text: str) -> None:
        """Name for readers and tool tip."""
        self.setAccessibleName(text)
        self.setToolTip(text)

    def _dress(self) -> None:
        tokens = self._themes.tokens
        if not self._icon_name:
            self.setIcon(QIcon())
            return
        self.setIcon(icon(self._icon_name, tokens.text2, mix(tokens.panel, tokens.text, 0.3)))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()


class HoldButton(ActButton):
    """Acts only when held for 1.2 s, by pointer or by the space bar; letting go earlier does nothing."""

    held = Signal()

    def __init__(self, themes: Themes, icon_name: str = "") -> None:
        super().__init__(themes, icon_name)
        self._since = QElapsedTimer()
        self._frame = QTimer(self)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._advance)
        self.pressed.connect(self._begin)
        self.released.connect(self._let_go)

    @property
    def share(self) -> float:
        """How much of the hold is done, 0 to 1."""
        return min(1.0, self._since.elapsed() / HOLD_MS) if self._frame.isActive() else 0.0

    @Slot()
    def _begin(self) -> None:
        self._since.start()
        self._frame.start()

    @Slot()
    def _let_go(self) -> None:
        self._frame.stop()
        self.update()

    @Slot()
    def _advance(self) -> None:
        if self.share >= 1.0:
            self._frame.stop()
            self.update()
            self.held.emit()
            return
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._frame.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        done = self.share
        if done <= 0:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(QColor(self._themes.tokens.accent), 0.55))
        bar = QRectF(2, self.height() - 7, (self.width() - 4) * done, 5)
        painter.drawRoundedRect(bar, 2, 2)
        painter.end()
