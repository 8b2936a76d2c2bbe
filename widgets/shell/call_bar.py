"""What calls this person now: somebody asks for an area, a command waits for approval or for the last confirmation.

One line under the banner, the most pressing call first; it pushes the docks down and never covers an alarm.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from console.core.command.facts import CommandState
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import Chip, ElideLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART, PAD_CELL, PAD_PANEL


class Call(NamedTuple):
    """One call: `kind` is takeover, approval or confirm; `subject` the area or command; seconds left."""

    left_s: float
    kind: str
    subject: str


class CallBar(QFrame):
    """Hidden while nobody calls."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._said: frozenset[tuple[str, str]] = frozenset()
        self.calls: list[Call] = []
        self.setProperty("plate", "loud")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = QLabel()
        self.text = ElideLabel(office.themes, Role.VALUE, strong=True)
        self.more = Chip()
        self.no, self.yes = ActButton(office.themes), ActButton(office.themes)
        self.yes.set_first()
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, PAD_CELL // 2, PAD_PANEL, PAD_CELL // 2)
        row.setSpacing(APART)
        for widget in (self._picture, self.text, self.more, self.no, self.yes):
            row.addWidget(widget, 1 if widget is self.text else 0)
        self.setFixedHeight(ACT + PAD_CELL + 4)
        self.no.clicked.connect(self._refuse)
        self.yes.clicked.connect(self._accept)
        for signal in (
            office.areas.leases_changed,
            office.commands.commands_changed,
            office.control.confirm_arrived,
            office.session.session_changed,
            office.link.link_changed,
            office.catalogue.catalogue_changed,
            office.speech.lang_changed,
            office.themes.theme_changed,
            seconds_of(office.themes).ticked,
        ):
            signal.connect(self._again)
        self._again()

    @Slot()
    def _again(self) -> None:
        self.calls = sorted(self._found()) if self._office.link.live else []
        self.setVisible(bool(self.calls))
        if not self.calls:
            self._said = frozenset()
            return
        say, call = self._office.speech.say, self.calls[0]
        tokens = self._office.themes.tokens
        self._picture.setPixmap(pixmap("warning", tokens.text, 24, self.devicePixelRatioF()))
        self.text.set_text(self._words(call))
        self.more.setText(say("commands.call.more", n=len(self.calls) - 1))
        self.more.setVisible(len(self.calls) > 1)
        self.no.setText(say("commands.area.refuse"))
        self.no.setVisible(call.kind == "takeover")
        self.yes.setText(say(f"commands.call.{call.kind}_do"))
        self._announce()

    def _found(self) -> list[Call]:
        office = self._office
        left = office.clock.left_s
        user = office.session.user
        found = [
            Call(left(lease.wanted_until), "takeover", area)
            for area, lease in office.areas.facts.items()
            if user and lease.holder == user and lease.wanted_by
        ]
        found += [
            Call(left(fact.deadline), "approval", fact.request.command_id)
            for fact in office.commands.facts.values()
            if fact.state is CommandState.AWAIT_APPROVAL and office.permits.may_decide(fact)
        ]
        if office.session.fact is not None and not office.session.active:
            return []
        found += [
            Call(left(asked.expires), "confirm", asked.command_id)
            for asked in office.control.confirms()
            if asked.command_id in office.commands.facts and left(asked.expires) > 0
        ]
        return found

    def _words(self, call: Call) -> str:
        office, say = self._office, self._office.speech.say
        n = office.command_words.left(call.left_s)
        if call.kind == "takeover":
            lease, catalogue = office.areas.of_area(call.subject), office.catalogue.catalogue
            area = catalogue.areas.get(call.subject) if catalogue is not None else None
            name = office.speech.of(area.name) if area is not None else call.subject
            who = lease.wanted_name or lease.wanted_by
            return say("commands.call.takeover", who=who, area=name, n=n)
        fact, words = office.commands.facts[call.subject], office.command_words
        what = f"{words.target(fact)} · {words.title(fact)}"
        return say(f"commands.call.{call.kind}", what=what, who=fact.by, n=n)

    def _announce(self) -> None:
        now = frozenset((call.kind, call.subject) for call in self.calls)
        if now - self._said:
            event = QAccessibleAnnouncementEvent(self, self.text.text)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)
        self._said = now

    @Slot()
    def _refuse(self) -> None:
        if self.calls and self.calls[0].kind == "takeover":
            self._office.control.answer_takeover(self.calls[0].subject, grant=False)

    @Slot()
    def _accept(self) -> None:
        if not self.calls:
            return
        call, asks = self.calls[0], asks_of(self._office.acts)
        if call.kind == "takeover":
            self._office.control.answer_takeover(call.subject, grant=True)
        elif call.kind == "approval":
            asks.order_asked.emit(call.subject)
        else:
            asks.command_asked.emit(self._office.commands.facts[call.subject].request)
