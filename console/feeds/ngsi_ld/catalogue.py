"""The entities that a broker has, read page by page: first values after the start and after a gap."""

from __future__ import annotations

from typing import cast

from console.core.errors import DecodeError
from console.feeds.base import FeedSink
from console.feeds.json_guard import load
from console.feeds.ngsi_ld.broker import Broker
from console.feeds.ngsi_ld.intake import EntityIntake
from console.feeds.ngsi_ld.paging import Paging
from console.feeds.ngsi_ld.selection import Selection

MOST_TYPES = 200
PAGE = "GET /entities?"
"""How the tap tells a page from a notification."""


class Catalogue:
    """Queries to one broker, `size` entities a page and `most` altogether."""

    def __init__(self, broker: Broker, intake: EntityIntake, sink: FeedSink, size: int, most: int) -> None:
        self._broker = broker
        self._intake = intake
        self._sink = sink
        self._size = size
        self._most = most

    async def read(self, selection: Selection) -> int:
        """Hand over all entities; returns how many. Raises FeedDown; a page that cannot be read is counted."""
        read = 0
        self._intake.query_begins()
        try:
            for query in selection.queries():
                read += await self._query(query, self._most - read)
                if read >= self._most:
                    break
        finally:
            self._intake.query_ends()
        return read

    async def types(self) -> Selection:
        """Everything that there is. Raises FeedDown."""
        try:
            answer = await self._broker.types()
            names = type_names(load(answer.body))
        except DecodeError as error:
            self._sink.malformed(f"types {error.where}", error.reason)
            return Selection()
        if len(names) > MOST_TYPES:
            self._sink.malformed("types", "too_many")
        return Selection(types=names[:MOST_TYPES])

    async def _query(self, query: str, most: int) -> int:
        paging = Paging(self._size, most)
        more = True
        while more:
            asked = f"{query}&{paging.parameters()}"
            body = b""
            try:
                answer = await self._broker.page(asked)
                body = answer.body
                ids = self._intake.page(answer.body, f"{PAGE}{asked}")
            except DecodeError as error:
                if error.reason == "too_large" and paging.smaller():
                    continue
                self._sink.malformed(f"entities {error.where}", error.reason, body[:200])
                break
            more = paging.taken(ids, answer.headers)
        if paging.fault:
            self._sink.malformed(f"entities?{query}"[:80], paging.fault)
        return paging.offset


def type_names(tree: object) -> tuple[str, ...]:
    """Types of an EntityTypeList (clause 5.2.24), or of a list of types."""
    node = cast("dict[str, object]", tree).get("typeList") if isinstance(tree, dict) else tree
    if not isinstance(node, list):
        raise DecodeError("typeList", "missing")
    found: list[str] = []
    for item in cast("list[object]", node):
        name = item
        if isinstance(item, dict):
            kind = cast("dict[str, object]", item)
            name = kind.get("typeName", kind.get("id"))
        if isinstance(name, str) and name:
            found.append(name)
    return tuple(dict.fromkeys(found))
