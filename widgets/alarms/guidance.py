"""The response sheet of an alarm: cause, consequence of no action, action, time to respond (F1)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.alarm.facts import AckItem
from console.core.catalogue import AlarmPoint
from console.desk.formats import age
from console.desk.models.alarm_cells import value_and_limit
from console.desk.office import Office
from widgets.alarms.sheet import AlarmSheet
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART

_PARTS = ("action", "cause", "consequence", "respond")
_WIDTH = 520


class GuidanceSheet(AlarmSheet):
    """What to do comes first, then why; texts are those of the site profile."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self._seconds = seconds_of(office.themes)
        self.state = PlainLabel(Role.BODY)
        self.state.setWordWrap(True)
        self.box.addWidget(self.state)
        self._heads: dict[str, SectionTitle] = {}
        self.parts: dict[str, PlainLabel] = {}
        for name in _PARTS:
            self._heads[name] = SectionTitle()
            self.parts[name] = PlainLabel(
                Role.VALUE if name == "action" else Role.BODY, strong=name == "action"
            )
            self.parts[name].setWordWrap(True)
            self.box.addWidget(self._heads[name])
            self.box.addWidget(self.parts[name])
        self.show_asset = ActButton(office.themes, "faceplate")
        self.ack = ActButton(office.themes, "ack")
        row = QHBoxLayout()
        row.setContentsMargins(0, APART * 2, 0, 0)
        row.addWidget(self.show_asset)
        row.addStretch(1)
        row.addWidget(self.ack)
        self.box.addLayout(row)
        self.ack.clicked.connect(self._acknowledge)
        self.show_asset.clicked.connect(self._open_asset)
        office.alarms.alarms_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.link.link_changed.connect(self._again)

    def open_for(self, alarm: int) -> None:
        """Shows the sheet of an alarm by its index."""
        self.alarm = alarm
        self._say()
        self.place_below_banner()

    def _say(self) -> None:
        point = self.point()
        if point is None:
            return
        speech = self.office.speech
        self.show_head(point)
        self.setWindowTitle(speech.say("alarms.guidance.title"))
        self.setAccessibleName(f"{self.windowTitle()}: {self.title.text()}")
        for name in _PARTS:
            self._heads[name].setText(speech.say(f"alarms.guidance.{name}"))
        alarm = point.alarm
        self.parts["action"].setText(speech.of(alarm.action))
        self.parts["cause"].setText(speech.of(alarm.cause))
        self.parts["consequence"].setText(speech.of(alarm.consequence))
        self.parts["respond"].setText(speech.say("alarms.guidance.minutes", n=f"{alarm.respond_min:g}"))
        self.show_asset.setText(speech.say("alarms.guidance.open_asset"))
        self.ack.setText(speech.say("alarms.act.ack"))
        self._say_state(point)

    def _say_state(self, point: AlarmPoint) -> None:
        fact = self.office.alarms.facts.get(point.index)
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        if fact is None or catalogue is None:
            self.state.setText("")
            self.ack.setEnabled(False)
            return
        state = speech.say(f"alarm_state.{fact.state.letter.value}")
        value = value_and_limit(fact, point, catalogue, speech.lang)
        elapsed = age((self._seconds.now_ns - fact.at_event) / 1e9, speech) if fact.at_event else ""
        self.state.setText(" · ".join(part for part in (state, value, elapsed) if part))
        self.ack.setEnabled(self.office.link.live and fact.state.listed and not fact.state.acked)

    @Slot()
    def _again(self) -> None:
        if self.isVisible():
            self._say()

    @Slot()
    def _acknowledge(self) -> None:
        fact = self.office.alarms.facts.get(self.alarm)
        if fact is not None and not fact.state.acked:
            self.office.acts.ack([AckItem(fact.alarm, fact.occurrence, fact.priority)])

    @Slot()
    def _open_asset(self) -> None:
        point = self.point()
        if point is not None:
            self.office.selection.select_asset(point.asset.id, "guidance")
            self.office.actions.use("asset.faceplate")


class GuidanceDesk(QObject):
    """Opens the response sheet of an alarm over the window that `owner` stands in; one sheet, used again."""

    def __init__(self, office: Office, owner: QWidget) -> None:
        super().__init__(owner)
        self._office = office
        self._owner = owner
        self.sheet: GuidanceSheet | None = None

    @Slot(int)
    def guide(self, alarm: int) -> None:
        """Shows the response sheet of an alarm by its index."""
        if self.sheet is None:
            self.sheet = GuidanceSheet(self._office, asks_of(self._office.acts).window_for(self._owner))
        self.sheet.open_for(alarm)
