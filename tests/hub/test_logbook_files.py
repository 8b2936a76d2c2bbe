"""Files on their way to the hub: in bounded parts, checked whole, resumed or dropped, whatever they are called."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.errors import LogRefused
from console.core.logbook.files import CHUNK, FILE_MAX
from console.core.logbook.reasons import LogReason
from console.hub.clock import SetClock
from console.hub.logbook.files import OF_ONE, PATIENCE_S, UNDER_WAY, UNNAMED_S, FileStore

R = LogReason
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100_000)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def store(folder: Path, clock: SetClock | None = None) -> FileStore:
    return FileStore(folder, (clock or SetClock()).now)


def send(files: FileStore, data: bytes = PNG, who: str = "kim") -> int:
    have = files.offer(who, sha(data), len(data), "a.png")
    while have < len(data):
        have = files.put(who, sha(data), have, data[have : have + CHUNK])
    return have


def refusal(files: FileStore, who: str, sha256: str, offset: int, data: bytes) -> str:
    try:
        files.put(who, sha256, offset, data)
    except LogRefused as refused:
        return refused.reason_code
    return ""


def test_a_file_that_came_whole_is_kept_once_and_read_in_parts(tmp_path: Path) -> None:
    files = store(tmp_path)
    assert send(files) == len(PNG)
    assert send(files, who="lee") == len(PNG)
    assert [path.name for path in everything(tmp_path)] == [sha(PNG)]
    assert files.read(sha(PNG), 10) == PNG[10:]
    assert files.read(sha(PNG), 2**40) == b""
    assert files.read(sha(PNG), -5) == PNG


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_files_are_for_their_owner_only_and_never_to_be_run(tmp_path: Path) -> None:
    """SEC-37."""
    files = store(tmp_path)
    send(files)
    assert everything(tmp_path)[0].stat().st_mode & 0o777 == 0o600


def test_a_lost_link_goes_on_where_it_stopped_and_a_repeated_part_changes_nothing(tmp_path: Path) -> None:
    files, digest = store(tmp_path), sha(PNG)
    files.offer("kim", digest, len(PNG), "a.png")
    first = files.put("kim", digest, 0, PNG[:CHUNK])
    assert files.put("kim", digest, 0, PNG[:CHUNK]) == first
    assert files.put("kim", digest, 5, b"junk") == first
    assert files.offer("kim", digest, len(PNG), "a.png") == first
    assert send(files) == len(PNG)


def test_bytes_that_are_not_what_was_announced_are_dropped(tmp_path: Path) -> None:
    files, digest = store(tmp_path), sha(PNG)
    files.offer("kim", digest, 20, "a.png")
    assert refusal(files, "kim", digest, 0, PNG[:20]) == R.FILE_DAMAGED
    files.offer("kim", digest, len(PNG), "a.png")
    assert refusal(files, "kim", digest, 0, b"MZ" + PNG[:50]) == R.FILE_KIND
    files.offer("kim", digest, 10, "a.png")
    assert refusal(files, "kim", digest, 0, PNG[:11]) == R.FILE_DAMAGED
    files.offer("kim", digest, len(PNG), "a.png")
    assert refusal(files, "kim", digest, 0, b"") == R.FILE_DAMAGED
    files.offer("kim", digest, len(PNG), "a.png")
    assert refusal(files, "kim", digest, 0, PNG[: CHUNK + 1]) == R.FILE_DAMAGED
    assert refusal(files, "kim", digest, 0, PNG[:CHUNK]) == R.FILE_MISSING
    assert everything(tmp_path) == []


def test_one_person_cannot_spoil_what_another_sends(tmp_path: Path) -> None:
    files, digest = store(tmp_path), sha(PNG)
    files.offer("kim", digest, len(PNG), "a.png")
    files.put("kim", digest, 0, PNG[:CHUNK])
    files.offer("mallory", digest, len(PNG), "a.png")
    files.put("mallory", digest, 0, PNG[:100])
    files.put("mallory", digest, 100, b"junk")
    assert send(files) == len(PNG)
    assert files.read(digest, 0) == PNG


def test_too_many_files_at_once_are_refused(tmp_path: Path) -> None:
    files = store(tmp_path)
    for n in range(OF_ONE):
        files.offer("kim", f"{n:064x}", 10, "a.png")
    with pytest.raises(LogRefused, match=R.FILE_BUSY):
        files.offer("kim", "f" * 64, 10, "a.png")
    for n in range(UNDER_WAY - OF_ONE):
        files.offer(f"p{n}", "f" * 64, 10, "a.png")
    with pytest.raises(LogRefused, match=R.FILE_BUSY):
        files.offer("last", "f" * 64, 10, "a.png")


def test_what_stands_still_is_dropped_and_what_an_entry_names_stays(tmp_path: Path) -> None:
    clock = SetClock()
    files = store(tmp_path, clock)
    send(files)
    other = PNG + b"x"
    send(files, other)
    files.offer("kim", "1" * 64, 100, "a.png")
    files.put("kim", "1" * 64, 0, PNG[:50])
    clock.move(PATIENCE_S + 1)
    files.expire(lambda _sha: False)
    assert {path.name for path in everything(tmp_path)} == {sha(PNG), sha(other)}
    clock.move(UNNAMED_S)
    files.expire(lambda digest: digest == sha(other))
    assert [path.name for path in everything(tmp_path)] == [sha(other)]


def test_a_disk_without_room_refuses_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)

    def nearly_full(_path: Path) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    with pytest.raises(LogRefused, match=R.DISK_FULL):
        store(tmp_path).offer("kim", "1" * 64, 10, "a.png")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    name=st.one_of(
        st.text(max_size=120),
        st.lists(
            st.sampled_from(["..", "/", "\\", "~", "con", ".png", "\x00", "\u202e", "C:", "%2e"]), max_size=9
        ).map("".join),
    ),
    size=st.one_of(st.integers(-5, 300), st.sampled_from([FILE_MAX, FILE_MAX + 1, 2**63 - 1])),
    digest=st.one_of(st.text(max_size=70), st.sampled_from(["../" * 21 + "x", "a" * 64, "A" * 64, "/" * 64])),
    data=st.binary(max_size=64),
    offset=st.integers(-2, 400),
)
def test_no_name_digest_or_offset_leaves_the_folder_or_breaks_the_store(
    tmp_path: Path, name: str, size: int, digest: str, data: bytes, offset: int
) -> None:
    home = tmp_path / "home"
    files = store(home)
    try:
        files.offer("kim", digest, size, name)
        files.put("kim", digest, offset, data)
    except LogRefused as refused:
        assert refused.reason_code in set(LogReason)
    assert [path for path in everything(tmp_path) if home not in path.parents] == []
    files.sweep_all(set())
    assert everything(home) == []


def test_parts_are_taken_beside_the_loop_too(tmp_path: Path) -> None:
    async def story() -> None:
        files, digest = store(tmp_path), sha(PNG)
        have = files.offer("kim", digest, len(PNG), "a.png")
        while have < len(PNG):
            have = await asyncio.to_thread(files.put, "kim", digest, have, PNG[have : have + CHUNK])
        assert files.has(digest)

    asyncio.run(story())
