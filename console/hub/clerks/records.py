"""The journal, read for one seat."""

from __future__ import annotations

from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import JournalReply, QueryJournal

MAX_RECORDS = 1_000


class RecordClerk:
    """Answers queries of the journal."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def handlers(self) -> Handlers:
        """What it takes."""
        return {QueryJournal: self._records}

    async def _records(self, query: QueryJournal) -> None:
        limit = min(max(query.limit, 1), MAX_RECORDS)
        records = await self._visit.hub.records(query.subject, limit)
        await self._visit.say(JournalReply(request=query.request, records=tuple(records)))
