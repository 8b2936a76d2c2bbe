"""Shelving one alarm: how long and why, both mandatory (ALM-40, ALM-41)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from console.desk.office import Office
from widgets.alarms.sheet import AlarmSheet
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.space import ACT, APART

DURATIONS_S = {"m15": 900, "h1": 3600, "h4": 14400}
REASONS = ("maintenance", "sensor", "nuisance", "known", "other")
_WIDTH = 460


class ShelveSheet(AlarmSheet):
    """Three durations, a reason from the list, and words; `other` needs words of its own."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self._how_long = SectionTitle()
        self._why = SectionTitle()
        self.durations: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        times = QHBoxLayout()
        for number, name in enumerate(DURATIONS_S):
            button = QToolButton()
            button.setCheckable(True)
            button.setMinimumSize(96, ACT)
            button.setProperty("kind", "choice")
            button.setFont(font(Role.BODY, strong=True))
            self._group.addButton(button, number)
            self.durations[name] = button
            times.addWidget(button)
        times.addStretch(1)
        self.durations["m15"].setChecked(True)
        self.reason = QComboBox()
        self.note = QLineEdit()
        self.warn = PlainLabel(Role.BODY, muted=True)
        self.warn.setWordWrap(True)
        self.leave = ActButton(office.themes)
        self.do = ActButton(office.themes, "shelve")
        self.do.set_first()
        self.box.addWidget(self._how_long)
        self.box.addLayout(times)
        self.box.addWidget(self._why)
        self.box.addWidget(self.reason)
        self.box.addWidget(self.note)
        self.box.addWidget(self.warn)
        row = QHBoxLayout()
        row.setContentsMargins(0, APART, 0, 0)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.do)
        self.box.addLayout(row)
        self._connect()

    def _connect(self) -> None:
        self._group.idClicked.connect(self._check)
        self.reason.currentIndexChanged.connect(self._check)
        self.note.textChanged.connect(self._check)
        self.leave.clicked.connect(self.close)
        self.do.clicked.connect(self._shelve)
        self.office.speech.lang_changed.connect(self._say)
        self.office.link.link_changed.connect(self._check)

    def open_for(self, alarm: int) -> None:
        """Asks for an alarm by its index."""
        self.alarm = alarm
        self.note.clear()
        self.reason.setCurrentIndex(0)
        self._say()
        self.place_below_banner()
        self.reason.setFocus()

    def duration_s(self) -> int:
        """The chosen duration in seconds."""
        return next(DURATIONS_S[name] for name, button in self.durations.items() if button.isChecked())

    def reason_text(self) -> str:
        """The reason as it will stand in the journal."""
        code, note = self.reason.currentText(), self.note.text().strip()
        return f"{code}: {note}" if note else code

    @Slot()
    def _say(self) -> None:
        speech, point = self.office.speech, self.point()
        if point is None:
            return
        self.show_head(point)
        self.setWindowTitle(speech.say("alarms.shelve.title"))
        self._how_long.setText(speech.say("alarms.shelve.how_long"))
        self._why.setText(speech.say("alarms.shelve.why"))
        for name, button in self.durations.items():
            button.setText(speech.say(f"alarms.shelve.{name}"))
        at = max(0, self.reason.currentIndex())
        self.reason.blockSignals(True)
        self.reason.clear()
        self.reason.addItems([speech.say(f"alarms.shelve.reason_{code}") for code in REASONS])
        self.reason.setCurrentIndex(at)
        self.reason.blockSignals(False)
        self.reason.setAccessibleName(self._why.text())
        self.note.setPlaceholderText(speech.say("alarms.shelve.note"))
        self.note.setAccessibleName(speech.say("alarms.shelve.note"))
        self.leave.setText(speech.say("alarms.shelve.leave"))
        self._check()

    @Slot()
    def _check(self) -> None:
        speech = self.office.speech
        chosen = next(name for name, button in self.durations.items() if button.isChecked())
        self.do.setText(speech.say("alarms.shelve.do", time=speech.say(f"alarms.shelve.{chosen}")))
        words_owed = REASONS[max(0, self.reason.currentIndex())] == "other" and not self.note.text().strip()
        self.do.setEnabled(self.office.link.live and not words_owed)
        self.warn.setText(
            speech.say("alarms.shelve.words_owed" if words_owed else "alarms.shelve.comes_back")
        )

    @Slot()
    def _shelve(self) -> None:
        self.office.acts.shelve(self.alarm, self.duration_s(), self.reason_text())
        self.close()
