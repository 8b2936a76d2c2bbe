"""What the store of a console asks for, one question of a seat at a time."""

from __future__ import annotations

import asyncio
import sqlite3

from console.core.ledger.chain import LAST_SEQUENCE
from console.hub.clerks.handlers import Handlers
from console.hub.failure import StoreDamaged
from console.hub.keeping.ledger import MOST_LINKS
from console.hub.visit import Visit
from console.wire.messages import LedgerReply, QueryLedger, QuerySamples, SamplesReply

MAX_TAGS = 4_000
LONGEST_NS = 24 * 3600 * 10**9
BUSY, BAD_RANGE, UNKNOWN_TAG, TOO_MANY_TAGS = "BUSY", "BAD_RANGE", "UNKNOWN_TAG", "TOO_MANY_TAGS"
UNREADABLE = "UNREADABLE"


class KeepingClerk:
    """Answers from files that it reads beside the hub's work."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._hub = visit.hub
        self._working = False

    def handlers(self) -> Handlers:
        """What it takes."""
        return {QueryLedger: self._ask_ledger, QuerySamples: self._ask_samples}

    async def _ask_ledger(self, query: QueryLedger) -> None:
        if self._working:
            await self._visit.say(LedgerReply(request=query.request, reason=BUSY))
            return
        self._working = True
        self._visit.group.create_task(self._ledger(query), name="ledger for a store")

    async def _ledger(self, query: QueryLedger) -> None:
        parts, after = self._hub.keeping.ledger, _number(query.after)
        try:
            # Before it is read: what comes later has a later time.
            at = self._hub.clock.at()
            if not after:
                after = await asyncio.to_thread(parts.begin, _number(query.since), _number(query.most))
            limit = min(max(query.limit, 1), MOST_LINKS)
            part = await asyncio.to_thread(parts.after, after, _number(query.heads_after), limit)
            await self._visit.say(
                LedgerReply(
                    request=query.request,
                    at=at,
                    head=part.head,
                    previous=part.previous,
                    links=part.links,
                    heads=part.heads,
                    keys=part.keys,
                    more=part.more,
                )
            )
        except sqlite3.Error:
            await self._visit.say(LedgerReply(request=query.request, reason=UNREADABLE))
        finally:
            self._working = False

    async def _ask_samples(self, query: QuerySamples) -> None:
        reason = BUSY if self._working else self._refusal(query)
        if reason:
            await self._visit.say(SamplesReply(request=query.request, reason=reason))
            return
        self._working = True
        self._visit.group.create_task(self._samples(query), name="samples for a store")

    def _refusal(self, query: QuerySamples) -> str:
        if not 0 <= query.start < query.end <= LAST_SEQUENCE or query.end - query.start > LONGEST_NS:
            return BAD_RANGE
        if len(query.tags) > MAX_TAGS:
            return TOO_MANY_TAGS
        # What sources declare at run time has other numbers at each start: a store keeps the profile's tags.
        tags = self._hub.catalogue.declared
        return "" if all(0 <= tag < tags for tag in query.tags) else UNKNOWN_TAG

    async def _samples(self, query: QuerySamples) -> None:
        try:
            at, number = self._hub.clock.at(), self._hub.grown.numbering.number
            numbers = [number(tag) for tag in range(self._hub.catalogue.declared)]
            span = (query.start, query.end)
            part = await asyncio.to_thread(self._hub.keeping.samples.part, query.tags, span, numbers)
            await self._visit.say(
                SamplesReply(
                    request=query.request,
                    start=query.start,
                    end=part.end,
                    at=at,
                    oldest=part.oldest,
                    rows=part.rows,
                    tags=part.tags,
                    ends=part.ends,
                    body=part.body,
                    tallies=part.tallies,
                )
            )
        except (sqlite3.Error, StoreDamaged):
            await self._visit.say(SamplesReply(request=query.request, reason=UNREADABLE))
        finally:
            self._working = False


def _number(value: int) -> int:
    return min(max(value, 0), LAST_SEQUENCE)
