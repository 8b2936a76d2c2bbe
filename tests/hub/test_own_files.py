"""The hub's own files are for its owner alone, and a changed profile is said (SEC-37)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec
import pytest
from hub_room import hub_room, small_site

from console.core.journal import Record
from console.hub.datadir import DataDir


async def system_records(folder: Path, latitude: float = 35.0) -> list[Record]:
    site = msgspec.structs.replace(small_site(), south=latitude)
    async with hub_room(folder, site) as room:
        await room.hub.system.settled()
        return [record for record in await room.hub.records("", 100) if record.who == "system:hub"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_files_that_others_could_open_are_closed_and_named(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    (hub / "pki").mkdir(parents=True)
    for name in ("journal.db", "pki/site.key"):
        (hub / name).touch()
        (hub / name).chmod(0o664)
    (hub / "pki").chmod(0o755)
    (hub / "link").symlink_to("/etc/hostname")
    before = Path("/etc/hostname").stat().st_mode
    with DataDir(tmp_path) as data:
        assert data.mended == ("journal.db", "pki", "pki/site.key")
    assert [path.stat().st_mode & 0o777 for path in (hub, hub / "pki", hub / "pki/site.key")] == [
        0o700,
        0o700,
        0o600,
    ]
    assert Path("/etc/hostname").stat().st_mode == before
    with DataDir(tmp_path) as data:
        assert data.mended == ()


@pytest.mark.expects_log("app")
@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_what_was_mended_is_in_the_journal(tmp_path: Path) -> None:
    async def story() -> None:
        await system_records(tmp_path)
        (tmp_path / "hub" / "people.db").chmod(0o644)
        mended = [record for record in await system_records(tmp_path) if record.what == "MODES_MENDED"]
        assert ["people.db" in record.fields["files"] for record in mended] == [True]
        assert (tmp_path / "hub" / "people.db").stat().st_mode & 0o077 == 0

    asyncio.run(story())


def test_another_profile_than_last_time_is_recorded_with_both_digests(tmp_path: Path) -> None:
    async def story() -> None:
        first = await system_records(tmp_path)
        again = await system_records(tmp_path)
        other = await system_records(tmp_path, latitude=34.9)
        (loaded,) = [record for record in first if record.what == "PROFILE_LOADED"]
        assert not [record for record in again if record.what == "PROFILE_CHANGED"]
        (changed,) = [record for record in other if record.what == "PROFILE_CHANGED"]
        assert (changed.old, len(changed.new)) == (loaded.new, 64)
        assert changed.new != changed.old

    asyncio.run(story())
