"""Limits at the hub's door: time before the first request, silent connections, no compression, and their counts."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path

import pytest
from hub_room import SECRET, Room, hub_room
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from console.wire.limits import MAX_SILENT_CONNECTIONS, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK


def _port(room: Room) -> int:
    return int(room.url.split(":")[2].split("/")[0])


async def _closed(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(3):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_who_asks_for_nothing_in_time_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """SEC-25: the deadline of 5 s begins with the connection, not with the WebSocket; shortened here."""
    monkeypatch.setattr("console.hub.listening.HELLO_DEADLINE_S", 0.2)

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            reader, writer = await asyncio.open_connection("127.0.0.1", _port(room))
            writer.write(said)
            assert await _closed(reader) == b""
            writer.close()
            assert room.hub.refusals.counts["request_late"] == 1

    asyncio.run(story())


def test_silent_connections_of_one_address_are_counted_and_bounded(tmp_path: Path) -> None:
    """SEC-25: and whoever asks for something is none of them."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            silent = [
                await asyncio.open_connection("127.0.0.1", _port(room)) for _ in range(MAX_SILENT_CONNECTIONS)
            ]
            reader, writer = await asyncio.open_connection("127.0.0.1", _port(room))
            assert await _closed(reader) == b""
            writer.close()
            assert room.hub.refusals.counts["too_many_silent"] == 1
            silent[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert (await silent[0][0].readline()).startswith(b"HTTP/1.1 200")
            for _, one in silent:
                one.close()

    asyncio.run(story())


def test_nothing_is_compressed_even_if_a_peer_asks_for_it(tmp_path: Path) -> None:
    """SEC-25: no permessage-deflate."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            protocols = [Subprotocol(SUBPROTOCOL_MSGPACK)]
            async with connect(room.url, subprotocols=protocols, compression="deflate") as wire:
                assert wire.protocol.extensions == []
                assert wire.response is not None
                assert "Sec-WebSocket-Extensions" not in wire.response.headers

    asyncio.run(story())


def _metrics(room: Room) -> str:
    line = http.client.HTTPConnection("127.0.0.1", _port(room), timeout=5)
    try:
        line.request("GET", "/metrics", headers={"Authorization": f"Bearer {SECRET}"})
        return line.getresponse().read().decode()
    finally:
        line.close()


def test_refusals_are_in_the_metrics_by_cause(tmp_path: Path) -> None:
    """SEC-24, SEC-25."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            for protocol, origin in ((SUBPROTOCOL_JSON, "http://evil.example"), ("gwanje.v9", None)):
                with pytest.raises(InvalidStatus):
                    async with room.wire(protocol, origin):
                        pass
            text = await asyncio.to_thread(_metrics, room)
            assert 'gwanje_refused_total{cause="ORIGIN_NOT_ALLOWED"} 1.0' in text
            assert 'gwanje_refused_total{cause="SUBPROTOCOL"} 1.0' in text

    asyncio.run(story())
