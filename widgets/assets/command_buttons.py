"""Commands of the selected asset as verb buttons; a press asks, it never sends."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from console.core.command.facts import CommandRequest
from console.core.site import CommandDef
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.labels import PlainLabel
from widgets.kit.space import APART, PAD_CELL

_COLUMNS = 2


class CommandButton(ActButton):
    """One command; three quiet dots while it is pending (CMD-13)."""

    def __init__(self, office: Office, asset: str, command: CommandDef) -> None:
        super().__init__(office.themes)
        self._office = office
        self.asset = asset
        self.command = command
        self.pending = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say()

    def say(self) -> None:
        """Name, and whether it can be asked for now."""
        speech = self._office.speech
        self.setText(speech.of(self.command.label))
        mine = [
            f for f in self._office.commands.of_asset(self.asset) if f.request.command == self.command.name
        ]
        self.pending = any(not fact.state.terminal for fact in mine)
        self.setEnabled(self._office.link.live and not self.pending)
        told = speech.say("assets.command.pending") if self.pending else ""
        self.setToolTip(told or speech.of(self.command.hazard).replace("<", "‹"))
        self.setAccessibleDescription(told)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.pending:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._office.themes.tokens.text2))
        for place in range(3):
            painter.drawEllipse(QRectF(self.width() - 26 + place * 7, self.height() - 11, 4, 4))
        painter.end()


class CommandButtons(QWidget):
    """Two columns of verbs, 8 px apart; a press asks for the confirmation."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.buttons: list[CommandButton] = []
        self.none = PlainLabel(muted=True)
        self.none.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(PAD_CELL)
        self._grid.setVerticalSpacing(APART)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.none)
        box.addLayout(self._grid)
        office.commands.commands_changed.connect(self._again)
        office.link.link_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)

    def show_asset(self, asset: str) -> None:
        """Commands of another asset."""
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None and asset in catalogue.assets:
            kind = catalogue.types[catalogue.assets[asset].type]
            for place, command in enumerate(kind.commands):
                button = CommandButton(self._office, asset, command)
                button.clicked.connect(self._ask)
                self.buttons.append(button)
                self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        self._again()

    @Slot()
    def _again(self) -> None:
        for button in self.buttons:
            button.say()
        live = self._office.link.live
        self.none.setVisible(not self.buttons or not live)
        key = "assets.command.no_link" if self.buttons and not live else "assets.command.none"
        self.none.setText(self._office.speech.say(key))

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        if isinstance(button, CommandButton):
            request = CommandRequest(command_id="", asset=button.asset, command=button.command.name)
            asks_of(self._office.acts).command_asked.emit(request)
