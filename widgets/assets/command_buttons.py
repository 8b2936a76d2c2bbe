"""Commands of the selected asset as verb buttons; a press asks, it never sends. What cannot be done says why first."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from console.core.command.facts import CommandRequest
from console.core.site import CommandDef
from console.desk.office import Office
from console.desk.permits import Obstacle
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
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
        self.obstacle: Obstacle | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say()

    def say(self) -> None:
        """Name, and whether it can be asked for now."""
        speech = self._office.speech
        self.setText(speech.of(self.command.label))
        mine = [
            f for f in self._office.commands.of_asset(self.asset) if f.request.command == self.command.name
        ]
        pending = any(not fact.state.terminal for fact in mine)
        if pending != self.pending:
            self.pending = pending
            self.update()
        self.obstacle = self._office.permits.idle(self.asset, self.command.name)
        self.setEnabled(self._office.link.live and not pending and self.obstacle is None)
        told = speech.say("assets.command.pending") if pending else self.why()
        self.setToolTip(plain_tip(told or speech.of(self.command.hazard)))
        self.setAccessibleDescription(told)

    def why(self) -> str:
        """What stands in the way, as a sentence; empty when nothing does."""
        return self._office.command_words.why(*self.obstacle) if self.obstacle is not None else ""

    def why_short(self) -> str:
        """The same, as it stands below the button."""
        return self._office.command_words.why_short(*self.obstacle) if self.obstacle is not None else ""

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
    """Two columns of verbs, 8 px apart; a press asks for the confirmation. One reason that holds for all is said once,
    others stand below their buttons.
    """

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.buttons: list[CommandButton] = []
        self.reasons: list[PlainLabel] = []
        self.none = PlainLabel(muted=True)
        self.none.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(PAD_CELL)
        self._grid.setVerticalSpacing(APART)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.none)
        box.addLayout(self._grid)
        for signal in (
            office.commands.commands_changed,
            office.tags.tags_changed,
            office.areas.leases_changed,
            office.session.session_changed,
            office.link.link_changed,
            office.speech.lang_changed,
            # Interlocks look on values, which change all the time: once a second is soon enough to read.
            seconds_of(office.themes).ticked,
        ):
            signal.connect(self._again)

    def show_asset(self, asset: str) -> None:
        """Commands of another asset."""
        for widget in (*self.buttons, *self.reasons):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.buttons, self.reasons = [], []
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None and asset in catalogue.assets:
            kind = catalogue.types[catalogue.assets[asset].type]
            for place, command in enumerate(kind.commands):
                self._add(place, CommandButton(self._office, asset, command))
        self._again()

    def _add(self, place: int, button: CommandButton) -> None:
        reason = PlainLabel(Role.CAPTION, muted=True)
        reason.setWordWrap(True)
        button.clicked.connect(self._ask)
        if button.command.test_mode:
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(self._ask_how)
        self.buttons.append(button)
        self.reasons.append(reason)
        row, column = 2 * (place // _COLUMNS), place % _COLUMNS
        self._grid.addWidget(button, row, column)
        self._grid.addWidget(reason, row + 1, column, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _again(self) -> None:
        for button in self.buttons:
            button.say()
        live = self._office.link.live
        whys = [button.why() if live else "" for button in self.buttons]
        common = whys[0] if whys and len(set(whys)) == 1 else ""
        for button, label, why in zip(self.buttons, self.reasons, whys, strict=True):
            label.setText("" if common or not live else button.why_short())
            label.setVisible(bool(why) and not common)
        self.none.setVisible(not self.buttons or not live or bool(common))
        key = "assets.command.no_link" if self.buttons and not live else "assets.command.none"
        self.none.setText(common if common and live else self._office.speech.say(key))

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        if isinstance(button, CommandButton):
            self._emit(button.asset, button.command.name)

    @Slot(QPoint)
    def _ask_how(self, at: QPoint) -> None:
        """In earnest, or as a test that moves nothing (CMD-15)."""
        button = self.sender()
        if not isinstance(button, CommandButton) or not button.isEnabled():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for test, key in ((False, "assets.command.earnest"), (True, "assets.command.test")):
            action = menu.addAction(self._office.speech.say(key, what=button.text()))
            action.setData((button.asset, button.command.name, test))
        menu.triggered.connect(self._chosen)
        menu.popup(button.mapToGlobal(at))

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        asset, name, test = action.data()
        self._emit(str(asset), str(name), test=bool(test))

    def _emit(self, asset: str, name: str, *, test: bool = False) -> None:
        request = CommandRequest(command_id="", asset=asset, command=name, test=test)
        asks_of(self._office.acts).command_asked.emit(request)
