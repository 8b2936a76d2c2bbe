"""The small CSE on a WebSocket and on a broker, and feeds that run against it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import aiomqtt
from cse_peer import Cse, Tree, dumps
from feed_stage import Heard, T, server
from mosquitto_stage import Mosquitto
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.typing import Subprotocol

from console.core.feed import FeedState
from console.core.site import CommandRoute, FeedDef, FeedMap
from console.feeds.onem2m.adapter import OneM2MFeed, make

PUMP = "cse-in/pump7"
Option = str | float | bool


def definition(url: str, **options: Option) -> FeedDef:
    given: dict[str, Option] = {"cse": "cse-in", "cse_id": "busan-in", "ae": "CGwanje", "connect_s": 2.0}
    routes = FeedMap(type="pump", source=PUMP, tags={}, commands={"start": CommandRoute(path="valve")})
    return FeedDef(id="feed", adapter="onem2m", url=url, label=T, options=given | options, map=(routes,))


@asynccontextmanager
async def socket_cse(cse: Cse, **options: Option) -> AsyncGenerator[FeedDef]:
    """The CSE behind a WebSocket that knows its applications by a header, as ACME does."""

    async def handler(connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        assert request.headers["X-M2M-Origin"] == "CGwanje"

        async def out(target: str, tree: Tree) -> None:
            if target.startswith("ws://"):
                await dial(cse, target, tree)
            else:
                await connection.send(dumps(tree))

        cse.out = out
        async for frame in connection:
            told = await cse.hear(json.loads(frame))
            if told is not None:
                await connection.send(dumps(told))

    async with server(handler, subprotocols=[Subprotocol("oneM2M.json")]) as url:
        yield definition(url, **options)


async def dial(cse: Cse, target: str, tree: Tree) -> None:
    """One connection for each notification, as Mobius v2 makes it."""
    async with connect(target, subprotocols=[Subprotocol("onem2m.r2.0.json")], proxy=None) as connection:
        await connection.send(dumps(tree))
        await cse.hear(json.loads(await connection.recv()))


@asynccontextmanager
async def broker_cse(cse: Cse, broker: Mosquitto, **options: Option) -> AsyncGenerator[FeedDef]:
    """The CSE behind a broker, on the topics of TS-0010."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("/oneM2M/req/+/busan-in/#")
        await client.subscribe("/oneM2M/reg_req/+/busan-in/#")
        await client.subscribe("/oneM2M/resp/busan-in/#")

        async def out(target: str, tree: Tree) -> None:
            await client.publish(f"/oneM2M/req/busan-in/{target}/json", dumps(tree), 1)

        async def answer() -> None:
            # The client's way to say that the stage is over.
            with suppress(aiomqtt.MqttError):
                async for message in client.messages:
                    kind, sender = message.topic.value.split("/")[2:4]
                    assert isinstance(message.payload, (bytes, bytearray))
                    told = await cse.hear(json.loads(message.payload))
                    if told is not None:
                        back = "reg_resp" if kind == "reg_req" else "resp"
                        await client.publish(f"/oneM2M/{back}/{sender}/busan-in/json", dumps(told), 1)

        cse.out = out
        task = asyncio.create_task(answer(), name="cse on a broker")
        try:
            yield definition(broker.url, **options)
        finally:
            # A publish of the client's that ends in this very moment can swallow one cancellation.
            while not task.done():
                task.cancel()
                await asyncio.wait((task,), timeout=0.1)


@asynccontextmanager
async def fed(made: FeedDef, *paths: str, source: str = PUMP) -> AsyncGenerator[tuple[OneM2MFeed, Heard]]:
    """A feed that runs, once it is live, and what it has told."""
    feed, heard = make(made), Heard()
    feed.expect({(source, path): 5.0 for path in paths})
    task = asyncio.create_task(feed.run(heard), name="feed")
    watcher = asyncio.create_task(heard.until(lambda: FeedState.LIVE in heard.states))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield feed, heard
    finally:
        for one in (task, watcher):
            one.cancel()
        await asyncio.wait({task, watcher})
