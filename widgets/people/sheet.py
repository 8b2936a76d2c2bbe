"""A sheet that asks a person for something and sends it once; the answer closes it or says what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.desk.acts import ActOutcome
from console.desk.office import Office
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.keys import is_escape
from widgets.kit.labels import PlainLabel
from widgets.kit.space import ACT, APART, BANNER, PAD_CELL, PAD_PANEL

WIDTH = 440
LONGEST = 1024


class PersonSheet(QDialog):
    """Title, a line that says why, fields, what is wrong, and two acts; alarms stay in sight above it."""

    def __init__(self, office: Office, window: QWidget, words: str, width: int = WIDTH) -> None:
        super().__init__(window, Qt.WindowType.Tool)
        self.office = office
        self._home = window
        self._words = words
        self._request = ""
        self.setModal(False)
        self.setFixedWidth(width)
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.why = PlainLabel(Role.BODY, muted=True)
        self.fault = PlainLabel(Role.BODY, strong=True)
        for label in (self.title, self.why, self.fault):
            label.setWordWrap(True)
        self.fields = QFormLayout()
        self.fields.setContentsMargins(0, PAD_CELL, 0, PAD_CELL)
        self.fields.setHorizontalSpacing(PAD_PANEL)
        self.fields.setVerticalSpacing(PAD_CELL)
        self.leave = ActButton(office.themes)
        self.do = ActButton(office.themes)
        self.do.set_first()
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(PAD_PANEL + 4, PAD_PANEL, PAD_PANEL + 4, PAD_PANEL + 4)
        self.box.setSpacing(PAD_CELL)
        for label in (self.title, self.why):
            self.box.addWidget(label)
        self.box.addLayout(self.fields)
        self.box.addWidget(self.fault)
        self.acts = QHBoxLayout()
        self.acts.setSpacing(APART)
        self.acts.addWidget(self.leave)
        self.acts.addStretch(1)
        self.acts.addWidget(self.do)
        self.box.addLayout(self.acts)
        self._entries: list[tuple[str, PlainLabel, QWidget]] = []
        self.leave.clicked.connect(self.close)
        self.do.clicked.connect(self._go)
        office.acts.act_answered.connect(self._answered)
        office.speech.lang_changed.connect(self.say)

    @property
    def waiting(self) -> bool:
        """Whether an answer is still owed."""
        return bool(self._request)

    def entry(self, name: str, *, secret: bool = False) -> QLineEdit:
        """A field with its label, in order; a secret one shows dots and may be pasted into (SEC-03)."""
        line = QLineEdit()
        line.setFont(font(Role.VALUE))
        line.setFixedHeight(ACT - 8)
        line.setMaxLength(LONGEST)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.returnPressed.connect(self._go)
        line.textChanged.connect(self.check)
        self.row(name, line)
        return line

    def row(self, name: str, widget: QWidget) -> None:
        """Any widget with its label."""
        label = PlainLabel(Role.BODY)
        self._entries.append((name, label, widget))
        self.fields.addRow(label, widget)

    def open_sheet(self) -> None:
        """Show it empty, below the banner."""
        self._request = ""
        self.fault.setText("")
        self.clear()
        self.say()
        self.place()
        self.first_field().setFocus()

    def place(self) -> None:
        """In the middle of the window, clear of banner and status strip."""
        self.fit()
        down = BANNER + max(PAD_PANEL * 3, (self._home.height() - BANNER - self.height()) // 3)
        self.move(self._home.mapToGlobal(QPoint((self._home.width() - self.width()) // 2, down)))
        self.show()
        self.activateWindow()

    def fit(self) -> None:
        """As high as its texts need at this width: wrapped lines are not in the layout's first guess."""
        self.box.activate()
        self.setFixedHeight(self.box.totalHeightForWidth(self.width()))

    def first_field(self) -> QWidget:
        """Where typing begins."""
        return next((w for _, _, w in self._entries if isinstance(w, QLineEdit) and not w.text()), self.do)

    def clear(self) -> None:
        """Forget what was typed; secrets do not stay in a hidden sheet."""
        for _, _, widget in self._entries:
            if isinstance(widget, QLineEdit):
                widget.clear()

    def complete(self) -> bool:
        """Whether there is enough to send."""
        return all(w.text() for _, _, w in self._entries if isinstance(w, QLineEdit) and w.isVisibleTo(self))

    def send(self) -> str:
        """Send what was typed; the request's id. Empty if there was nothing to send."""
        return ""

    def text(self, key: str, **fields: object) -> str:
        """A text of this sheet."""
        return self.office.speech.say(f"seat.{self._words}.{key}", **fields)

    def complain(self, text: str) -> None:
        """Say what is wrong, and make room for it."""
        self.fault.setText(text)
        self.fault.setVisible(bool(text))
        self.fit()

    @Slot()
    def say(self) -> None:
        """Write every text in the present language."""
        speech = self.office.speech
        self.setWindowTitle(self.text("title"))
        self.title.setText(self.text("title"))
        key = f"seat.{self._words}.why"
        self.why.setText(speech.say(key) if speech.knows(key) else "")
        self.why.setVisible(bool(self.why.text()))
        self.fault.setVisible(bool(self.fault.text()))
        self.leave.setText(speech.say("seat.leave"))
        self.do.setText(self.text("do"))
        for name, label, widget in self._entries:
            words = speech.say(f"seat.field.{name}")
            label.setText(words)
            widget.setAccessibleName(words)
        self.check()

    @Slot()
    def check(self) -> None:
        """Enable the act once everything is there."""
        self.do.setEnabled(not self._request and self.complete())

    @Slot()
    def _go(self) -> None:
        if not self.do.isEnabled():
            return
        self.complain("")
        self._request = self.send()
        self.check()

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        if not self._request or outcome.request != self._request:
            return
        self._request = ""
        reason = next((result.reason for result in outcome.results if result.reason), "")
        if reason:
            self.complain(self.office.speech.reason(reason))
            self.check()
        else:
            self.done_well()

    def done_well(self) -> None:
        """The hub has done it."""
        self.close()

    def event(self, event: QEvent) -> bool:
        # Esc is also a shortcut of the window behind; here it closes the sheet.
        if is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def reject(self) -> None:
        """Closed, also by Esc: nothing that was typed stays."""
        self.clear()
        super().reject()
