"""Labels: always plain text, with a rank of type; long ones are elided and keep the whole text for readers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.desk.themes import Themes
from widgets.kit.fonts import Role, font


def plain_tip(text: str) -> str:
    """A tool tip that Qt cannot take for rich text, whatever the text of a feed is."""
    if "<" not in text:
        return text
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{safe.replace(chr(10), '<br>')}</span>"


_CHIP_PAD = 7
"""As in the style sheet."""


class PlainLabel(QLabel):
    """A label that shows its text literally; `muted` uses the secondary text colour."""

    def __init__(self, role: Role = Role.BODY, *, strong: bool = False, muted: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(role, strong=strong))
        if muted:
            self.setProperty("tone", "muted")


class SectionTitle(PlainLabel):
    """Head of a group of rows."""

    def __init__(self) -> None:
        super().__init__(Role.CAPTION, strong=True, muted=True)
        self.setContentsMargins(0, 8, 0, 2)


class Chip(PlainLabel):
    """A short fact on a raised plate, such as how many rows a filter hides."""

    def __init__(self) -> None:
        super().__init__(Role.CAPTION, strong=True)
        self.setProperty("plate", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Shows `text`, and asks for its width at once: a chip often changes while its pane is hidden."""
        super().setText(text)
        self.setMinimumWidth(round(QFontMetricsF(self.font()).horizontalAdvance(text)) + 2 * _CHIP_PAD + 2)


class ElideLabel(QWidget):
    """One line of text that gives way at its right end; the whole text is tool tip and accessible name."""

    def __init__(
        self, themes: Themes, role: Role = Role.BODY, *, strong: bool = False, muted: bool = False
    ) -> None:
        super().__init__()
        self._themes = themes
        self._muted = muted
        self._text = ""
        self.setFont(font(role, strong=strong))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self._retheme)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Shows `text`."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(plain_tip(text))
        self.updateGeometry()
        self.update()

    def elided(self) -> bool:
        """Whether the text is cut at the present width."""
        return QFontMetricsF(self.font()).horizontalAdvance(self._text) > self.width() + 0.5

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.text2 if self._muted else tokens.text))
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()
