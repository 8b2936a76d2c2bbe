"""The line above the rows: lists, filter with what it hides, freeze, and the acts of the present list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.core.alarm.facts import Shelf
from console.desk.formats import age
from console.desk.models.alarm_rows import AlarmFilter, AlarmList
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from widgets.alarms.lists import ListTabs
from widgets.kit.buttons import ActButton, QuietButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import Chip
from widgets.kit.search import SearchLine
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, ROW
from widgets.kit.texts import Texts

_ACTS = {
    AlarmList.ACTIVE: ("ack", "guide", "shelve"),
    AlarmList.SHELVED: ("guide", "shelf", "unshelve"),
    AlarmList.SUPPRESSED: ("guide",),
    AlarmList.OUT_OF_SERVICE: ("guide", "in_service"),
    AlarmList.STALE: ("ack", "guide", "shelve"),
    AlarmList.CHATTERING: ("ack", "guide", "shelve"),
    AlarmList.HISTORY: ("guide",),
}


class AlarmBar(QWidget):
    """Says the state of the model; what its buttons do is connected by the panel."""

    def __init__(self, office: Office, model: AlarmTableModel) -> None:
        super().__init__()
        self._office = office
        self._model = model
        self._texts = Texts(office.speech, self)
        self.lists = ListTabs(office, model.watch)
        self.filter = SearchLine(office.themes, "filter")
        self.area = Chip()
        self.hidden = Chip()
        self.through = Chip()
        self.causes = QToolButton()
        self.causes.setCheckable(True)
        self.causes.setMinimumHeight(ROW)
        self.causes.setFont(font(Role.BODY))
        self.causes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear = QuietButton(office.themes, "close")
        self.new = QuietButton(office.themes, "chevron_down")
        self.frozen = Chip()
        self.freeze = QuietButton(office.themes, "pin")
        self.freeze.setCheckable(True)
        self.ack = ActButton(office.themes, "ack")
        self.guide = ActButton(office.themes, "guide")
        self.shelve = ActButton(office.themes, "shelve")
        self.shelf = ActButton(office.themes, "shelve")
        self.unshelve = ActButton(office.themes, "unshelve")
        self.in_service = ActButton(office.themes, "live")
        self.acts = {
            "ack": self.ack,
            "guide": self.guide,
            "shelve": self.shelve,
            "shelf": self.shelf,
            "unshelve": self.unshelve,
            "in_service": self.in_service,
        }
        self._arrange()
        self._put_texts()
        self.freeze.clicked.connect(self.turn_freeze)
        model.freeze.freeze_changed.connect(self.say)
        seconds_of(office.themes).ticked.connect(self._say_freeze)
        office.speech.lang_changed.connect(self.say)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_CELL, 2, PAD_CELL, 2)
        row.setSpacing(PAD_CELL)
        row.addWidget(self.lists)
        row.addSpacing(APART)
        self.filter.setMaximumWidth(240)
        self.filter.setMinimumWidth(110)
        row.addWidget(self.filter, 1)
        row.addWidget(self.causes)
        for widget in (self.area, self.hidden, self.through, self.clear, self.new, self.frozen, self.freeze):
            row.addWidget(widget)
        row.addStretch(1)
        for button in self.acts.values():
            row.addWidget(button)
        self.new.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _put_texts(self) -> None:
        put = self._texts.put
        put(self.filter.setPlaceholderText, "alarms.filter.hint")
        put(self.filter.setAccessibleName, "alarms.filter.hint")
        put(self.causes.setText, "alarms.filter.causes")
        put(self.causes.setToolTip, "alarms.filter.causes_tip")
        put(self.clear.say, "alarms.filter.clear")
        put(self.guide.setText, "alarms.act.guide")
        put(self.shelf.setText, "alarms.act.shelf")
        put(self.unshelve.setText, "alarms.act.unshelve")
        put(self.in_service.setText, "alarms.act.in_service")
        for name in ("ack", "guide", "shelve", "shelf"):
            put(self.acts[name].setToolTip, f"alarms.act.{name}_tip")

    @Slot()
    def turn_freeze(self) -> None:
        """Holds the rows still, or lets them go on."""
        if self._model.freeze.on:
            self._model.freeze.end()
        else:
            self._model.freeze.begin()

    @Slot()
    def say(self) -> None:
        """Filter, counts and freeze as they are now."""
        speech, model = self._office.speech, self._model
        which = model.filter.which
        table = which is not AlarmList.HISTORY
        self.hidden.setVisible(table and model.hidden_count > 0)
        self.hidden.setText(speech.say("alarms.filter.hidden", n=model.hidden_count))
        self.through.setVisible(table and model.through_count > 0)
        self.through.setText(speech.say("alarms.filter.through", n=model.through_count))
        self.causes.setVisible(which is AlarmList.ACTIVE)
        self.causes.setChecked(model.filter.causes_only)
        self.area.setVisible(bool(model.filter.areas))
        self.area.setText(speech.say("alarms.filter.area", area=self._areas()))
        self.clear.setVisible(model.filter != AlarmFilter(which=which))
        self.new.setVisible(table and model.new_count > 0)
        told = speech.say("alarms.new", n=model.new_count)
        self.new.setText(told)
        self.new.say(told)
        for name, button in self.acts.items():
            button.setVisible(name in _ACTS[which])
        self.freeze.setVisible(table)
        self._say_freeze()

    def _areas(self) -> str:
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        names = {} if catalogue is None else catalogue.areas
        return ", ".join(
            speech.of(names[area].name) for area in sorted(self._model.filter.areas) if area in names
        )

    @Slot()
    def _say_freeze(self) -> None:
        speech, freeze = self._office.speech, self._model.freeze
        self.freeze.setChecked(freeze.on)
        self.freeze.say(speech.say("alarms.freeze.end" if freeze.on else "alarms.freeze.begin"))
        self.frozen.setVisible(freeze.on)
        if freeze.on:
            held, left = age(freeze.age_s, speech), age(freeze.left_s + 0.999, speech)
            self.frozen.setText(speech.say("alarms.freeze.on", age=held, left=left))

    def enable_acts(self, rows: list[int], *, on_history: bool) -> None:
        """Which acts can be done with the visible selected rows."""
        live, speech = self._office.link.live, self._office.speech
        waiting = len(self._model.ack_items(rows))
        key = "alarms.act.ack_n" if waiting > 1 else "alarms.act.ack"
        self.ack.setText(speech.say(key, n=waiting))
        self.ack.setEnabled(live and waiting > 0)
        self.guide.setEnabled(bool(rows) or on_history)
        facts = [self._model.fact(row) for row in rows]
        several = len(facts) > 1
        self.shelve.setText(
            speech.say("alarms.act.shelve_n" if several else "alarms.act.shelve", n=len(facts))
        )
        self.shelve.setEnabled(live and bool(facts) and not any(fact.state.suppressed for fact in facts))
        self.shelf.setEnabled(live and len(facts) == 1 and facts[0].state.shelf is not Shelf.NONE)
        self.unshelve.setEnabled(live and bool(rows))
        self.in_service.setEnabled(live and bool(rows))
