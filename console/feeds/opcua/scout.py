"""A server that nobody has described: its variables, with the objects above them as the things they belong to."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from console.core.discovery import Offer, ValueKind
from console.core.site import FeedDef
from console.feeds.opcua.adapter import load_library
from console.feeds.opcua.codec import read_node
from console.feeds.opcua.options import opcua_options
from console.feeds.prospect import MOST_OFFERS, Prospect
from console.feeds.scout import PlainScout, SourceName, word

if TYPE_CHECKING:
    from console.feeds.opcua.browse import Offered

JOIN = "."
_KINDS = {
    "Boolean": ValueKind.FLAG,
    "String": ValueKind.TEXT,
    "LocalizedText": ValueKind.TEXT,
    **dict.fromkeys(("Float", "Double", "Number", "Duration"), ValueKind.NUMBER),
    **dict.fromkeys(
        ("SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Integer", "UInteger"),
        ValueKind.NUMBER,
    ),
}
"""Types of values that can be drawn."""
_NO_VALUES = frozenset(
    {"", "ByteString", "Guid", "XmlElement", "NodeId", "ExpandedNodeId", "QualifiedName", "Structure", "DataValue",
     "DiagnosticInfo", "Image", "Range", "EUInformation", "Argument", "TimeZoneDataType"}
)  # fmt: skip
_FRACTIONS = frozenset({"Float", "Double", "Number", "Duration"})


class OpcuaScout(PlainScout):
    """Walks the address space of a server."""

    async def prospect(self, feed: FeedDef) -> Prospect:
        """As Prospector."""
        await asyncio.to_thread(load_library)
        from console.feeds.opcua.browse import offered

        join = str(feed.options.get("join", JOIN))
        found = await offered(opcua_options(feed), MOST_OFFERS)
        out = Prospect(dict(feed.options))
        for item in found:
            offer = offer_of(item, join)
            if offer is None:
                out.more += 1
            else:
                out.offers.append(offer)
                out.names[offer.source] = source_name(item)
        return out

    def name(self, source: str) -> SourceName:
        """A string id is the name of the thing; what kind it is only a server can tell."""
        node = read_node(source)
        own = node.identifier if node is not None and node.kind == "s" else ""
        return SourceName(word(re.sub(r"[\d_.\-]+", " ", own)), own) if own else super().name(source)


def offer_of(item: Offered, join: str) -> Offer | None:
    """A variable as a point of the thing above it; None for what is no value of a tag."""
    if item.array or item.kind in _NO_VALUES:
        return None
    # An enumeration of the server's own is a number; a structure shows itself when it is read.
    kind = _KINDS.get(item.kind, ValueKind.NUMBER)
    source, path = _names(item, join)
    return Offer(
        source=source,
        path=path,
        kind=kind,
        label=item.label,
        unit=item.unit,
        low=item.low,
        high=item.high,
        whole=kind is ValueKind.NUMBER and item.kind not in _FRACTIONS,
    )


def _names(item: Offered, join: str) -> tuple[str, str]:
    """By a string id that continues that of its owner, else by the variable's own id."""
    owner, node = read_node(item.owner), read_node(item.node)
    if owner is not None and node is not None and owner.kind == node.kind == "s":
        head = owner.identifier + join
        rest = node.identifier.removeprefix(head)
        if node.identifier.startswith(head) and rest and owner.namespace == node.namespace:
            return item.owner, rest
    return item.owner, item.node


def source_name(item: Offered) -> SourceName:
    """The type of the owner, or where it stands; and its own name."""
    node = read_node(item.owner)
    above = item.names[:-1]
    own = node.identifier if node is not None and node.kind == "s" else (above[-1] if above else "server")
    kind = item.owner_kind or (above[-2] if len(above) > 1 else above[-1] if above else "server")
    return SourceName(word(kind.removesuffix("Type")), own)


SCOUT = OpcuaScout()
