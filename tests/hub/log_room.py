"""An operator log over a real journal; the clock is in the test's hands."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from hub_room import small_site

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.identity.accounts import Account
from console.core.logbook.entry import Attachment, LogDraft
from console.core.logbook.files import CHUNK, media_of
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import SetClock
from console.hub.journal import Journal
from console.hub.logbook.logbook import Logbook, LogPlaces
from console.hub.person import Person
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import LogChanged

KIM = Person("kim", "seat-1", name="김 주임")
LEE = Person("lee", "seat-2", name="이 대리")
BOSS = Person("boss", "seat-3", supervisor=True, name="박 팀장")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400
"""Longer than two chunks."""


class LogRoom:
    """The log at work, and what it told."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.folder = folder
        self.clock = clock
        self.journal = Journal(folder / "journal.db")
        self.backbone = LocalBackbone(self.journal, folder)
        self.ring = EventRing()
        places = LogPlaces(folder / "journal.db", folder / "logbook")
        self.log = Logbook(Catalogue(small_site()), self.backbone, self.ring, clock, places)
        accounts = {user: Account(user=user, name=user, person=user) for user in ("kim", "lee", "boss")}
        self.log.accounts = lambda: accounts
        self._new_id = UlidMaker(clock)

    def draft(self, text: str = "펌프 2호기 수동 기동", **more: object) -> LogDraft:
        """A draft of now."""
        fields: dict[str, object] = {"id": self._new_id(), "at": self.clock.at(), "area": "a", "text": text}
        return LogDraft(**{**fields, **more})  # type: ignore[arg-type]

    async def write(
        self, text: str = "펌프 2호기 수동 기동", person: Person = KIM, **more: object
    ) -> ActOutcome:
        """Write a draft of now, one second after the one before."""
        self.clock.move(1)
        return await self.log.write(self.draft(text, **more), person)

    def upload(self, data: bytes = PNG, name: str = "a.png", who: str = "kim") -> Attachment:
        """Send a file in chunks, as a console does."""
        sha256 = hashlib.sha256(data).hexdigest()
        have = self.log.files.offer(who, sha256, len(data), name)
        while have < len(data):
            have = self.log.files.put(who, sha256, have, data[have : have + CHUNK])
        return Attachment(name, media_of(name, data[:16]), len(data), sha256)

    def told(self) -> list[LogChanged]:
        """What every console was told."""
        happened = self.ring.after(0) or []
        return [item.message for item in happened if isinstance(item.message, LogChanged)]

    def kept(self) -> list[Path]:
        """Every file of entries, whole or under way."""
        return [
            path
            for path in (self.folder / "logbook").rglob("*")
            if path.is_file() and "index" not in path.name
        ]


@asynccontextmanager
async def log_room(folder: Path, clock: SetClock | None = None) -> AsyncGenerator[LogRoom]:
    """A log on a folder, running."""
    room = LogRoom(folder, clock or SetClock())
    await room.log.restore()
    work = asyncio.create_task(room.log.run())
    try:
        yield room
    finally:
        await room.log.settled()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        room.log.close()
        room.journal.close()


def told(folder: Path, story: Callable[[LogRoom], Awaitable[None]]) -> None:
    """Run a story."""

    async def run() -> None:
        async with log_room(folder) as room:
            await story(room)

    asyncio.run(run())
