"""The operator log, for one seat."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import sqlite3

from console.core.errors import LogRefused
from console.core.logbook.reasons import LogReason
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import (
    FetchFile,
    FilePart,
    FileReply,
    LockLog,
    LogPeopleReply,
    LogReply,
    OfferFile,
    PutFile,
    QueryLog,
    QueryLogPeople,
    ReadMentions,
    WriteLog,
)

log = logging.getLogger("app")

_READ_MOST = 200


class LogbookClerk:
    """Writes and finds entries, and carries their files, for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._book = visit.hub.logbook

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            WriteLog: self._write,
            QueryLog: self._query,
            QueryLogPeople: self._people,
            ReadMentions: self._read,
            LockLog: self._lock,
            OfferFile: self._offer,
            PutFile: self._put,
            FetchFile: self._fetch,
        }

    async def _write(self, message: WriteLog) -> None:
        done = await self._book.write(message.draft, self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _query(self, message: QueryLog) -> None:
        try:
            page = await self._book.search(message.query)
            reply = LogReply(
                request=message.request,
                entries=page.entries,
                related=page.related,
                more=page.more,
                locked_until=self._book.locked_until,
            )
        except sqlite3.Error as error:
            log.error("the operator log cannot be searched: %s", error)
            reply = LogReply(request=message.request, reason=LogReason.LOG_UNAVAILABLE)
        await self._visit.say(reply)

    async def _people(self, message: QueryLogPeople) -> None:
        await self._visit.say(LogPeopleReply(request=message.request, people=self._book.people()))

    async def _read(self, message: ReadMentions) -> None:
        done = await self._book.read_mentions(message.entries[:_READ_MOST], self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _lock(self, message: LockLog) -> None:
        done = await self._book.close_now(self._visit.person())
        await self._visit.reply(message.request, [done])

    async def _offer(self, message: OfferFile) -> None:
        who, have, reason = self._visit.person().who, 0, ""
        try:
            have = self._book.files.offer(who, message.sha256, message.size, message.name)
        except LogRefused as refused:
            reason = refused.reason_code
        await self._visit.say(
            FileReply(request=message.request, sha256=message.sha256, have=have, reason=reason)
        )

    async def _put(self, message: PutFile) -> None:
        who, have, reason = self._visit.person().who, 0, ""
        try:
            data = base64.b64decode(message.data, validate=True)
            put = self._book.files.put
            have = await asyncio.to_thread(put, who, message.sha256, message.offset, data)
        except LogRefused as refused:
            reason = refused.reason_code
        except (binascii.Error, ValueError):
            reason = LogReason.FILE_DAMAGED
        await self._visit.say(
            FileReply(request=message.request, sha256=message.sha256, have=have, reason=reason)
        )

    async def _fetch(self, message: FetchFile) -> None:
        sha256, files = message.sha256, self._book.files
        part = FilePart(request=message.request, sha256=sha256, reason=LogReason.FILE_MISSING)
        if self._book.readable(sha256):
            try:
                data = await asyncio.to_thread(files.read, sha256, message.offset)
                part = FilePart(
                    request=message.request,
                    sha256=sha256,
                    offset=message.offset,
                    size=files.size(sha256),
                    data=data,
                )
            except LogRefused as refused:
                part = FilePart(request=message.request, sha256=sha256, reason=refused.reason_code)
        await self._visit.say(part)
