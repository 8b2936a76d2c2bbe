"""Puts a theme on: Fusion, an explicit palette, one style sheet. No theme change resets any state (HMI-18)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.themes import Themes
from widgets.kit.colours import palette_of
from widgets.kit.fonts import Role, font
from widgets.kit.sheet import sheet_of


class Dresser(QObject):
    """Keeps one top-level window, and every dialog that is its child, in the present theme."""

    def __init__(self, themes: Themes, window: QWidget) -> None:
        super().__init__(window)
        self._themes = themes
        self._window = window
        QApplication.setStyle("Fusion")
        QApplication.setFont(font(Role.BODY))
        self._dress()
        themes.theme_changed.connect(self._retheme)

    def _dress(self) -> None:
        QApplication.setPalette(palette_of(self._themes.tokens))
        self._window.setStyleSheet(sheet_of(self._themes.tokens))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()
