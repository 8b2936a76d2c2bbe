"""What passes through a broker in some seconds, for who has to find out which protocol it carries."""

from __future__ import annotations

import asyncio

from console.core.feed import FeedState
from console.feeds.base import Columns, FeedDown, MoverFacts, Position, Reading
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LinkOptions
from console.feeds.mqtt_wire import Message

SNIFF_S = 3.0
MOST = 5_000
MOST_BYTES = 32 * 1024 * 1024


async def overhear(
    options: LinkOptions, topics: tuple[str, ...], seconds: float = SNIFF_S, *, most: int = MOST
) -> list[Message]:
    """Messages of some seconds, retained ones included, about `most`. Raises FeedDown where none may be heard."""
    found: list[Message] = []
    async with open_link(options, Deaf()) as link:
        refused = await link.subscribe(topics, 0)
        if len(refused) == len(topics):
            raise FeedDown("not_subscribed", ", ".join(refused)[:200], refused=True)
        try:
            async with asyncio.timeout(seconds):
                await _collect(link, found, most)
        except TimeoutError:
            return found
    return found


async def _collect(link: MqttLink, found: list[Message], most: int) -> None:
    size = 0
    while len(found) < most and size < MOST_BYTES:
        for message in await link.receive():
            found.append(message)
            size += len(message.payload)


class Deaf:
    """`FeedSink` that hears nothing: a look at a broker tells only what it returns."""

    def readings(self, rows: list[Reading]) -> None: ...

    def declare(self, points: list[tuple[str, str]]) -> None: ...

    def columns(self, columns: Columns) -> None: ...

    def positions(self, rows: list[Position]) -> None: ...

    def movers(self, rows: list[MoverFacts]) -> None: ...

    def gone(self, sources: list[str]) -> None: ...

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None: ...

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None: ...
