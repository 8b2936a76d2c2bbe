"""A sheet that asks for a few things and sends them: non-modal, below the banner, closed by Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from console.desk.office import Office
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.keys import is_escape
from widgets.kit.labels import PlainLabel
from widgets.kit.space import APART, BANNER, PAD_CELL, PAD_PANEL


class FormSheet(QDialog):
    """Title and place on top, `box` between, `leave` and `do` at the bottom; Enter does nothing by itself."""

    def __init__(self, office: Office, window: QWidget, width: int = 460) -> None:
        super().__init__(window, Qt.WindowType.Tool)
        self.office = office
        self._home = window
        self.setModal(False)
        self.setFixedWidth(width)
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.place = PlainLabel(Role.BODY, muted=True)
        self.leave, self.do = ActButton(office.themes), ActButton(office.themes)
        self.do.set_first()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAD_PANEL + 4, PAD_PANEL, PAD_PANEL + 4, PAD_PANEL + 4)
        outer.setSpacing(PAD_CELL)
        for label in (self.title, self.place):
            label.setWordWrap(True)
            outer.addWidget(label)
        self.box = QVBoxLayout()
        self.box.setSpacing(PAD_CELL)
        outer.addLayout(self.box)
        outer.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(0, APART, 0, 0)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.do)
        outer.addLayout(row)
        self.leave.clicked.connect(self.close)
        self.do.clicked.connect(self._do)
        office.link.link_changed.connect(self._check_again)
        office.session.session_changed.connect(self._check_again)
        office.speech.lang_changed.connect(self._say_again)

    def event(self, event: QEvent) -> bool:
        # Esc is also a shortcut of the window behind; here it closes the sheet.
        if is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def ready(self) -> bool:
        """Whether what was given can be sent."""
        return True

    def send(self) -> None:
        """Sends it."""

    def open_sheet(self, focus: QWidget | None = None) -> None:
        """Shows the sheet where it covers neither banner nor status strip."""
        self.say()
        self.adjustSize()
        room = self._home.height() - BANNER
        down = BANNER + max(PAD_PANEL * 3, (room - self.height()) // 3)
        self.move(self._home.mapToGlobal(QPoint((self._home.width() - self.width()) // 2, down)))
        self.show()
        self.activateWindow()
        (focus or self.leave).setFocus()

    @Slot()
    def say(self) -> None:
        """Everything in the present language; kinds of sheet say more, then call this."""
        self.setWindowTitle(self.title.text())
        self.setAccessibleName(f"{self.title.text()}, {self.place.text()}")
        self.check()

    @Slot()
    def check(self) -> None:
        """Whether it may be sent now."""
        self.do.setEnabled(self.office.link.live and self.ready())

    @Slot()
    def _check_again(self) -> None:
        self.check()

    @Slot()
    def _say_again(self) -> None:
        self.say()

    @Slot()
    def _do(self) -> None:
        if self.do.isEnabled():
            self.send()
            self.close()
