"""The hub's own words about a command, line by line; plain text whatever it holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout

from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, PAD_PANEL


class ConfirmLines(QFrame):
    """The first line stands out; as many lines as the hub wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("plate", "loud")
        self.labels: list[PlainLabel] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_CELL)
        self._box.setSpacing(PAD_CELL)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Shows these lines."""
        while len(self.labels) < len(lines):
            label = PlainLabel(Role.BODY if self.labels else Role.VALUE, strong=not self.labels)
            label.setWordWrap(True)
            self.labels.append(label)
            self._box.addWidget(label)
        for label, line in zip(self.labels, [*lines, *[""] * len(self.labels)], strict=False):
            label.setText(line)
            label.setVisible(bool(line))
        self.setAccessibleName(" ".join(lines))

    def texts(self) -> list[str]:
        """What is shown."""
        return [label.text() for label in self.labels if label.text()]
