"""What became of an act, in words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from console.desk.acts import ActKind, ActOutcome
from console.desk.office import Office
from widgets.kit.toast import ToastStack

_SAID_ELSEWHERE = frozenset(
    {ActKind.COMMAND, ActKind.EXECUTE, ActKind.GROUP, ActKind.START_PROCEDURE, ActKind.ACT_ON_RUN}
    | {ActKind.ACT_ON_HANDOVER, ActKind.ACCEPT_ITEMS}
)
"""When it was done: the faceplate, the list of commands or the run tells more."""
_SHEETS = frozenset(
    {
        *(ActKind.SIGN_IN, ActKind.SIGN_OUT, ActKind.LOCK, ActKind.UNLOCK, ActKind.STEP_UP),
        *(ActKind.CHANGE_PASSWORD, ActKind.DIRECTORY, ActKind.FIRST_ACCOUNT, ActKind.ACCOUNTS),
        *(ActKind.PUT_ACCOUNT, ActKind.REMOVE_ACCOUNT, ActKind.REVOKE, ActKind.EXECUTE_GROUP),
        ActKind.DRAFT_HANDOVER,
        ActKind.SIGN_HANDOVER,
        *(ActKind.LOG_WRITE, ActKind.LOG_READ),
    }
)
"""The sheet that asked says it all."""


def outcome_text(outcome: ActOutcome, office: Office) -> str:
    """One sentence for the whole act; each reason of a refusal is named once, with how many parts it hit."""
    speech = office.speech
    refused = [result for result in outcome.results if result.reason]
    done = len(outcome.results) - len(refused)
    lines: list[str] = []
    if done:
        lines.append(speech.say(f"shell.done.{outcome.kind.value}", n=done))
    reasons: dict[tuple[str, str], int] = {}
    for result in refused:
        key = (result.reason, result.detail)
        reasons[key] = reasons.get(key, 0) + 1
    act = speech.say(f"shell.act.{outcome.kind.value}")
    for (code, detail), count in reasons.items():
        why = office.command_words.why(code, detail)
        key = "shell.refused" if count > 1 else "shell.refused_one"
        lines.append(speech.say(key, act=act, why=why, n=count))
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
        if outcome.kind in _SHEETS or (outcome.done and outcome.kind in _SAID_ELSEWHERE):
            return
        text = outcome_text(outcome, self._office)
        if text:
            self._toasts.show_text(text, refused=not outcome.done)
