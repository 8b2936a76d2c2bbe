"""Takes what one seat asks to the clerk of its topic; answers come after the record is durable."""

from __future__ import annotations

from console.hub.clerks.alarms import AlarmClerk
from console.hub.clerks.areas import AreaClerk
from console.hub.clerks.commands import CommandClerk
from console.hub.clerks.feeds import FeedClerk
from console.hub.clerks.handlers import Clerk, Handlers
from console.hub.clerks.handover import HandoverClerk
from console.hub.clerks.history import HistoryClerk
from console.hub.clerks.keeping import KeepingClerk
from console.hub.clerks.logbook import LogbookClerk
from console.hub.clerks.people import PeopleClerk
from console.hub.clerks.procedures import ProcedureClerk
from console.hub.clerks.records import RecordClerk
from console.hub.clerks.tags import TagClerk
from console.hub.visit import Visit
from console.wire.messages import ToHub


class FrontDesk:
    """Serves one seat. `handle` never raises for what a console asked, but IndexError for a field beyond its range."""

    def __init__(self, visit: Visit) -> None:
        clerks: tuple[Clerk, ...] = (
            AlarmClerk(visit),
            CommandClerk(visit),
            HistoryClerk(visit),
            RecordClerk(visit),
            TagClerk(visit),
            AreaClerk(visit),
            ProcedureClerk(visit),
            PeopleClerk(visit),
            FeedClerk(visit),
            HandoverClerk(visit),
            LogbookClerk(visit),
            KeepingClerk(visit),
        )
        self._visit = visit
        self._handlers: Handlers = {}
        for clerk in clerks:
            self._handlers |= clerk.handlers()

    async def handle(self, message: ToHub) -> None:
        """Carry out one message if the guard lets it; raises IndexError naming a field that is beyond what there is."""
        self._visit.sign_of_life()
        ruling = self._visit.judge(message)
        if ruling.reason:
            answer = None if ruling.quiet else self._visit.hub.guard.answer(message, ruling)
            if answer is not None:
                await self._visit.refuse(answer)
            return
        handler = self._handlers.get(type(message))
        if handler is None:
            raise IndexError(type(message).__name__)
        await handler(ruling.message)
