"""What a server offers, found by walking its address space."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

import msgspec
from asyncua import ua
from asyncua.client.client import Client

from console.feeds.opcua.options import OpcuaOptions
from console.feeds.opcua.session import BROKEN, cause_of, open_client

MAX_DEPTH = 12
_OWN_TYPES = 30
"""Data types of namespace 0 with a number below this are plain, and their number is that of their kind."""


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """One variable of a server."""

    node: str
    """Node id with the namespace as a URI, ready for `source` or `path` of a profile."""
    names: tuple[str, ...]
    """Browse names from the folder of objects down to it."""
    kind: str
    """Type of its value, `Enumeration` and other names of types included."""
    label: str
    writable: bool
    array: bool


async def offered(options: OpcuaOptions, limit: int = 5_000) -> list[Offered]:
    """Variables of a server, at most `limit`, nearest first; raises FeedDown."""
    async with open_client(options) as client:
        try:
            return await _walk(client, limit)
        except BROKEN as error:
            raise cause_of(error) from error


async def _walk(client: Client, limit: int) -> list[Offered]:
    namespaces = [str(uri) for uri in await client.get_namespace_array()]
    found: list[Offered] = []
    seen: set[ua.NodeId] = set()
    level: list[tuple[ua.NodeId, tuple[str, ...]]] = [(client.nodes.objects.nodeid, ())]
    for _ in range(MAX_DEPTH):
        below: list[tuple[ua.NodeId, tuple[str, ...]]] = []
        for node_id, names in level:
            for child in await client.get_node(node_id).get_children_descriptions():
                # The server's description of itself is the same everywhere and no one's plant.
                if child.NodeId in seen or child.NodeId == ua.NodeId(ua.Int32(ua.ObjectIds.Server)):
                    continue
                seen.add(child.NodeId)
                path = (*names, str(child.BrowseName.Name))
                below.append((child.NodeId, path))
                if child.NodeClass == ua.NodeClass.Variable and child.NodeId.NamespaceIndex:
                    found.append(await _variable(client, child, path, namespaces))
                    if len(found) >= limit:
                        return found
        level = below
    return found


async def _variable(
    client: Client, child: ua.ReferenceDescription, names: tuple[str, ...], namespaces: list[str]
) -> Offered:
    wanted = (ua.AttributeIds.DataType, ua.AttributeIds.UserAccessLevel, ua.AttributeIds.ValueRank)
    node = client.get_node(child.NodeId)
    data_type, access, rank = [
        value.Value.Value if value.Value else None for value in await node.read_attributes(wanted)
    ]
    return Offered(
        node=_text(child.NodeId, namespaces),
        names=names,
        kind=await _kind(client, data_type),
        label=str(child.DisplayName.Text or names[-1]),
        writable=bool(int(access or 0) & 1 << ua.AccessLevel.CurrentWrite),
        array=int(rank if rank is not None else -1) >= 0,
    )


async def _kind(client: Client, data_type: ua.NodeId | None) -> str:
    if data_type is None:
        return ""
    if (
        not data_type.NamespaceIndex
        and isinstance(data_type.Identifier, int)
        and data_type.Identifier < _OWN_TYPES
    ):
        names: dict[int, str] = ua.ObjectIdNames
        return str(names[data_type.Identifier])
    return str((await client.get_node(data_type).read_browse_name()).Name)


def _text(node_id: ua.NodeId, namespaces: list[str]) -> str:
    """The text form with the URI of the namespace, which outlives a restart of the server."""
    index = int(node_id.NamespaceIndex)
    text = node_id.to_string()
    _, _, rest = text.rpartition(";") if node_id.NodeIdType != ua.NodeIdType.String else text.partition(";")
    if index >= len(namespaces):
        return text
    return f"nsu={namespaces[index].replace('%', '%25').replace(';', '%3B')};{rest}"
