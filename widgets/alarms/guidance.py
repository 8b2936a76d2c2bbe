"""The response sheet of an alarm (F1): what to do and by when, why, what it did before, and the acts for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from console.core.alarm.facts import AckItem, AlarmFact
from console.core.catalogue import AlarmPoint
from console.desk.formats import age, stamp, zone
from console.desk.models.alarm_cells import rule_words, value_words, who_words
from console.desk.models.alarm_rows import hidden_by
from console.desk.office import Office
from widgets.alarms.response_parts import RecentOccurrences, ResponseCommands, redefined_words, spread
from widgets.alarms.sheet import AlarmSheet
from widgets.alarms.spark import AlarmSpark
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, ROW

_PARTS = ("action", "respond", "cause", "consequence")
_MORE = ("trend", "history", "commands")
_WIDTH = 860
_VIEWS = {"trend": "asset.trend", "map": "asset.show_on_map"}
"""Linked displays by name; any other is the faceplate."""


class GuidanceSheet(AlarmSheet):
    """What to do comes first, then why; texts are those of the site profile."""

    quiet_asked = Signal(int)
    """Alarm index: open the sheet that shelves it."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self._seconds = seconds_of(office.themes)
        self.state = PlainLabel(Role.BODY)
        self.state.setWordWrap(True)
        self.hiding = PlainLabel(Role.BODY, muted=True)
        self.hiding.setWordWrap(True)
        self.redefined = PlainLabel(Role.BODY, strong=True)
        self.redefined.setWordWrap(True)
        self.first_out = PlainLabel(Role.BODY, strong=True)
        self.group = QToolButton()
        self.group.setMinimumHeight(ROW)
        self.group.setFont(font(Role.BODY, strong=True))
        self.group.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._heads = {name: SectionTitle() for name in (*_PARTS, *_MORE)}
        self.parts: dict[str, PlainLabel] = {}
        for name in _PARTS:
            role = Role.VALUE if name == "action" else Role.BODY
            self.parts[name] = PlainLabel(role, strong=name == "action")
            self.parts[name].setWordWrap(True)
        self.remaining = PlainLabel(Role.VALUE, strong=True)
        self.spark = AlarmSpark(office)
        self.recent = RecentOccurrences(office)
        self.commands = ResponseCommands(office)
        self.comment = QLineEdit()
        self.comment.setMaxLength(500)
        self.show_asset = ActButton(office.themes, "faceplate")
        self.shelve = ActButton(office.themes, "shelve")
        self.ack = ActButton(office.themes, "ack")
        self.ack.set_first()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        for widget in (self.state, self.redefined, self.hiding, self.first_out):
            self.box.addWidget(widget)
        self.box.addWidget(self.group, 0, Qt.AlignmentFlag.AlignLeft)
        what, more = QVBoxLayout(), QVBoxLayout()
        for name in _PARTS:
            what.addWidget(self._heads[name])
            what.addWidget(self.parts[name])
            if name == "respond":
                what.addWidget(self.remaining)
        what.addStretch(1)
        for name, widget in (("trend", self.spark), ("history", self.recent)):
            more.addWidget(self._heads[name])
            more.addWidget(widget)
        more.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(PAD_PANEL * 2)
        for column in (what, more):
            column.setSpacing(PAD_CELL // 2)
            columns.addLayout(column, 1)
        self.box.addLayout(columns)
        for widget in (self._heads["commands"], self.commands, self.comment):
            self.box.addWidget(widget)
        acts = spread(self.show_asset, self.shelve, None, self.ack)
        acts.setContentsMargins(0, APART, 0, 0)
        self.box.addLayout(acts)

    def _connect(self) -> None:
        office = self.office
        self.ack.clicked.connect(self._acknowledge)
        self.show_asset.clicked.connect(self._open_display)
        self.shelve.clicked.connect(self._ask_quiet)
        self.group.clicked.connect(self._open_cause)
        self.comment.textChanged.connect(self._again)
        self.comment.returnPressed.connect(self._leave_comment)
        office.alarms.alarms_changed.connect(self._again)
        office.modes.modes_changed.connect(self._again)
        office.speech.lang_changed.connect(self._relang)
        office.link.link_changed.connect(self._again)
        self._seconds.ticked.connect(self._again)

    def open_for(self, alarm: int) -> None:
        """Shows the sheet of an alarm by its index."""
        point = self._look_at(alarm)
        if point is None:
            return
        self.comment.clear()
        self.spark.show_alarm(point, self._fact())
        self.recent.show_alarm(point)
        self.commands.show_alarm(point)
        self._heads["commands"].setVisible(bool(self.commands.buttons))
        self._say()
        self.place_below_banner()

    def _look_at(self, alarm: int) -> AlarmPoint | None:
        self.alarm = alarm
        return self.point()

    def _fact(self) -> AlarmFact | None:
        return self.office.alarms.facts.get(self.alarm)

    def _say(self) -> None:
        point = self.point()
        if point is None:
            return
        speech, alarm = self.office.speech, point.alarm
        self.show_head(point)
        self.setWindowTitle(speech.say("alarms.guidance.title"))
        self.setAccessibleName(f"{self.windowTitle()}: {self.title.text()}")
        for name, head in self._heads.items():
            head.setText(speech.say(f"alarms.guidance.{name}"))
        self.parts["action"].setText(speech.of(alarm.action))
        self.parts["cause"].setText(speech.of(alarm.cause))
        self.parts["consequence"].setText(speech.of(alarm.consequence))
        self.parts["respond"].setText(speech.say("alarms.guidance.minutes", n=f"{alarm.respond_min:g}"))
        self.spark.setAccessibleName(speech.say("alarms.guidance.trend"))
        self.show_asset.setText(speech.say(f"alarms.guidance.open_{_display_kind(alarm.display)}"))
        self.shelve.setText(speech.say("alarms.act.shelve"))
        self.ack.setText(speech.say("alarms.act.ack"))
        key = "alarms.comment.owed" if alarm.comment_required else "alarms.guidance.comment"
        self.comment.setPlaceholderText(speech.say(key))
        self.comment.setAccessibleName(speech.say("alarms.guidance.comment"))
        self._say_state(point)

    def _say_state(self, point: AlarmPoint) -> None:
        fact, live = self._fact(), self.office.link.live
        waits = fact is not None and fact.state.listed and not fact.state.acked
        words_owed = point.alarm.comment_required and not self.comment.text().strip()
        self.comment.setVisible(waits)
        self.ack.setEnabled(live and waits and not words_owed)
        self.shelve.setEnabled(live and fact is not None and not fact.state.suppressed)
        self.state.setText(self._state_words(point, fact))
        hiding = self._hiding_words(fact)
        self.hiding.setText(hiding)
        self.hiding.setVisible(bool(hiding))
        redefined = redefined_words(self.alarm, self.office, self._seconds.now_ns)
        self.redefined.setText(redefined)
        self.redefined.setVisible(bool(redefined))
        self._say_group(fact)
        remaining = self._remaining_words(point, fact)
        self.remaining.setText(remaining)
        self.remaining.setVisible(bool(remaining))

    def _state_words(self, point: AlarmPoint, fact: AlarmFact | None) -> str:
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        if fact is None or catalogue is None:
            return speech.say("alarm_state.A_NORM")
        tz, now = zone(catalogue.site.time_zone), self._seconds.now_ns
        parts = [
            speech.say(f"alarm_state.{fact.state.letter.value}"),
            value_words(fact, point, catalogue, speech),
        ]
        if fact.at_event:
            parts += [stamp(fact.at_event, now, tz), age((now - fact.at_event) / 1e9, speech)]
        if fact.acked_by:
            parts.append(speech.say("alarms.guidance.acked", who=who_words(fact.acked_by, speech)))
        if fact.comment:
            parts.append(fact.comment)
        return " · ".join(parts)

    def _hiding_words(self, fact: AlarmFact | None) -> str:
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        if fact is None or catalogue is None or not fact.state.suppressed:
            return ""
        hiding, tz, now = hidden_by(fact), zone(catalogue.site.time_zone), self._seconds.now_ns
        why = rule_words(hiding.why, catalogue, speech) if fact.state.sbd else hiding.why
        parts = [who_words(hiding.who, speech), why, stamp(hiding.since, now, tz)]
        if hiding.until:
            parts.append(speech.say("alarms.guidance.until", at=stamp(hiding.until, now, tz)))
        if fact.suppressed_activations:
            parts.append(speech.say("alarms.guidance.missed", n=fact.suppressed_activations))
        return " · ".join(part for part in parts if part)

    def _say_group(self, fact: AlarmFact | None) -> None:
        catalogue, speech = self.office.catalogue.catalogue, self.office.speech
        follows = fact is not None and catalogue is not None and 0 <= fact.cause < len(catalogue.alarms)
        self.group.setVisible(follows)
        self.first_out.setVisible(fact is not None and fact.first_out)
        self.first_out.setText(speech.say("alarms.guidance.first_out"))
        if fact is not None and catalogue is not None and follows:
            cause = catalogue.alarms[fact.cause]
            name = f"{speech.of(cause.asset.name)} · {speech.of(cause.alarm.label)}"
            self.group.setText(speech.say("alarm_mark.caused_by", what=name))

    def _remaining_words(self, point: AlarmPoint, fact: AlarmFact | None) -> str:
        if fact is None or not fact.state.cond or not fact.state.listed or not fact.at_event:
            return ""
        speech = self.office.speech
        began = fact.at_annunciated or fact.at_event
        left_s = point.alarm.respond_min * 60 - (self._seconds.now_ns - began) / 1e9
        key = "alarms.guidance.left" if left_s >= 0 else "alarms.guidance.overdue"
        return speech.say(key, time=age(abs(left_s), speech))

    @Slot()
    def _again(self) -> None:
        if self.isVisible():
            self._say()

    @Slot()
    def _relang(self) -> None:
        # The other language needs another height.
        self._again()
        if self.isVisible():
            self.adjustSize()

    @Slot()
    def _leave_comment(self) -> None:
        self.ack.setFocus()

    @Slot()
    def _acknowledge(self) -> None:
        fact = self._fact()
        if fact is not None and not fact.state.acked:
            item = AckItem(fact.alarm, fact.occurrence, fact.priority)
            self.office.acts.ack([item], self.comment.text().strip())

    @Slot()
    def _ask_quiet(self) -> None:
        self.quiet_asked.emit(self.alarm)

    @Slot()
    def _open_cause(self) -> None:
        fact = self._fact()
        if fact is not None and fact.cause >= 0:
            self.open_for(fact.cause)

    @Slot()
    def _open_display(self) -> None:
        point, catalogue = self.point(), self.office.catalogue.catalogue
        if point is None or catalogue is None:
            return
        linked = point.alarm.display.removeprefix("asset:")
        asset = linked if linked in catalogue.assets else point.asset.id
        self.office.selection.select_asset(asset, "guidance")
        self.office.actions.use(_VIEWS.get(point.alarm.display, "asset.faceplate"))


def _display_kind(display: str) -> str:
    return display if display in _VIEWS else "asset"


class GuidanceDesk(QObject):
    """Opens the response sheet of an alarm over the window that `owner` stands in; one sheet, used again."""

    quiet_asked = Signal(int)

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
            self.sheet.quiet_asked.connect(self.quiet_asked)
        self.sheet.open_for(alarm)
