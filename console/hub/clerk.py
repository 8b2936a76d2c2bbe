"""Carries out what a console asks: acts, commands, history and journal; answers come after the record is
durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.core.alarm.acts import ActOutcome, OutageOrder, ShelfOrder
from console.hub.alarm_history import MOST_ROWS, OccurrenceQuery
from console.hub.alarms import Person
from console.hub.columns import series_payload
from console.hub.hub import Hub
from console.hub.seat import Seat
from console.wire.messages import (
    AckAlarms,
    ActReply,
    ActResult,
    EndMaintenance,
    EndOutOfService,
    HistoryDone,
    JournalReply,
    Message,
    OccurrencesReply,
    Pong,
    QueryHistory,
    QueryJournal,
    QueryOccurrences,
    ResetAlarms,
    ResolveCommand,
    SendCommand,
    SetOutOfService,
    ShelveAlarm,
    StartMaintenance,
    Subscribe,
    ToHub,
    UnshelveAlarm,
)

MAX_HISTORY_TAGS = 64
MAX_POINTS = 5_000
MAX_RECORDS = 1_000
MAX_QUERIES = 8
"""History queries of one seat under way; one more is refused."""


class Clerk:
    """Serves one seat on behalf of one person. `handle` never raises for what a console asked."""

    def __init__(self, hub: Hub, seat: Seat, person: Person, group: asyncio.TaskGroup) -> None:
        self._hub = hub
        self._seat = seat
        self._person = person
        self._group = group
        self._queries = 0

    async def handle(self, message: ToHub) -> None:
        """Carry out one message; raises IndexError naming a field that is beyond what there is."""
        match message:
            case Subscribe():
                self._seat.subscribe(message)
            case QueryHistory():
                await self._query(message)
            case QueryJournal():
                await self._records(message)
            case SendCommand() | ResolveCommand():
                await self._command(message)
            case QueryOccurrences():
                await self._ask_occurrences(message)
            case AckAlarms() | ResetAlarms() | ShelveAlarm() | UnshelveAlarm():
                await self._reply(message.request, await self._alarm_act(message))
            case SetOutOfService() | EndOutOfService() | StartMaintenance() | EndMaintenance():
                await self._reply(message.request, await self._outage(message))
            case _:
                # Pong says how far the console is; what was sent is known from the socket already.
                assert isinstance(message, Pong)

    async def _alarm_act(
        self, message: AckAlarms | ResetAlarms | ShelveAlarm | UnshelveAlarm
    ) -> list[ActOutcome]:
        alarms, person = self._hub.alarms, self._person
        match message:
            case AckAlarms():
                return await alarms.ack(message.items, person, message.comment)
            case ResetAlarms():
                return await alarms.reset(message.items, person)
            case ShelveAlarm():
                order = ShelfOrder(
                    duration_s=message.duration_s, reason=message.reason, oneshot=message.oneshot
                )
                return await alarms.shelve(message.alarm, order, person)
            case UnshelveAlarm():
                return await alarms.unshelve(message.alarm, person)

    async def _outage(
        self, message: SetOutOfService | EndOutOfService | StartMaintenance | EndMaintenance
    ) -> list[ActOutcome]:
        alarms, person = self._hub.alarms, self._person
        match message:
            case SetOutOfService():
                order = OutageOrder(message.duration_s, message.reason)
                return await alarms.set_out_of_service(message.alarm, order, person)
            case EndOutOfService():
                return await alarms.end_out_of_service(message.alarm, person)
            case StartMaintenance():
                order = OutageOrder(message.duration_s, message.reason)
                return await alarms.start_maintenance(message.area, order, person)
            case EndMaintenance():
                return await alarms.end_maintenance(message.area, person)

    async def _command(self, message: SendCommand | ResolveCommand) -> None:
        broker = self._hub.broker
        if isinstance(message, SendCommand):
            subject = message.command.command_id
            reason = await broker.submit(message.command, self._person)
        else:
            subject = message.command_id
            reason = await broker.resolve(subject, message.outcome, message.evidence, self._person)
        await self._reply(message.request, [ActOutcome(subject, reason)])

    async def _reply(self, request: str, outcomes: Sequence[ActOutcome]) -> None:
        results = tuple(ActResult(outcome.subject, outcome.reason) for outcome in outcomes)
        await self._say(ActReply(request=request, results=results))

    async def _records(self, query: QueryJournal) -> None:
        limit = min(max(query.limit, 1), MAX_RECORDS)
        records = await self._hub.records(query.subject, limit)
        await self._say(JournalReply(request=query.request, records=tuple(records)))

    async def _ask_occurrences(self, query: QueryOccurrences) -> None:
        reason = ""
        if not 0 <= query.start <= query.end <= _LAST:
            reason = "BAD_RANGE"
        elif not -1 <= query.alarm < len(self._hub.catalogue.alarms):
            reason = "UNKNOWN_ALARM"
        elif self._queries >= MAX_QUERIES:
            reason = "BUSY"
        if reason:
            await self._say(OccurrencesReply(request=query.request, rows=(), reason=reason))
            return
        self._queries += 1
        self._group.create_task(self._occurrences(query), name="occurrence query")

    async def _occurrences(self, query: QueryOccurrences) -> None:
        limit = min(max(query.limit, 1), MOST_ROWS)
        try:
            page = await self._hub.occurrences(OccurrenceQuery(query.start, query.end, query.alarm, limit))
            await self._say(OccurrencesReply(request=query.request, rows=page.rows, truncated=page.truncated))
        finally:
            self._queries -= 1

    async def _query(self, query: QueryHistory) -> None:
        if not 0 <= query.request < 2**32:
            raise IndexError("request")
        reason = self._refusal(query)
        if reason:
            await self._say(HistoryDone(request=query.request, reason=reason))
            return
        self._queries += 1
        self._group.create_task(self._history(query), name="history query")

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
        points = min(max(query.points, 1), MAX_POINTS)
        try:
            for tag in query.tags:
                series = await self._hub.history(tag, query.start, query.end, points)
                await self._seat.answer(series_payload(query.request, series, self._seat.codec))
            await self._say(HistoryDone(request=query.request))
        finally:
            self._queries -= 1

    async def _say(self, message: Message) -> None:
        await self._seat.answer(self._seat.codec.encode(message))


_LAST = 2**62
