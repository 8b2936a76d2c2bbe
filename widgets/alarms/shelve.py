"""Shelving an alarm, taking it out of service, and maintenance mode of an area."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.alarm.acts import SHELF_MAX_P2_S, SHELF_MAX_S, SHELF_QUOTA, SHELF_WARN_AT
from console.core.alarm.facts import AlarmLetter
from console.desk.office import Office
from widgets.alarms.quieting import QuietSheet


class ShelveSheet(QuietSheet):
    """One alarm for a time, or until it has returned to normal."""

    kind = "shelve"
    presets = ("m15", "h1", "h4", "shift")

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window)
        self.oneshot = self._choice()
        row = QHBoxLayout()
        row.addWidget(self.oneshot)
        row.addStretch(1)
        self.box.insertLayout(4, row)
        self.oneshot.toggled.connect(self.check)

    def open_for(self, alarm: int) -> None:
        """Asks for an alarm by its index."""
        self.alarm = alarm
        self.oneshot.setChecked(False)
        fact = self.office.alarms.facts.get(alarm)
        active = fact is not None and fact.state.letter in (AlarmLetter.B, AlarmLetter.C)
        self.oneshot.setVisible(active)
        self.open_sheet()

    def longest_s(self) -> float:
        """An hour for priority 2, else twelve (ALM-40)."""
        return SHELF_MAX_P2_S if self._top() == 2 else SHELF_MAX_S

    def limit_words(self) -> str:
        """Longest time by priority and how many are shelved already, before the hub has to refuse."""
        say, shelved = self.office.speech.say, self.office.alarms.counts().shelved
        said = [say("alarms.quiet.limit_p2")] if self._top() == 2 else []
        if shelved >= SHELF_WARN_AT:
            said.append(say("alarms.quiet.limit_count", n=shelved, most=SHELF_QUOTA))
        return " ".join(said)

    def forbidden_words(self) -> str:
        """Critical alarms, classes that are never shelved, and a full shelf."""
        say, point = self.office.speech.say, self.point()
        if point is not None and not point.alarm.shelvable:
            return say("alarms.quiet.never")
        if self._top() == 1:
            return say("alarms.quiet.limit_p1")
        if self.office.alarms.counts().shelved >= SHELF_QUOTA:
            return say("alarms.quiet.limit_full", most=SHELF_QUOTA)
        return ""

    def act(self, duration_s: float, reason: str) -> None:
        """Shelves it."""
        self.office.acts.shelve(self.alarm, duration_s, reason, self.oneshot.isChecked())

    def say(self) -> None:
        """Everything in the present language."""
        self.oneshot.setText(self.office.speech.say("alarms.quiet.oneshot"))
        super().say()

    def _top(self) -> int:
        point = self.point()
        return point.alarm.top_priority if point is not None else 0


class OutOfServiceSheet(QuietSheet):
    """Takes one alarm out of service until a planned end."""

    kind = "service"
    presets = ("h1", "h4", "shift", "h12")

    def open_for(self, alarm: int) -> None:
        """Asks for an alarm by its index."""
        self.alarm = alarm
        self.open_sheet()

    def limit_words(self) -> str:
        """An operator's limit."""
        return self.office.speech.say("alarms.quiet.limit_service")

    def forbidden_words(self) -> str:
        """An alarm that can become critical needs the supervisor."""
        point = self.point()
        if point is not None and point.alarm.top_priority == 1:
            return self.office.speech.say("alarms.quiet.service_p1")
        return ""

    def act(self, duration_s: float, reason: str) -> None:
        """Takes it out of service."""
        self.office.acts.out_of_service(self.alarm, duration_s, reason)


class MaintenanceSheet(QuietSheet):
    """Puts a whole area into maintenance mode."""

    kind = "maintenance"
    presets = ("h1", "h4", "shift", "h12")

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window)
        self.area = ""

    def open_for(self, area: str) -> None:
        """Asks for an area by its id."""
        self.area = area
        self.open_sheet()

    def show_subject(self) -> bool:
        """The area and how many assets it has."""
        catalogue = self.office.catalogue.catalogue
        if catalogue is None or self.area not in catalogue.areas:
            return False
        speech = self.office.speech
        self.symbol.hide()
        self.title.setText(speech.of(catalogue.areas[self.area].name))
        assets = sum(asset.area == self.area for asset in catalogue.assets.values())
        self.place.setText(speech.say("alarms.quiet.area_assets", n=assets))
        return True

    def limit_words(self) -> str:
        """What maintenance mode does, and what it never does (ALM-30)."""
        return self.office.speech.say("alarms.quiet.maintenance_does")

    def act(self, duration_s: float, reason: str) -> None:
        """Starts it."""
        self.office.acts.start_maintenance(self.area, duration_s, reason)
