"""Menus made of the declared actions; nothing is listed here by hand but the docks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.desk.actions import Category
from console.desk.office import Office
from widgets.kit.colours import mix
from widgets.kit.icons import icon, icon_names


class MainMenu(QObject):
    """One menu with a sub-menu for each category; icons follow the theme, texts the language."""

    def __init__(self, office: Office, owner: QWidget, dock_toggles: list[QAction]) -> None:
        super().__init__(owner)
        self._office = office
        self.menu = QMenu(owner)
        self._branches: dict[Category, QMenu] = {}
        for category in Category:
            branch = self.menu.addMenu("")
            self._branches[category] = branch
            self._fill(branch, category)
        window = self._branches[Category.WINDOW]
        window.addSeparator()
        window.addActions(dock_toggles)
        self._say()
        self._dress()
        office.speech.lang_changed.connect(self._say)
        office.themes.theme_changed.connect(self._retheme)

    def _fill(self, branch: QMenu, category: Category) -> None:
        group = ""
        for declared in self._office.actions.definitions(category):
            if declared.group != group:
                branch.addSeparator()
                group = declared.group
            branch.addAction(self._office.actions.action(declared.id))

    def _dress(self) -> None:
        tokens = self._office.themes.tokens
        dim = mix(tokens.panel, tokens.text, 0.35)
        have = set(icon_names())
        for declared in self._office.actions.definitions():
            if declared.icon in have:
                self._office.actions.action(declared.id).setIcon(icon(declared.icon, tokens.text2, dim))

    @Slot()
    def _say(self) -> None:
        for category, branch in self._branches.items():
            branch.setTitle(self._office.speech.say(f"actions.category.{category.value}"))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()
