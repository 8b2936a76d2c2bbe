"""The journal, read for one seat."""

from __future__ import annotations

from console.core.ledger.chain import LAST_SEQUENCE
from console.hub.clerks.handlers import Handlers
from console.hub.ledger.search import RecordQuery
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
        wanted = RecordQuery(
            limit=min(max(query.limit, 1), MAX_RECORDS),
            subject=query.subject,
            text=query.text,
            kinds=query.kinds,
            who=query.who,
            start=_time(query.start),
            end=_time(query.end),
            before=_time(query.before),
        )
        page = await self._visit.hub.search(wanted)
        await self._visit.say(
            JournalReply(
                request=query.request,
                records=page.records,
                truncated=page.truncated,
                searched_to=page.searched_to,
                hashes=page.hashes,
            )
        )


def _time(value: int) -> int:
    """What a stranger may ask for, as the database can take it."""
    return min(max(value, 0), LAST_SEQUENCE)
