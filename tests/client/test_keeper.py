"""The store of a console: fed without a hole, whatever ends in between, and never at the price of the console."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from keep_room import DAY, HubFiles, Room, fed
from report_room import END, HOUR, NS, ROOT, T0, busy_shift, samples, shift_data, write_data

from console.client.keeping.facts import KeepState
from console.client.keeping.plan import MINUTE, SLOT, Turn, next_missing, settled_until
from console.core.ledger.audit import Verifier
from console.core.ledger.chain import Link, Point
from console.core.ledger.heads import trusted_keys
from console.hub.ledger.schema import known_keys
from console.keep import ledger
from console.keep import samples as kept
from console.keep.bounds import Bounds, used_bytes
from console.keep.samples import holes, stretches
from console.keep.schema import opened
from console.wire.keeping import LedgerReply, QueryLedger, QuerySamples

LATER = END + 3600 * NS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 60)


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    base = sqlite3.connect(path)
    try:
        return base.execute(sql).fetchall()
    finally:
        base.close()


def test_every_record_comes_over_with_its_chain_and_the_signatures_over_it(hub: Path, tmp_path: Path) -> None:
    """SEC-16: the slice of the ledger can be verified at the workstation."""
    path = tmp_path / "holdings.db"
    assert fed(hub, path, LATER) == []
    columns = "SELECT sequence, part, key, body, hash, state FROM journal ORDER BY sequence"
    assert _rows(path, columns) == _rows(hub / "hub" / "journal.db", columns)
    base = opened(path)
    verifier = Verifier(trusted_keys(known_keys(base))[0], Point(), whole=True)
    for row in base.execute(columns):
        verifier.record(Link(*row))
    assert [finding.fault for finding in verifier.findings] == []
    assert ledger.heard(base) == LATER - NS
    base.close()
    assert path.stat().st_mode & 0o077 == 0


def test_samples_of_the_whole_time_are_settled_but_for_the_last_minute(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    base = opened(path)
    start = (LATER - 7 * DAY) // MINUTE * MINUTE
    assert stretches(base, start, LATER) == [(start, LATER)]
    assert stretches(base, start, LATER, settled=True) == [(start, settled_until(LATER))]
    assert base.execute("SELECT count(*) FROM piece WHERE settled = 0").fetchone() == (1,)
    base.close()


def test_what_is_held_is_not_asked_for_again(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    room, files = Room(path), HubFiles(hub, LATER + 20 * NS)
    room.link(True)
    room.run(files)
    asked = [one for one in files.asked if isinstance(one, QuerySamples)]
    assert [(one.start, one.end) for one in asked] == [(settled_until(LATER + 20 * NS), LATER + 20 * NS)]
    assert all(one.after for one in files.asked if isinstance(one, QueryLedger))
    room.keeper.close()
    files.close()


def test_after_a_link_that_was_away_only_what_is_missing_comes_the_newest_first(tmp_path: Path) -> None:
    """Gap-free by sequence; the samples from the newest hole on."""
    path, away = tmp_path / "holdings.db", T0 + 2 * HOUR
    early = write_data(
        tmp_path / "early",
        [one for one in busy_shift(60) if one.at < away],
        samples(range(30), seconds=2 * 3600),
    )
    fed(early, path, away)
    whole = shift_data(tmp_path / "hub", 60)
    # The same ledger goes on: the hub's own file, with what came meanwhile.
    first = _rows(path, "SELECT hash FROM journal ORDER BY sequence")
    theirs = _rows(whole / "hub" / "journal.db", "SELECT hash FROM journal ORDER BY sequence")
    assert first == theirs[: len(first)]
    room, files = Room(path), HubFiles(whole, LATER)
    room.link(True)
    room.run(files)
    asked = [one for one in files.asked if isinstance(one, QuerySamples)]
    assert min(one.start for one in asked) >= settled_until(away)
    starts = [one.start for one in asked[2:]]
    assert starts == sorted(starts, reverse=True)
    assert _rows(path, "SELECT count(*) FROM journal") == [(len(theirs),)]
    room.keeper.close()
    files.close()


def test_a_refusal_or_no_answer_is_waited_out_and_asked_again(hub: Path, tmp_path: Path) -> None:
    room, files = Room(tmp_path / "holdings.db"), HubFiles(hub, LATER)
    assert room.keeper.next_ask(0.0) is None
    room.link(True)
    ask = room.keeper.next_ask(0.0)
    assert isinstance(ask, QueryLedger)
    room.keeper.take(LedgerReply(request=ask.request, reason="BUSY"), 0.0)
    assert room.keeper.next_ask(1.0) is None
    again = room.keeper.next_ask(6.0)
    assert isinstance(again, QueryLedger)
    assert room.keeper.next_ask(20.0) is None
    assert room.keeper.next_ask(36.5) is None
    late = files.answer(again)
    room.keeper.take(late, 40.0)
    assert isinstance(room.keeper.next_ask(45.0), QueryLedger)
    room.link(False)
    assert room.keeper.wait_s(50.0) is None
    room.keeper.close()
    files.close()


@pytest.mark.expects_log("history")
def test_another_ledger_begins_a_new_store_and_keeps_the_old_one(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    other = write_data(tmp_path / "other", busy_shift(4), samples([1, 2]))
    told = fed(other, path, LATER)
    assert [one.state for one in told] == [KeepState.OTHER]
    assert (tmp_path / told[0].name).is_file()
    assert _rows(path, "SELECT count(*) FROM journal") == _rows(
        other / "hub" / "journal.db", "SELECT count(*) FROM journal"
    )


@pytest.mark.expects_log("history")
@pytest.mark.parametrize("damage", [b"no database at all " * 400, b"", None])
def test_a_damaged_file_is_set_aside_and_filled_again(
    hub: Path, tmp_path: Path, damage: bytes | None
) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    whole = _rows(path, "SELECT count(*) FROM journal")
    if damage is None:
        data = bytearray(path.read_bytes())
        data[4096 : 4096 * 20] = bytes(4096 * 19)
        path.write_bytes(data)
    else:
        path.write_bytes(damage)
    told = fed(hub, path, LATER)
    # An empty file is a new one.
    assert [one.state for one in told] == ([KeepState.DAMAGED] if damage != b"" else [])
    assert _rows(path, "SELECT count(*) FROM journal") == whole
    assert len(list(tmp_path.glob("holdings-*.db"))) == len(told)


@pytest.mark.expects_log("history")
def test_a_file_of_a_newer_version_is_not_written_into(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    told = fed(hub, path, LATER)
    assert [one.state for one in told] == [KeepState.DAMAGED]
    assert _rows(tmp_path / told[0].name, "PRAGMA user_version") == [(99,)]


_FEED_WITH_NO_ROOM = """
import resource, sys
from pathlib import Path
import keep_room, report_room
room = keep_room.Room(Path(sys.argv[2]))
files = keep_room.HubFiles(Path(sys.argv[1]), int(sys.argv[3]))
room.link(True)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
for _ in range(2_000):
    room.step(files)
    room.now += 0.1
told = [fact.state.value for fact in room.told]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
room.now += 100.0
room.run(files)
print(told, [fact.state.value for fact in room.told])
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no such limit elsewhere")
def test_a_disk_without_room_is_said_once_and_nothing_is_lost_when_there_is_room_again(
    hub: Path, tmp_path: Path
) -> None:
    path = tmp_path / "holdings.db"
    done = subprocess.run(
        [sys.executable, "-c", _FEED_WITH_NO_ROOM, str(hub), str(path), str(LATER)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "plugins")))},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = done.stdout.strip().split("] [")
    assert before in ("['full'", "['failed'")
    assert after.endswith("'kept']")
    count = "SELECT count(*) FROM journal"
    assert _rows(path, count) == _rows(hub / "hub" / "journal.db", count)
    base = opened(path)
    assert holes(stretches(base, T0, END), T0, END) == []
    base.close()


_FEED_AND_DIE = """
import os, signal, sys
from pathlib import Path
import keep_room
room = keep_room.Room(Path(sys.argv[2]))
files = keep_room.HubFiles(Path(sys.argv[1]), int(sys.argv[3]))
room.link(True)
left = int(sys.argv[4])
base = room.keeper._opened()
def count(sql):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
base.set_trace_callback(count)
room.run(files)
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no such signal elsewhere")
@pytest.mark.parametrize("statements", [9, 23, 42, 61, 140])
def test_a_console_that_is_killed_between_any_two_statements_leaves_a_sound_store(
    hub: Path, tmp_path: Path, statements: int
) -> None:
    path = tmp_path / "holdings.db"
    done = subprocess.run(
        [sys.executable, "-c", _FEED_AND_DIE, str(hub), str(path), str(LATER), str(statements)],
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "plugins")))},
        check=False,
    )
    assert done.returncode == -9, done.stderr
    assert _rows(path, "PRAGMA integrity_check") == [("ok",)]
    held = [row[0] for row in _rows(path, "SELECT sequence FROM journal ORDER BY sequence")]
    assert held == list(range(1, len(held) + 1))
    assert fed(hub, path, LATER) == []
    count = "SELECT count(*) FROM journal"
    assert _rows(path, count) == _rows(hub / "hub" / "journal.db", count)
    base = opened(path)
    assert holes(stretches(base, T0, END), T0, END) == []
    base.close()


def test_what_is_too_old_goes_and_the_ledger_still_follows_from_what_stood_before(
    hub: Path, tmp_path: Path
) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    room, files = Room(path, Bounds(days=5 / 24)), HubFiles(hub, LATER)
    room.link(True)
    room.run(files)
    room.keeper.close()
    files.close()
    base = opened(path)
    first, at = base.execute("SELECT sequence, at FROM journal ORDER BY sequence LIMIT 1").fetchone()
    anchor = ledger.anchor(base)
    assert first > 1
    assert at >= LATER - 5 * HOUR
    assert anchor.sequence == first - 1
    hashes = _rows(hub / "hub" / "journal.db", f"SELECT hash FROM journal WHERE sequence = {first - 1}")
    assert hashes == [(anchor.hash,)]
    assert base.execute("SELECT min(end) FROM piece").fetchone()[0] > LATER - 5 * HOUR
    base.close()
    assert fed(hub, path, LATER + 60 * NS) == []


def test_no_more_is_kept_than_the_megabytes_that_it_may_have(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    base = opened(path)
    whole = used_bytes(base)
    base.close()
    room, files = Room(path, Bounds(megabytes=whole / 2**21)), HubFiles(hub, LATER)
    room.link(True)
    room.run(files, until=lambda: len(files.asked) > 3)
    room.keeper.close()
    files.close()
    base = opened(path)
    assert used_bytes(base) <= whole // 2
    assert base.execute("SELECT count(*) FROM journal").fetchone()[0] > 0
    base.close()
    assert path.stat().st_size <= whole * 0.7


def test_a_hub_with_millions_of_records_is_not_asked_for_all_of_them(hub: Path, tmp_path: Path) -> None:
    files = HubFiles(hub, LATER)
    ask = QueryLedger(request="r", since=T0 + HOUR, most=20)
    reply = files.answer(ask)
    assert isinstance(reply, LedgerReply)
    assert reply.links[0].sequence == reply.head - 19
    assert reply.previous != bytes(32)
    files.close()


def test_holes_are_what_lies_between() -> None:
    assert holes([], 0, 10) == [(0, 10)]
    assert holes([(2, 4), (6, 10)], 0, 10) == [(0, 2), (4, 6)]
    assert holes([(0, 10)], 0, 10) == []
    assert next_missing([]) is None
    assert next_missing([(0, 5), (SLOT + 7, 3 * SLOT + 2)]) == (3 * SLOT, 3 * SLOT + 2)
    assert next_missing([(SLOT // 2, SLOT)]) == (SLOT // 2, SLOT)


def test_a_turn_waits_for_nothing_while_the_link_is_away() -> None:
    turn = Turn()
    assert turn.wait_s(0.0, True) is None
    turn.link(True, 5.0)
    assert turn.wait_s(5.0, False) == 0.0
    request = turn.asked(5.0)
    assert not turn.free(6.0)
    assert turn.wait_s(6.0, True) == 29.0
    turn.link(False, 7.0)
    assert not turn.answered(request, 8.0)


def test_a_piece_that_cannot_be_read_is_counted_and_the_others_are_given(hub: Path, tmp_path: Path) -> None:
    path = tmp_path / "holdings.db"
    fed(hub, path, LATER)
    base = opened(path)
    names = _wanted()
    before = sum(len(rows) for rows in kept.Samples(base, T0, END).rows(names))
    base.execute("UPDATE piece SET body = x'00', tallies = x'00' WHERE start = ?", (T0 + HOUR,))
    read = kept.Samples(base, T0, END)
    after = sum(len(rows) for rows in read.rows(names))
    assert read.damaged == 1
    assert 0 < after < before
    read.tallies(names)
    assert read.damaged == 2
    base.close()


def _wanted() -> list[str]:
    from report_room import catalogue

    return [point.key for point in catalogue().tags[:40]]
