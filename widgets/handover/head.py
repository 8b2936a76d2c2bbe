"""Top of the dock: which handover, how far it is, and what can be done with it now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from console.core.handover.facts import HandoverFact, HandoverState
from console.desk.office import Office
from console.desk.themes import Themes
from widgets.kit.buttons import ActButton
from widgets.kit.colours import mix
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, ROW, STEP

OLDER = "older"
_CHOICE = 340


class Progress(QWidget):
    """How many items are accepted, as a bar without colour."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._share = 0.0
        self.setFixedHeight(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self.update)

    def set_share(self, share: float) -> None:
        """0 to 1."""
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), mix(tokens.panel, tokens.text, 0.12))
        done = QRectF(self.rect())
        done.setWidth(done.width() * self._share)
        painter.fillRect(done, QColor(tokens.text2))
        painter.end()


class HandoverHead(QWidget):
    """Choice, facts, progress, filters and acts."""

    chosen = Signal(str)
    """Id of the handover to be shown, or OLDER."""
    act_asked = Signal(str)
    """begin, offer, take_up, give_back, refuse, withdraw, sign."""
    filter_changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.choice = QComboBox()
        self.choice.setMaximumWidth(_CHOICE)
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setMinimumContentsLength(8)
        self.choice.setMinimumHeight(ROW)
        self.state = ElideLabel(office.themes, Role.BODY, strong=True)
        self.facts = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self.count = PlainLabel(Role.CAPTION, strong=True)
        self.bar = Progress(office.themes)
        self.changed, self.open = QToolButton(), QToolButton()
        self.hidden = PlainLabel(Role.CAPTION, muted=True)
        names = ("begin", "offer", "take_up", "give_back", "refuse", "withdraw", "sign")
        self.acts = {name: ActButton(office.themes) for name in names}
        for name in ("offer", "take_up", "sign"):
            self.acts[name].set_first()
        self._arrange()
        self.choice.activated.connect(self._choose)
        self.changed.toggled.connect(self.filter_changed)
        self.open.toggled.connect(self.filter_changed)
        for name, button in self.acts.items():
            button.setProperty("does", name)
            button.clicked.connect(self._act)

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.state)
        words.addWidget(self.facts)
        first = QHBoxLayout()
        first.setSpacing(APART)
        first.addLayout(words, 1)
        for button in self.acts.values():
            first.addWidget(button)
        second = QHBoxLayout()
        second.setSpacing(PAD_CELL)
        second.addWidget(self.choice, 2)
        second.addSpacing(PAD_CELL)
        second.addWidget(self.count)
        second.addWidget(self.bar, 2)
        second.addWidget(self.hidden)
        for button in (self.changed, self.open):
            button.setCheckable(True)
            button.setFont(font(Role.CAPTION, strong=True))
            button.setFixedHeight(ROW)
            second.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, STEP, PAD_PANEL, STEP)
        box.setSpacing(STEP)
        box.addLayout(first)
        box.addLayout(second)

    def offer_choices(self, facts: list[HandoverFact], shown: str, more: bool) -> None:
        """Every handover that can be shown."""
        say, words = self._office.speech.say, self._office.handover_words
        now = seconds_of(self._office.themes).now_ns
        self.choice.blockSignals(True)
        self.choice.clear()
        for fact in facts:
            state = say(f"handover.state_of.{fact.state.value}")
            line = say("handover.line", at=words.at(fact.at, now), areas=words.areas(fact), state=state)
            self.choice.addItem(line, fact.id)
        if more:
            self.choice.addItem(say("handover.older"), OLDER)
        self.choice.setCurrentIndex(self.choice.findData(shown))
        self.choice.blockSignals(False)
        self.choice.setEnabled(self.choice.count() > 0)
        self.choice.setAccessibleName(say("handover.choose"))
        self.choice.setToolTip(say("handover.choose"))

    def show_fact(self, fact: HandoverFact | None, hidden: int, *, read: bool) -> None:
        """The handover as it stands, and what this person may do; `read`: there is a list that may be signed."""
        say = self._office.speech.say
        for name, button in self.acts.items():
            button.setText(say(f"handover.{name}"))
        self.changed.setText(say("handover.only_changed"))
        self.open.setText(say("handover.only_open"))
        self._say_acts(fact, read=read)
        # Without any handover the pane below says what to do.
        self.setVisible(fact is not None)
        self.hidden.setVisible(hidden > 0)
        self.hidden.setText(say("handover.hidden", n=hidden))
        if fact is None:
            return
        done = fact.count - fact.remaining if fact.items else 0
        self.count.setText(say("handover.progress", done=done, all=fact.count))
        self.bar.set_share(done / fact.count if fact.count else 1.0)
        self.state.set_text(self._headline(fact))
        self.facts.set_text(self._line(fact))

    def _headline(self, fact: HandoverFact) -> str:
        say, words = self._office.speech.say, self._office.handover_words
        incoming = words.party(fact.incoming) if fact.incoming is not None else fact.to
        people = say(
            "handover.from_to",
            outgoing=words.party(fact.outgoing),
            incoming=incoming or say("handover.anyone"),
        )
        return f"{say(f'handover.state_of.{fact.state.value}')} · {people}"

    def _line(self, fact: HandoverFact) -> str:
        say, words = self._office.speech.say, self._office.handover_words
        now = seconds_of(self._office.themes).now_ns
        parts = [words.areas(fact)]
        parts.append(
            say("handover.since", at=words.at(fact.since, now)) if fact.since else say("handover.first")
        )
        if fact.left_at:
            parts.append(say("handover.left", at=words.at(fact.left_at, now)))
        if fact.until:
            parts.append(say("handover.until", at=words.at(fact.until, now)))
        if fact.ended_at:
            parts.append(say("handover.ended", at=words.at(fact.ended_at, now)))
        return " · ".join(parts)

    def _say_acts(self, fact: HandoverFact | None, *, read: bool) -> None:
        office = self._office
        live = office.link.live
        may = allowed(office, fact)
        for name, button in self.acts.items():
            button.setVisible(name in may)
            button.setEnabled(live)
        if fact is not None and "sign" in may:
            first = office.handovers.is_outgoing(fact) and not fact.outgoing.signed_at
            self.acts["sign"].setEnabled(live and (first or read))

    @Slot(int)
    def _choose(self, row: int) -> None:
        self.chosen.emit(str(self.choice.itemData(row) or ""))

    @Slot()
    def _act(self) -> None:
        sender = self.sender()
        self.act_asked.emit(str(sender.property("does") or ""))


def allowed(office: Office, fact: HandoverFact | None) -> frozenset[str]:
    """What this person may do with a handover as it stands; the hub decides."""
    board, state = office.handovers, fact.state if fact is not None else None
    acts: set[str] = set()
    if (fact is None or fact.state.over) and not _busy_everywhere(office):
        acts.add("begin")
    if fact is None or fact.state.over:
        return frozenset(acts)
    outgoing, incoming = board.is_outgoing(fact), board.is_incoming(fact)
    if outgoing and state is HandoverState.DRAFTED:
        acts |= {"offer", "withdraw"}
    if outgoing and state is HandoverState.OFFERED:
        acts |= {"withdraw", "sign"}
    if outgoing and state is HandoverState.ACCEPTING and not fact.outgoing.signed_at:
        acts.add("sign")
    if board.may_take_up(fact):
        acts |= {"take_up", "refuse"}
    if incoming and state is HandoverState.ACCEPTING:
        acts |= {"give_back", "refuse", "sign"}
    if incoming and not board.passwordless and fact.incoming is not None and fact.incoming.signed_at:
        acts.discard("sign")
    return frozenset(acts)


def _busy_everywhere(office: Office) -> bool:
    catalogue = office.catalogue.catalogue
    if catalogue is None:
        return True
    facts = office.handovers.facts.values()
    busy = {area for fact in facts if not fact.state.over for area in fact.areas}
    return not any(
        office.handovers.may_hand_over(area.id) and area.id not in busy for area in catalogue.site.areas
    )
