"""A CSE that nobody has described: its containers by discovery, and what the latest instance of each carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import msgspec

from console.core.discovery import Offer, ValueKind
from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.base import FeedDown, Reading
from console.feeds.mqtt_sniff import Deaf
from console.feeds.onem2m.asks import discover, register, retrieve
from console.feeds.onem2m.codec import (
    ALREADY_EXISTS,
    CONFLICT,
    NOTIFY,
    OK,
    Request,
    Response,
    Tree,
    points_of,
    read_primitive,
    resource_of,
    write_response,
)
from console.feeds.onem2m.dialog import Dialog, Line
from console.feeds.onem2m.lines import open_line
from console.feeds.onem2m.options import OneM2MOptions, onem2m_options
from console.feeds.prospect import MOST_OFFERS, Prospect
from console.feeds.scout import Option, PlainScout

OUR_ID = "CGwanje"
BASES = ("-", "cse-in", "Mobius", "in-cse", "id-in")
"""Names that a base may have where none is given; the first is the short form of TS-0001 clause 9.3.1."""
MOST_CONTAINERS = 500


class OneM2MScout(PlainScout):
    """Registers as the feed would, asks, and reads the latest instances."""

    async def prospect(self, feed: FeedDef) -> Prospect:
        """As Prospector; options `cse` and `ae` may be left out over a WebSocket."""
        given: dict[str, Option] = {"ae": OUR_ID, **feed.options}
        found: FeedDown | None = None
        for base in [str(given["cse"])] if "cse" in given else BASES:
            asked = msgspec.structs.replace(feed, options={**given, "cse": base})
            try:
                return await _look(asked)
            except FeedDown as down:
                if down.why != "not_found":
                    raise
                found = down
        assert found is not None
        raise found


async def _look(feed: FeedDef) -> Prospect:
    options = onem2m_options(feed)
    async with _talk(options) as dialog:
        if options.register:
            said = await dialog.ask(
                register(options.base, options.ae_name, options.release, ("ws://default",))
            )
            if not said.ok and said.code not in (CONFLICT, ALREADY_EXISTS, 5106):
                raise FeedDown(
                    "not_found" if said.code == 4004 else "not_registered", said.words, refused=True
                )
        base = await _base(dialog, options.base)
        out = Prospect({**feed.options, "cse": base})
        said = await dialog.ask(discover(base, MOST_CONTAINERS))
        if not said.ok:
            raise FeedDown("request", said.words, refused=True)
        for address in addresses_of(said.content, base)[:MOST_CONTAINERS]:
            await _container(dialog, address, out)
        return out


async def _base(dialog: Dialog, base: str) -> str:
    """The name of the base, which the short form stands for."""
    said = await dialog.ask(retrieve(base))
    if not said.ok:
        raise FeedDown("not_found", f"{base}: {said.words}", refused=True)
    if base != "-":
        return base
    try:
        name = resource_of(said.content)[1].get("rn")
    except DecodeError:
        name = None
    return name if isinstance(name, str) and name else base


def addresses_of(content: object, base: str) -> list[str]:
    """Addresses in the answer to a discovery, below the base and without what stands before it; sorted.

    Older releases write them as one text with blanks, newer ones as a list.
    """
    tree = cast("Tree", content) if isinstance(content, dict) else {}
    listed = tree.get("m2m:uril", tree.get("uril"))
    if isinstance(listed, str):
        listed = listed.split()
    items = cast("list[object]", listed) if isinstance(listed, list) else []
    names = [one for one in items if isinstance(one, str)]
    found: set[str] = set()
    for name in names:
        _, mark, below = f"/{name}".rpartition(f"/{base}/")
        if mark and below:
            found.add(f"{base}/{below}")
    return sorted(found)


async def _container(dialog: Dialog, address: str, out: Prospect) -> None:
    """Points of one container, as its latest instance shows them; none for a container that only holds others."""
    source, _, name = address.rpartition("/")
    said = await dialog.ask(retrieve(f"{address}/la"))
    if not said.ok:
        said = await dialog.ask(retrieve(address))
    try:
        kind, resource = resource_of(said.content) if said.ok else ("", {})
        rows = (
            [] if kind in ("", "m2m:cnt") or "." in name else points_of(address, source, kind, resource, None)
        )
    except DecodeError:
        rows = []
    room = MOST_OFFERS - len(out.offers)
    out.offers += [_offer(row) for row in rows[:room]]
    out.more += max(len(rows) - room, 0)


def _offer(row: Reading) -> Offer:
    kind = (
        ValueKind.FLAG
        if isinstance(row.value, bool)
        else ValueKind.TEXT
        if isinstance(row.value, str)
        else ValueKind.NUMBER
    )
    return Offer(source=row.source, path=row.path, kind=kind)


@asynccontextmanager
async def _talk(options: OneM2MOptions) -> AsyncGenerator[Dialog]:
    """A conversation in which what the CSE asks is answered and otherwise passed over."""
    async with open_line(options, Deaf()) as line:
        dialog = Dialog(line, options.ae, options.release, options.link.connect_s)
        reading = asyncio.create_task(_read(line, dialog, options.frame_limit), name="onem2m scout")
        try:
            yield dialog
        finally:
            reading.cancel()
            await asyncio.wait((reading,))


async def _read(line: Line, dialog: Dialog, limit: int) -> None:
    """Ends with the line; who waits for a response is then told by the deadline of the request."""
    try:
        while True:
            for frame in await line.receive():
                try:
                    primitive = read_primitive(frame, limit)
                except DecodeError:
                    continue
                if isinstance(primitive, Response):
                    dialog.give(primitive)
                else:
                    await line.reply(write_response(primitive, _code(primitive)), primitive)
    except FeedDown:
        return


def _code(request: Request) -> int:
    return OK if request.op == NOTIFY else 4005


SCOUT = OneM2MScout()
