"""Notifications of a CSE that dials out: who is let in, and what is answered."""

from __future__ import annotations

import asyncio
import json

import pytest
from feed_stage import Heard, run
from mosquitto_stage import free_port
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from console.feeds.base import FeedDown
from console.feeds.onem2m import receiver
from console.feeds.onem2m.codec import Request
from console.feeds.onem2m.options import Address
from console.feeds.onem2m.receiver import open_receiver

NOTIFY = (
    '{"op": 5, "rqi": "n1", "fr": "/Mobius2", "to": "CGwanje", "pc": {"m2m:sgn": {"vrq": true, "sur": "s"}}}'
)


def taken(asked: list[Request]):
    def take(request: Request, frame: bytes | str) -> int:
        asked.append(request)
        return 2000

    return take


def test_a_caller_is_answered_on_its_own_connection_whatever_subprotocol_it_speaks() -> None:
    async def scene() -> None:
        asked: list[Request] = []
        here = Address(host="127.0.0.1", port=0, path="/n")
        async with open_receiver(here, 10_000, Heard(), taken(asked)) as port:
            url = f"ws://127.0.0.1:{port}/n?ct=json"
            for offered in (None, [Subprotocol("onem2m.r2.0.json")], [Subprotocol("chat")]):
                async with connect(url, subprotocols=offered, proxy=None) as caller:
                    await caller.send(NOTIFY)
                    told = json.loads(await caller.recv())
                    assert told == {"rsc": 2000, "rqi": "n1", "to": "/Mobius2", "fr": "CGwanje"}
            assert [request.op for request in asked] == [5, 5, 5]

    run(scene())


def test_rubbish_is_counted_and_the_next_caller_is_heard() -> None:
    async def scene() -> None:
        asked: list[Request] = []
        heard = Heard()
        here = Address(host="127.0.0.1", port=0, path="/")
        async with open_receiver(here, 1_000, heard, taken(asked)) as port:
            async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as caller:
                for frame in ("{", b"\xff", '{"rqi": "1", "rsc": 2000}', NOTIFY):
                    await caller.send(frame)
                await caller.recv()
                await caller.send("x" * 2_000)
                with pytest.raises(ConnectionClosed):
                    await caller.recv()
            assert [reason for _, reason in heard.faults] == ["not_json", "encoding", "not_a_primitive"]
            async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as caller:
                await caller.send(NOTIFY)
                await caller.recv()
            assert len(asked) == 2

    run(scene())


def test_another_path_and_one_caller_too_many_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MOST_CALLERS", 1)

    async def scene() -> None:
        here = Address(host="127.0.0.1", port=0, path="/n")
        async with open_receiver(here, 1_000, Heard(), taken([])) as port:
            for url, status in ((f"ws://127.0.0.1:{port}/", 404), (f"ws://127.0.0.1:{port}/n", 503)):
                async with connect(f"ws://127.0.0.1:{port}/n", proxy=None) as first:
                    await first.send(NOTIFY)
                    await first.recv()
                    with pytest.raises(InvalidStatus) as caught:
                        await connect(url, proxy=None)
                    assert caught.value.response.status_code == status
                await asyncio.sleep(0)

    run(scene())


def test_a_port_that_is_taken_is_told() -> None:
    async def scene() -> None:
        here = Address(host="127.0.0.1", port=free_port(), path="/")
        async with open_receiver(here, 1_000, Heard(), taken([])):
            with pytest.raises(FeedDown) as caught:
                async with open_receiver(here, 1_000, Heard(), taken([])):
                    pass
            assert caught.value.why == "port_taken"

    run(scene())
