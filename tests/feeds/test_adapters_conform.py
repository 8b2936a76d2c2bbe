"""The suite every adapter passes, against real servers on loopback."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from feed_peers import COLUMNS, PEERS, TEXT_PEERS, Frame, Peer
from feed_stage import CATALOGUE, HubBook, feed_def, run, server
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, FeedDown
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing
from console.feeds.times import read_time

Play = Callable[[ServerConnection], Awaitable[None]]
pytestmark = pytest.mark.expects_log("feed")


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Line:
    """A runner on a real connection to a peer, and what the hub has heard of it."""

    def __init__(self, peer: Peer, url: str) -> None:
        definition = feed_def(peer.adapter, url, peer.options, peer.source)
        self.book = HubBook()
        timing = Timing(RealClock(), random.random, self._soon)
        mapping = FeedMapping(CATALOGUE, definition)
        self.runner = FeedRunner(definition, Registry(found=()).make(definition), mapping, self.book, timing)

    async def _soon(self, seconds: float) -> None:
        await asyncio.sleep(0.01)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look every few milliseconds, for 5 s."""
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)

    def rows(self) -> list[tuple[int, float, int]]:
        """All rows in order."""
        return [
            (int(tag), float(value), int(quality))
            for batch in self.book.batches
            for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True)
        ]

    def times(self) -> list[int]:
        """Times of all rows in order."""
        return [int(at) for batch in self.book.batches for at in batch.at]

    def heard(self, value: float) -> Callable[[], bool]:
        """Whether a value has arrived."""
        return lambda: any(row[1] == value for row in self.rows())


@asynccontextmanager
async def line(peer: Peer, play: Play) -> AsyncGenerator[Line, None]:
    """A running feed on a server that plays `play` on each connection."""
    async with server(play) as url:
        made = Line(peer, url)
        task = asyncio.create_task(made.runner.run(), name="runner")
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.wait((task,))


def plays(peer: Peer, *frames: Frame) -> Play:
    """Greet, send frames, stay."""

    async def play(connection: ServerConnection) -> None:
        await peer.greet(connection)
        for frame in frames:
            await connection.send(frame)
        await connection.wait_closed()

    return play


def named(peer: Peer) -> str:
    return peer.adapter


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_it_connects_and_delivers(peer: Peer) -> None:
    async def scene() -> None:
        async with line(peer, plays(peer, peer.data(peer.source, "level", 2.5, None))) as made:
            await made.until(made.heard(2.5))
            fact = made.runner.fact()
            assert made.rows() == [(0, 2.5, Quality.GOOD)]
            assert (fact.state, fact.updates, fact.malformed, fact.unknown) == (FeedState.LIVE, 1, 0, 0)
            assert abs(made.times()[0] - time.time_ns()) < 10 * 10**9

    run(scene())


BAD_TEXT: list[tuple[str, Callable[[Peer], Frame], str]] = [
    ("half a frame", lambda peer: str(peer.data(peer.source, "level", 1.0, None))[:-3], "not_json"),
    ("10 MB", lambda peer: " " * 10_000_000, "too_large"),
    ("NaN", lambda peer: peer.data(peer.source, "level", float("nan"), None), "not_finite"),
    ("a number without end", lambda peer: str(peer.data(peer.source, "level", 123.5, None)).replace("123.5", "1e999"),
     "not_finite"),
    ("a word for a number", lambda peer: peer.data(peer.source, "level", "high", None), "wrong_type"),
    ("an unknown word", lambda peer: peer.data(peer.source, "state", "broken", None), "unknown_word"),
    ("a time without a zone", lambda peer: peer.data(peer.source, "level", 1.0, "2026-11-22T16:00:00"), "no_zone"),
    ("a list for a number", lambda peer: peer.data(peer.source, "level", [1.0], None), "wrong_type"),
    ("an object for a number", lambda peer: peer.data(peer.source, "level", {"m": 1.0}, None), "wrong_type"),
    ("no time at all", lambda peer: peer.data(peer.source, "level", 1.0, "yesterday"), "time"),
    ("a key twice", lambda peer: '{"a": 1, "a": 2}', "duplicate_key"),
    ("too deep", lambda peer: "[" * 50_000, "too_deep"),
    ("not an object", lambda peer: "7", ""),
    ("a binary frame", lambda peer: b"\x00\x01\xff", "encoding"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), [(b, r) for _, b, r in BAD_TEXT], ids=[n for n, _, _ in BAD_TEXT])
@pytest.mark.parametrize("peer", TEXT_PEERS, ids=named)
def test_a_bad_frame_is_counted_by_name_and_the_connection_survives(
    peer: Peer, bad: Callable[[Peer], Frame], reason: str
) -> None:
    """Connection and hub survive; a good frame on the same connection still arrives."""

    async def scene() -> None:
        connections = 0

        async def play(connection: ServerConnection) -> None:
            nonlocal connections
            connections += 1
            await plays(peer, bad(peer), peer.data(peer.source, "level", 7.5, None))(connection)

        async with line(peer, play) as made:
            await made.until(made.heard(7.5))
            fact = made.runner.fact()
            assert (fact.malformed, connections, fact.state) == (1, 1, FeedState.LIVE)
            assert reason in fact.last_error

    run(scene())


@pytest.mark.parametrize(
    "bad",
    [
        "{}",
        '{"points": 1}',
        b"",
        b"\x01",
        b"\x01\0\0\0\xff\xff\xff\xff",
        b"\x02" + b"\0" * 7,
        "x" * 10_000_000,
    ],
)
def test_a_bad_frame_of_a_columnar_source_is_counted(bad: Frame) -> None:
    async def scene() -> None:
        async with line(COLUMNS, plays(COLUMNS, bad, COLUMNS.data("p1", "level", 7.5, None))) as made:
            await made.until(made.heard(7.5))
            assert made.runner.fact().malformed == 1

    run(scene())


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_an_unknown_entity_is_counted_and_harms_nobody(peer: Peer) -> None:
    async def scene() -> None:
        frames = (peer.data(peer.stranger, "level", 1.0, None), peer.data(peer.source, "level", 7.5, None))
        async with line(peer, plays(peer, *frames)) as made:
            await made.until(made.heard(7.5))
            fact = made.runner.fact()
            assert (fact.unknown, fact.malformed, len(made.rows())) == (1, 0, 1)

    run(scene())


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_a_value_that_is_no_number_makes_its_tag_bad(peer: Peer) -> None:
    async def scene() -> None:
        async with line(peer, plays(peer, peer.data(peer.source, "level", 10.0**308 * 10, None))) as made:
            await made.until(lambda: made.runner.fact().malformed == 1)
            if peer is COLUMNS:
                assert [row[2] for row in made.rows()] == [Quality.BAD]

    run(scene())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2018-11-15T20:09:55,250Z", "2018-11-15T20:09:55.250Z"),
        ("2018-11-16T05:09:55,250+09:00", "2018-11-15T20:09:55.250Z"),
        ("2018-11-16T05:09:55", "2018-11-15T20:09:55Z"),
        ("20181116T050955,25", "2018-11-15T20:09:55.250Z"),
    ],
)
@pytest.mark.parametrize("peer", TEXT_PEERS, ids=named)
def test_times_with_a_comma_or_without_a_zone_are_read(peer: Peer, written: str, meant: str) -> None:

    async def scene() -> None:
        local = replace(peer, options=dict(peer.options) | {"zone": "Asia/Seoul"})
        async with line(local, plays(peer, peer.data(peer.source, "level", 7.5, written))) as made:
            await made.until(made.heard(7.5))
            assert made.times() == [read_time(meant)]
            assert made.runner.fact().malformed == 0

    run(scene())


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_a_server_that_dies_is_a_loss_and_its_return_a_gap(peer: Peer) -> None:
    async def scene() -> None:
        dying = [True]

        async def play(connection: ServerConnection) -> None:
            await peer.greet(connection)
            await connection.send(peer.data(peer.source, "level", 2.0 if dying else 7.5, None))
            if dying:
                dying.pop()
                await asyncio.sleep(0.05)
                connection.transport.abort()
            else:
                await connection.wait_closed()

        async with line(peer, play) as made:
            await made.until(made.heard(7.5))
            events = [event.split()[0] for event in made.book.events if event != "movers"]
            assert events == ["live", "batch", "lost", "down", "back", "gap", "batch"]
            fact = made.runner.fact()
            assert (fact.state, fact.gaps) == (FeedState.GAP, 1)

    run(scene())


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_a_wrong_path_is_told(peer: Peer) -> None:
    async def scene() -> None:
        def respond(connection: ServerConnection, request: Request) -> Response:
            return connection.respond(404, "no such stream\n")

        async with server(plays(peer), process_request=respond) as url:
            made = Line(peer, url)
            task = asyncio.create_task(made.runner.run())
            await made.until(lambda: made.runner.fact().why == "not_found")
            assert made.runner.fact().state is FeedState.DOWN
            task.cancel()
            await asyncio.wait((task,))

    run(scene())


async def commanded(peer: Peer, *kinds: str) -> list[DeviceAnswer]:
    """Answers that reach the hub for a device that answers with these kinds."""
    assert peer.read_command is not None
    read_command = peer.read_command
    seen: list[tuple[str, object]] = []

    async def play(connection: ServerConnection) -> None:
        await peer.greet(connection)
        await connection.send(peer.data(peer.source, "level", 7.5, None))
        request, path, value = read_command(json.loads(await connection.recv()))
        seen.append((path, value))
        for kind in kinds:
            await connection.send(peer.answers[kind](request))
        await connection.send(peer.data(peer.source, "level", 8.5, None))
        await connection.wait_closed()

    answers: list[DeviceAnswer] = []
    async with line(peer, play) as made:
        await made.until(made.heard(7.5))
        command = made.runner.command("01JD", "p1", "start", 1.0)
        assert command is not None
        await made.runner.send(command, answers.append)
        await made.until(made.heard(8.5))
        assert made.runner.fact().malformed == 0
    assert seen == [("state", "on")]
    return answers


@pytest.mark.parametrize(
    "kinds",
    [("accepted_final",), ("accepted", "done"), ("accepted", "failed"), ("rejected",), ("busy",), ("failed",), (),
     ("accepted",), ("accepted_final", "failed")],
    ids=" then ".join,
)  # fmt: skip
@pytest.mark.parametrize("peer", TEXT_PEERS, ids=named)
def test_what_a_device_says_reaches_the_hub_and_its_silence_too(peer: Peer, kinds: tuple[str, ...]) -> None:
    """COMMANDS 2.2: accepted, accepted_final, done, failed, rejected, busy; nothing after the last word."""
    heard = [answer.kind for answer in run(commanded(peer, *kinds))]
    assert heard == list(kinds[:1] if kinds[:1] == ("accepted_final",) else kinds)


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_a_command_without_a_connection_is_told_before_anything_is_written(peer: Peer) -> None:
    async def scene() -> None:
        made = Line(peer, "ws://127.0.0.1:9")
        command = made.runner.command("01JD", "p1", "start", 1.0)
        assert command is not None
        with pytest.raises(FeedDown) as caught:
            await made.runner.send(command, lambda answer: None)
        assert caught.value.why == "not_connected"

    run(scene())


def test_a_columnar_source_takes_no_commands() -> None:
    async def scene() -> None:
        async with line(COLUMNS, plays(COLUMNS, COLUMNS.data("p1", "level", 7.5, None))) as made:
            await made.until(made.heard(7.5))
            command = made.runner.command("01JD", "p1", "start", 1.0)
            assert command is not None
            with pytest.raises(FeedDown) as caught:
                await made.runner.send(command, lambda answer: None)
            assert caught.value.why == "no_commands"

    run(scene())


@pytest.mark.parametrize("peer", TEXT_PEERS, ids=named)
def test_no_answer_of_an_old_connection_is_expected_on_the_new(peer: Peer) -> None:
    """After a loss the fate of a command is unknown; the hub says so, the adapter forgets it."""

    async def scene() -> None:
        lives: list[str] = []

        async def play(connection: ServerConnection) -> None:
            await peer.greet(connection)
            lives.append("life")
            await connection.send(peer.data(peer.source, "level", float(len(lives)), None))
            if len(lives) == 1:
                await connection.recv()
                connection.transport.abort()
            else:
                await connection.send(peer.answers["accepted_final"]("01JD"))
                await connection.send(peer.data(peer.source, "level", 9.0, None))
                await connection.wait_closed()

        answers: list[DeviceAnswer] = []
        async with line(peer, play) as made:
            await made.until(made.heard(1.0))
            command = made.runner.command("01JD", "p1", "start", 1.0)
            assert command is not None
            await made.runner.send(command, answers.append)
            await made.until(made.heard(9.0))
            assert answers == []

    run(scene())


@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_it_ends_at_once_wherever_it_is_cancelled(peer: Peer) -> None:
    """No task is left: the gate looks."""

    async def scene(delay: float) -> None:
        began = time.monotonic()
        async with line(peer, plays(peer, peer.data(peer.source, "level", 7.5, None))):
            await asyncio.sleep(delay)
        assert time.monotonic() - began < 3

    for delay in (0.0, 0.002, 0.005, 0.05):
        run(scene(delay))
