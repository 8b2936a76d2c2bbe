"""What a server offers, found by walking its address space."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

from typing import NamedTuple

import msgspec
from asyncua import ua
from asyncua.client.client import Client

from console.feeds.opcua.nodes import Nodes
from console.feeds.opcua.options import OpcuaOptions
from console.feeds.opcua.session import BROKEN, cause_of, open_client

MAX_DEPTH = 12
_HAS_PROPERTY = ua.NodeId(ua.Int32(ua.ObjectIds.HasProperty))
_TELLING = frozenset({"EURange", "EngineeringUnits"})
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
    owner: str = ""
    """Node id of the object or variable above it."""
    owner_kind: str = ""
    """Type of that object, empty for a folder or one that only says that it is an object."""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    """Engineering range, where the server tells it."""


async def offered(options: OpcuaOptions, limit: int = 5_000) -> list[Offered]:
    """Variables of a server, at most `limit`, nearest first; raises FeedDown."""
    async with open_client(options) as client:
        try:
            return await walk(client, limit)
        except BROKEN as error:
            raise cause_of(error) from error


async def walk(client: Client, limit: int) -> list[Offered]:
    """Variables of the server of an open session; raises what the library does when it is lost."""
    namespaces = [str(uri) for uri in await client.get_namespace_array()]
    found: dict[ua.NodeId, Offered] = {}
    told: list[tuple[ua.NodeId, str, ua.NodeId]] = []
    kinds = _Kinds(client)
    seen: set[ua.NodeId] = set()
    level = [_Place(client.nodes.objects.nodeid)]
    for _ in range(MAX_DEPTH):
        below: list[_Place] = []
        for place in level:
            for child in await client.get_node(place.node_id).get_children_descriptions():
                # The server's description of itself is the same everywhere and no one's plant.
                if child.NodeId in seen or child.NodeId == ua.NodeId(ua.Int32(ua.ObjectIds.Server)):
                    continue
                seen.add(child.NodeId)
                name = str(child.BrowseName.Name)
                if child.ReferenceTypeId == _HAS_PROPERTY:
                    # A property describes its owner, and is no point of its own.
                    told += [(place.node_id, name, child.NodeId)] if name in _TELLING else []
                    continue
                inside = _Place(child.NodeId, (*place.names, name), await kinds.of(child))
                below.append(inside)
                if child.NodeClass == ua.NodeClass.Variable and child.NodeId.NamespaceIndex:
                    found[child.NodeId] = await _variable(client, child, inside.names, place, namespaces)
                    if len(found) >= limit:
                        return await _described(client, found, told)
        level = below
    return await _described(client, found, told)


class _Place(NamedTuple):
    """One node of the walk."""

    node_id: ua.NodeId
    names: tuple[str, ...] = ()
    kind: str = ""


class _Kinds:
    """Names of types of objects, each asked for once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._names: dict[ua.NodeId, str] = {}

    async def of(self, child: ua.ReferenceDescription) -> str:
        """The name of an object's type; empty for what is no object, a folder, or of no type of its own."""
        kind = child.TypeDefinition
        if child.NodeClass != ua.NodeClass.Object or not kind.NamespaceIndex:
            return ""
        if kind not in self._names:
            name = await self._client.get_node(
                ua.NodeId(kind.Identifier, kind.NamespaceIndex)
            ).read_browse_name()
            self._names[kind] = str(name.Name)
        return self._names[kind]


async def _described(
    client: Client, found: dict[ua.NodeId, Offered], told: list[tuple[ua.NodeId, str, ua.NodeId]]
) -> list[Offered]:
    """The variables with the units and ranges that their properties tell (IEC 62541-8 clause 5.3)."""
    told = [one for one in told if one[0] in found]
    values = await Nodes(client, ()).values([node_id for _, _, node_id in told])
    for (owner, name, _), value in zip(told, values, strict=True):
        if name == "EngineeringUnits":
            text = getattr(getattr(value.data, "DisplayName", None), "Text", None)
            found[owner] = msgspec.structs.replace(found[owner], unit=str(text or ""))
        else:
            low, high = getattr(value.data, "Low", None), getattr(value.data, "High", None)
            if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < high:
                found[owner] = msgspec.structs.replace(found[owner], low=float(low), high=float(high))
    return list(found.values())


async def _variable(
    client: Client,
    child: ua.ReferenceDescription,
    names: tuple[str, ...],
    place: _Place,
    namespaces: list[str],
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
        owner=_text(place.node_id, namespaces),
        owner_kind=place.kind,
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
