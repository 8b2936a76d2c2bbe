"""Changing a shelf that there is, and shelving several alarms alike (ALM-44, ALM-45)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from console.core.alarm.acts import SHELF_MAX_P2_S, SHELF_MAX_S, SHELF_QUOTA, SHELF_WARN_AT
from console.core.alarm.facts import AckItem, AlarmFact, Shelf
from console.core.catalogue import AlarmPoint
from console.desk.formats import age, stamp, zone
from console.desk.models.alarm_rows import label_of
from console.desk.office import Office
from widgets.alarms.quieting import REASONS, QuietSheet
from widgets.kit.fonts import Role
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, ROW

_LINES = 8
"""Lines of a group shown before the list scrolls."""


class ShelfSheet(QuietSheet):
    """From now on for another time, or for another reason; limits count from the beginning of the shelf."""

    kind = "shelf"
    presets = ("m15", "h1", "h4", "shift")

    def open_for(self, alarm: int) -> None:
        """Asks for a shelved alarm by its index."""
        self.alarm = alarm
        self.open_sheet()
        self._say_reason()

    def longest_s(self) -> float:
        """What is left of the longest time."""
        point = self.point()
        most = SHELF_MAX_P2_S if point is not None and point.alarm.top_priority == 2 else SHELF_MAX_S
        return most - self._elapsed_s()

    def limit_words(self) -> str:
        """Since when, until when, and how much longer it may last in all."""
        fact, catalogue = self._fact(), self.office.catalogue.catalogue
        if fact is None or catalogue is None:
            return ""
        speech, tz = self.office.speech, zone(catalogue.site.time_zone)
        now = seconds_of(self.office.themes).now_ns
        return speech.say(
            "alarms.quiet.shelf_stands",
            since=stamp(fact.at_shelved, now, tz),
            until=stamp(fact.at_unshelve, now, tz),
            left=age(max(0.0, self.longest_s()), speech),
        )

    def forbidden_words(self) -> str:
        """A shelf that is over, or that only a supervisor may hold."""
        point = self.point()
        if self._fact() is None:
            return self.office.speech.say("alarms.quiet.shelf_over")
        if point is not None and point.alarm.top_priority == 1:
            return self.office.speech.say("alarms.quiet.limit_p1")
        return ""

    def act(self, duration_s: float, reason: str) -> None:
        """Changes it; the hub counts from its beginning."""
        self.office.acts.edit_shelf(self.alarm, self._elapsed_s() + duration_s, reason)

    def _fact(self) -> AlarmFact | None:
        fact = self.office.alarms.facts.get(self.alarm)
        return fact if fact is not None and fact.state.shelf is not Shelf.NONE else None

    def _elapsed_s(self) -> float:
        fact = self._fact()
        return 0.0 if fact is None else (seconds_of(self.office.themes).now_ns - fact.at_shelved) / 1e9

    def _say_reason(self) -> None:
        """The present reason stands there already."""
        fact = self._fact()
        if fact is None:
            return
        for number in range(len(REASONS)):
            code = self.reason.itemText(number)
            if fact.shelf_reason == code or fact.shelf_reason.startswith(f"{code}: "):
                self.reason.setCurrentIndex(number)
                self.note.setText(fact.shelf_reason.removeprefix(code).removeprefix(": "))
                return
        self.reason.setCurrentIndex(REASONS.index("other"))
        self.note.setText(fact.shelf_reason)


class GroupSheet(QuietSheet):
    """Several alarms alike: every one is listed first, and all are shelved or none."""

    kind = "group"
    presets = ("m15", "h1", "h4", "shift")

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window)
        self._items: tuple[AckItem, ...] = ()
        self.lines: list[ElideLabel] = []
        self.head = PlainLabel(Role.BODY, strong=True)
        inside = QWidget()
        inside.setProperty("ground", "none")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, PAD_CELL, 0)
        self._list.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.box.insertWidget(1, self.head)
        self.box.insertWidget(2, self._scroll)

    def open_for(self, items: Sequence[AckItem]) -> None:
        """Asks for these occurrences as they were seen."""
        self._items = tuple(items)
        self.open_sheet()

    def show_subject(self) -> bool:
        """How many, and each of them."""
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        if catalogue is None or not self._items:
            return False
        self.symbol.hide()
        self.title.setText(speech.say("alarms.quiet.group_title"))
        areas = {catalogue.alarms[item.alarm].asset.area for item in self._items}
        names = [speech.of(catalogue.areas[area].name) for area in sorted(areas) if area in catalogue.areas]
        self.place.setText(", ".join(names))
        self.head.setText(speech.say("alarms.quiet.group_lists", n=len(self._items)))
        for line in self.lines:
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [self._line(catalogue.alarms[item.alarm], item) for item in self._items]
        for line in self.lines:
            self._list.addWidget(line)
        self._scroll.setFixedHeight(min(len(self.lines), _LINES) * ROW)
        return True

    def longest_s(self) -> float:
        """The shortest limit of any of them."""
        return SHELF_MAX_P2_S if 2 in self._tops() else SHELF_MAX_S

    def limit_words(self) -> str:
        """Limits of the most urgent, and how many shelves are in use."""
        say, shelved = self.office.speech.say, self.office.alarms.counts().shelved
        said = [say("alarms.quiet.limit_p2")] if 2 in self._tops() else []
        if shelved + len(self._items) >= SHELF_WARN_AT:
            said.append(say("alarms.quiet.limit_count", n=shelved, most=SHELF_QUOTA))
        return " ".join(said)

    def forbidden_words(self) -> str:
        """What makes the hub refuse the whole group, said before."""
        say = self.office.speech.say
        points = self._points()
        if any(not point.alarm.shelvable for point in points):
            return say("alarms.quiet.never")
        if 1 in self._tops():
            return say("alarms.quiet.limit_p1")
        facts = [self.office.alarms.facts.get(item.alarm) for item in self._items]
        if any(fact is not None and fact.state.suppressed for fact in facts):
            return say("alarms.quiet.group_ends")
        if self.office.alarms.counts().shelved + len(points) > SHELF_QUOTA:
            return say("alarms.quiet.limit_full", most=SHELF_QUOTA)
        return ""

    def act(self, duration_s: float, reason: str) -> None:
        """Shelves all of them."""
        self.office.acts.shelve_all(self._items, duration_s, reason)

    def _points(self) -> list[AlarmPoint]:
        catalogue = self.office.catalogue.catalogue
        return [] if catalogue is None else [catalogue.alarms[item.alarm] for item in self._items]

    def _tops(self) -> set[int]:
        return {point.alarm.top_priority for point in self._points()}

    def _line(self, point: AlarmPoint, item: AckItem) -> ElideLabel:
        speech, fact = self.office.speech, self.office.alarms.facts.get(item.alarm)
        label = point.alarm.label if fact is None else label_of(fact, point.alarm)
        line = ElideLabel(self.office.themes)
        line.setFixedHeight(ROW)
        line.set_text(f"P{item.priority}  {speech.of(point.asset.name)} · {speech.of(label)}")
        return line
