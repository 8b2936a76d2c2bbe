"""The sheets that make alarms quiet for a time: how long and why, both mandatory (ALM-40, ALM-41)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from console.desk.office import Office
from console.desk.shifts import shift_end
from widgets.alarms.sheet import AlarmSheet
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART

DURATIONS_S = {"m15": 900.0, "h1": 3600.0, "h4": 14400.0, "shift": 0.0, "h12": 43200.0}
"""Presets; that of the shift ends with it and is not offered where the site has no roster."""
REASONS = ("maintenance", "sensor", "nuisance", "known", "other")
_WIDTH = 560


class QuietSheet(AlarmSheet):
    """Durations within the limit, a reason from the list, and words; `other` needs words of its own."""

    kind = ""
    """Name below the words `alarms.quiet`."""
    presets = tuple(DURATIONS_S)

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self._how_long = SectionTitle()
        self._why = SectionTitle()
        self.limit = PlainLabel(Role.BODY)
        self.limit.setWordWrap(True)
        self.durations: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        times = QHBoxLayout()
        for number, name in enumerate(self.presets):
            self.durations[name] = self._choice()
            self._group.addButton(self.durations[name], number)
            times.addWidget(self.durations[name])
        times.addStretch(1)
        self.durations[self.presets[0]].setChecked(True)
        self.reason = QComboBox()
        self.note = QLineEdit()
        self.note.setMaxLength(400)
        self.warn = PlainLabel(Role.BODY, muted=True)
        self.warn.setWordWrap(True)
        self.leave = ActButton(office.themes)
        self.do = ActButton(office.themes, "shelve")
        self.do.set_first()
        self.box.addWidget(self.limit)
        self.box.addWidget(self._how_long)
        self.box.addLayout(times)
        for widget in (self._why, self.reason, self.note, self.warn):
            self.box.addWidget(widget)
        self._feet()
        self._connect()

    def _choice(self) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setMinimumSize(84, ACT)
        button.setProperty("kind", "choice")
        button.setFont(font(Role.BODY, strong=True))
        return button

    def _feet(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, APART, 0, 0)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.do)
        self.box.addLayout(row)

    def _connect(self) -> None:
        self._group.idClicked.connect(self.check)
        self.reason.currentIndexChanged.connect(self.check)
        self.note.textChanged.connect(self.check)
        self.note.returnPressed.connect(self.leave_note)
        self.leave.clicked.connect(self.close)
        self.do.clicked.connect(self._do)
        self.office.speech.lang_changed.connect(self.say)
        self.office.link.link_changed.connect(self.check)

    # What a kind of sheet says

    def show_subject(self) -> bool:
        """Writes the head; False when there is nothing to ask about."""
        point = self.point()
        if point is None:
            return False
        self.show_head(point)
        return True

    def longest_s(self) -> float:
        """Longest duration that this person may choose, in seconds."""
        return DURATIONS_S["h12"]

    def limit_words(self) -> str:
        """What limits apply, said before anything is refused; empty for none worth saying."""
        return ""

    def forbidden_words(self) -> str:
        """Why it cannot be done at all, empty when it can."""
        return ""

    def act(self, duration_s: float, reason: str) -> None:
        """Sends it."""
        raise AssertionError("a kind of sheet says what it sends")

    # What all do

    def open_sheet(self) -> None:
        """Asks anew."""
        self.note.clear()
        self.reason.setCurrentIndex(0)
        self._check_first_allowed()
        self.say()
        self.place_below_banner()
        self.reason.setFocus()

    def duration_s(self) -> float:
        """The chosen duration in seconds."""
        return self._seconds_of(self._chosen())

    def reason_text(self) -> str:
        """The reason as it will stand in the journal."""
        code, note = self.reason.currentText(), self.note.text().strip()
        return f"{code}: {note}" if note else code

    def _chosen(self) -> str:
        return next(name for name, button in self.durations.items() if button.isChecked())

    def _seconds_of(self, name: str) -> float:
        return self._shift_s() if name == "shift" else DURATIONS_S[name]

    def _shift_s(self) -> float:
        catalogue = self.office.catalogue.catalogue
        now = seconds_of(self.office.themes).now_ns
        end = shift_end(catalogue.site, now) if catalogue is not None else None
        return max(60.0, (end - now) / 1e9) if end is not None else 0.0

    def _check_first_allowed(self) -> None:
        allowed = [name for name in self.presets if 0 < self._seconds_of(name) <= self.longest_s()]
        if allowed:
            self.durations[allowed[0]].setChecked(True)

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        if not self.show_subject():
            return
        say = self.office.speech.say
        self.setWindowTitle(say(f"alarms.quiet.{self.kind}_title"))
        self._how_long.setText(say("alarms.quiet.how_long"))
        self._why.setText(say("alarms.quiet.why"))
        for name, button in self.durations.items():
            button.setText(say(f"alarms.quiet.{name}"))
        at = max(0, self.reason.currentIndex())
        self.reason.blockSignals(True)
        self.reason.clear()
        self.reason.addItems([say(f"alarms.quiet.reason_{code}") for code in REASONS])
        self.reason.setCurrentIndex(at)
        self.reason.blockSignals(False)
        self.reason.setAccessibleName(self._why.text())
        self.note.setPlaceholderText(say("alarms.quiet.note"))
        self.note.setAccessibleName(say("alarms.quiet.note"))
        self.leave.setText(say("alarms.quiet.leave"))
        self.check()

    @Slot()
    def check(self) -> None:
        """What may be chosen, and whether it may be sent now."""
        say, longest = self.office.speech.say, self.longest_s()
        for name, button in self.durations.items():
            seconds = self._seconds_of(name)
            button.setVisible(seconds > 0)
            button.setEnabled(seconds <= longest)
            button.setToolTip("" if seconds <= longest else self.limit_words())
        forbidden = self.forbidden_words()
        limits = self.limit_words()
        self.limit.setText(forbidden or limits)
        self.limit.setVisible(bool(forbidden or limits))
        time = say(f"alarms.quiet.{self._chosen()}_for")
        self.do.setText(say(f"alarms.quiet.{self.kind}_do", time=time))
        words_owed = REASONS[max(0, self.reason.currentIndex())] == "other" and not self.note.text().strip()
        fits = 0 < self.duration_s() <= longest
        self.do.setEnabled(self.office.link.live and not words_owed and not forbidden and fits)
        self.warn.setText(say("alarms.quiet.words_owed" if words_owed else f"alarms.quiet.{self.kind}_then"))

    @Slot()
    def leave_note(self) -> None:
        """Enter in the note goes on to the act, it does not do it (HMI-13)."""
        self.do.setFocus()

    @Slot()
    def _do(self) -> None:
        self.act(self.duration_s(), self.reason_text())
        self.close()
