"""The operator log over the wire: entries, files in parts, mentions, and what a stranger may not do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hub_room import Console, Room, hub_room

from console.core.logbook.entry import Attachment, LogDraft
from console.core.logbook.files import CHUNK
from console.core.logbook.query import LogQuery
from console.core.logbook.reasons import LogReason
from console.wire.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from console.wire.messages import (
    ActReply,
    FetchFile,
    FilePart,
    FileReply,
    LockLog,
    LogChanged,
    LogPeopleReply,
    LogReply,
    OfferFile,
    Problem,
    PutFile,
    QueryLog,
    QueryLogPeople,
    ReadMentions,
    SnapshotDone,
    WriteLog,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2_000
SHA = hashlib.sha256(PNG).hexdigest()
ID = "01JD00000000000000000000{:02d}"


def draft(n: int = 0, text: str = "펌프 점검", **more: object) -> LogDraft:
    fields: dict[str, object] = {"id": ID.format(n), "at": time.time_ns(), "text": text}
    return LogDraft(**{**fields, **more})  # type: ignore[arg-type]


def played(
    folder: Path, story: Callable[[Room, Console], Awaitable[None]], kind: str = SUBPROTOCOL_MSGPACK
) -> None:
    async def run() -> None:
        async with hub_room(folder) as room, room.console(kind) as console:
            await console.until(SnapshotDone)
            await story(room, console)

    asyncio.run(run())


async def sent(console: Console) -> None:
    """A whole file, part by part."""
    await console.send(OfferFile(request="o", sha256=SHA, size=len(PNG), name="a.png"))
    have = (await console.until(FileReply)).have
    while have < len(PNG):
        data = base64.b64encode(PNG[have : have + CHUNK]).decode()
        await console.send(PutFile(request="p", sha256=SHA, offset=have, data=data))
        reply = await console.until(FileReply)
        assert reply.reason == ""
        have = reply.have


@pytest.mark.parametrize("kind", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_an_entry_with_a_file_is_written_told_found_and_the_file_comes_back(
    tmp_path: Path, kind: str
) -> None:
    async def story(_room: Room, console: Console) -> None:
        await sent(console)
        item = Attachment("a.png", "image/png", len(PNG), SHA)
        await console.send(WriteLog(request="w", draft=draft(attachments=(item,))))
        told = await console.until(LogChanged)
        assert (await console.until(ActReply)).results[0].reason == ""
        await console.send(QueryLog(request="q", query=LogQuery(text="펌프")))
        assert (await console.until(LogReply)).entries == told.entries
        found = b""
        while len(found) < len(PNG):
            await console.send(FetchFile(request="f", sha256=SHA, offset=len(found)))
            part = await console.until(FilePart)
            assert (part.size, part.offset, part.reason) == (len(PNG), len(found), "")
            found += part.data
        assert found == PNG

    played(tmp_path, story, kind)


def test_a_file_that_no_entry_names_is_shown_to_nobody(tmp_path: Path) -> None:
    async def story(_room: Room, console: Console) -> None:
        await sent(console)
        for sha256 in (SHA, "../../../etc/passwd", "", "a" * 64):
            await console.send(FetchFile(request="f", sha256=sha256, offset=0))
            part = await console.until(FilePart)
            assert (part.data, part.reason) == (b"", LogReason.FILE_MISSING)

    played(tmp_path, story)


def test_what_is_no_file_or_no_entry_is_refused_by_name_and_the_seat_stays(tmp_path: Path) -> None:
    async def story(_room: Room, console: Console) -> None:
        await console.send(OfferFile(request="o", sha256=SHA, size=len(PNG), name="run.exe"))
        assert (await console.until(FileReply)).reason == LogReason.FILE_KIND
        await console.send(PutFile(request="p", sha256=SHA, offset=0, data="no base64 at all!"))
        assert (await console.until(FileReply)).reason == LogReason.FILE_DAMAGED
        await console.send(WriteLog(request="w", draft=draft(text="a\u202eb")))
        assert (await console.until(ActReply)).results[0].reason == LogReason.LOG_CHARACTERS
        await console.send(WriteLog(request="w", draft=draft(area="nowhere")))
        assert (await console.until(ActReply)).results[0].reason == LogReason.LOG_AREA
        await console.send(WriteLog(request="w", draft=draft(corrects=ID.format(9))))
        assert (await console.until(ActReply)).results[0].reason == LogReason.LOG_UNKNOWN
        await console.send(WriteLog(request="w", draft=draft(id="\u200b")))
        assert "draft.id" in (await console.until(Problem)).where
        await console.send(QueryLogPeople(request="a"))
        assert (await console.until(LogPeopleReply)).people == ()

    played(tmp_path, story)


def test_mentions_are_read_and_the_log_is_closed(tmp_path: Path) -> None:
    async def story(room: Room, console: Console) -> None:
        await console.send(WriteLog(request="w", draft=draft()))
        assert (await console.until(ActReply)).results[0].reason == ""
        await console.send(ReadMentions(request="r", entries=(ID.format(0),)))
        assert (await console.until(ActReply)).results[0].reason == ""
        await console.send(LockLog(request="l"))
        assert (
            await console.until(LogChanged, lambda m: m.locked_until > 0)
        ).locked_until == room.hub.logbook.locked_until
        assert (await console.until(ActReply)).results[0].reason == ""
        await console.send(QueryLog(request="q", query=LogQuery(limit=10**9)))
        assert [entry.locked for entry in (await console.until(LogReply)).entries] == [True]
        await console.send(QueryLogPeople(request="a"))
        assert [person.user for person in (await console.until(LogPeopleReply)).people] == ["kim"]

    played(tmp_path, story)
