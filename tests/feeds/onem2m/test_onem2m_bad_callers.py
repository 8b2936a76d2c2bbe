"""Callers of the oneM2M receiver that dawdle, lie or die: each loses its place, and the next one is heard."""

from __future__ import annotations

import asyncio
import json

import pytest
from feed_stage import Heard, run
from test_onem2m_receiver import NOTIFY, taken
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from console.feeds.onem2m import receiver
from console.feeds.onem2m.options import Address
from console.feeds.onem2m.receiver import open_receiver

HERE = Address(host="127.0.0.1", port=0, path="/n")


@pytest.fixture(autouse=True)
def one_short_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for one caller, and half a second for a sign of life."""
    monkeypatch.setattr(receiver, "MOST_CALLERS", 1)
    monkeypatch.setattr(receiver, "LONGEST_CALL_S", 0.5)


async def heard(port: int) -> int:
    """The code that a good caller is answered, once there is room for it."""
    while True:
        try:
            async with connect(f"ws://127.0.0.1:{port}/n", proxy=None) as caller:
                await caller.send(NOTIFY)
                return int(json.loads(await caller.recv())["rsc"])
        except (InvalidHandshake, ConnectionClosed):
            await asyncio.sleep(0.05)


def test_a_half_open_caller_that_takes_nothing_loses_its_place() -> None:
    async def scene() -> None:
        async with open_receiver(HERE, 10_000, Heard(), taken([])) as port:
            dead = await connect(f"ws://127.0.0.1:{port}/n", proxy=None, ping_interval=None)
            dead.transport.pause_reading()
            for _ in range(500):
                await dead.send(NOTIFY)
            assert await heard(port) == 2000
            dead.transport.abort()
            await dead.wait_closed()

    run(scene())


def test_a_handshake_of_one_byte_a_moment_is_ended() -> None:
    async def scene() -> None:
        async with open_receiver(HERE, 10_000, Heard(), taken([])) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for letter in b"GET /n HTTP/1.1\r\nX: " + b"a" * 1_000:
                writer.write(bytes([letter]))
                if reader.at_eof() or writer.is_closing():
                    break
                await asyncio.sleep(0.02)
            else:
                raise AssertionError("it was listened to for ever")
            writer.transport.abort()
            assert await heard(port) == 2000

    run(scene())


def test_a_length_that_lies_ends_the_call() -> None:
    async def scene() -> None:
        async with open_receiver(HERE, 10_000, Heard(), taken([])) as port:
            liar = await connect(f"ws://127.0.0.1:{port}/n", proxy=None)
            liar.transport.write(b"\x82\xff" + (2**40).to_bytes(8) + bytes(4))
            with pytest.raises(ConnectionClosed) as caught:
                await liar.recv()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1009
            assert await heard(port) == 2000

    run(scene())
