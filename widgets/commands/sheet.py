"""The ground of every sheet that sends: it must have stood a moment, Enter never sends, nothing is the default."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from console.core.command.facts import CommandRequest
from console.desk.office import Office
from widgets.commands.aim import Aim
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, ROW

ARM_MS = 500
"""Nothing is sent before the sheet has stood this long, so that a double press sends nothing."""
_WIDTH = 460


class ArmedSheet(QDialog):
    """Window-modal. `box` takes what stands above the buttons; `leave` is on the left of `row`."""

    armed_changed = Signal()

    def __init__(self, office: Office, window: QWidget, width: int = _WIDTH) -> None:
        super().__init__(window)
        self.office = office
        self._armed = False
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(width)
        self.target = PlainLabel(Role.SECTION, strong=True)
        self.place = PlainLabel(muted=True)
        self.leave = ActButton(office.themes)
        self.leave.clicked.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAD_PANEL + 4, PAD_PANEL, PAD_PANEL + 4, PAD_PANEL + 4)
        outer.setSpacing(PAD_CELL // 2)
        for label in (self.target, self.place):
            label.setWordWrap(True)
            outer.addWidget(label)
        self.box = QVBoxLayout()
        self.box.setSpacing(PAD_CELL // 2)
        outer.addLayout(self.box)
        # What is left over when the sheet says less stands above the buttons, not between the lines.
        outer.addStretch(1)
        self.row = QHBoxLayout()
        self.row.setContentsMargins(0, APART * 2, 0, 0)
        self.row.setSpacing(APART)
        self.row.addWidget(self.leave)
        self.row.addStretch(1)
        outer.addLayout(self.row)
        self._arming = QTimer(self)
        self._arming.setSingleShot(True)
        self._arming.timeout.connect(self._arm)
        self.rearm()

    @property
    def armed(self) -> bool:
        """Whether the sheet has stood long enough to be acted on."""
        return self._armed

    def rearm(self) -> None:
        """What the sheet says is new: nothing is taken before a person could have read it."""
        self._armed = False
        self._arming.start(ARM_MS)

    def first_focus(self) -> QWidget:
        """What has the focus when the sheet opens: never what sends."""
        return self.leave

    @Slot()
    def _arm(self) -> None:
        self._armed = True
        self.armed_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter never executes: it neither falls through to a default button nor to the one that has focus.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._arming.stop()
        super().closeEvent(event)


class ActSheet(ArmedSheet):
    """About one command of one asset: target, place and verb on top."""

    def __init__(self, office: Office, window: QWidget, request: CommandRequest) -> None:
        super().__init__(office, window)
        self.aim = Aim(office, request)
        self.verb = PlainLabel(Role.VALUE, strong=True)
        self.verb.setWordWrap(True)
        self.as_test = QToolButton()
        self.as_test.setCheckable(True)
        self.as_test.setMinimumHeight(ROW)
        self.as_test.setFont(font(Role.BODY))
        self.as_test.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.as_test.setProperty("kind", "choice")
        self.as_test.setVisible(self.aim.command.test_mode)
        self.as_test.setChecked(request.test)
        self.as_test.toggled.connect(self.say_head)
        self.box.addWidget(self.verb)

    def add_test_choice(self) -> None:
        """Puts the choice of a test below what stands in the box so far."""
        row = QHBoxLayout()
        row.addWidget(self.as_test)
        row.addStretch(1)
        self.box.addLayout(row)

    @property
    def test(self) -> bool:
        """Whether the device shall only say what it would do (CMD-15)."""
        return self.aim.command.test_mode and self.as_test.isChecked()

    def chosen_value(self) -> float | None:
        """The value that is being asked for, once it is fixed."""
        return None

    @Slot()
    def say_head(self) -> None:
        """Target, place and verb in the present language."""
        speech, aim = self.office.speech, self.aim
        self.setWindowTitle(speech.say("commands.title"))
        self.target.setText(speech.of(aim.asset.name))
        self.place.setText(speech.of(aim.area.name) if aim.area else "")
        verb = self.office.command_words.verb(aim.command, aim.command.name, self.chosen_value())
        self.verb.setText(speech.say("commands.test_mark", what=verb) if self.test else verb)
        self.as_test.setText(speech.say("commands.as_test"))
        self.setAccessibleName(f"{self.windowTitle()}: {self.verb.text()}, {self.target.text()}")
