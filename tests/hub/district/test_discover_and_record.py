"""`main.py feeds discover` and `feeds record` against servers that speak on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from console.feeds.replay.tape import read_frame, read_head
from console.hub.district import command
from console.hub.profile import load_site
from console.setup.arguments import FeedsDiscoverOptions, FeedsRecordOptions

Frame = str | bytes


@contextmanager
def source(frames: list[Frame], after_hello: bool = False, every_s: float = 0.05) -> Generator[str]:
    """A server in a thread that repeats frames; yields its URL."""
    told: list[str] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def play(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            if after_hello:
                await connection.recv()
            if not frames:
                await connection.wait_closed()
                return
            while True:
                for frame in frames:
                    await connection.send(frame)
                await asyncio.sleep(every_s)

    async def work() -> None:
        async with serve(play, "127.0.0.1", 0) as server:
            told.append(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/")
            ready.set()
            await stop.wait()
            for connection in list(server.connections):
                await connection.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    assert ready.wait(5)
    try:
        yield told[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


def entity(name: str, level: float) -> dict[str, object]:
    return {
        "id": f"urn:ngsi-ld:PumpingStation:{name}",
        "type": "PumpingStation",
        "waterLevel": {"type": "Property", "value": level},
        "pump1Status": {"type": "Property", "value": "running" if level > 2 else "stopped"},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [129.1, 35.1 + level / 100]},
        },
    }


NGSI: list[Frame] = [json.dumps(entity("suyeong", 1.25)), json.dumps(entity("choryang", 2.5))]
LINE: list[Frame] = [
    json.dumps(
        {"machine": f"PLC/press-{n}", "ts": "2026-11-22T16:00:00", "data": {"kw": 10.5 * n, "on": True}}
    )
    for n in (1, 2)
]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def test_an_event_socket_becomes_a_profile_that_site_check_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with source(NGSI, after_hello=True) as url:
        code = command.main(FeedsDiscoverOptions(url, tmp_path / "eco", "ngsi_ld", 1.0))
    said = capsys.readouterr().out
    assert code == 0, said
    assert "site check passes" in said
    site = load_site(tmp_path / "eco")
    (kind,) = site.types
    assert [(tag.name, tag.kind.value) for tag in kind.tags] == [
        ("water_level", "analog"),
        ("pump1_status", "discrete"),
    ]
    assert [(asset.id, round(asset.lat, 4)) for asset in site.assets] == [
        ("suyeong", 35.1125),
        ("choryang", 35.125),
    ]
    (feed,) = site.feeds
    assert (feed.adapter, feed.url, feed.map[0].source) == (
        "ngsi_ld",
        url,
        "urn:ngsi-ld:PumpingStation:{asset}",
    )
    assert feed.map[0].tags["pump1_status"].states == {"running": 0.0, "stopped": 1.0}


def test_json_that_nobody_described_is_read_by_what_its_fields_are_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with source(LINE) as url:
        code = command.main(FeedsDiscoverOptions(url, tmp_path / "line", "", 1.0))
    said = capsys.readouterr().out
    assert code == 0, said
    assert "2 assets without a place" in said
    site = load_site(tmp_path / "line")
    (feed,) = site.feeds
    assert feed.options == {
        "source_path": "machine", "time_path": "ts", "zone": "Asia/Seoul", "values_path": "data",
    }  # fmt: skip
    assert {asset.id for asset in site.assets} == {"press-1", "press-2"}
    assert feed.map[0].source == "PLC/{asset}"


def test_a_source_that_offers_nothing_leaves_a_draft_and_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with source([json.dumps({"type": "Notification", "data": []})], after_hello=True) as url:
        code = command.main(FeedsDiscoverOptions(url, tmp_path / "x", "ngsi_ld", 0.5))
    assert code == 1
    assert "things are missing" in capsys.readouterr().out
    assert (tmp_path / "x" / "feeds.toml").is_file()


@pytest.mark.parametrize(
    ("url", "adapter", "said"),
    [("ws://127.0.0.1:9/", "", "cannot be reached"), ("mqtt://127.0.0.1:9", "", "cannot be reached"),
     ("gopher://127.0.0.1:9", "", "protocol cannot be told"),
     ("ws://127.0.0.1:9/", "nonsense", "option is at fault")],
)  # fmt: skip
def test_what_cannot_be_read_is_told(
    url: str, adapter: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(FeedsDiscoverOptions(url, tmp_path / "x", adapter, 0.5)) == 1
    assert said in capsys.readouterr().out


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("x")
    assert command.main(FeedsDiscoverOptions("ws://127.0.0.1:9/", tmp_path, "", 0.5)) == 1
    assert "not empty" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["tape.jsonl", "tape.jsonl.gz"])
def test_a_recording_holds_every_frame_as_it_came_with_its_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with source([*LINE, "not json"]) as url:
        assert command.main(FeedsRecordOptions(url, path, "", 0.5)) == 0
    data = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    head, *lines = data.splitlines()
    assert (read_head(head).adapter, read_head(head).options["source_path"]) == ("json_ws", "machine")
    frames = [read_frame(line) for line in lines]
    assert [frame.data for frame in frames[:3]] == [*LINE, "not json"]
    assert [frame.at for frame in frames] == sorted(frame.at for frame in frames)


def test_a_source_that_is_silent_leaves_an_empty_recording_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with source([], after_hello=True) as url:
        assert command.main(FeedsRecordOptions(url, tmp_path / "t", "ngsi_ld", 0.3)) == 1
    assert "No frame came" in capsys.readouterr().out
