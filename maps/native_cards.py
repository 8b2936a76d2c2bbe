"""Small cards over the native map: what is under the pointer,
and the members of a cluster. All texts are plain text."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from maps.colours import MapColours
from maps.marks import Mark, plate_of
from maps.native_scene import Spot
from maps.wording import fill

_AWAY_PX = 16


def card_lines(mark: Mark, words: Mapping[str, str]) -> list[str]:
    """What a card says of a mark: name, value and motion, state in words."""
    lines = [mark.name or mark.id]
    facts: list[str] = [mark.label] if mark.label else []
    if mark.speed_mps is not None:
        facts.append(fill(words["speed"], n=f"{mark.speed_mps * 3.6:.0f}"))
    if mark.heading_deg is not None:
        facts.append(fill(words["heading"], n=f"{mark.heading_deg % 360:03.0f}"))
    if facts:
        lines.append(" · ".join(facts))
    lines.append(" · ".join(words[f"state.{says}"] for says in plate_of(mark).says))
    return lines


def card_sheet(colours: MapColours) -> str:
    """Style of a panel that lies over the map."""
    return (
        f"QWidget#card {{ background: {colours.panel};"
        f" border: 1px solid {colours.line}; border-radius: 3px; }}"
        f"QCheckBox {{ color: {colours.text}; }}"
        f"QLabel, QListWidget {{ color: {colours.text}; background: transparent; border: none; }}"
        f"QListWidget::item {{ min-height: 28px; padding: 0 8px; }}"
        f"QListWidget::item:hover, QListWidget::item:selected {{ background: {colours.raised};"
        f" color: {colours.text}; }}"
    )


class HoverCard(QWidget):
    """Follows the pointer and tells what it points at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._map = parent
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words: Mapping[str, str] = {}
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.addWidget(self._text)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def set_colours(self, colours: MapColours) -> None:
        """Takes the theme."""
        self.setStyleSheet(card_sheet(colours))

    def set_words(self, words: Mapping[str, str]) -> None:
        """Takes the language."""
        self._words = words

    def show_spot(self, spot: Spot | None, pointer: QPoint) -> None:
        """Shows the card beside the pointer, inside the map; nothing under the pointer hides it."""
        if spot is None:
            self.hide()
            return
        if len(spot.members) == 1:
            lines = card_lines(spot.members[0], self._words)
        else:
            lines = [fill(self._words["cluster"], n=len(spot.members))]
            lines += [mark.name or mark.id for mark in spot.members[:5]]
        self._text.setText("\n".join(lines))
        self.adjustSize()
        area = self._map.rect()
        x = min(pointer.x() + _AWAY_PX, area.width() - self.width() - 4)
        y = pointer.y() + _AWAY_PX
        self.move(x, y if y + self.height() < area.height() else pointer.y() - _AWAY_PX - self.height())
        self.show()
        self.raise_()


class MemberList(QWidget):
    """The marks of a cluster, to choose one of them."""

    MOST = 12

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._map = parent
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = QListWidget(self)
        self.list.itemActivated.connect(self._on_chosen)
        self.list.itemClicked.connect(self._on_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.list)
        self.hide()

    def set_colours(self, colours: MapColours) -> None:
        """Takes the theme."""
        self.setStyleSheet(card_sheet(colours))

    def open(self, spot: Spot, area: QRect) -> None:
        """Opens beside a cluster, worst first."""
        self.list.clear()
        for mark in sorted(spot.members, key=_urgency):
            item = QListWidgetItem(f"{mark.name or mark.id}  {mark.label}".strip())
            item.setData(Qt.ItemDataRole.UserRole, mark.id)
            self.list.addItem(item)
        high = min(32 * len(spot.members) + 16, 320)
        self.setGeometry(
            min(round(spot.x) + 20, max(area.width() - 264, 0)),
            min(round(spot.y), max(area.height() - high - 8, 0)),
            256,
            high,
        )
        self.list.setCurrentRow(0)
        self.show()
        self.raise_()
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._map.setFocus()
        else:
            super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _on_chosen(self, item: QListWidgetItem) -> None:
        # A click also activates on some platforms; the list is closed by then.
        if not self.isVisible():
            return
        self.hide()
        self._map.setFocus()
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))


def _urgency(mark: Mark) -> tuple[int, str]:
    return int(plate_of(mark).digit or 9), mark.name
