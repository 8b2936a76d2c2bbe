"""The last commands of an asset: the newest with every stage it went through, older ones in one line (CMD-13)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState, CommandStep
from console.core.site import CommandDef
from console.desk.formats import number, stamp, with_unit
from console.desk.office import Office
from console.desk.themes import Themes
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, STEP

_MOST = 5
_LINE = 22


def command_title(fact: CommandFact, command: CommandDef | None, office: Office) -> str:
    """The verb with its value; the id where the catalogue does not know the command."""
    if command is None:
        return fact.request.command
    text = office.speech.of(command.label)
    if command.params and fact.request.value is not None:
        param = command.params[0]
        text += f" · {with_unit(number(fact.request.value, param.decimals), param.unit)}"
    return text


def outcome_words(fact: CommandFact, office: Office) -> str:
    """State in words, with the reason of a refusal or failure, and whether success was proved."""
    speech = office.speech
    name = fact.state.value
    if fact.state is CommandState.SUCCEEDED and not fact.verified:
        name = "SUCCEEDED_UNVERIFIED"
    text = speech.say(f"assets.act_state.{name}")
    return f"{text}: {speech.reason(fact.reason)}" if fact.reason else text


class StageList(QWidget):
    """Steps down a thin line: a dot for what has happened, a ring for what is going on."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._lines: list[tuple[str, str, bool]] = []
        themes.theme_changed.connect(self._retheme)

    def set_lines(self, lines: list[tuple[str, str, bool]]) -> None:
        """(time, words, done) from the first step to the last."""
        if lines != self._lines:
            self._lines = lines
            self.setFixedHeight(max(1, len(lines) * _LINE))
            self.setAccessibleName(", ".join(f"{at} {words}" for at, words, _ in lines))
            self.update()

    def lines(self) -> list[str]:
        """What is shown, as `time words`."""
        return [f"{at} {words}" for at, words, _ in self._lines]

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(tokens.running)
        painter.setPen(QPen(QColor(tokens.line), 1.5))
        if len(self._lines) > 1:
            painter.drawLine(QPointF(6, _LINE / 2), QPointF(6, (len(self._lines) - 0.5) * _LINE))
        face = font(Role.BODY)
        width = QFontMetricsF(face).horizontalAdvance("00:00:00") + PAD_PANEL
        painter.setFont(face)
        for row, (at, words, done) in enumerate(self._lines):
            middle = (row + 0.5) * _LINE
            painter.setPen(QPen(ink, 1.6))
            painter.setBrush(ink if done else QColor(tokens.panel))
            painter.drawEllipse(QPointF(6, middle), 3.6, 3.6)
            painter.setPen(QColor(tokens.text2))
            painter.drawText(QRectF(20, row * _LINE, width, _LINE), Qt.AlignmentFlag.AlignVCenter, at)
            painter.setPen(QColor(tokens.text))
            room = QRectF(20 + width, row * _LINE, self.width() - 20 - width, _LINE)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()


class UnknownOutcome(QFrame):
    """A command whose fate is unknown: says so loudly, and takes what a person found on the spot."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._command_id = ""
        self.setProperty("plate", "loud")
        self.headline = PlainLabel(Role.VALUE, strong=True)
        self.headline.setWordWrap(True)
        self.advice = PlainLabel()
        self.advice.setWordWrap(True)
        self.evidence = QLineEdit()
        self.was_done = ActButton(office.themes)
        self.was_not = ActButton(office.themes)
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.was_done, 1)
        acts.addWidget(self.was_not, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        for widget in (self.headline, self.advice, self.evidence):
            box.addWidget(widget)
        box.addLayout(acts)
        self.evidence.textChanged.connect(self._check)
        self.was_done.clicked.connect(self._say_done)
        self.was_not.clicked.connect(self._say_not)

    def show_fact(self, fact: CommandFact, title: str) -> None:
        """Shows the command, or hides when its fate is known."""
        self.setVisible(fact.state is CommandState.INDETERMINATE)
        if fact.request.command_id != self._command_id:
            self._command_id = fact.request.command_id
            self.evidence.clear()
        speech = self._office.speech
        self.headline.setText(speech.say("assets.unknown.headline", what=title))
        cause = speech.reason(fact.reason) if fact.reason else ""
        self.advice.setText(speech.say("assets.unknown.advice", why=cause).strip())
        self.evidence.setPlaceholderText(speech.say("assets.unknown.evidence"))
        self.evidence.setAccessibleName(speech.say("assets.unknown.evidence"))
        self.was_done.setText(speech.say("assets.unknown.was_done"))
        self.was_not.setText(speech.say("assets.unknown.was_not"))
        self._check()

    @Slot()
    def _check(self) -> None:
        ready = bool(self.evidence.text().strip()) and self._office.link.live
        self.was_done.setEnabled(ready)
        self.was_not.setEnabled(ready)

    @Slot()
    def _say_done(self) -> None:
        self._resolve(done=True)

    @Slot()
    def _say_not(self) -> None:
        self._resolve(done=False)

    def _resolve(self, *, done: bool) -> None:
        # The machine brings numpy, which may not cost time before the first paint.
        from console.core.command.machine import Resolution

        outcome = Resolution.DONE if done else Resolution.NOT_DONE
        self._office.acts.resolve(self._command_id, outcome.value, self.evidence.text().strip())


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

    def _command(self, fact: CommandFact) -> CommandDef | None:
        catalogue = self._office.catalogue.catalogue
        return catalogue.command(fact.request.asset, fact.request.command) if catalogue is not None else None

    def _show_newest(self, fact: CommandFact) -> None:
        title = command_title(fact, self._command(fact), self._office)
        self.newest.set_text(f"{title} · {fact.by}" if fact.by else title)
        self.newest_outcome.setText(outcome_words(fact, self._office))
        self.newest_outcome.setVisible(fact.state is not CommandState.INDETERMINATE)
        self.unknown.show_fact(fact, title)
        self.stages.set_lines([self._stage(fact, step) for step in fact.steps])

    def _stage(self, fact: CommandFact, step: CommandStep) -> tuple[str, str, bool]:
        speech, now = self._office.speech, seconds_of(self._office.themes).now_ns
        words = speech.say(f"assets.act_step.{step.state.value}")
        if step.reason:
            words += f": {speech.reason(step.reason)}"
        last = step is fact.steps[-1]
        return stamp(step.at, now), words, not last or fact.state.terminal

    def _one_line(self, fact: CommandFact) -> str:
        title = command_title(fact, self._command(fact), self._office)
        at = fact.steps[0].at if fact.steps else 0
        return f"{stamp(at, seconds_of(self._office.themes).now_ns)}  {title} · {outcome_words(fact, self._office)}"
