"""A log that is killed at any moment: what was answered is there once, and no file lies about that nobody names."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from log_room import log_room

from console.core.logbook.query import LogQuery

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def killed(folder: Path, delay_ms: int) -> list[str]:
    """What it had answered when it was killed."""
    done = subprocess.run(
        [sys.executable, str(HERE / "log_crash.py"), str(folder), str(delay_ms)],
        env={"PYTHONPATH": f"{ROOT}:{HERE}", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == -9, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_after_kill_9_what_was_answered_is_there_once_and_no_orphan_is_left(tmp_path: Path) -> None:
    answered: list[str] = []
    for delay_ms in (900, 1_300, 1_700, 2_300):
        answered += killed(tmp_path, delay_ms)
    entries = {line.split()[1] for line in answered if line.startswith("entry")}
    files = {line.split()[1] for line in answered if line.startswith("file")}
    assert entries

    async def look() -> None:
        async with log_room(tmp_path) as room:
            found: list[str] = []
            query = LogQuery(limit=200)
            while True:
                page = await room.log.search(query)
                found += [entry.id for entry in page.entries]
                named = {item.sha256 for entry in page.entries for item in entry.attachments}
                assert all(room.log.files.has(sha256) for sha256 in named)
                files.difference_update(named)
                if not page.more:
                    break
                last = page.entries[-1]
                query = LogQuery(limit=200, before_at=last.at, before_id=last.id)
            assert len(found) == len(set(found))
            assert entries <= set(found)
            assert not files
            everyone = {
                item
                for entry in (await room.log.entries(0, 2**62, frozenset()))
                for item in entry.attachments
            }
            assert {path.name for path in room.kept()} == {item.sha256 for item in everyone}

    asyncio.run(look())
