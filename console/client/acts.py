"""Acts that wait for their answer. Time is an argument: monotonic seconds."""

from __future__ import annotations

from dataclasses import dataclass

from console.client.act_facts import NO_ANSWER, ActKind, ActOutcome
from console.wire.messages import ActReply, ActResult


@dataclass(frozen=True, slots=True)
class _Waiting:
    kind: ActKind
    subjects: tuple[str, ...]
    deadline: float


class PendingActs:
    """Acts by request id, from sending to answer, timeout or loss of the link."""

    def __init__(self, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._waiting: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def sent(self, request: str, kind: ActKind, subjects: tuple[str, ...], now: float) -> None:
        """An act about these subjects went out."""
        self._waiting[request] = _Waiting(kind, subjects, now + self._timeout_s)

    def answered(self, reply: ActReply) -> ActOutcome | None:
        """The hub's answer; None when nobody waits for it any more."""
        waiting = self._waiting.pop(reply.request, None)
        return ActOutcome(reply.request, waiting.kind, reply.results) if waiting else None

    def forget(self, request: str) -> bool:
        """The answer came as another message than ActReply; whether anybody waited for it."""
        return self._waiting.pop(request, None) is not None

    def next_deadline(self) -> float | None:
        """When `expire` has something to do."""
        return min((waiting.deadline for waiting in self._waiting.values()), default=None)

    def expire(self, now: float) -> list[ActOutcome]:
        """Acts whose answer is overdue."""
        return [self._unanswered(r) for r, waiting in [*self._waiting.items()] if waiting.deadline <= now]

    def lost(self) -> list[ActOutcome]:
        """The link went: no answer will come for what was sent."""
        return [self._unanswered(request) for request in [*self._waiting]]

    def _unanswered(self, request: str) -> ActOutcome:
        waiting = self._waiting.pop(request)
        return refused(request, waiting.kind, waiting.subjects, NO_ANSWER)


def refused(request: str, kind: ActKind, subjects: tuple[str, ...], reason: str) -> ActOutcome:
    """The outcome of an act whose every part has the same reason."""
    return ActOutcome(request, kind, tuple(ActResult(subject, reason) for subject in subjects or ("",)))
