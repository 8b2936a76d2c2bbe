"""The link to a broker that breaks every rule."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from feed_stage import Heard, run
from mosquitto_stage import wishes

from console.feeds.base import FeedDown
from console.feeds.mqtt_link import open_link
from console.feeds.mqtt_wire import Message

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
WELCOME_5 = b"\x20\x03\0\0\0"


@asynccontextmanager
async def false_broker(play: Play) -> AsyncGenerator[str]:
    """A server on loopback that plays what no broker should."""
    tasks: list[asyncio.Task[None]] = []

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        try:
            await play(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    served = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield f"mqtt://127.0.0.1:{served.sockets[0].getsockname()[1]}"
    finally:
        served.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def saying(data: bytes, pause: float = 0.0) -> Play:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        for at in range(0, len(data), 1 if pause else max(len(data), 1)):
            writer.write(data[at : at + 1] if pause else data)
            await writer.drain()
            await asyncio.sleep(pause)
        await reader.read()

    return play


async def fate(play: Play, **options: str | float | bool) -> FeedDown:
    async with false_broker(play) as url:
        with pytest.raises(FeedDown) as caught:
            async with open_link(wishes(url, watch_drops=False, **options), Heard()) as link:
                await link.receive()
        return caught.value


@pytest.mark.parametrize(
    ("said", "why", "refused"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol", False),
        (b"\x20\xff\xff\xff\xff\x01", "protocol", False),
        (b"\x20\x02\0\x05", "credentials", True),
        (b"\x20\x03\0\x86\0", "credentials", True),
        (b"\x20\x03\0\x84\0", "version", True),
        (b"\x20\x03\0\x88\0", "unavailable", False),
        (b"\xd0\0", "protocol", False),
        (WELCOME_5 + b"\xf0\0", "protocol", False),
        (WELCOME_5 + b"\x36\x05\0\x01a\0\x01", "protocol", False),
        (WELCOME_5 + b"\x30\x03\0\x09a", "protocol", False),
        (WELCOME_5 + b"\x30\x05\0\x01a\x02\x7f", "protocol", False),
        (WELCOME_5 + b"\x30\x04\0\x01\xff\0", "protocol", False),
        (WELCOME_5 + b"\xe0\x01\x8e", "taken_over", False),
        (WELCOME_5 + b"\xe0\x02\x87\0", "credentials", True),
        (WELCOME_5 + b"\xe0\0", "closed", False),
    ],
)  # fmt: skip
def test_what_a_broker_must_not_say_ends_the_connection_with_its_name(
    said: bytes, why: str, refused: bool
) -> None:
    found = run(fate(saying(said)))
    assert (found.why, found.refused) == (why, refused)


def test_a_silent_broker_and_one_byte_a_second_end_at_the_deadline() -> None:
    async def scene() -> None:
        began = time.monotonic()
        assert (await fate(saying(b""), connect_s=0.2)).why == "timeout"
        assert (await fate(saying(b"\x20\xc8\x01" + b"\0" * 200, 0.05), connect_s=0.3)).why == "timeout"
        assert time.monotonic() - began < 3

    run(scene())


def test_a_packet_that_trickles_is_no_sign_of_life() -> None:
    async def scene() -> None:
        trickle = WELCOME_5 + b"\x30\xc8\x01" + b"\0" * 200
        assert (await fate(saying(trickle, 0.02), ping_s=0.4)).why == "half_open"

    run(scene())


def test_a_length_that_lies_costs_no_memory() -> None:
    """256 MB announced above the limit: only the head is kept, the rest is passed over as it comes."""

    async def scene() -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(
                WELCOME_5 + b"\x30\xff\xff\xff\x7f" + struct.pack(">H", 3) + b"a/b" + b"\0" * 4_000_000
            )
            await writer.drain()

        assert (await fate(play)).why == "closed"

    run(scene())


def test_a_broker_that_takes_nothing_is_told_and_not_waited_for() -> None:
    """A message that could not leave in time ends the connection: nobody knows how much of it has."""

    async def scene() -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(WELCOME_5)
            await asyncio.sleep(30)

        async with false_broker(play) as url:
            options = wishes(url, watch_drops=False, connect_s=0.5, ping_s=0)
            async with open_link(options, Heard()) as link:

                async def push() -> None:
                    for _ in range(20):
                        await link.publish(Message("a", b"x" * 4_000_000))

                with pytest.raises(FeedDown) as caught:
                    await push()
                assert (caught.value.why, caught.value.detail) == ("timeout", "send")
                with pytest.raises(FeedDown):
                    await link.receive()

    run(scene())
