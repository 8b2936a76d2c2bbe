"""Command palette (Ctrl+K): every action and every asset by a few letters of either language."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon, icon_names
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, ROW

_WIDTH, _ROWS = 560, 11
_MOST = 60


class Hit(NamedTuple):
    """Something the palette can do: an action, or going to an asset."""

    kind: str
    """action or asset."""
    id: str
    text: str
    aside: str
    icon: str


def find_hits(office: Office, typed: str) -> list[Hit]:
    """Actions and assets whose name or id holds every typed word, in either language; actions first."""
    words = typed.casefold().split()
    found: list[Hit] = []
    for declared in office.actions.definitions():
        if not declared.palette or not office.actions.action(declared.id).isEnabled():
            continue
        name = office.actions.name(declared.id)
        if all(word in f"{name} {declared.id}".casefold() for word in words):
            found.append(Hit("action", declared.id, name, " ".join(declared.shortcuts[:1]), declared.icon))
    return [*found, *_assets(office, words)][:_MOST] if words else found


def _assets(office: Office, words: list[str]) -> list[Hit]:
    catalogue = office.catalogue.catalogue
    if catalogue is None:
        return []
    found: list[Hit] = []
    for asset in catalogue.assets.values():
        area, kind = catalogue.areas[asset.area].name, catalogue.types[asset.type].label
        hay = " ".join(
            (asset.id, asset.name.ko, asset.name.en, area.ko, area.en, kind.ko, kind.en)
        ).casefold()
        if all(word in hay for word in words):
            aside = f"{office.speech.of(kind)} · {office.speech.of(area)}"
            found.append(Hit("asset", asset.id, office.speech.of(asset.name), aside, "faceplate"))
    return found


class CommandPalette(QFrame):
    """A line and a list under the banner; arrows choose, Enter does, Esc closes."""

    def __init__(self, office: Office, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._office = office
        self._hits: list[Hit] = []
        self.setProperty("ground", "raised")
        self.setProperty("plate", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        self.line = QLineEdit()
        self.line.setFont(font(Role.SECTION))
        self.line.setMinimumHeight(40)
        self.list = QListWidget()
        self.list.setIconSize(QSize(18, 18))
        self.list.setFixedHeight(ROW * _ROWS)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = PlainLabel(Role.BODY, muted=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_CELL, PAD_CELL, PAD_CELL, PAD_CELL)
        box.setSpacing(PAD_CELL)
        for widget in (self.line, self.nothing, self.list):
            box.addWidget(widget)
        self.line.textChanged.connect(self._look)
        self.line.returnPressed.connect(self._do_current)
        self.list.itemActivated.connect(self._do_item)
        self.list.itemClicked.connect(self._do_item)
        self.line.installEventFilter(self)

    def open_over(self, window: QWidget) -> None:
        """Shows the palette at the upper middle of `window`, with the line ready."""
        speech = self._office.speech
        self.line.setPlaceholderText(speech.say("shell.palette.hint"))
        self.line.setAccessibleName(speech.say("shell.palette.hint"))
        self.list.setAccessibleName(speech.say("shell.palette.results"))
        self.line.clear()
        self._look("")
        corner = window.mapToGlobal(QPoint((window.width() - _WIDTH) // 2, 64))
        self.move(corner)
        self.show()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            move = step.get(Qt.Key(event.key()))
            if move is not None and self.list.count():
                row = min(max(self.list.currentRow() + move, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return False

    @Slot(str)
    def _look(self, typed: str) -> None:
        self._hits = find_hits(self._office, typed)
        tokens = self._office.themes.tokens
        have = set(icon_names())
        self.list.clear()
        for hit in self._hits:
            item = QListWidgetItem(f"{hit.text}    {hit.aside}" if hit.aside else hit.text)
            item.setIcon(icon(hit.icon if hit.icon in have else "command", tokens.text2))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not self._hits)
        self.nothing.setText(self._office.speech.say("shell.palette.nothing"))

    @Slot()
    def _do_current(self) -> None:
        self._do(self.list.currentRow())

    @Slot(QListWidgetItem)
    def _do_item(self, item: QListWidgetItem) -> None:
        self._do(self.list.row(item))

    def _do(self, row: int) -> None:
        if not 0 <= row < len(self._hits):
            return
        hit = self._hits[row]
        self.hide()
        if hit.kind == "asset":
            self._office.selection.select_asset(hit.id, "palette")
        else:
            self._office.actions.use(hit.id)
