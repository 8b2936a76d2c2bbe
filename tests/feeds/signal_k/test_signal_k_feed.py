"""The adapter on a real connection: what it asks for, what it makes of metadata, and every answer to a PUT."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

import pytest
from feed_stage import Handler, Heard, run, server
from websockets.asyncio.server import ServerConnection

from console.core.discovery import Offer, ValueKind
from console.core.site import FeedDef, FeedMap, TagRoute
from console.core.words import Text
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.signal_k.adapter import make

OWN = "vessels.urn:mrn:signalk:uuid:x"
HELLO = json.dumps({"name": "peer", "version": "2.23.0", "self": OWN, "roles": ["master"]})
PATIENCE_S = 20.0


def definition(url: str, unit: str = "", **options: str | float | bool) -> FeedDef:
    tags = {"power": TagRoute(path="power", unit=unit, scale=0.001)}
    mapped = FeedMap(type="crane", source="facilities.{asset}", tags=tags)
    return FeedDef(
        id="f", adapter="signal_k", url=url, label=Text("", ""), options=dict(options), map=(mapped,)
    )


class Curious(Heard):
    """A sink that also remembers offers, and that they come before the values."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        assert not {(row.source, row.path) for row in self.rows} & {(one.source, one.path) for one in offers}
        self.offers += offers


async def until(sink: Heard, feed: FeedDef, rows: int) -> None:
    """Run a feed until it has brought so many readings."""
    task = asyncio.create_task(make(feed).run(sink), name="feed")
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(sink.rows) < rows and not task.done():
                await asyncio.sleep(0.005)
    finally:
        task.cancel()
        await asyncio.wait((task,))
    assert len(sink.rows) >= rows


def telling(asked: list[str], *updates: dict[str, object]) -> Handler:
    """A server that tells updates of a crane after the subscription."""

    async def play(connection: ServerConnection) -> None:
        assert connection.request is not None
        asked.append(connection.request.path)
        await connection.send(HELLO)
        await connection.recv()
        for update in updates:
            await connection.send(json.dumps({"context": "facilities.c1", "updates": [update]}))
        await connection.wait_closed()

    return play


META: dict[str, object] = {"meta": [{"path": "power", "value": {"units": "W", "longName": "Hoist"}}]}
VALUE: dict[str, object] = {"values": [{"path": "power", "value": 1500.0}]}


@pytest.mark.parametrize(
    ("unit", "options", "asks"),
    [("", {}, False), ("W", {}, True), ("", {"discover": True}, True)],
)
def test_metadata_are_asked_for_where_they_are_of_use(
    unit: str, options: dict[str, str | float | bool], asks: bool
) -> None:
    async def scene() -> None:
        asked: list[str] = []
        async with server(telling(asked, VALUE), "/signalk/v1/stream") as url:
            await until(Heard(), definition(url, unit, **options), 1)
        assert asked == ["/signalk/v1/stream?subscribe=none" + ("&sendMeta=all" if asks else "")]

    run(scene())


def test_what_the_address_says_itself_stays() -> None:
    async def scene() -> None:
        asked: list[str] = []
        async with server(telling(asked, VALUE), "/s?sendMeta=none&subscribe=all") as url:
            await until(Heard(), definition(url, "W"), 1)
        assert asked == ["/s?sendMeta=none&subscribe=all"]

    run(scene())


def test_a_unit_that_contradicts_the_profile_is_one_fault_and_the_value_is_taken() -> None:
    async def scene() -> None:
        sink = Curious()
        async with server(telling([], META, VALUE, META, VALUE)) as url:
            await until(sink, definition(url, "kW", discover=True), 2)
        assert sink.faults == [("facilities.c1 power units W (kW)", "unit_mismatch")]
        assert [row.value for row in sink.rows] == [1500.0, 1500.0]
        wanted = Offer(source="facilities.c1", path="power", kind=ValueKind.NUMBER, unit="W", label="Hoist")
        assert sink.offers == [wanted]

    run(scene())


def put(*answers: dict[str, object], source: str = "facilities.c1") -> tuple[list[DeviceAnswer], str]:
    """What a device is heard to say, and the context that the server was asked for."""
    heard: list[DeviceAnswer] = []
    contexts: list[str] = []

    async def play(connection: ServerConnection) -> None:
        await connection.send(HELLO)
        await connection.recv()
        await connection.send(json.dumps({"context": "facilities.c1", "updates": [VALUE]}))
        asked = cast("dict[str, object]", json.loads(await connection.recv()))
        contexts.append(str(asked["context"]))
        for answer in answers:
            await connection.send(json.dumps({"requestId": asked["requestId"]} | answer))
        await connection.send(json.dumps({"context": "facilities.c1", "updates": [VALUE]}))
        await connection.wait_closed()

    async def scene() -> None:
        sink = Heard()
        async with server(play) as url:
            feed = make(definition(url))
            task = asyncio.create_task(feed.run(sink), name="feed")
            try:
                await sink.until(lambda: len(sink.rows) == 1)
                await feed.send(DeviceCommand("01J", source, "lanes", 3.0), heard.append)
                await sink.until(lambda: len(sink.rows) == 2)
            finally:
                task.cancel()
                await asyncio.wait((task,))

    run(scene())
    return heard, contexts[0]


def state(word: str, code: int | None = None, **more: object) -> dict[str, object]:
    return {"state": word} | ({} if code is None else {"statusCode": code}) | more


@pytest.mark.parametrize(
    ("answers", "kinds"),
    [
        ((state("PENDING", 202), state("COMPLETED", 200)), ["accepted", "done"]),
        ((state("PENDING", 202), state("PENDING", 202), state("COMPLETED", 200)), ["accepted", "accepted", "done"]),
        (
            (state("PENDING", 202), state("PENDING", 202, percentComplete=0.4), state("COMPLETED", 200)),
            ["accepted", "progress", "done"],
        ),
        ((state("COMPLETED", 200),), ["accepted_final"]),
        ((state("COMPLETED", 405),), ["rejected"]),
        ((state("COMPLETED", 403),), ["rejected"]),
        ((state("COMPLETED", 400),), ["rejected"]),
        ((state("FAILED", 405),), ["rejected"]),
        ((state("FAILED"),), ["failed"]),
        ((state("FAILED", 200),), ["failed"]),
        ((state("PENDING", 202), state("FAILED", 502)), ["accepted", "failed"]),
        ((state("PENDING", 202), state("COMPLETED", 403)), ["accepted", "failed"]),
        ((state("COMPLETED", 503),), ["busy"]),
        ((state("COMPLETED", 200), state("FAILED", 500)), ["accepted_final"]),
    ],
)  # fmt: skip
def test_each_state_of_a_request_is_one_word_of_the_device(
    answers: tuple[dict[str, object], ...], kinds: list[str]
) -> None:
    assert [one.kind for one in put(*answers)[0]] == kinds


@pytest.mark.parametrize(
    "answers",
    [(), (state("COMPLETED", 504),), (state("ASLEEP", 200),), ({"state": 5},)],
    ids=["silence", "the server timed out", "a state that is none", "no state"],
)
def test_where_nobody_knows_nothing_is_said(answers: tuple[dict[str, object], ...]) -> None:
    """The hub's own time limit then makes the command one of unknown outcome; a wrong word would be a lie."""
    assert put(*answers)[0] == []


def test_a_pending_request_that_the_server_gives_up_stays_open() -> None:
    assert [one.kind for one in put(state("PENDING", 202), state("COMPLETED", 504))[0]] == ["accepted"]


def test_how_far_a_request_is_comes_with_it() -> None:
    progress = state("PENDING", 202, percentComplete=0.25)
    assert [one.progress for one in put(state("PENDING", 202), progress)[0]] == [0.0, 0.25]
    wrong = state("PENDING", 202, percentComplete="half")
    assert [one.progress for one in put(state("PENDING", 202), wrong)[0]] == [0.0, 0.0]


def test_the_own_vessel_of_a_server_is_asked_as_self() -> None:
    """Servers register their devices under `vessels.self` and know them by no other name."""
    assert put(source=OWN)[1] == "vessels.self"
    assert put()[1] == "facilities.c1"


def test_a_lost_connection_says_nothing_of_a_request() -> None:
    async def scene() -> None:
        heard: list[DeviceAnswer] = []

        async def play(connection: ServerConnection) -> None:
            await connection.recv()
            await connection.send(json.dumps({"context": "facilities.c1", "updates": [VALUE]}))
            await connection.recv()
            await connection.close()

        sink = Heard()
        async with server(play) as url:
            feed = make(definition(url))
            task = asyncio.create_task(feed.run(sink), name="feed")
            await sink.until(lambda: bool(sink.rows))
            await feed.send(DeviceCommand("01J", "facilities.c1", "lanes", 3.0), heard.append)
            with suppress(FeedDown):
                await task
        assert heard == []
        with pytest.raises(FeedDown, match="not_connected"):
            await feed.send(DeviceCommand("01K", "facilities.c1", "lanes", 3.0), heard.append)

    run(scene())
