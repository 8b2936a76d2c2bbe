"""The hub as a real process: started, killed, started again, refused, asked to end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hub_room import SECRET, Console, hub_room
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter
from console.core.batch import Batch
from console.core.quality import Quality
from console.wire.frames import HISTORY, kind_of, pack_telemetry, unpack_series
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import (
    AckAlarms,
    ActReply,
    AlarmsChanged,
    FeedsChanged,
    Hello,
    HistoryDone,
    JournalReply,
    QueryHistory,
    QueryJournal,
    SnapshotDone,
)

PROTOCOLS = [Subprotocol(SUBPROTOCOL_MSGPACK)]
pytestmark = pytest.mark.journey

_RUN = """
import json, sys
from pathlib import Path
from console.hub.service import main
from console.setup.arguments import HubOptions
given = json.loads(sys.argv[1])
given["site"], given["data"] = Path(given["site"]), Path(given["data"])
sys.exit(main(HubOptions(**given)))
"""

_SITE = """id = "two"
name = { ko = "둘", en = "Two" }
time_zone = "Asia/Seoul"
extent = [35.0, 128.8, 35.3, 129.2]
[[area]]
id = "all"
name = { ko = "전체", en = "All" }
lat = 35.1
lon = 129.0
"""
_TYPE = """id = "unit"
label = { ko = "설비", en = "Unit" }
glyph = "factory"
headline = ["v"]
[[tag]]
name = "v"
label = { ko = "값", en = "Value" }
unit = "kW"
low = 0.0
high = 150.0
period_s = 5.0
[[alarm]]
name = "high"
tag = "v"
label = { ko = "높음", en = "High" }
condition = "high"
limit = 100.0
deadband = 2.0
priority = 2
cause = { ko = "원인", en = "Cause" }
consequence = { ko = "결과", en = "Consequence" }
action = { ko = "조치", en = "Action" }
respond_min = 30.0
"""
_FEEDS = """[[feed]]
id = "bulk"
adapter = "columns"
url = "ws://127.0.0.1:1/"
label = { ko = "대량", en = "Bulk" }
movers = ""
[[feed.map]]
type = "unit"
source = "{asset}"
[feed.map.tags]
v = "v"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A profile of two units."""
    folder = tmp_path / "site"
    (folder / "types").mkdir(parents=True)
    (folder / "site.toml").write_text(_SITE, encoding="utf-8")
    (folder / "types" / "unit.toml").write_text(_TYPE, encoding="utf-8")
    (folder / "feeds.toml").write_text(_FEEDS, encoding="utf-8")
    (folder / "relations.csv").write_text("kind,source,target\n", encoding="utf-8")
    rows = "".join(f"u{n},unit,설비,Unit {n},all,35.1,129.0,\n" for n in range(2))
    (folder / "assets.csv").write_text("id,type,ko,en,area,lat,lon,parent\n" + rows, encoding="utf-8")
    return folder


class Source:
    """A columnar source of two points that sends its present values to whoever connects, and every change."""

    def __init__(self) -> None:
        self.values = [50.0, 50.0]
        self.url = ""
        self._there: set[ServerConnection] = set()

    async def set(self, *values: float) -> None:
        self.values = list(values)
        for connection in tuple(self._there):
            await connection.send(self._frame())

    async def serve(self, connection: ServerConnection) -> None:
        await connection.send(json.dumps({"points": [["u0", "v"], ["u1", "v"]]}))
        await connection.send(self._frame())
        self._there.add(connection)
        await connection.wait_closed()
        self._there.discard(connection)

    def _frame(self) -> bytes:
        at = np.full(2, time.time_ns(), np.int64)
        return pack_telemetry(
            Batch(np.arange(2, dtype=np.uint32), at, np.array(self.values), np.zeros(2, np.uint8))
        )


@asynccontextmanager
async def _source() -> AsyncGenerator[Source]:
    source = Source()
    async with serve(source.serve, "127.0.0.1", 0, compression=None) as server:
        source.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        yield source


@dataclass
class Process:
    """A hub in a process of its own."""

    process: asyncio.subprocess.Process
    url: str

    @asynccontextmanager
    async def console(self) -> AsyncGenerator[Console]:
        async with connect(self.url, subprotocols=PROTOCOLS, compression=None) as wire:
            console = Console(wire)
            await console.greet(Hello(user="kim", station="s1"), SECRET)
            await console.until(SnapshotDone)
            yield console


def _command(site: Path, data: Path, **options: object) -> list[str]:
    given = {"site": str(site), "data": str(data), "listen_port": 0, **options}
    return [sys.executable, "-c", _RUN, json.dumps(given)]


@asynccontextmanager
async def _hub(site: Path, data: Path, source: Source, **options: object) -> AsyncGenerator[Process]:
    environ = {**os.environ, "GWANJE_HUB_SECRET": SECRET, "LANG": "C.UTF-8"}
    words = _command(site, data, feed_urls={"bulk": source.url}, **options)
    process = await asyncio.create_subprocess_exec(*words, env=environ, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            ready = json.loads(await process.stdout.readline())
        yield Process(process, ready["ready"]["url"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _fact(console: Console, alarm: int, letter: AlarmLetter) -> AlarmFact:
    """The durable fact of an alarm once it shows `letter`, already got or still to come."""

    def found(message: AlarmsChanged) -> AlarmFact | None:
        chosen = (f for f in message.alarms if f.alarm == alarm and not f.recording)
        return next((f for f in chosen if f.state.letter is letter), None)

    for message in reversed(console.got):
        if isinstance(message, AlarmsChanged) and (fact := found(message)) is not None:
            return fact
    message = await console.until(AlarmsChanged, lambda m: found(m) is not None)
    fact = found(message)
    assert fact is not None
    return fact


async def _journal(console: Console, subject: str) -> list[str]:
    await console.send(QueryJournal(request=subject, subject=subject, limit=100))
    records = (await console.until(JournalReply)).records
    return [record.what for record in reversed(records)]


def test_a_killed_hub_comes_back_with_the_same_occurrences_and_a_visible_gap(
    site: Path, tmp_path: Path
) -> None:
    """ALM-14, I2, I3: active stays the same occurrence, its acknowledgement is kept, nothing is announced again."""

    async def first(source: Source) -> AlarmFact:
        async with _hub(site, tmp_path / "data", source) as hub, hub.console() as console:
            await source.set(120.0, 50.0)
            fact = await _fact(console, 0, AlarmLetter.B)
            await console.send(
                AckAlarms(request="a", items=(AckItem(0, fact.occurrence, 2),), comment="on it")
            )
            assert (await console.until(ActReply)).results[0].reason == ""
            acked = await _fact(console, 0, AlarmLetter.C)
            hub.process.send_signal(signal.SIGKILL)
            await hub.process.wait()
            return acked

    async def second(source: Source, acked: AlarmFact) -> None:
        async with _hub(site, tmp_path / "data", source) as hub, hub.console() as console:
            again = await _fact(console, 0, AlarmLetter.C)
            assert again == acked
            new = await _fact(console, 1, AlarmLetter.B)
            assert new.at_annunciated > acked.at_annunciated
            assert await _journal(console, "u0") == ["ACT", "ACK"]
            assert await _journal(console, "u1") == ["ACT"]
            assert (await _journal(console, "hub")).count("START") == 2
            await source.set(50.0, 130.0)
            assert (await _fact(console, 0, AlarmLetter.A)).occurrence == acked.occurrence
            hub.process.send_signal(signal.SIGTERM)
            assert await hub.process.wait() == 0

    async def third(source: Source) -> None:
        async with _hub(site, tmp_path / "data", source) as hub, hub.console() as console:
            await console.send(QueryHistory(request=1, tags=(1,), start=0, end=time.time_ns()))
            assert (await console.until(HistoryDone)).reason == ""
            _, series = unpack_series(next(f for f in console.frames if kind_of(f) == HISTORY))
            qualities = [Quality(q) for q in series.quality.tolist()]
            assert Quality.DISCONNECTED in qualities
            assert 130.0 in series.mean[series.quality == 0]

    async def story() -> None:
        async with _source() as source:
            acked = await first(source)
            await source.set(120.0, 130.0)
            await second(source, acked)
            await third(source)

    asyncio.run(story())


def test_asked_to_end_the_hub_is_gone_within_three_seconds_with_a_quiet_log(
    site: Path, tmp_path: Path
) -> None:
    async def story() -> None:
        async with (
            _source() as source,
            _hub(site, tmp_path / "data", source) as hub,
            hub.console() as console,
        ):
            await console.until(FeedsChanged, lambda m: m.feeds[0].state == "live")
            began = time.monotonic()
            hub.process.send_signal(signal.SIGTERM)
            assert await hub.process.wait() == 0
            assert time.monotonic() - began < 3.0

    asyncio.run(story())
    log = (tmp_path / "data" / "hub" / "hub.log").read_text()
    assert "hub of two is ready" in log
    assert not [
        line for line in log.splitlines() if " WARNING " in line or " ERROR " in line or SECRET in line
    ]


def test_an_embedded_hub_ends_with_its_parent(site: Path, tmp_path: Path) -> None:
    async def story() -> None:
        parent = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=subprocess.PIPE)
        async with _source() as source, _hub(site, tmp_path / "data", source, parent_pid=parent.pid) as hub:
            parent.kill()
            await parent.wait()
            async with asyncio.timeout(5):
                assert await hub.process.wait() == 0

    asyncio.run(story())


def test_without_a_secret_from_outside_the_hub_makes_one_that_only_its_owner_reads(
    site: Path, tmp_path: Path
) -> None:
    """SEC-20: never an open port without authentication."""
    environ = {name: value for name, value in os.environ.items() if name != "GWANJE_HUB_SECRET"}
    with subprocess.Popen(
        _command(site, tmp_path / "data"), env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as hub:
        assert hub.stdout is not None
        assert "ready" in json.loads(hub.stdout.readline())
        file = tmp_path / "data" / "hub" / "secret"
        assert len(file.read_text()) >= 40
        assert file.stat().st_mode & 0o077 == 0
        hub.terminate()
        hub.communicate(timeout=5)
        assert not file.exists()


def _complaint(words: list[str]) -> tuple[int, str]:
    environ = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=20, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_every_reason_not_to_start_is_one_clear_sentence(site: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    code, words = _complaint(_command(site, data, listen_host="0.0.0.0"))
    assert (code, words.count("\n")) == (2, 1)
    assert "0.0.0.0:0" in words
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, words = _complaint(_command(site, data, listen_port=port))
        assert code == 4
        assert f"127.0.0.1:{port}" in words
    code, words = _complaint(_command(site, data, feed_urls={"nothing": "ws://127.0.0.1:1/"}))
    assert (code, "nothing" in words) == (2, True)
    (data / "hub").mkdir(parents=True, exist_ok=True)
    for name in ("history.db", "journal.db"):
        (data / "hub" / name).write_bytes(b"not a database at all" * 100)
        code, words = _complaint(_command(site, data))
        assert (code, name in words) == (1, True)
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    code, words = _complaint(_command(site, tmp_path / "file"))
    assert (code, str(tmp_path / "file" / "hub") in words) == (1, True)
    (site / "types" / "unit.toml").write_text(
        _TYPE.replace("limit = 100.0", 'limit = "high"'), encoding="utf-8"
    )
    code, words = _complaint(_command(site, data))
    assert code == 1
    assert words.startswith("types/unit.toml:")


def test_a_second_hub_on_the_same_data_is_told_who_has_it(site: Path, tmp_path: Path) -> None:
    async def story() -> None:
        async with _source() as source, _hub(site, tmp_path / "data", source) as hub:
            code, words = await asyncio.to_thread(_complaint, _command(site, tmp_path / "data"))
            assert code == 1
            assert str(hub.process.pid) in words

    asyncio.run(story())


def test_a_defect_of_one_part_ends_the_hub_with_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub that works only in part must not look alive; whoever started it starts it again."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            monkeypatch.setattr(room.hub.pipeline, "advance", [].pop)
            await asyncio.wait({room.work}, timeout=5)
            assert "pop from empty list" in repr(room.work.exception())

    asyncio.run(story())
