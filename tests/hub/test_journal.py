"""The journal: what was acknowledged is on disk, whatever happens after."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Conflict, Entry, Unavailable
from console.hub.failure import StoreDamaged
from console.hub.journal import Journal


def _entry(what: str, subject: str = "a0.high", state: bytes = b"") -> tuple[str, Entry]:
    record = Record(sequence=0, at=1, kind=RecordKind.ALARM, who="kim", subject=subject, what=what)
    return subject, Entry(record, state)


def _with(path: Path, story: Callable[[Journal], Awaitable[None]]) -> None:
    async def told() -> None:
        journal = Journal(path)
        try:
            await story(journal)
        finally:
            journal.close()

    asyncio.run(told())


def test_records_are_numbered_and_found_by_subject_and_by_sequence(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        assert await journal.append("alarms", [_entry("ACT"), _entry("ACK"), _entry("ACT", "a00.high")]) == 3
        assert [r.what for r in journal.query("a0.high", 10)] == ["ACK", "ACT"]
        assert [r.sequence for r in journal.query("a0", 10)] == [2, 1]
        assert [r.sequence for r in journal.query("", 2)] == [3, 2]
        assert [r.sequence for r in journal.since(1)] == [2, 3]

    _with(tmp_path / "j.db", story)


def test_the_last_state_of_each_key_survives_a_restart(tmp_path: Path) -> None:
    async def first(journal: Journal) -> None:
        await journal.append("alarms", [_entry("ACT", state=b"1"), _entry("ACT", "b", b"2")])
        await journal.append("alarms", [_entry("ACK", state=b"3"), _entry("NOTE", "b")])

    async def second(journal: Journal) -> None:
        assert journal.state("alarms") == (4, {"a0.high": b"3", "b": b"2"})
        assert journal.state("commands") == (0, {})

    _with(tmp_path / "j.db", first)
    _with(tmp_path / "j.db", second)


def test_an_append_is_fenced_by_where_its_part_stands(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        assert await journal.append("alarms", [_entry("ACT")], expect=0) == 1
        assert await journal.append("alarms", [_entry("ACT")], expect=0) == Conflict(1)
        assert await journal.append("commands", [_entry("SENT")], expect=0) == 2
        assert await journal.append("alarms", [_entry("ACT")], expect=1) == 3

    _with(tmp_path / "j.db", story)


def test_a_repeated_request_is_applied_once_also_after_a_restart(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        answers = [await journal.append("alarms", [_entry("ACT")], rid="r1") for _ in range(3)]
        assert answers == [1, 1, 1]
        assert len(journal.query("", 10)) == 1

    _with(tmp_path / "j.db", story)
    _with(tmp_path / "j.db", story)


def test_many_writers_share_one_commit(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        answers = await asyncio.gather(*(journal.append("alarms", [_entry(str(n))]) for n in range(5000)))
        assert answers == list(range(1, 5001))
        assert [r.what for r in journal.since(0)] == [str(n) for n in range(5000)]

    _with(tmp_path / "j.db", story)


def test_records_can_be_neither_changed_nor_removed(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        await journal.append("alarms", [_entry("ACT")])

    _with(tmp_path / "j.db", story)
    base = sqlite3.connect(tmp_path / "j.db")
    for sql in ("DELETE FROM journal", "UPDATE journal SET body = x'00'"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            base.execute(sql)
    base.close()


def test_a_failing_disk_is_an_answer_and_not_an_exception(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        other = sqlite3.connect(tmp_path / "j.db", isolation_level=None)
        other.execute("DROP TABLE state")
        answer = await journal.append("alarms", [_entry("ACT", state=b"1")])
        assert isinstance(answer, Unavailable)
        assert "no such table" in answer.why
        assert journal.query("", 10) == []
        other.execute("CREATE TABLE state(part, key, sequence, body, PRIMARY KEY(part, key))")
        other.close()
        assert await journal.append("alarms", [_entry("ACT", state=b"1")]) == 1
        assert journal.failure == ""

    _with(tmp_path / "j.db", story)


@pytest.mark.parametrize("damage", ["head", "page", "no database"])
def test_a_damaged_journal_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "j.db"

    async def story(journal: Journal) -> None:
        await journal.append("alarms", [_entry(str(n), state=b"x" * 100) for n in range(500)])

    _with(path, story)
    data = bytearray(path.read_bytes())
    if damage == "head":
        data[:16] = b"\0" * 16
    elif damage == "page":
        for offset in range(4096, len(data), 4096):
            data[offset : offset + 64] = b"\xff" * 64
    else:
        data = bytearray(b"these are the minutes of a meeting\n" * 400)
    path.write_bytes(data)
    with pytest.raises(StoreDamaged) as refused:
        Journal(path)
    assert refused.value.fields["file"] == str(path)


_WRITER = """
import asyncio, sys
from pathlib import Path
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.journal import Journal

async def one(journal, n):
    record = Record(sequence=0, at=n, kind=RecordKind.ALARM, who="w", subject="s", what=str(n))
    await journal.append("alarms", [(str(n), Entry(record, str(n).encode()))])
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()

async def main():
    journal = Journal(Path(sys.argv[1]))
    n = 0
    while True:
        await asyncio.gather(*(one(journal, n + i) for i in range(20)))
        n += 20

asyncio.run(main())
"""


def test_every_acknowledged_record_is_there_after_a_kill(tmp_path: Path) -> None:
    """TESTING 5.1: ack means durable; the writer is killed mid-stream."""
    path = tmp_path / "j.db"
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(300)]
        writer.kill()
        # The last line may be torn by the kill.
        acknowledged += [int(line) for line in writer.stdout.read().split(b"\n")[:-1]]

    async def story(journal: Journal) -> None:
        kept = {int(record.what) for record in journal.since(0, 1_000_000)}
        assert set(acknowledged) <= kept
        assert {int(key) for key in journal.state("alarms")[1]} == kept

    _with(path, story)
