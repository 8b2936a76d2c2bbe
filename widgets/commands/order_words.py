"""How far a command in two steps is, in words."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office


class Stage(StrEnum):
    """How far the sheet is; the words are `commands.order.<stage>`."""

    ASK = "ask"
    """The value is typed, or the second person's approval is asked for."""
    WAIT = "wait"
    CONFIRM = "confirm"
    OVER = "over"
    """Refused or withdrawn; the sheet says why and can only be closed."""


class Progress(NamedTuple):
    """What the words depend on; `over` is reason and detail of a command that ended before it was sent."""

    stage: Stage
    fact: CommandFact | None
    needs_approval: bool
    over: tuple[str, str]

    @property
    def awaits(self) -> bool:
        """Whether a second person has yet to decide."""
        waits = self.fact is not None and self.fact.state is CommandState.AWAIT_APPROVAL
        return self.stage is Stage.WAIT and waits


def note_of(progress: Progress, office: Office) -> str:
    """The sentence below the verb; empty for none."""
    say, fact = office.speech.say, progress.fact
    if progress.stage is Stage.OVER:
        return office.command_words.why(*progress.over)
    if progress.stage is Stage.ASK:
        return say("commands.order.ask_approval") if progress.needs_approval else ""
    if progress.stage is Stage.WAIT:
        state = fact.state if fact is not None else CommandState.RECEIVED
        return say(f"commands.order.{state.value}")
    return say("commands.order.approved", who=fact.approver) if fact is not None and fact.approver else ""


def leave_of(progress: Progress, office: Office) -> str:
    """What the button on the left does now."""
    what = "approval" if progress.awaits else progress.stage.value
    return office.speech.say(f"commands.leave_{what}")
