"""One life of a session with a server: subscribe, hand on, watch, until it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager

from console.core.feed import FeedState
from console.feeds.base import FeedDown, FeedSink
from console.feeds.opcua.discover import Explorer
from console.feeds.opcua.nodes import Nodes
from console.feeds.opcua.options import OpcuaOptions
from console.feeds.opcua.session import BROKEN, cause_of, open_client
from console.feeds.opcua.watch import Watch
from console.feeds.opcua.writes import Writes


class Life:
    """An open session with its subscriptions."""

    def __init__(self, watch: Watch, writes: Writes) -> None:
        self._watch = watch
        self.writes = writes

    async def deliver(self) -> None:
        """Hand on what is published; ends by raising FeedDown."""
        while True:
            news = await self._watch.news.get()
            if isinstance(news, FeedDown):
                raise news
            if isinstance(news, BaseException):
                raise cause_of(news) if isinstance(news, BROKEN) else news
            self._watch.take(news)


@asynccontextmanager
async def open_life(
    options: OpcuaOptions,
    points: Mapping[tuple[str, str], float],
    worded: frozenset[str],
    sink: FeedSink,
) -> AsyncGenerator[Life]:
    """Connect and subscribe; raises FeedDown. `worded` are paths whose numbers are asked for as words."""
    async with open_client(options) as client:

        async def lost(error: Exception) -> None:
            watch.news.put_nowait(client.cause(error))

        client.connection_lost_callback = lost
        try:
            async with asyncio.timeout(options.connect_s + len(points) / 100):
                nodes = Nodes(client, await client.get_namespace_array())
                watch = Watch(client, nodes, sink, options, worded)
                await watch.begin(points)
        except BROKEN as error:
            raise client.cause(error) from error
        sink.state(FeedState.LIVE)
        most = options.discover_most + len(points) if options.discover_most else 0
        writes = Writes(nodes, options)
        tasks = [
            asyncio.create_task(_beside(work, watch), name=f"opcua {name}")
            for name, work in (
                ("confirm", watch.confirm()),
                ("look again", watch.look_again()),
                ("listen", watch.listen()),
                *((("discover", Explorer(client, nodes, watch, sink, most).run()),) if most else ()),
            )
        ]
        try:
            yield Life(watch, writes)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await writes.end()


async def _beside(work: Coroutine[None, None, None], watch: Watch) -> None:
    """Work beside the reader; what ends it ends the life, a defect too."""
    try:
        await work
    except (FeedDown, *BROKEN) as error:
        watch.news.put_nowait(error)
