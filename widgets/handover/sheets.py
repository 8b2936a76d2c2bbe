"""Sheets of the handover: which areas, to whom, under which name, why not, and the signature."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from console.core.handover.facts import TEXT_MAX, HandoverFact, HandoverState
from console.desk.acts import ActOutcome
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.form_sheet import FormSheet
from widgets.kit.labels import PlainLabel
from widgets.kit.space import ACT, ROW

_LONGEST = 1024
_NAME = 80


class AskSheet(FormSheet):
    """Stays open until the hub has answered: then it closes, or says what is wrong."""

    def __init__(self, office: Office, window: QWidget, words: str) -> None:
        super().__init__(office, window)
        self._words = words
        self._request = ""
        self.why = PlainLabel()
        self.fault = PlainLabel(strong=True)
        for label in (self.why, self.fault):
            label.setWordWrap(True)
        self.box.addWidget(self.why)
        self._fields: list[tuple[str, PlainLabel, QWidget]] = []
        self.fields = QVBoxLayout()
        self.box.addLayout(self.fields)
        self.box.addWidget(self.fault)
        self.fault.hide()
        office.acts.act_answered.connect(self._answered)

    def line(self, key: str, *, secret: bool = False, text: str = "", longest: int = TEXT_MAX) -> QLineEdit:
        """A field with its label; Enter sends."""
        line = QLineEdit(text)
        line.setFont(font(Role.VALUE))
        line.setMinimumHeight(ACT - 8)
        line.setMaxLength(_LONGEST if secret else longest)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textChanged.connect(self.check)
        line.returnPressed.connect(self._do)
        self.field(key, line)
        return line

    def field(self, key: str, widget: QWidget) -> None:
        """Any widget under its label."""
        label = PlainLabel(Role.CAPTION, muted=True)
        self._fields.append((key, label, widget))
        self.fields.addWidget(label)
        self.fields.addWidget(widget)

    @Slot()
    def say(self) -> None:
        say = self.office.speech.say
        self.title.setText(say(f"handover.sheet.{self._words}"))
        if not self.why.text():
            self.why.setText(say(f"handover.sheet.{self._words}_why"))
        self.leave.setText(say("handover.sheet.leave"))
        self.do.setText(say(f"handover.sheet.{self._words}_do"))
        for key, label, widget in self._fields:
            label.setText(say(f"handover.sheet.{key}"))
            widget.setAccessibleName(label.text())
        self.place.setVisible(bool(self.place.text()))
        super().say()

    @Slot()
    def check(self) -> None:
        super().check()
        self.do.setEnabled(self.do.isEnabled() and not self._request)

    def adjustSize(self) -> None:
        """As high as its texts need at this width: wrapped lines are not in the layout's first guess."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def ask(self) -> str:
        """Send it; the id of the request."""
        return ""

    @Slot()
    def _do(self) -> None:
        if self.do.isEnabled():
            self.fault.hide()
            self._request = self.ask()
            self.check()

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        if not self._request or outcome.request != self._request:
            return
        self._request = ""
        reason = next((result.reason for result in outcome.results if result.reason), "")
        if not reason:
            self.close()
            return
        self.fault.setText(self.office.speech.reason(reason))
        self.fault.show()
        self.adjustSize()
        self.check()


class DraftSheet(AskSheet):
    """Which areas are handed over: those that the person holds, or all that may be."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, "draft")
        self.areas: dict[str, QCheckBox] = {}
        self.name = self._name() if office.handovers.passwordless else None
        held = set(office.areas.held_by(office.session.user))
        catalogue = office.catalogue.catalogue
        for area in catalogue.site.areas if catalogue is not None else ():
            if not office.handovers.may_hand_over(area.id):
                continue
            box = QCheckBox()
            box.setMinimumHeight(ROW)
            free = self._note(box, area.id, office.speech.of(area.name))
            box.setEnabled(free)
            box.setChecked(free and (not held or area.id in held))
            box.toggled.connect(self.check)
            self.areas[area.id] = box
            self.fields.addWidget(box)

    def _name(self) -> QLineEdit:
        duties = self.office.handovers.duties.values()
        known = next((duty.name for duty in duties), "") or self.office.session.user
        return self.line("outgoing_name", text=known, longest=_NAME)

    def _note(self, box: QCheckBox, area: str, name: str) -> bool:
        """Name and, where it cannot be handed over, why."""
        say, office = self.office.speech.say, self.office
        busy = any(area in fact.areas for fact in office.handovers.facts.values() if not fact.state.over)
        lease = office.areas.of_area(area)
        other = bool(lease.holder) and lease.holder != office.session.user
        text = name
        if busy:
            text = say("handover.sheet.busy", area=name)
        elif other:
            text = say("handover.sheet.held", area=name, name=lease.holder_name or lease.holder)
        box.setText(text)
        return not (busy or other)

    def ready(self) -> bool:
        named = self.name is None or bool(self.name.text().strip())
        return named and any(box.isChecked() for box in self.areas.values())

    def ask(self) -> str:
        chosen = [area for area, box in self.areas.items() if box.isChecked()]
        name = self.name.text().strip() if self.name is not None else ""
        return self.office.handover_acts.draft(chosen, name)


class OfferSheet(AskSheet):
    """To whom it is offered."""

    def __init__(self, office: Office, window: QWidget, fact: HandoverFact) -> None:
        super().__init__(office, window, "offer")
        self._fact = fact
        self.to = QComboBox()
        self.to.setMinimumHeight(ACT - 8)
        self.to.addItem(office.speech.say("handover.anyone"), "")
        if not fact.outgoing.passwordless:
            for person in office.log_board.people:
                if person.user != fact.outgoing.who:
                    name = person.name or person.user
                    shown = name if name == person.user else f"{name} ({person.user})"
                    self.to.addItem(shown, person.user)
        self.field("offer_to", self.to)

    def ask(self) -> str:
        return self.office.handover_acts.offer(self._fact.id, str(self.to.currentData() or ""))


class TakeUpSheet(AskSheet):
    """The name of who takes over, at a single seat."""

    def __init__(self, office: Office, window: QWidget, fact: HandoverFact) -> None:
        super().__init__(office, window, "take_up")
        self._fact = fact
        self.why.setText(office.speech.say("handover.sheet.take_up_why", name=fact.outgoing.name))
        before = fact.incoming.name if fact.incoming is not None else ""
        self.name = self.line("incoming_name", text=before, longest=_NAME)

    def ready(self) -> bool:
        return bool(self.name.text().strip())

    def ask(self) -> str:
        return self.office.handover_acts.take_up(self._fact.id, self.name.text().strip())


class ReasonSheet(AskSheet):
    """Why it is refused, withdrawn or given back; a refusal always has a reason."""

    def __init__(self, office: Office, window: QWidget, fact: HandoverFact, words: str) -> None:
        super().__init__(office, window, words)
        self._fact = fact
        self.reason = self.line("reason")

    def ready(self) -> bool:
        return self._words != "refuse" or bool(self.reason.text().strip())

    def ask(self) -> str:
        acts, text = self.office.handover_acts, self.reason.text().strip()
        if self._words == "refuse":
            return acts.refuse(self._fact.id, text)
        if self._words == "withdraw":
            return acts.withdraw(self._fact.id, text)
        return acts.give_back(self._fact.id, text)


class SignSheet(AskSheet):
    """What the signature means, and the password (or, at a single seat, the name) that proves it."""

    def __init__(self, office: Office, window: QWidget, fact: HandoverFact) -> None:
        super().__init__(office, window, "sign")
        self._fact = fact
        say, words = office.speech.say, office.handover_words
        # At a single seat both sign here: the outgoing person first.
        second = fact.outgoing.signed_at > 0 if fact.outgoing.passwordless else True
        incoming = second and office.handovers.is_incoming(fact)
        key = "handover.sheet.sign_incoming" if incoming else "handover.sheet.sign_outgoing"
        lines = [say(key, areas=words.areas(fact), n=len(fact.items))]
        objections = sum(item.objection for item in fact.items)
        if objections:
            lines.append(say("handover.sheet.sign_objections", n=objections))
        if self._second():
            lines.append(say("handover.sheet.sign_second"))
        self.why.setText("\n".join(lines))
        self.name = self.password = None
        if office.handovers.passwordless:
            self.name = self.line("name", text=self._next_name(), longest=_NAME)
            self.place.setText(say("handover.by_name"))
        else:
            self.password = self.line("password", secret=True)

    def _second(self) -> bool:
        fact = self._fact
        one = bool(fact.outgoing.signed_at) or (fact.incoming is not None and bool(fact.incoming.signed_at))
        return fact.state is HandoverState.ACCEPTING and (one or bool(fact.left_at))

    def _next_name(self) -> str:
        fact = self._fact
        if not fact.outgoing.signed_at:
            return fact.outgoing.name
        return fact.incoming.name if fact.incoming is not None else ""

    def ready(self) -> bool:
        field = self.name if self.name is not None else self.password
        return field is not None and bool(field.text().strip())

    def ask(self) -> str:
        # What was read is what is signed: the list of the moment the sheet was opened.
        name = self.name.text().strip() if self.name is not None else ""
        password = self.password.text() if self.password is not None else ""
        if self.password is not None:
            self.password.clear()
        return self.office.handover_acts.sign(self._fact, password, name)
