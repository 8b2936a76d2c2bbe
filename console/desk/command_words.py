"""A command in words: what it does, how far it is, who asked, and what became of it."""

from __future__ import annotations

from console.core.command.facts import CommandFact, CommandState, CommandStep
from console.core.command.reasons import CommandReason
from console.core.site import CommandDef
from console.desk.catalogues import CatalogueBoard
from console.desk.formats import number, stamp, with_unit
from console.desk.words import Speech

_MINUTES_S = 120
_SHORT: dict[str, str] = {
    CommandReason.BLOCKED_BY_INTERLOCK: "commands.interlock",
    CommandReason.STALE_FEEDBACK: "commands.stale",
}


class CommandWords:
    """Says commands in the present language."""

    def __init__(self, speech: Speech, catalogue: CatalogueBoard) -> None:
        self._speech = speech
        self._catalogue = catalogue

    def definition(self, fact: CommandFact) -> CommandDef | None:
        """The declaration, None where the catalogue does not know it."""
        catalogue = self._catalogue.catalogue
        return catalogue.command(fact.request.asset, fact.request.command) if catalogue is not None else None

    def target(self, fact: CommandFact) -> str:
        """Name of the asset; its id where the catalogue does not know it."""
        catalogue = self._catalogue.catalogue
        asset = catalogue.assets.get(fact.request.asset) if catalogue is not None else None
        return self._speech.of(asset.name) if asset is not None else fact.request.asset

    def title(self, fact: CommandFact) -> str:
        """The verb with its value, and that it is only a test."""
        text = self.verb(self.definition(fact), fact.request.command, fact.request.value)
        return self._speech.say("commands.test_mark", what=text) if fact.request.test else text

    def verb(self, command: CommandDef | None, name: str, value: float | None) -> str:
        """The same for a command that has not been asked for yet."""
        if command is None:
            return name
        text = self._speech.of(command.label)
        if command.params and value is not None:
            param = command.params[0]
            text += f" · {with_unit(number(value, param.decimals), param.unit)}"
        return text

    def outcome(self, fact: CommandFact) -> str:
        """State in words, whether success was proved, that it came late, and the reason of a refusal or failure."""
        speech = self._speech
        name = fact.state.value
        if fact.state is CommandState.SUCCEEDED and not fact.verified:
            name = "SUCCEEDED_UNVERIFIED"
        text = speech.say(f"assets.act_state.{name}")
        if fact.late:
            text = speech.say("commands.late", what=text)
        return f"{text}: {self.why(fact.reason, fact.detail)}" if fact.reason else text

    def why(self, reason: str, detail: str = "") -> str:
        """A reason as a sentence, with what it is about."""
        text = self._speech.reason(reason)
        return self._speech.say("commands.why_about", why=text, about=detail) if detail else text

    def why_short(self, reason: str, detail: str) -> str:
        """The same for a place with little room: of an interlock only what it protects."""
        key = _SHORT.get(reason)
        return self._speech.say(key, about=detail) if key and detail else self.why(reason, detail)

    def stage(self, fact: CommandFact, step: CommandStep, now_ns: int) -> tuple[str, str, bool]:
        """(time, words, done) of one step."""
        words = self._speech.say(f"assets.act_step.{step.state.value}")
        if (
            step.state is CommandState.EXECUTING
            and fact.state is CommandState.EXECUTING
            and fact.progress > 0
        ):
            words += f" {round(fact.progress * 100)} %"
        if step.reason:
            words += f": {self._speech.reason(step.reason)}"
        last = step is fact.steps[-1]
        return stamp(step.at, now_ns), words, not last or fact.state.terminal

    def stages(self, fact: CommandFact, now_ns: int) -> list[tuple[str, str, bool]]:
        """Every step from the first to the last."""
        return [self.stage(fact, step, now_ns) for step in fact.steps]

    def left(self, seconds: float) -> str:
        """How long something still waits."""
        whole = round(seconds)
        if whole < _MINUTES_S:
            return self._speech.say("commands.seconds", s=whole)
        return self._speech.say("commands.minutes", m=whole // 60, s=f"{whole % 60:02}")

    def people(self, fact: CommandFact) -> str:
        """Who asked, and who approved."""
        say = self._speech.say
        parts = [say("commands.asked_by", who=fact.by)] if fact.by else []
        if fact.approver:
            parts.append(say("commands.approved_by", who=fact.approver))
        return " · ".join(parts)
