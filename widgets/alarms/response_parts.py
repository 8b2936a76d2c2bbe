"""Parts of the response sheet: what this alarm did before, and the commands of its asset."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.core.alarm.facts import OccurrenceRow
from console.core.catalogue import AlarmPoint
from console.core.command.facts import CommandRequest
from console.core.site import CommandDef
from console.desk.formats import age, stamp, zone
from console.desk.models.alarm_cells import value_words, who_words
from console.desk.models.occurrence_table import as_fact
from console.desk.occurrences import OccurrencePage
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL

NS = 1_000_000_000
DAYS = 7
SHOWN = 5
_ASKED = 100
_COLUMNS = 4
_COMMAND_COLUMNS = 4


class RecentOccurrences(QWidget):
    """The newest occurrences of one alarm and how many there were in a week."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._request = ""
        self._point: AlarmPoint | None = None
        self._page = OccurrencePage("")
        self.count = PlainLabel(Role.BODY, muted=True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(PAD_CELL * 2)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(_COLUMNS - 1, 1)
        self.cells = [[PlainLabel(Role.BODY) for _ in range(_COLUMNS)] for _ in range(SHOWN)]
        for row, labels in enumerate(self.cells):
            for column, label in enumerate(labels):
                self._grid.addWidget(label, row, column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.count)
        box.addLayout(self._grid)
        office.occurrences.page_arrived.connect(self._take)
        office.speech.lang_changed.connect(self._say)

    def show_alarm(self, point: AlarmPoint) -> None:
        """Asks the hub about another alarm."""
        now = seconds_of(self._office.themes).now_ns
        self._point, self._page = point, OccurrencePage("")
        self._request = self._office.occurrences.fetch(
            now - DAYS * 24 * 3600 * NS, now + NS, point.index, _ASKED
        )
        self._say()

    @Slot(object)
    def _take(self, page: OccurrencePage) -> None:
        if page.request == self._request:
            self._page, self._request = page, ""
            self._say()

    @Slot()
    def _say(self) -> None:
        say = self._office.speech.say
        rows = self._page.rows
        if self._request:
            self.count.setText(say("alarms.history.loading"))
        elif self._page.reason:
            self.count.setText(self._office.speech.reason(self._page.reason))
        else:
            more = "+" if self._page.truncated else ""
            self.count.setText(say("alarms.guidance.occurrences", days=DAYS, n=f"{len(rows)}{more}"))
        newest = list(reversed(rows))[:SHOWN]
        for number, labels in enumerate(self.cells):
            texts = self._texts(newest[number]) if number < len(newest) else [""] * _COLUMNS
            for label, text in zip(labels, texts, strict=True):
                label.setText(text)
                label.setVisible(number < len(newest))

    def _texts(self, row: OccurrenceRow) -> list[str]:
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        if catalogue is None or self._point is None:
            return [""] * _COLUMNS
        now = seconds_of(self._office.themes).now_ns
        lasted = (
            age((row.at_returned - row.at_event) / 1e9, speech)
            if row.at_returned
            else speech.say("alarm_note.standing")
        )
        value = value_words(as_fact(row), self._point, catalogue, speech)
        who = who_words(row.acked_by, speech)
        return [stamp(row.at_event, now, zone(catalogue.site.time_zone)), value, lasted, who]


class _CommandVerb(ActButton):
    """A verb of the asset; a press asks, it never sends."""

    def __init__(self, office: Office, asset: str, command: CommandDef) -> None:
        super().__init__(office.themes)
        self.asset = asset
        self.command = command
        self._office = office
        self.say()

    def say(self) -> None:
        """Name, and whether it can be asked for now."""
        office = self._office
        self.setText(office.speech.of(self.command.label))
        obstacle = office.permits.obstacle(self.asset, self.command.name)
        mine = (f for f in office.commands.of_asset(self.asset) if f.request.command == self.command.name)
        pending = any(not fact.state.terminal for fact in mine)
        self.setEnabled(office.link.live and obstacle is None and not pending)
        told = office.speech.say("alarms.guidance.command_pending") if pending else ""
        if obstacle is not None and not pending:
            told = office.command_words.why(*obstacle)
        self.setToolTip(plain_tip(told or office.speech.of(self.command.hazard)))
        self.setAccessibleDescription(told)


class ResponseCommands(QWidget):
    """Commands of the alarm's asset, in reach of its response."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.buttons: list[_CommandVerb] = []
        for signal in (
            office.speech.lang_changed,
            office.link.link_changed,
            office.commands.commands_changed,
            office.tags.tags_changed,
            office.areas.leases_changed,
            office.session.session_changed,
            # Interlocks look on values: once a second is soon enough to read.
            seconds_of(office.themes).ticked,
        ):
            signal.connect(self._say)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(APART)
        self._grid.setVerticalSpacing(APART)

    def show_alarm(self, point: AlarmPoint) -> None:
        """Commands of the asset of another alarm."""
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        catalogue = self._office.catalogue.catalogue
        commands = catalogue.types[point.asset.type].commands if catalogue is not None else ()
        for place, command in enumerate(commands):
            button = _CommandVerb(self._office, point.asset.id, command)
            button.clicked.connect(self._ask)
            self.buttons.append(button)
            self._grid.addWidget(button, place // _COMMAND_COLUMNS, place % _COMMAND_COLUMNS)
        self.setVisible(bool(commands))

    @Slot()
    def _say(self) -> None:
        if not self.isVisible():
            return
        for button in self.buttons:
            button.say()

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        if isinstance(button, _CommandVerb):
            request = CommandRequest(command_id="", asset=button.asset, command=button.command.name)
            asks_of(self._office.acts).command_asked.emit(request)


def redefined_words(alarm: int, office: Office, now_ns: int) -> str:
    """That the definition is not that of the site profile, who changed what and why (ALM-13); empty if it is."""
    fact, catalogue, speech = office.modes.redefined.get(alarm), office.catalogue.catalogue, office.speech
    if fact is None or catalogue is None:
        return ""
    changes = ", ".join(
        speech.say(
            "alarms.guidance.change", field=speech.say(f"alarm_field.{field}"), old=f"{old:g}", new=f"{new:g}"
        )
        for field, (old, new) in fact.changes.items()
    )
    at = stamp(fact.at, now_ns, zone(catalogue.site.time_zone))
    who = who_words(fact.by, speech)
    return speech.say("alarms.guidance.redefined", changes=changes, who=who, at=at, why=fact.reason)


def spread(*widgets: QWidget | None) -> QHBoxLayout:
    """A row of acts; None is where they part."""
    row = QHBoxLayout()
    row.setSpacing(APART)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
