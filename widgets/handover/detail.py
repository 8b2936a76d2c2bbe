"""What is chosen in the list, with a place to write: remarks and answers of one side, questions of the other."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout

from console.core.handover.facts import TEXT_MAX, HandoverFact, HandoverItem, HandoverState
from console.desk.office import Office
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART, PAD_CELL


class ItemDetail(QFrame):
    """One item, several, or (none chosen) the handover as a whole. Enter saves a remark or an answer."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._fact: HandoverFact | None = None
        self._items: list[HandoverItem] = []
        self._shown = ""
        self.title = PlainLabel(Role.VALUE, strong=True)
        self.state, self.times = PlainLabel(), PlainLabel(Role.CAPTION, muted=True)
        self.said = PlainLabel()
        for label in (self.title, self.state, self.times, self.said):
            label.setWordWrap(True)
        self.text = QLineEdit()
        self.text.setMaxLength(TEXT_MAX)
        self.text.setMinimumHeight(ACT - 8)
        themes = office.themes
        self.save, self.answer = ActButton(themes), ActButton(themes)
        self.accept, self.take_back = ActButton(themes), ActButton(themes)
        self.ask, self.object = ActButton(themes), ActButton(themes)
        self.accept.set_first()
        self._arrange()
        self.text.textChanged.connect(self._check)
        self.text.returnPressed.connect(self._enter)
        for button, act in (
            (self.save, self._save),
            (self.answer, self._answer),
            (self.accept, self._accept),
            (self.take_back, self._take_back),
            (self.ask, self._ask),
            (self.object, self._object),
        ):
            button.clicked.connect(act)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(APART)
        grid.addWidget(self.save, 0, 0, 1, 2)
        grid.addWidget(self.answer, 1, 0, 1, 2)
        grid.addWidget(self.accept, 2, 0, 1, 2)
        grid.addWidget(self.take_back, 3, 0, 1, 2)
        grid.addWidget(self.ask, 4, 0)
        grid.addWidget(self.object, 4, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(PAD_CELL)
        for widget in (self.title, self.state, self.times, self.said, self.text):
            box.addWidget(widget)
        box.addLayout(grid)

    def show_items(self, fact: HandoverFact, items: list[HandoverItem]) -> None:
        """What is chosen now; what is being typed stays while it is about the same thing."""
        about = f"{fact.id} {items[0].key if len(items) == 1 else len(items)}"
        self._fact, self._items = fact, items
        if about != self._shown:
            self._shown = about
            self.text.setText(self._written())
        self._say()

    @property
    def _item(self) -> HandoverItem | None:
        return self._items[0] if len(self._items) == 1 else None

    def _written(self) -> str:
        """What the outgoing person wrote before, to be changed; the incoming one begins anew."""
        assert self._fact is not None
        if not self._outgoing or (self._item is not None and self._item.waits):
            return ""
        return self._item.remark if self._item is not None else "" if self._items else self._fact.remark

    @property
    def _outgoing(self) -> bool:
        fact = self._fact
        if fact is None or not self._office.handovers.is_outgoing(fact):
            return False
        # At a single seat whoever sits there is the incoming person once that one has begun.
        return not (self._office.handovers.passwordless and fact.state is HandoverState.ACCEPTING)

    @property
    def _writes(self) -> bool:
        """Whether the field holds a remark of this person."""
        fact = self._fact
        return fact is not None and not fact.state.over and self._outgoing and self._office.link.live

    @property
    def _incoming(self) -> bool:
        fact = self._fact
        return (
            fact is not None
            and fact.state is HandoverState.ACCEPTING
            and self._office.handovers.is_incoming(fact)
        )

    def _say(self) -> None:
        fact, item, say = self._fact, self._item, self._office.speech.say
        if fact is None:
            return
        self._say_item(fact, item)
        going = not fact.state.over and self._office.link.live
        one_or_whole = item is not None or not self._items
        waits = item is not None and item.waits
        single = self._office.handovers.passwordless
        answers = going and waits and (self._outgoing or single)
        self.save.setVisible(going and self._outgoing and one_or_whole)
        self.answer.setVisible(answers)
        accepting = going and self._incoming and bool(self._items)
        left = [one for one in self._items if not one.done and not one.waits]
        back = [one for one in self._items if one.accepted_by]
        self.accept.setVisible(accepting and bool(left))
        self.take_back.setVisible(accepting and bool(back) and not left)
        self.ask.setVisible(accepting and item is not None)
        self.object.setVisible(accepting and item is not None)
        self.text.setVisible(going and (self._outgoing or answers or (self._incoming and item is not None)))
        if answers:
            hint = "handover.answer_hint"
        elif self._incoming:
            hint = "handover.ask_hint"
        else:
            hint = "handover.remark_hint" if item is not None else "handover.whole_hint"
        self.text.setPlaceholderText(say(hint))
        self.text.setAccessibleName(say(hint))
        many = len(left)
        self.accept.setText(say("handover.accept_n", n=many) if many > 1 else say("handover.accept"))
        for button, key in (
            (self.save, "remark_save"),
            (self.answer, "answer"),
            (self.take_back, "take_back"),
            (self.ask, "ask"),
            (self.object, "object"),
        ):
            button.setText(say(f"handover.{key}"))
        self._check()

    def _say_item(self, fact: HandoverFact, item: HandoverItem | None) -> None:
        say, words = self._office.speech.say, self._office.handover_words
        if item is None:
            many = len(self._items)
            self.title.setText(say("handover.chosen_n", n=many) if many else say("handover.whole"))
            self.state.setText("" if many else self._whole(fact))
            self.times.setText("")
            self.said.setText("" if many or self._writes else fact.remark)
        else:
            now = seconds_of(self._office.themes).now_ns
            self.title.setText(words.subject(item))
            parts = (words.state(item), words.why(item))
            self.state.setText("\n".join(part for part in parts if part))
            times = [words.kind(item.kind), words.change(item)]
            times += [words.at(item.since, now)] if item.since else []
            times += [say("handover.until", at=words.at(item.until, now))] if item.until else []
            self.times.setText(" · ".join(times))
            self.said.setText(self._conversation(item))
        for label in (self.state, self.times, self.said):
            label.setVisible(bool(label.text()))

    def _conversation(self, item: HandoverItem) -> str:
        say = self._office.speech.say
        # What one is writing oneself stands in the field already.
        lines = [] if self._writes and not item.waits else [item.remark]
        if item.question:
            key = "handover.said.objection" if item.objection else "handover.said.question"
            lines.append(say(key, text=item.question))
        if item.answer:
            lines.append(say("handover.said.answer", text=item.answer))
        return "\n".join(line for line in lines if line)

    def _whole(self, fact: HandoverFact) -> str:
        """What came of it, once it is over; why it was given back before."""
        say, words = self._office.speech.say, self._office.handover_words
        lines = [fact.reason] if fact.reason else []
        if fact.moved:
            areas = words.area_names(fact.moved)
            lines.append(say("handover.responsible", moved=areas))
        if fact.kept:
            lines.append(say("handover.kept", kept=words.area_names(fact.kept)))
        if fact.runs:
            lines.append(say("handover.followed", n=len(fact.runs)))
        if fact.locked:
            lines.append(say("handover.closed", n=fact.locked))
        return "\n".join(lines)

    @Slot()
    def _check(self) -> None:
        text = bool(self.text.text().strip())
        self.answer.setEnabled(text)
        self.ask.setEnabled(text)
        self.object.setEnabled(text)
        fact, item = self._fact, self._item
        before = item.remark if item is not None else fact.remark if fact is not None else ""
        self.save.setEnabled(self.text.text().strip() != before)

    @Slot()
    def _enter(self) -> None:
        for button in (self.answer, self.save):
            if button.isVisibleTo(self) and button.isEnabled():
                button.click()
                return

    @Slot()
    def _save(self) -> None:
        if self._fact is not None:
            key = self._item.key if self._item is not None else ""
            self._office.handover_acts.remark(self._fact.id, key, self.text.text())

    @Slot()
    def _answer(self) -> None:
        if self._fact is not None and self._item is not None:
            self._office.handover_acts.answer(self._fact.id, self._item.key, self.text.text())
            self.text.clear()

    @Slot()
    def _accept(self) -> None:
        if self._fact is not None:
            left = [one for one in self._items if not one.done and not one.waits]
            self._office.handover_acts.accept(self._fact.id, left)

    @Slot()
    def _take_back(self) -> None:
        if self._fact is not None:
            back = [one for one in self._items if one.accepted_by]
            self._office.handover_acts.accept(self._fact.id, back, accepted=False)

    @Slot()
    def _ask(self) -> None:
        if self._fact is not None and self._item is not None:
            self._office.handover_acts.ask(self._fact.id, self._item.key, self.text.text())
            self.text.clear()

    @Slot()
    def _object(self) -> None:
        if self._fact is not None and self._item is not None:
            self._office.handover_acts.object(self._fact.id, self._item, self.text.text())
            self.text.clear()
