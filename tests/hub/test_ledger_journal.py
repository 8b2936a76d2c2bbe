"""The journal as a ledger on disk: chained, signed, migrated, whole after a kill, honest when the disk is full."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from ledger_room import entry, fill, findings, tamper, with_journal

from console.core.ledger.faults import LedgerFault
from console.hub.backbone.base import Unavailable
from console.hub.journal import Journal
from console.hub.ledger.opening import KeyNews
from console.hub.ledger.schema import connected, reading
from console.hub.ledger.walk import ChainWalk, check_tail


def test_everything_that_is_appended_is_chained_signed_and_whole(tmp_path: Path) -> None:
    """SEC-16: the table is the ledger; its head is signed also on closing."""

    async def story(journal: Journal) -> None:
        await fill(journal, 35)
        assert journal.head.sequence == 35
        assert journal.signed is not None
        assert journal.signed.sequence == 30

    assert with_journal(tmp_path, story) is KeyNews.FIRST
    assert findings(tmp_path) == []
    base = reading(tmp_path / "journal.db")
    assert base.execute("SELECT max(sequence), count(*) FROM heads").fetchone() == (35, 4)
    base.close()


_INSERTED = (
    "INSERT INTO journal SELECT -1, part, key, subject, at, body, kind, who, hash, state "
    "FROM journal WHERE sequence = 3"
)


@pytest.mark.parametrize(
    ("statement", "fault", "at"),
    [
        ("UPDATE journal SET body = cast(replace(body, 'kim', 'lee') AS BLOB) WHERE sequence = 7",
         LedgerFault.RECORD_CHANGED, 7),
        ("UPDATE journal SET hash = zeroblob(32) WHERE sequence = 8", LedgerFault.RECORD_CHANGED, 8),
        ("UPDATE journal SET key = 'x' WHERE sequence = 9", LedgerFault.RECORD_CHANGED, 9),
        ("UPDATE journal SET part = 'system' WHERE sequence = 11", LedgerFault.RECORD_CHANGED, 11),
        ("UPDATE journal SET who = 'lee' WHERE sequence = 12", LedgerFault.FIELDS_DIFFER, 12),
        ("UPDATE journal SET at = 5 WHERE sequence = 13", LedgerFault.FIELDS_DIFFER, 13),
        ("DELETE FROM journal WHERE sequence = 14", LedgerFault.RECORD_MISSING, 14),
        ("DELETE FROM journal WHERE sequence > 20", LedgerFault.TRUNCATED, 21),
        (_INSERTED, LedgerFault.RECORD_INSERTED, -1),
        ("UPDATE journal SET body = 'text' WHERE sequence = 15", LedgerFault.RECORD_CHANGED, 15),
        # Text that is no UTF-8 must not keep the verifier from naming it.
        ("UPDATE journal SET body = cast(x'ff00ff' AS TEXT) WHERE sequence = 16", LedgerFault.RECORD_CHANGED, 16),
        ("UPDATE journal SET part = cast(x'ff' AS TEXT) WHERE sequence = 17", LedgerFault.RECORD_CHANGED, 17),
        ("UPDATE heads SET signature = zeroblob(64) WHERE number = 2", LedgerFault.BAD_SIGNATURE, 20),
        ("UPDATE heads SET hash = 'x' WHERE number = 2", LedgerFault.BAD_SIGNATURE, 20),
        ("DELETE FROM heads WHERE number = 2", LedgerFault.HEAD_MISSING, 30),
        ("DELETE FROM heads", LedgerFault.NOT_SIGNED, 30),
        ("UPDATE keys SET public = zeroblob(32)", LedgerFault.WRONG_KEY, 10),
    ],
)  # fmt: skip
def test_what_is_done_to_the_file_is_found_and_named(
    tmp_path: Path, statement: str, fault: LedgerFault, at: int
) -> None:
    """SEC-16: each kind of tampering with SQLite itself."""
    with_journal(tmp_path, fill)
    tamper(tmp_path, statement)
    assert (fault, at) in findings(tmp_path)
    assert findings(tmp_path)[0][1] == at
    walk = ChainWalk(tmp_path / "journal.db")
    found = walk.step(30)
    walk.close()
    if fault is not LedgerFault.NOT_SIGNED:
        assert found is not None
        assert found.at == at


def test_two_records_that_were_exchanged_are_found(tmp_path: Path) -> None:
    """SEC-16: swap of whole rows under each other's numbers."""
    with_journal(tmp_path, fill)
    tamper(
        tmp_path,
        "UPDATE journal SET sequence = 1000 WHERE sequence = 4",
        "UPDATE journal SET sequence = 4 WHERE sequence = 6",
        "UPDATE journal SET sequence = 6 WHERE sequence = 1000",
    )
    assert findings(tmp_path)[0] == (LedgerFault.RECORD_CHANGED, 4)


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE state SET body = x'ff' WHERE key = 'kim'", 3),
        ("UPDATE state SET body = x'01', sequence = 1 WHERE key = 'kim'", 3),
        ("DELETE FROM state WHERE key = 'lee'", 2),
    ],
    ids=["changed", "rolled back", "removed"],
)
def test_what_a_hub_takes_up_after_a_restart_is_as_protected_as_what_happened(
    tmp_path: Path, statement: str, at: int
) -> None:
    """SEC-16, SEC-37: rights of an account, tags and shelves are states; changing them beside the ledger is seen."""

    async def story(journal: Journal) -> None:
        for who, state in (("kim", b"\x01"), ("lee", b"\x02"), ("kim", b"\x03")):
            await journal.append("people", [entry("ACCOUNT_CHANGED", who, state)])
        await journal.append("people", [entry("SIGN_IN", "kim")])

    with_journal(tmp_path, story)
    assert check_tail(tmp_path / "journal.db") is None
    base = sqlite3.connect(tmp_path / "journal.db")
    base.execute(statement)
    base.commit()
    base.close()
    walk = ChainWalk(tmp_path / "journal.db")
    found = walk.step(4)
    walk.close()
    assert found is not None
    assert (found.fault, found.at) == (LedgerFault.STATE_DIFFERS, at)
    # The quick look at the start sees what was changed in place.
    assert (check_tail(tmp_path / "journal.db") is not None) == ("ff" in statement)


def test_our_own_connections_can_neither_change_nor_remove_what_is_kept(tmp_path: Path) -> None:
    """SEC-16: append only, also against INSERT OR REPLACE."""
    with_journal(tmp_path, fill)
    base = connected(tmp_path / "journal.db")
    for statement in (
        "DELETE FROM journal",
        "UPDATE journal SET who = 'lee'",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE sequence = 3",
        "DELETE FROM heads",
        "UPDATE heads SET at = 0",
        "INSERT OR REPLACE INTO heads SELECT * FROM heads WHERE number = 1",
        "DELETE FROM keys",
        "UPDATE keys SET since = 0",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            base.execute(statement)
    base.close()
    assert findings(tmp_path) == []


_OLD = """
CREATE TABLE journal(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, part TEXT NOT NULL, key TEXT NOT NULL, subject TEXT NOT NULL,
    at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX journal_subject ON journal(subject, sequence);
CREATE INDEX journal_part ON journal(part, sequence);
CREATE INDEX journal_at ON journal(part, at);
CREATE TABLE state(part TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY(part, key)) WITHOUT ROWID;
CREATE TABLE applied(rid TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


def test_a_journal_from_before_the_chain_gets_one_when_it_is_opened(tmp_path: Path) -> None:
    """SEC-16: migration; every old record is chained and found by who and kind."""
    base = sqlite3.connect(tmp_path / "journal.db")
    base.executescript(_OLD)
    for n in range(12_001):
        record = msgspec.msgpack.encode(entry(str(n))[1].record)
        base.execute(
            "INSERT INTO journal(part, key, subject, at, body) VALUES('alarms', 'k', 'a0.high', 1000, ?)",
            (record,),
        )
    base.execute("INSERT INTO state VALUES('alarms', 'k', 12001, x'01')")
    base.commit()
    base.close()

    async def story(journal: Journal) -> None:
        assert journal.built == 12_001
        assert journal.head.sequence == 12_001
        assert journal.state("alarms") == (12_001, {"k": b"\x01"})
        assert await journal.append("alarms", [entry("after")]) == 12_002

    async def again(journal: Journal) -> None:
        assert journal.built == 0
        assert journal.head.sequence == 12_002

    with_journal(tmp_path, story)
    assert findings(tmp_path) == []
    with_journal(tmp_path, again)
    base = reading(tmp_path / "journal.db")
    assert base.execute("SELECT count(*) FROM journal WHERE who = 'kim' AND kind = 'act'").fetchone() == (
        12_002,
    )
    base.close()


_WRITER = """
import asyncio, sys
from pathlib import Path
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.journal import Journal
from console.hub.ledger.opening import sign_with_own_key

async def one(journal, n):
    record = Record(sequence=0, at=n, kind=RecordKind.ALARM, who="w", subject="s", what=str(n))
    await journal.append("alarms", [(str(n), Entry(record, b"s"))])
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()

async def main():
    journal = Journal(Path(sys.argv[1]) / "journal.db")
    sign_with_own_key(journal)
    n = 0
    while True:
        await asyncio.gather(*(one(journal, n + i) for i in range(20)))
        await journal.sign()
        n += 20

asyncio.run(main())
"""


def test_the_chain_is_whole_after_a_kill_and_goes_on(tmp_path: Path) -> None:
    """SEC-16, SEC-45: kill -9 while records are being written, three times."""
    for life in range(1, 4):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            for _ in range(150):
                writer.stdout.readline()
            writer.kill()
        assert check_tail(tmp_path / "journal.db") is None
        assert findings(tmp_path) == []
        base = reading(tmp_path / "journal.db")
        assert base.execute("SELECT count(*) FROM journal").fetchone()[0] >= 150 * life
        base.close()

    async def story(journal: Journal) -> None:
        await journal.sign()

    assert with_journal(tmp_path, story) is KeyNews.KNOWN
    assert findings(tmp_path) == []


def test_a_copy_of_the_data_goes_on_with_the_same_chain(tmp_path: Path) -> None:
    """SEC-39: restore drill: the folder is copied, a journal is opened on the copy, the chain continues."""
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    with_journal(home, fill)
    shutil.copytree(home, other)

    async def story(journal: Journal) -> None:
        assert journal.head.sequence == 30
        assert await journal.append("alarms", [entry("after the restore")]) == 31

    assert with_journal(other, story) is KeyNews.KNOWN
    assert findings(other) == []
    # The original knows nothing of it: two histories are told apart by their heads.
    with_journal(home, lambda journal: fill(journal, 1))
    assert findings(home) == []


def test_a_full_disk_refuses_and_keeps_what_was_there(tmp_path: Path) -> None:
    """SEC-18: no room for another page; nothing is lost, nothing is overwritten, and it goes on when there is room."""

    async def story(journal: Journal) -> None:
        await journal.append("alarms", [entry("first")])
        base = journal._base
        pages = base.execute("PRAGMA page_count").fetchone()[0]
        base.execute(f"PRAGMA max_page_count = {pages}")
        answer = await journal.append("alarms", [entry("x" * 200_000)])
        assert isinstance(answer, Unavailable)
        assert "full" in journal.failure
        assert journal.head.sequence == 1
        assert [record.what for record in journal.since(0)] == ["first"]
        base.execute("PRAGMA max_page_count = 1000000")
        assert await journal.append("alarms", [entry("second")]) == 2
        assert journal.failure == ""

    with_journal(tmp_path, story)
    assert findings(tmp_path) == []


def test_the_hub_looks_at_the_unsigned_end_before_it_signs_it(tmp_path: Path) -> None:
    """SEC-16: what was changed after the last signature is found at the start."""
    with_journal(tmp_path, fill)
    tamper(tmp_path, "DELETE FROM heads WHERE number = 3", "UPDATE journal SET key = 'x' WHERE sequence = 25")
    found = check_tail(tmp_path / "journal.db")
    assert found is not None
    assert (found.fault, found.at) == (LedgerFault.RECORD_CHANGED, 25)
    tamper_again = sqlite3.connect(tmp_path / "journal.db")
    tamper_again.execute("DELETE FROM journal WHERE sequence >= 15")
    tamper_again.commit()
    tamper_again.close()
    cut = check_tail(tmp_path / "journal.db")
    assert cut is not None
    assert (cut.fault, cut.at) == (LedgerFault.TRUNCATED, 15)
