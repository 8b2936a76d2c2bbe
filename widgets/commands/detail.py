"""One command in full: who asked and approved, its stages with times, and what a person can do about it now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office
from widgets.commands.decision import DecisionCard
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL
from widgets.kit.stages import StageList
from widgets.kit.unknown_outcome import UnknownOutcome

_BEFORE_SENT = frozenset(
    {CommandState.RECEIVED, CommandState.AWAIT_APPROVAL, CommandState.SELECTING, CommandState.SELECTED}
)
_AT_DEVICE = frozenset({CommandState.SENT, CommandState.EXECUTING})


class CommandDetail(QScrollArea):
    """Follows the selected row."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._fact: CommandFact | None = None
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.target = PlainLabel(muted=True)
        self.outcome = PlainLabel(strong=True)
        self.detail = PlainLabel()
        self.stages = StageList(office.themes)
        self.unknown = UnknownOutcome(office)
        self.decision = DecisionCard(office)
        self.confirm = ActButton(office.themes)
        self.cancel = ActButton(office.themes)
        self.confirm.set_first()
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.cancel)
        acts.addStretch(1)
        acts.addWidget(self.confirm)
        inside = QWidget()
        inside.setProperty("ground", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        box.setSpacing(PAD_CELL // 2)
        for label in (self.title, self.target, self.outcome, self.detail):
            label.setWordWrap(True)
            box.addWidget(label)
        box.addWidget(self.unknown)
        box.addWidget(self.decision)
        box.addLayout(acts)
        box.addWidget(self.stages)
        box.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(360)
        self.setMaximumWidth(520)
        self.confirm.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self._cancel)
        office.control.confirm_arrived.connect(self._again)
        office.session.session_changed.connect(self._again)
        office.link.link_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        self._again()

    def show_fact(self, fact: CommandFact | None) -> None:
        """Another command, or another state of it."""
        self._fact = fact
        self._again()

    @Slot()
    def _again(self) -> None:
        fact, words, say = self._fact, self._office.command_words, self._office.speech.say
        self.setVisible(fact is not None)
        if fact is None:
            return
        self.title.setText(words.title(fact))
        people = words.people(fact)
        self.target.setText(f"{words.target(fact)} · {people}" if people else words.target(fact))
        self.outcome.setText(words.outcome(fact))
        told = fact.state in (CommandState.INDETERMINATE, CommandState.AWAIT_APPROVAL)
        self.outcome.setVisible(not told)
        self.detail.setText(fact.detail)
        self.detail.setVisible(bool(fact.detail) and not fact.reason)
        self.unknown.show_fact(fact, words.title(fact))
        self.decision.show_fact(fact)
        self.stages.set_lines(words.stages(fact, seconds_of(self._office.themes).now_ns))
        live = self._office.link.live
        waits = self._office.control.confirm_of(fact.request.command_id) is not None
        self.confirm.setText(say("commands.confirm_now"))
        self.confirm.setVisible(waits and live)
        self.cancel.setText(say("commands.cancel"))
        self.cancel.setVisible(live and self._cancellable(fact))

    def _cancellable(self, fact: CommandFact) -> bool:
        user = self._office.session.user
        if user and fact.by != user:
            return False
        definition = self._office.command_words.definition(fact)
        at_device = fact.state in _AT_DEVICE and definition is not None and definition.cancellable
        return fact.state in _BEFORE_SENT or at_device

    @Slot()
    def _confirm(self) -> None:
        if self._fact is not None:
            asks_of(self._office.acts).command_asked.emit(self._fact.request)

    @Slot()
    def _cancel(self) -> None:
        if self._fact is not None:
            self._office.control.cancel(self._fact.request.command_id)
