"""What became of an act, in words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from console.desk.acts import ActOutcome
from console.desk.office import Office
from widgets.kit.toast import ToastStack

_SAID_ELSEWHERE = frozenset({"command"})


def outcome_text(outcome: ActOutcome, office: Office) -> str:
    """One sentence for the whole act; each reason of a refusal is named once, with how many parts it hit."""
    speech = office.speech
    refused = [result for result in outcome.results if result.reason]
    done = len(outcome.results) - len(refused)
    lines: list[str] = []
    if done:
        lines.append(speech.say(f"shell.done.{outcome.kind.value}", n=done))
    reasons: dict[str, int] = {}
    for result in refused:
        reasons[result.reason] = reasons.get(result.reason, 0) + 1
    act = speech.say(f"shell.act.{outcome.kind.value}")
    for code, count in reasons.items():
        lines.append(speech.say("shell.refused", act=act, why=speech.reason(code), n=count))
    return "\n".join(lines)


class Outcomes(QObject):
    """Shows every outcome as a toast; a command that was taken tells its own story on the faceplate."""

    def __init__(self, office: Office, toasts: ToastStack) -> None:
        super().__init__(toasts)
        self._office = office
        self._toasts = toasts
        office.acts.act_answered.connect(self._tell)

    @Slot(object)
    def _tell(self, outcome: ActOutcome) -> None:
        if outcome.done and outcome.kind.value in _SAID_ELSEWHERE:
            return
        text = outcome_text(outcome, self._office)
        if text:
            self._toasts.show_text(text, refused=not outcome.done)
