"""The last commands of the selected asset: stages with times, and the outcome in words."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import STEP
from widgets.kit.stages import StageList
from widgets.kit.unknown_outcome import UnknownOutcome

_MOST = 5


class LastActs(QWidget):
    """Newest first; hidden when the asset was never commanded."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._asset = ""
        self.newest = ElideLabel(office.themes, strong=True)
        self.newest_outcome = PlainLabel()
        self.newest_outcome.setWordWrap(True)
        self.stages = StageList(office.themes)
        self.unknown = UnknownOutcome(office)
        self.older = [ElideLabel(office.themes, muted=True) for _ in range(_MOST - 1)]
        self.none = PlainLabel(muted=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(STEP)
        for widget in (self.none, self.newest, self.unknown, self.newest_outcome, self.stages, *self.older):
            box.addWidget(widget)
        office.commands.commands_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.link.link_changed.connect(self._again)

    def show_asset(self, asset: str) -> None:
        """Commands of another asset."""
        self._asset = asset
        self._again()

    @Slot()
    def _again(self) -> None:
        facts = self._office.commands.of_asset(self._asset)[:_MOST] if self._asset else []
        self.none.setVisible(not facts)
        self.none.setText(self._office.speech.say("assets.act.none"))
        for widget in (self.newest, self.newest_outcome, self.stages, self.unknown):
            widget.setVisible(bool(facts))
        if facts:
            self._show_newest(facts[0])
        for label, fact in zip(self.older, [*facts[1:], *[None] * _MOST], strict=False):
            label.setVisible(fact is not None)
            if fact is not None:
                label.set_text(self._one_line(fact))

    def _show_newest(self, fact: CommandFact) -> None:
        words = self._office.command_words
        title = words.title(fact)
        people = words.people(fact)
        self.newest.set_text(f"{title} · {people}" if people else title)
        self.newest_outcome.setText(words.outcome(fact))
        self.newest_outcome.setVisible(fact.state is not CommandState.INDETERMINATE)
        self.unknown.show_fact(fact, title)
        self.stages.set_lines(words.stages(fact, seconds_of(self._office.themes).now_ns))

    def _one_line(self, fact: CommandFact) -> str:
        words = self._office.command_words
        at = fact.steps[0].at if fact.steps else 0
        return f"{stamp(at, seconds_of(self._office.themes).now_ns)}  {words.title(fact)} · {words.outcome(fact)}"
