"""From the names of points to the nodes of a server, and what the server says of these nodes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportAttributeAccessIssue=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from typing import cast

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node

from console.feeds.opcua.codec import NodeName, PointName, Value

CHUNK = 500
"""Nodes in one request; servers refuse more than they like with BadTooManyOperations."""


class Nodes:
    """Nodes of one session; namespaces are those of the server as it runs now."""

    def __init__(self, client: Client, namespaces: Sequence[str]) -> None:
        self._client = client
        self._namespaces = list(namespaces)

    def node_id(self, name: NodeName) -> ua.NodeId | None:
        """The node id of a name, None if the server does not know its namespace or it is none."""
        namespace = name.namespace
        if isinstance(namespace, str):
            if namespace not in self._namespaces:
                return None
            namespace = self._namespaces.index(namespace)
        index = ua.Int16(namespace)
        try:
            match name.kind:
                case "i":
                    return ua.NodeId(ua.Int32(int(name.identifier)), index)
                case "s":
                    return ua.NodeId(name.identifier, index, ua.NodeIdType.String)
                case "g":
                    return ua.NodeId(uuid.UUID(name.identifier), index, ua.NodeIdType.Guid)
                case _:
                    raw = base64.b64decode(name.identifier, validate=True)
                    return ua.NodeId(raw, index, ua.NodeIdType.ByteString)
        except (ValueError, binascii.Error):
            return None

    async def find(self, points: Sequence[PointName]) -> list[ua.NodeId | None]:
        """Node ids of points; None for browse names and namespaces that the server does not have."""
        found = [self.node_id(point.node) for point in points]
        walks = [i for i, point in enumerate(points) if point.steps and found[i] is not None]
        for start in range(0, len(walks), CHUNK):
            part = walks[start : start + CHUNK]
            paths = [_browse_path(cast("ua.NodeId", found[i]), points[i].steps) for i in part]
            results = await self._client.uaclient.session.translate_browsepaths_to_nodeids(paths)
            for i, result in zip(part, results, strict=True):
                targets = result.Targets if result.StatusCode.is_good() else []
                found[i] = targets[0].TargetId if targets else None
        return found

    def node(self, node_id: ua.NodeId) -> Node:
        """A node to ask things of."""
        return self._client.get_node(node_id)

    async def values(self, node_ids: Sequence[ua.NodeId]) -> list[Value]:
        """What these nodes hold now, in the same order."""
        found: list[Value] = []
        for start in range(0, len(node_ids), CHUNK):
            request = ua.ReadParameters()
            request.TimestampsToReturn = ua.TimestampsToReturn.Both
            request.NodesToRead = [
                ua.ReadValueId(NodeId=node_id, AttributeId=ua.AttributeIds.Value)
                for node_id in node_ids[start : start + CHUNK]
            ]
            found += [value_of(value) for value in await self._client.uaclient.session.read(request)]
        return found

    async def write(self, request: ua.WriteParameters) -> list[ua.StatusCode]:
        """What the server says of each write."""
        return await self._client.uaclient.session.write(request)

    async def words(self, node_id: ua.NodeId) -> Mapping[int, str]:
        """Words of a state or an enumeration, which stand at the variable or at its type; empty for none."""
        node = self.node(node_id)
        words = await self._words_at(node)
        return words or await self._words_at(self.node(await node.read_data_type()))

    async def _words_at(self, node: Node) -> dict[int, str]:
        for name in ("0:EnumStrings", "0:EnumValues"):
            try:
                value: object = await (await node.get_child(name)).read_value()
            except ua.UaStatusCodeError:
                continue
            if isinstance(value, list):
                return dict(_word(number, item) for number, item in enumerate(cast("list[object]", value)))
        return {}


def _word(number: int, item: object) -> tuple[int, str]:
    if isinstance(item, ua.EnumValueType):
        return int(item.Value), str(item.DisplayName.Text)
    return number, str(getattr(item, "Text", item))


def _browse_path(start: ua.NodeId, steps: tuple[str, ...]) -> ua.BrowsePath:
    path = ua.BrowsePath()
    path.StartingNode = start
    for step in steps:
        element = ua.RelativePathElement()
        element.ReferenceTypeId = ua.NodeId(ua.Int32(ua.ObjectIds.HierarchicalReferences))
        element.IsInverse = False
        element.IncludeSubtypes = True
        number, colon, name = step.partition(":")
        own = colon and number.isdecimal()
        element.TargetName = ua.QualifiedName(
            name if own else step, ua.UInt16(int(number) if own else start.NamespaceIndex)
        )
        path.RelativePath.Elements.append(element)
    return path


def value_of(value: ua.DataValue) -> Value:
    """A value of the library as one of the codec."""
    variant = value.Value
    code = value.StatusCode.value if value.StatusCode is not None else 0
    data = variant.Value if variant is not None else None
    return Value(data, int(code), value.SourceTimestamp, value.ServerTimestamp)
