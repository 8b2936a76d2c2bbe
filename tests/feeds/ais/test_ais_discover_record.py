"""A receiver that nobody has described: a first profile of it, and recordings that play as they were."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ais_lines import SHIP_NAME, position, static
from feed_stage import server
from tape_stage import act, discovered, recorded, replayed, tape
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.expects_log("feed")
LINES = [position(), *static(), b"!AIVDM,1,1,,A,xx,0*00", position(lat=35.2, second=9)]


@asynccontextmanager
async def over_tcp() -> AsyncGenerator[str]:
    talks: set[asyncio.Task[None] | None] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                for start in range(0, len(stream := b"\r\n".join([*LINES, b""])), 50):
                    writer.write(stream[start : start + 50])
                    await writer.drain()
                await asyncio.sleep(0.1)
        writer.transport.abort()
        await asyncio.sleep(0)

    made = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with made:
        yield f"tcp://127.0.0.1:{made.sockets[0].getsockname()[1]}"
    # Whoever recorded has hung up, which ends the talk with it.
    await asyncio.wait([talk for talk in talks if talk is not None])


@asynccontextmanager
async def over_udp() -> AsyncGenerator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])

    async def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while True:
                for line in LINES:
                    sender.sendto(line + b"\r\n", ("127.0.0.1", port))
                await asyncio.sleep(0.1)

    task = asyncio.create_task(send(), name="sender")
    try:
        yield f"udp://127.0.0.1:{port}"
    finally:
        task.cancel()
        await asyncio.wait((task,))


@asynccontextmanager
async def over_websocket() -> AsyncGenerator[str]:
    async def play(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                for line in LINES:
                    await connection.send(line.decode())
                await asyncio.sleep(0.1)

    async with server(play) as url:
        yield url


WAYS = {"tcp": over_tcp, "udp": over_udp, "websocket": over_websocket}


@pytest.mark.parametrize("way", ["tcp", "websocket"])
def test_sentences_become_a_profile_with_movers(way: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with WAYS[way]() as url:
            site = await discovered(url, tmp_path / "port")
        (feed,) = site.feeds
        assert (feed.adapter, feed.movers, feed.url) == ("ais", "vessel", url)
        (asset,) = site.assets
        assert (round(asset.lat, 1), round(asset.lon, 2)) == (35.2, 129.05)

    act(scene())


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_recording_of_sentences_plays_as_it_was_read(way: str, tmp_path: Path) -> None:
    file = tmp_path / "tape.jsonl"

    async def scene() -> None:
        async with WAYS[way]() as url:
            live = await recorded(url, file, "ais", 1.0)
        heard = await replayed(file)
        assert len(live.all_places) > 3
        assert heard.places == live.all_places
        assert heard.places[0].source == SHIP_NAME
        assert (len(heard.faults), live.first_fault) == (live.unreadable, ": ".join(heard.faults[0]))
        _, frames = tape(file)
        assert bool(frames[0].about) == (way != "websocket")

    act(scene())
