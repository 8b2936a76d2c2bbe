"""Takes what one seat asks to the clerk of its topic; answers come after the record is durable."""

from __future__ import annotations

from console.hub.clerks.alarms import AlarmClerk
from console.hub.clerks.commands import CommandClerk
from console.hub.clerks.handlers import Clerk, Handlers
from console.hub.clerks.history import HistoryClerk
from console.hub.clerks.records import RecordClerk
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
        )
        self._handlers: Handlers = {}
        for clerk in clerks:
            self._handlers |= clerk.handlers()

    async def handle(self, message: ToHub) -> None:
        """Carry out one message; raises IndexError naming a field that is beyond what there is."""
        handler = self._handlers.get(type(message))
        if handler is None:
            raise IndexError(type(message).__name__)
        await handler(message)
