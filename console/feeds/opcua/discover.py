"""What a server has beyond the profile, subscribed to as soon as it is found; the address space is walked now and then.

A node that the profile maps, under whatever name, is not offered again.
"""

from __future__ import annotations

import asyncio

from asyncua.client.client import Client

from console.core.discovery import Offer, ValueKind
from console.feeds.base import FeedSink
from console.feeds.discovery import offers_to
from console.feeds.opcua.browse import Offered, walk
from console.feeds.opcua.codec import point_name
from console.feeds.opcua.nodes import Nodes
from console.feeds.opcua.watch import Watch

AGAIN_S = 600.0
PERIOD_S = 1.0
"""Publishing is asked for at half of this: nobody knows how often a value changes."""
_WHOLE = frozenset({"SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Enumeration"})
_NUMBERS = _WHOLE | {"Float", "Double", "Duration", "Number", "Integer", "UInteger"}
_TEXTS = frozenset({"String", "LocalizedText"})


class Explorer:
    """Walks one session's server. `most` variables are looked at."""

    def __init__(self, client: Client, nodes: Nodes, watch: Watch, sink: FeedSink, most: int) -> None:
        self._client = client
        self._nodes = nodes
        self._watch = watch
        self._sink = sink
        self._most = most

    async def run(self) -> None:
        """Until cancelled; raises what the library does when the connection is lost."""
        while True:
            await self.look()
            await asyncio.sleep(AGAIN_S)

    async def look(self) -> None:
        """Offer and watch what is not watched yet."""
        offers = [
            offer for one in await walk(self._client, self._most) if (offer := offer_of(one)) is not None
        ]
        names = [(offer.source, offer.path) for offer in offers]
        node_ids = await self._nodes.find([point_name(*name, ".") for name in names])
        watched = self._watch.node_ids()
        new = [
            offer
            for offer, node_id in zip(offers, node_ids, strict=True)
            if node_id is not None and node_id not in watched
        ]
        if new:
            offers_to(self._sink)(new, ())
            await self._watch.begin({(offer.source, offer.path): PERIOD_S for offer in new})


def offer_of(one: Offered) -> Offer | None:
    """A variable as an offer; None for one whose value is no plain one."""
    kind = (
        ValueKind.NUMBER
        if one.kind in _NUMBERS
        else ValueKind.FLAG
        if one.kind == "Boolean"
        else ValueKind.TEXT
        if one.kind in _TEXTS
        else None
    )
    if kind is None or one.array or not one.owner:
        return None
    return Offer(
        source=one.owner,
        path=one.node,
        kind=kind,
        unit=one.unit,
        label=one.label,
        name=one.names[-1],
        title=one.names[-2] if len(one.names) > 1 else "",
        low=one.low,
        high=one.high,
        whole=one.kind in _WHOLE,
    )
