"""Every shortcut on one sheet, made of the declared actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from console.desk.actions import ActionDef, Category
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.space import PAD_CELL, PAD_PANEL

_COLUMNS = 2


class ShortcutSheet(QDialog):
    """A non-modal sheet; Esc closes it."""

    def __init__(self, office: Office, parent: QWidget) -> None:
        super().__init__(parent)
        speech = office.speech
        self.setWindowTitle(speech.say("actions.help.shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout(self)
        grid.setContentsMargins(PAD_PANEL * 2, PAD_PANEL, PAD_PANEL * 2, PAD_PANEL * 2)
        grid.setHorizontalSpacing(PAD_PANEL * 3)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        shown = [
            (c, [d for d in office.actions.definitions(c) if d.shortcuts or d.local_keys]) for c in Category
        ]
        filled = [(category, actions) for category, actions in shown if actions]
        for index, (category, actions) in enumerate(filled):
            block = self._block(office, category, actions)
            grid.addLayout(block, index // _COLUMNS, index % _COLUMNS, Qt.AlignmentFlag.AlignTop)

    def _block(self, office: Office, category: Category, actions: list[ActionDef]) -> QVBoxLayout:
        box = QVBoxLayout()
        title = SectionTitle()
        title.setText(office.speech.say(f"actions.category.{category.value}"))
        box.addWidget(title)
        rows = QGridLayout()
        rows.setHorizontalSpacing(PAD_PANEL)
        rows.setVerticalSpacing(PAD_CELL // 2)
        for row, declared in enumerate(actions):
            keys = PlainLabel(Role.BODY, strong=True)
            keys.setText("  ".join((*declared.shortcuts, *declared.local_keys)))
            keys.setProperty("plate", "key")
            name = PlainLabel()
            name.setText(office.actions.name(declared.id))
            rows.addWidget(keys, row, 0, Qt.AlignmentFlag.AlignLeft)
            rows.addWidget(name, row, 1)
        rows.setColumnMinimumWidth(0, 110)
        rows.setColumnStretch(1, 1)
        box.addLayout(rows)
        return box
