"""Alarms of the selected asset, each with its acknowledge button in reach."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.alarm.facts import AckItem, AlarmFact
from console.desk.formats import age, stamp
from console.desk.models.alarm_cells import value_words
from console.desk.models.alarm_rows import label_of
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton, QuietButton
from widgets.kit.fonts import Role
from widgets.kit.labels import ElideLabel, PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, PAD_CELL, STEP
from widgets.kit.symbol import PrioritySymbol

_FIRST = 3
"""Alarms shown before a person asks for more."""


class AlarmRow(QWidget):
    """Symbol, what and since when, and [acknowledge] while it waits."""

    def __init__(self, office: Office, fact: AlarmFact) -> None:
        super().__init__()
        self._office = office
        self.fact = fact
        self.setMinimumHeight(ACT)
        self.symbol = PrioritySymbol(office.themes)
        self.title = ElideLabel(office.themes, strong=True)
        self.aside = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self.guide = QuietButton(office.themes, "guide", 32)
        self.ack = ActButton(office.themes, "ack")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.aside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(PAD_CELL)
        row.addWidget(self.symbol)
        row.addLayout(words, 1)
        row.addWidget(self.guide)
        row.addWidget(self.ack)
        self.guide.clicked.connect(self._guide)
        self.ack.clicked.connect(self._acknowledge)
        self.say(fact)

    def say(self, fact: AlarmFact) -> None:
        """Shows the fact as it is now."""
        self.fact = fact
        office, catalogue = self._office, self._office.catalogue.catalogue
        if catalogue is None or fact.alarm >= len(catalogue.alarms):
            return
        speech, now = office.speech, seconds_of(office.themes).now_ns
        point = catalogue.alarms[fact.alarm]
        self.symbol.set_alarm(fact.priority, fact.state.letter)
        state = speech.say(f"alarm_state.{fact.state.letter.value}")
        self.title.set_text(
            f"{speech.of(label_of(fact, point.alarm))} · {value_words(fact, point, catalogue, speech)}"
        )
        elapsed = age((now - fact.at_event) / 1e9, speech) if fact.at_event else ""
        self.aside.set_text(" · ".join(part for part in (state, elapsed) if part))
        self.title.setToolTip(plain_tip(f"{self.title.text}\n{stamp(fact.at_event, now)}"))
        self.ack.setText(speech.say("assets.alarm.ack"))
        self.ack.setAccessibleName(speech.say("assets.alarm.ack_what", what=speech.of(point.alarm.label)))
        self.ack.setVisible(fact.state.listed and not fact.state.acked)
        self.ack.setEnabled(office.link.live)
        self.guide.say(speech.say("assets.alarm.guide"))

    @Slot()
    def _acknowledge(self) -> None:
        self._office.acts.ack([AckItem(self.fact.alarm, self.fact.occurrence, self.fact.priority)])

    @Slot()
    def _guide(self) -> None:
        asks_of(self._office.acts).guidance_asked.emit(self.fact.alarm)


class AlarmRows(QWidget):
    """Rows of one asset, worst first; one quiet line when there is none."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._asset = ""
        self._rows: dict[int, AlarmRow] = {}
        self.none = PlainLabel(muted=True)
        self.more = ActButton(office.themes, "chevron_down")
        self._all = False
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(STEP)
        self._box.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._box.addWidget(self.none)
        self._box.addWidget(self.more)
        self.more.clicked.connect(self._show_all)
        office.alarms.alarms_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.link.link_changed.connect(self._again)
        seconds_of(office.themes).ticked.connect(self._again)

    @property
    def rows(self) -> list[AlarmRow]:
        """Rows as they stand."""
        return list(self._rows.values())

    def show_asset(self, asset: str) -> None:
        """Alarms of another asset."""
        self._asset, self._all = asset, False
        self._again()

    @Slot()
    def _show_all(self) -> None:
        self._all = True
        self._again()

    @Slot()
    def _again(self) -> None:
        facts = self._office.alarms.of_asset(self._asset) if self._asset else []
        # Many alarms may not push the commands off the screen; what is not shown has no row, which would cost time.
        shown = facts if self._all else facts[:_FIRST]
        if [fact.alarm for fact in shown] != list(self._rows):
            self._rebuild(shown)
        for fact in shown:
            self._rows[fact.alarm].say(fact)
        hidden = len(facts) - len(shown)
        self.more.setVisible(hidden > 0)
        self.more.setText(self._office.speech.say("assets.alarm.more", n=hidden))
        self.none.setVisible(not facts)
        self.none.setText(self._office.speech.say("assets.alarm.none"))

    def _rebuild(self, facts: list[AlarmFact]) -> None:
        """Rows in this order; those that stay are kept, for making one takes some milliseconds."""
        kept = self._rows
        self._rows = {
            fact.alarm: kept.pop(fact.alarm, None) or AlarmRow(self._office, fact) for fact in facts
        }
        for row in kept.values():
            self._box.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, row in enumerate(self._rows.values()):
            self._box.insertWidget(place + 1, row)
            row.show()
