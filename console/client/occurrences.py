"""Questions for occurrences that wait for their answer. Time is an argument: monotonic seconds."""

from __future__ import annotations

from console.client.occurrence_facts import LINK_LOST, NO_ANSWER, OccurrencePage
from console.wire.messages import OccurrencesReply


class OccurrenceQueries:
    """Questions by request id, from sending to answer, timeout or loss of the link."""

    def __init__(self, timeout_s: float = 10.0) -> None:
        self._timeout_s = timeout_s
        self._deadlines: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._deadlines)

    def sent(self, request: str, now: float) -> None:
        """A question went out."""
        self._deadlines[request] = now + self._timeout_s

    def answered(self, reply: OccurrencesReply) -> OccurrencePage | None:
        """The hub's answer; None when nobody waits for it any more."""
        if self._deadlines.pop(reply.request, None) is None:
            return None
        return OccurrencePage(reply.request, reply.rows, reply.truncated, reply.reason)

    def expire(self, now: float) -> list[OccurrencePage]:
        """Questions whose answer is overdue."""
        late = [request for request, deadline in self._deadlines.items() if deadline <= now]
        return [self._given_up(request, NO_ANSWER) for request in late]

    def lost(self) -> list[OccurrencePage]:
        """The link went: no answer will come for what was sent."""
        return [self._given_up(request, LINK_LOST) for request in [*self._deadlines]]

    def _given_up(self, request: str, reason: str) -> OccurrencePage:
        del self._deadlines[request]
        return OccurrencePage(request, reason=reason)
