"""The adapter on real connections: TCP, datagrams, WebSocket, and the envelope of AISStream."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import msgspec
import pytest
from ais_lines import SHIP, SHIP_NAME, position, static
from feed_stage import CATALOGUE, Heard, HubBook, feed_def, run, server
from websockets.asyncio.server import ServerConnection

from console.core.feed import FeedState
from console.core.site import FeedMap, TagRoute
from console.feeds.ais.adapter import make
from console.feeds.ais.targets import BEACONS
from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.mapping import FeedMapping
from console.feeds.runner import FeedRunner, Timing
from console.feeds.secrets import variable
from console.hub.clock import SystemClock

Options = dict[str, str | float | bool]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BUSAN = "34.9, 128.6, 35.4, 129.4"


@asynccontextmanager
async def heard_from(
    url: str, **options: str | float | bool
) -> AsyncGenerator[tuple[Heard, asyncio.Task[None]]]:
    """What the hub hears of a running feed without maps."""
    definition = feed_def("ais", url, options)
    sink = Heard()
    task = asyncio.create_task(make(definition).run(sink), name="feed")
    try:
        yield sink, task
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def end_of(task: asyncio.Task[None]) -> FeedDown:
    """Why a life of the connection ended."""
    with pytest.raises(FeedDown) as caught:
        await asyncio.wait_for(task, 5)
    return caught.value


@asynccontextmanager
async def receiver(talk: Talk) -> AsyncGenerator[str]:
    """A TCP server as receivers are."""
    made = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = made.sockets[0].getsockname()[1]
    async with made:
        yield f"tcp://127.0.0.1:{port}"


def test_sentences_over_tcp_become_a_ship_and_damage_is_counted() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = b"\r\n".join([position(), b"!AIVDM,1,1,,A,xx,0*00", b"x" * 3000, *static(), b""])
        for start in range(0, len(stream), 97):
            writer.write(stream[start : start + 97])
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()
        writer.close()

    async def scene() -> None:
        async with receiver(talk) as url, heard_from(url) as (sink, _):
            await sink.until(lambda: any(fact.name == "HANBADA" for fact in sink.facts))
            assert [place.source for place in sink.places] == [SHIP_NAME]
            assert sorted(reason for _, reason in sink.faults) == ["checksum", "too_large"]
            assert sink.states[0] is FeedState.LIVE

    run(scene())


def test_a_receiver_that_hangs_up_or_falls_silent_is_told() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def scene() -> None:
        async with receiver(hang_up) as url, heard_from(url) as (_, task):
            assert (await end_of(task)).why == "closed"
        async with receiver(silent) as url, heard_from(url, idle_s=0.05) as (_, task):
            assert (await end_of(task)).why == "idle"
        async with heard_from(url) as (_, task):
            assert (await end_of(task)).why == "unreachable"

    run(scene())


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def test_datagrams_sent_to_us_become_ships() -> None:
    async def scene() -> None:
        port = free_port()
        async with heard_from(f"udp://127.0.0.1:{port}") as (sink, _):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                while not sink.places:
                    out.sendto(b"\r\n".join([position(), *static()]), ("127.0.0.1", port))
                    await asyncio.sleep(0.01)
            assert sink.places[0].source == SHIP_NAME
            assert any(fact.name == "HANBADA" for fact in sink.facts)

    run(scene())


def test_a_stranger_who_sends_datagrams_is_not_heard() -> None:
    """A datagram proves nothing of who sent it, so an open address needs the senders named."""

    async def scene() -> None:
        port = free_port()
        async with heard_from(f"udp://127.0.0.1:{port}", senders="127.0.0.2") as (sink, _):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                while not sink.faults:
                    out.sendto(position(), ("127.0.0.1", port))
                    await asyncio.sleep(0.01)
            assert (sink.faults[0], sink.places) == (("sender 127.0.0.1", "stranger"), [])

    run(scene())


def test_a_port_that_is_taken_is_told() -> None:
    async def scene() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            async with heard_from(f"udp://127.0.0.1:{taken.getsockname()[1]}") as (_, task):
                assert (await end_of(task)).why == "no_port"

    run(scene())


def test_sentences_over_a_websocket_become_ships() -> None:
    async def play(connection: ServerConnection) -> None:
        await connection.send(position().decode())
        await connection.send(b"\n".join(static()))
        await connection.wait_closed()

    async def scene() -> None:
        async with server(play) as url, heard_from(url) as (sink, _):
            await sink.until(lambda: any(fact.name == "HANBADA" for fact in sink.facts))
            assert len(sink.places) == 1

    run(scene())


def envelope(kind: str, **fields: object) -> str:
    meta = {"MMSI": SHIP, "ShipName": "HANBADA   ", "time_utc": "2026-11-22 07:00:00.318353 +0000 UTC"}
    return json.dumps({"MessageType": kind, "MetaData": meta, "Message": {kind: {"UserID": SHIP} | fields}})


def test_aisstream_is_asked_with_its_key_and_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("ais-key"), "k3y")
    asked: list[object] = []

    async def play(connection: ServerConnection) -> None:
        asked.append(json.loads(await connection.recv()))
        place = {
            "Latitude": 35.1,
            "Longitude": 129.05,
            "Sog": 10.0,
            "Cog": 90.0,
            "TrueHeading": 511,
            "Timestamp": 1,
        }
        await connection.send(envelope("PositionReport", **place, NavigationalStatus=0))
        await connection.send(envelope("SafetyBroadcastMessage"))
        await connection.send("{}")
        await connection.send(
            envelope(
                "ShipStaticData", Name="HANBADA", Destination="BUSAN", Type=70, Dimension={"A": 9, "B": 1}
            )
        )
        await connection.wait_closed()

    async def scene() -> None:
        options: Options = {"envelope": "aisstream", "secret": "ais-key", "boxes": BUSAN, "ships": str(SHIP)}
        async with server(play) as url, heard_from(url, **options) as (sink, _):
            await sink.until(lambda: any(fact.facts.get("length_m") == "10" for fact in sink.facts))
            assert asked == [{"APIKey": "k3y", "BoundingBoxes": [[[34.9, 128.6], [35.4, 129.4]]],
                              "FiltersShipMMSI": [str(SHIP)], "FilterMessageTypes": sorted_types(asked)}]  # fmt: skip
            (place,) = sink.places
            assert (place.lat, place.heading, place.at) == (35.1, 90.0, 1_795_330_800_318_353_000)
            assert sink.faults == [("MessageType", "missing")]

    run(scene())


def sorted_types(asked: list[object]) -> object:
    """The list of types that was asked for, which must hold what ships say."""
    frame = cast("dict[str, list[str]]", asked[0])
    types = frame["FilterMessageTypes"]
    assert {"PositionReport", "ShipStaticData", "StaticDataReport"} <= set(types)
    return types


def test_a_key_that_aisstream_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("ais-key"), "k3y")

    async def play(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"error": "Api Key Is Not Valid"}')
        await connection.wait_closed()

    async def scene() -> None:
        options: Options = {"envelope": "aisstream", "secret": "ais-key", "boxes": BUSAN}
        async with server(play) as url, heard_from(url, **options) as (_, task):
            down = await end_of(task)
            assert (down.why, down.refused, down.detail) == ("credentials", True, "Api Key Is Not Valid")

    run(scene())


@pytest.mark.parametrize(
    ("url", "options", "fault"),
    [
        ("http://127.0.0.1:1", {}, "url"),
        ("tcp://127.0.0.1", {}, "url"),
        ("tcp://127.0.0.1:99999", {}, "url"),
        ("tcp://169.254.169.254:80", {}, "url"),
        ("udp://0.0.0.0:10110", {}, "option senders"),
        ("ws://127.0.0.1:1", {"envelope": "other"}, "option envelope"),
        ("tcp://127.0.0.1:1", {"envelope": "aisstream", "secret": "k", "boxes": BUSAN}, "option envelope"),
        ("ws://127.0.0.1:1", {"envelope": "aisstream", "boxes": BUSAN}, "option secret"),
        ("ws://127.0.0.1:1", {"envelope": "aisstream", "secret": "k"}, "option boxes"),
        ("ws://127.0.0.1:1", {"envelope": "aisstream", "secret": "k", "boxes": "35, 129"}, "option boxes"),
        (
            "ws://127.0.0.1:1",
            {"envelope": "aisstream", "secret": "k", "boxes": "36, 1, 35, 2"},
            "option boxes",
        ),
        (
            "ws://127.0.0.1:1",
            {"envelope": "aisstream", "secret": "k", "boxes": BUSAN, "ships": "12"},
            "option ships",
        ),
        ("tcp://127.0.0.1:1", {"gone_class_a_s": 0.0}, "option gone_class_a_s"),
    ],
)
def test_a_wrong_option_of_an_ais_feed_is_named(url: str, options: Options, fault: str) -> None:
    """SEC-43: no other scheme, no forbidden address."""
    with pytest.raises(ValueError, match=f"feed: {fault}"):
        make(feed_def("ais", url, options))


def test_nobody_can_be_told_anything_over_ais() -> None:
    async def scene() -> None:
        with pytest.raises(FeedDown) as caught:
            await make(feed_def("ais", "tcp://127.0.0.1:1")).send(
                DeviceCommand("01J", SHIP_NAME, "state", 1.0), lambda answer: None
            )
        assert caught.value.why == "no_commands"

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_receiver_that_dies_is_a_loss_and_its_return_a_gap_and_the_ships_stay() -> None:
    lives: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lives.append(1)
        writer.write(position() + b"\r\n")
        await writer.drain()
        if len(lives) > 1:
            await reader.read()
        else:
            await asyncio.sleep(0.05)
        writer.close()

    async def soon(seconds: float) -> None:
        await asyncio.sleep(0.01)

    async def scene() -> None:
        book = HubBook()
        async with receiver(talk) as url:
            definition = msgspec.structs.replace(feed_def("ais", url), map=())
            timing = Timing(SystemClock(), lambda: 0.5, soon)
            runner = FeedRunner(
                definition, make(definition), FeedMapping(CATALOGUE, definition), book, timing
            )
            task = asyncio.create_task(runner.run(), name="runner")
            async with asyncio.timeout(5):
                while book.events.count("positions") < 2:
                    await asyncio.sleep(0.005)
            task.cancel()
            await asyncio.wait((task,))
        kinds = [event.split()[0] for event in book.events]
        assert kinds == ["live", "movers", "positions", "lost", "down", "back", "gap", "positions"]
        assert runner.fact().gaps == 1

    run(scene())


def test_a_beacon_is_counted_at_once_where_the_profile_asks_for_it() -> None:
    """So that an alarm of the profile can rest on it; without a map nobody is told."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(position(mmsi=970123456, status=14) + b"\r\n")
        await reader.read()
        writer.close()

    async def scene() -> None:
        asked = FeedMap(type="rescue", source=BEACONS, tags={"active": TagRoute(path="active")})
        async with receiver(talk) as url:
            for mapped in ((asked,), ()):
                sink = Heard()
                definition = msgspec.structs.replace(feed_def("ais", url, {}), map=mapped)
                task = asyncio.create_task(make(definition).run(sink), name="feed")
                await sink.until(
                    lambda sink=sink, rows=bool(mapped): bool(sink.rows if rows else sink.positions)
                )
                counts = [row.value for row in sink.rows if (row.source, row.path) == (BEACONS, "active")]
                assert counts == ([1] if mapped else [])
                task.cancel()
                await asyncio.wait((task,))

    run(scene())
