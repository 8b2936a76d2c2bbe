"""The ledger of a running hub: signed, verified all the time, honest about its disk, told to every seat."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hub_room import Console, hub_room

from console.core.journal import Record, RecordKind
from console.core.ledger.facts import LedgerFact
from console.hub.backbone.base import Entry, Part
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import SystemClock
from console.hub.journal import Journal
from console.hub.ledger.disk import LEAST_FREE, DiskWatch
from console.hub.ledger.notes import EXPORTED, FOLDER, leave_note
from console.hub.ledger.opening import sign_with_own_key
from console.hub.ledger.service import LedgerService
from console.hub.ledger.verifying import verify
from console.hub.logs import close_logs, open_logs
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.setup.arguments import LedgerVerifyOptions
from console.wire.messages import JournalReply, LedgerChanged, QueryJournal

GB = 1024**3


class Disk:
    """A disk in the test's hands: bytes used of 100 GB."""

    def __init__(self) -> None:
        self.used = 10 * GB
        self.gone = False

    def __call__(self, folder: Path) -> tuple[int, int, int]:
        if self.gone:
            raise OSError(5, "Input/output error")
        return 100 * GB, self.used, 100 * GB - self.used


class Bench:
    """A ledger at work without the rest of a hub."""

    def __init__(self, folder: Path) -> None:
        self.disk = Disk()
        self.ring = EventRing()
        self.clock = SystemClock()
        self.journal = Journal(folder / "journal.db")
        news = sign_with_own_key(self.journal)
        self.recorder = Recorder(LocalBackbone(self.journal, folder), Part.SYSTEM, retry_s=0.02)
        self.service = LedgerService(
            self.journal, self.recorder, self.ring, self.clock, DiskWatch(folder, self.disk)
        )
        self.service.key_news(news)

    async def add(self, count: int) -> None:
        record = Record(sequence=0, at=1, kind=RecordKind.ACT, who="kim", subject="s", what="ACK")
        await self.journal.append("alarms", [("s", Entry(record))] * count)

    def whats(self) -> list[str]:
        return [record.what for record in self.journal.since(0) if record.who == "system:ledger"]

    def told(self) -> list[LedgerFact]:
        happenings = self.ring.after(0) or []
        return [h.message.ledger for h in happenings if isinstance(h.message, LedgerChanged)]


@asynccontextmanager
async def bench(folder: Path) -> AsyncGenerator[Bench]:
    made = Bench(folder)
    recording = asyncio.create_task(made.recorder.run())
    await made.service.begin()
    work = asyncio.create_task(made.service.run())
    try:
        yield made
    finally:
        for task in (work, recording):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        made.journal.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.hub.ledger.service.TICK_S", 0.02)
    monkeypatch.setattr("console.hub.ledger.service.DISK_S", 0.02)
    monkeypatch.setattr("console.hub.ledger.service.PACE_S", 0.0)


def test_the_chain_is_verified_behind_the_work_and_seats_hear_how_far(tmp_path: Path) -> None:
    """SEC-16."""

    async def story() -> None:
        async with bench(tmp_path) as ledger:
            await ledger.add(3000)
            await until(lambda: ledger.service.fact().verified_to >= 3000)
            await ledger.add(10)
            await until(lambda: ledger.service.fact().verified_to >= 3010)
            fact = ledger.service.fact()
            assert fact.records == ledger.journal.head.sequence
            assert fact.verified_at > 0
            assert fact.fault == ""
            assert len(fact.key) == len(fact.head) == 64
            await until(lambda: ledger.told()[-1].records >= 3010)
            sizes = [one.records for one in ledger.told()]
            assert sizes == sorted(sizes)
            assert "LEDGER_KEY_FIRST" in ledger.whats()
            assert fact.signed_to > 0

    asyncio.run(story())


@pytest.mark.expects_log("app")
def test_a_record_that_is_changed_under_a_running_hub_is_found_told_and_recorded(tmp_path: Path) -> None:
    """SEC-16: the pass of the next start finds it; the chain goes on, alarms and acts with it."""

    async def first() -> None:
        async with bench(tmp_path) as ledger:
            await ledger.add(500)

    async def second() -> None:
        async with bench(tmp_path) as ledger:
            await until(lambda: ledger.service.fact().fault != "")
            fact = ledger.service.fact()
            assert (fact.fault, fact.fault_at) == ("RECORD_CHANGED", 7)
            await until(lambda: "LEDGER_FAULT" in ledger.whats())
            await until(lambda: bool(ledger.told()) and ledger.told()[-1].fault != "")
            assert ledger.service.commands_allowed(), "a forger must not be able to take control away"

    asyncio.run(first())
    base = sqlite3.connect(tmp_path / "journal.db")
    base.execute("DROP TRIGGER journal_stays")
    base.execute("UPDATE journal SET part = 'x' WHERE sequence = 7")
    base.commit()
    base.close()
    asyncio.run(second())


@pytest.mark.expects_log("app")
def test_a_filling_disk_warns_and_a_full_one_stops_dangerous_commands_only(tmp_path: Path) -> None:
    """SEC-18: 80 % warns; full blocks C2 and C3 until there is room; what happened is in the ledger."""

    async def story() -> None:
        async with bench(tmp_path) as ledger:
            assert ledger.service.commands_allowed()
            ledger.disk.used = 80 * GB
            await until(lambda: "DISK_FILLING" in ledger.whats())
            assert ledger.service.commands_allowed()
            await until(lambda: ledger.told()[-1].disk_used == 0.8)
            ledger.disk.used = 100 * GB - LEAST_FREE + 1
            await until(lambda: not ledger.service.commands_allowed())
            await until(lambda: ledger.told()[-1].stopped != "")
            await ledger.add(1)
            ledger.disk.gone = True
            await until(lambda: "Input/output" in ledger.service.fact().stopped)
            ledger.disk.gone, ledger.disk.used = False, 10 * GB
            await until(ledger.service.commands_allowed)
            await until(lambda: "DISK_HAS_ROOM" in ledger.whats())
            assert ledger.whats()[-4:] == ["DISK_FILLING", "DISK_FULL", "DISK_HAS_ROOM", "DISK_TAKES_RECORDS"]

    asyncio.run(story())


@pytest.mark.expects_log("app")
def test_nothing_is_lost_while_the_journal_takes_no_records(tmp_path: Path) -> None:
    """SEC-18: no page is free; records wait in order, commands are refused, and both end with the first page."""

    async def story() -> None:
        async with bench(tmp_path) as ledger:
            base = ledger.journal._base
            await until(lambda: ledger.journal.head.sequence > 0)
            pages = base.execute("PRAGMA page_count").fetchone()[0]
            base.execute(f"PRAGMA max_page_count = {pages}")
            texts = [str(n) * 3000 for n in range(10)]
            for text in texts:
                record = Record(sequence=0, at=1, kind=RecordKind.ACT, who="kim", subject="s", what=text)
                ledger.recorder.put([("s", Entry(record))])
            await until(lambda: not ledger.service.commands_allowed())
            assert "full" in ledger.service.fact().stopped
            base.execute("PRAGMA max_page_count = 1000000")
            await ledger.recorder.settled()
            assert ledger.service.commands_allowed()
            kept = [record.what for record in ledger.journal.since(0) if record.who == "kim"]
            assert kept == texts

    asyncio.run(story())


def _whole(data: Path) -> bool:
    from console.core.words import parse_words
    from console.hub.ledger.say import Say
    from resources import read_words_sources

    words = parse_words({"ledger.toml": read_words_sources()["ledger.toml"]})
    return verify(LedgerVerifyOptions(data), Say(words, "en")) == 0


@pytest.mark.expects_log("app")
def test_an_export_is_in_the_ledger_that_was_exported(tmp_path: Path) -> None:
    """SEC-15: by whom, from which computer, which records; also when only the hub may append."""

    async def story() -> None:
        async with bench(tmp_path) as ledger:
            await ledger.add(3)
            told = {"first": "1", "last": "3", "file": "x\x1b[2J.jsonl"}
            assert leave_note(tmp_path, EXPORTED, 77, told)
            (tmp_path / FOLDER / "forged.json").write_text('{"what": "ACK"}', encoding="utf-8")
            await until(lambda: bool(ledger.journal.query("ledger", 50)[0].who.startswith("os:")))
            found = ledger.journal.query("ledger", 50)[0]
            assert (found.what, found.at, found.fields["last"]) == ("LEDGER_EXPORTED", 77, "3")
            assert found.fields["file"] == "x?[2J.jsonl"
            assert found.station
            await until(lambda: [file.name for file in (tmp_path / FOLDER).iterdir()] == ["forged.json"])
            assert [r.what for r in ledger.journal.query("ledger", 50)].count("LEDGER_EXPORTED") == 1

    asyncio.run(story())


async def _seen(console: Console, query: QueryJournal) -> JournalReply:
    await console.send(query)
    return await console.until(JournalReply, lambda reply: reply.request == query.request)


def test_a_seat_is_told_of_the_ledger_and_searches_it(tmp_path: Path) -> None:
    """SEC-15, SEC-16."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            first = await kim.until(LedgerChanged)
            assert len(first.ledger.key) == 64
            room.plant.push("a0", "level", 95.0)
            await until(lambda: len(room.hub.journal.query("a0.high", 5)) == 1)
            recorded = room.hub.journal.head.sequence
            later = await kim.until(LedgerChanged, lambda m: m.ledger.records >= recorded)
            assert later.ledger.fault == ""
            reply = await _seen(kim, QueryJournal(request="1", kinds=("alarm",), text="pump", limit=5))
            (found,) = reply.records
            assert (found.subject, found.what) == ("a0.high", "ACT")
            assert len(reply.hashes[0]) == 64
            assert not reply.truncated
            beyond = QueryJournal(request="2", start=-(2**62), end=2**62, before=2**62, limit=2**40)
            assert len((await _seen(kim, beyond)).records) >= 3

    asyncio.run(story())
    assert _whole(tmp_path)


def test_a_hub_started_on_a_copy_of_its_data_goes_on_with_the_chain(tmp_path: Path) -> None:
    """SEC-39: restore drill with a whole hub: copied while it ran, started elsewhere, verified."""
    home, other = tmp_path / "home", tmp_path / "other"

    async def live() -> int:
        async with hub_room(home) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: len(room.hub.journal.query("a0.high", 5)) == 1)
            base = sqlite3.connect(room.hub.journal.path)
            base.execute("PRAGMA wal_checkpoint(FULL)")
            base.close()
            shutil.copytree(home, other)
            return room.hub.journal.head.sequence

    async def restored() -> int:
        async with hub_room(other) as room:
            assert len(room.hub.journal.query("a0.high", 5)) >= 1
            await until(lambda: room.hub.ledger.fact().verified_to > 0)
            return room.hub.journal.head.sequence

    before = asyncio.run(live())
    after = asyncio.run(restored())
    assert after > before - 1
    assert _whole(home)
    assert _whole(other)


def test_start_stop_and_every_act_are_in_the_ledger(tmp_path: Path) -> None:
    """SEC-15: start and stop of the hub among them."""

    async def story() -> None:
        async with hub_room(tmp_path):
            await asyncio.sleep(0)

    asyncio.run(story())

    async def look() -> list[str]:
        journal = Journal(tmp_path / "hub" / "journal.db")
        whats = [record.what for record in journal.since(0)]
        journal.close()
        return whats

    whats = asyncio.run(look())
    assert "START" in whats
    assert whats[-1] == "STOP"


def test_a_log_line_cannot_be_forged(tmp_path: Path) -> None:
    """SEC-42: CR, LF, ANSI escapes and separators of lines in what a stranger wrote stay on one line."""
    file = tmp_path / "hub.log"
    handlers = open_logs(file)
    try:
        logging.getLogger("link").info(
            "console of %r is here: %s", "a\nb", "x\r\n2026 INFO app forged\x1b[2J\u2028\x85y"
        )
    finally:
        close_logs(handlers)
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u2028" not in text
    assert "\\x0d\\x0a2026 INFO app forged\\x1b[2J\\u2028\\x85y" in text
