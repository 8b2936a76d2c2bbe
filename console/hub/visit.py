"""What a clerk needs to serve one seat: the hub, the seat, and who sits there now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.core.alarm.acts import ActOutcome
from console.hub.hub import Hub
from console.hub.person import Person
from console.hub.seat import Seat
from console.wire.messages import ActReply, ActResult, Message


class Visit:
    """One seat being served."""

    def __init__(self, hub: Hub, seat: Seat, person: Person, group: asyncio.TaskGroup) -> None:
        self.hub = hub
        self.seat = seat
        self.group = group
        self._person = person

    def person(self) -> Person:
        """Who sits there now."""
        return self._person

    async def say(self, message: Message) -> None:
        """Answer this seat."""
        await self.seat.answer(self.seat.codec.encode(message))

    async def reply(self, request: str, outcomes: Sequence[ActOutcome]) -> None:
        """Answer an act, one result for each of its parts."""
        results = tuple(ActResult(outcome.subject, outcome.reason) for outcome in outcomes)
        await self.say(ActReply(request=request, results=results))
