"""One command in full: who asked and approved, its stages with times, and what a person can do about it now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office
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
_WIDTH, _WITH_CARD, _LEAST = 620, 960, 320
_WITH_STAGES = 880
"""Narrower, the question about an unknown outcome has the place of the stages."""


class CommandDetail(QScrollArea):
    """Follows the selected row; story, stages and the question about an unknown outcome stand side by side."""

    read_asked = Signal()
    """Open the text that waits for approval."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._fact: CommandFact | None = None
        self._room = 0
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.target = PlainLabel(muted=True)
        self.outcome = PlainLabel(strong=True)
        self.detail = PlainLabel()
        self.stages = StageList(office.themes)
        self.unknown = UnknownOutcome(office)
        self.read, self.confirm = ActButton(office.themes), ActButton(office.themes)
        self.cancel = ActButton(office.themes)
        self.confirm.set_first()
        self.read.set_first()
        self._arrange()
        self.read.clicked.connect(self.read_asked)
        self.confirm.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self._cancel)
        for signal in (
            office.control.confirm_arrived,
            office.session.session_changed,
            office.link.link_changed,
            office.speech.lang_changed,
            seconds_of(office.themes).ticked,
        ):
            signal.connect(self._again)
        self._again()

    def _arrange(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.cancel)
        acts.addStretch(1)
        for button in (self.read, self.confirm):
            acts.addWidget(button)
        story = QVBoxLayout()
        story.setSpacing(PAD_CELL // 2)
        for label in (self.title, self.target, self.outcome, self.detail):
            label.setWordWrap(True)
            story.addWidget(label)
        story.addLayout(acts)
        story.addStretch(1)
        steps = QVBoxLayout()
        steps.addWidget(self.stages)
        steps.addStretch(1)
        inside = QWidget()
        inside.setProperty("ground", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(inside)
        row.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_CELL)
        row.setSpacing(PAD_PANEL)
        row.addLayout(story, 4)
        row.addLayout(steps, 4)
        row.addWidget(self.unknown, 7, Qt.AlignmentFlag.AlignTop)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_fact(self, fact: CommandFact | None) -> None:
        """Another command, or another state of it."""
        self._fact = fact
        self._again()

    def fit(self, room: int) -> None:
        """How wide the dock is: the list keeps at least half of a narrow one."""
        if room != self._room:
            self._room = room
            self._take_room()

    def _take_room(self) -> None:
        unknown = self._fact is not None and self._fact.state is CommandState.INDETERMINATE
        width = max(_LEAST, min(_WITH_CARD if unknown else _WIDTH, self._room // 2))
        self.setFixedWidth(width)
        self.stages.setVisible(not unknown or width >= _WITH_STAGES)

    @Slot()
    def _again(self) -> None:
        fact, words, say = self._fact, self._office.command_words, self._office.speech.say
        self.setVisible(fact is not None)
        if fact is None:
            return
        self.title.setText(words.title(fact))
        people = words.people(fact)
        self.target.setText(f"{words.target(fact)} · {people}" if people else words.target(fact))
        self.outcome.setText(self._outcome(fact))
        self.detail.setText(say("commands.device_said", what=fact.detail))
        self.detail.setVisible(bool(fact.detail) and not fact.reason)
        unknown = fact.state is CommandState.INDETERMINATE
        self.outcome.setVisible(not unknown)
        self._take_room()
        self.unknown.show_fact(fact, words.title(fact))
        self.stages.set_lines(words.stages(fact, seconds_of(self._office.themes).now_ns))
        live = self._office.link.live
        self.read.setText(say("commands.call.approval_do" if self._decides(fact) else "commands.read"))
        self.read.setVisible(fact.state is CommandState.AWAIT_APPROVAL)
        waits = self._office.control.confirm_of(fact.request.command_id) is not None
        self.confirm.setText(say("commands.confirm_now"))
        self.confirm.setVisible(waits and live)
        self.cancel.setText(say("commands.cancel"))
        self.cancel.setVisible(live and self._cancellable(fact))

    def _outcome(self, fact: CommandFact) -> str:
        """The state in words; of one that waits also how long it still does."""
        if fact.state is CommandState.AWAIT_APPROVAL:
            left = self._office.command_words.left(self._office.clock.left_s(fact.deadline))
            return self._office.speech.say("commands.decide.waits", n=left)
        return self._office.command_words.outcome(fact)

    def _decides(self, fact: CommandFact) -> bool:
        return self._office.permits.may_decide(fact)

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
