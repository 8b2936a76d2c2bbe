"""A line to search or filter with: our own magnifier in front, Esc empties it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from console.desk.themes import Themes
from widgets.kit.icons import icon
from widgets.kit.keys import is_escape


class SearchLine(QLineEdit):
    """A QLineEdit whose Esc clears before it goes on to mean `back`."""

    def __init__(self, themes: Themes, icon_name: str = "search") -> None:
        super().__init__()
        self._themes = themes
        self._icon_name = icon_name
        self._sign = QAction(self)
        self.addAction(self._sign, QLineEdit.ActionPosition.LeadingPosition)
        self._dress()
        themes.theme_changed.connect(self._retheme)

    def _dress(self) -> None:
        self._sign.setIcon(icon(self._icon_name, self._themes.tokens.text2))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()

    def event(self, event: QEvent) -> bool:
        # Esc is also a shortcut of the window; while there is text it belongs to this line.
        if is_escape(event) and self.text():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            event.accept()
            return
        super().keyPressEvent(event)
