"""Subscriptions, history of tags and occurrences of alarms, for one seat."""

from __future__ import annotations

from console.hub.alarm_history import MOST_ROWS, OccurrenceQuery
from console.hub.clerks.handlers import Handlers
from console.hub.columns import series_payload
from console.hub.visit import Visit
from console.wire.messages import (
    HistoryDone,
    OccurrencesReply,
    Pong,
    QueryHistory,
    QueryOccurrences,
    Subscribe,
)

MAX_HISTORY_TAGS = 64
MAX_POINTS = 5_000
MAX_QUERIES = 8
"""History queries of one seat under way; one more is refused."""
_LAST = 2**62


class HistoryClerk:
    """Answers from historian and journal; long answers run beside the reading of messages."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._hub = visit.hub
        self._queries = 0

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            Subscribe: self._subscribe,
            Pong: self._pong,
            QueryHistory: self._query,
            QueryOccurrences: self._ask_occurrences,
        }

    async def _subscribe(self, message: Subscribe) -> None:
        self._visit.seat.subscribe(message)

    async def _pong(self, message: Pong) -> None:
        """It says how far the console is, which is known from the socket already, and that somebody is there."""
        if message.active and self._visit.session is not None:
            self._hub.sessions.act(self._visit.session)

    async def _ask_occurrences(self, query: QueryOccurrences) -> None:
        reason = ""
        if not 0 <= query.start <= query.end <= _LAST:
            reason = "BAD_RANGE"
        elif not -1 <= query.alarm < len(self._hub.catalogue.alarms):
            reason = "UNKNOWN_ALARM"
        elif self._queries >= MAX_QUERIES:
            reason = "BUSY"
        if reason:
            await self._visit.say(OccurrencesReply(request=query.request, rows=(), reason=reason))
            return
        self._queries += 1
        self._visit.group.create_task(self._occurrences(query), name="occurrence query")

    async def _occurrences(self, query: QueryOccurrences) -> None:
        limit = min(max(query.limit, 1), MOST_ROWS)
        try:
            page = await self._hub.occurrences(OccurrenceQuery(query.start, query.end, query.alarm, limit))
            answer = OccurrencesReply(request=query.request, rows=page.rows, truncated=page.truncated)
            await self._visit.say(answer)
        finally:
            self._queries -= 1

    async def _query(self, query: QueryHistory) -> None:
        if not 0 <= query.request < 2**32:
            raise IndexError("request")
        reason = self._refusal(query)
        if reason:
            await self._visit.say(HistoryDone(request=query.request, reason=reason))
            return
        self._queries += 1
        self._visit.group.create_task(self._history(query), name="history query")

    def _refusal(self, query: QueryHistory) -> str:
        tags = len(self._hub.catalogue.tags)
        if self._queries >= MAX_QUERIES:
            return "BUSY"
        if len(query.tags) > MAX_HISTORY_TAGS:
            return "TOO_MANY_TAGS"
        if any(not 0 <= tag < tags for tag in query.tags):
            return "UNKNOWN_TAG"
        return "" if 0 <= query.start <= query.end <= _LAST else "BAD_RANGE"

    async def _history(self, query: QueryHistory) -> None:
        points, seat = min(max(query.points, 1), MAX_POINTS), self._visit.seat
        try:
            for tag in query.tags:
                series = await self._hub.history(tag, query.start, query.end, points)
                await self._visit.show(series_payload(query.request, series, seat.codec))
            await self._visit.say(HistoryDone(request=query.request))
        finally:
            self._queries -= 1
