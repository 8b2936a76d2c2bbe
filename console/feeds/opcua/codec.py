"""Names of nodes, status codes and values of OPC UA; pure, and without the library.

A point of the profile is a pair (source, path). The source is a node id such as `ns=2;s=P1` or, better,
`nsu=http://plant.example/;s=P1`, whose namespace keeps its meaning when the server numbers anew. The path is

    Level        a string that continues a string id: `s=P1` + join + `Level`; empty for the node itself
    /Level       browse names below the node, `/3:Motor/Speed`; without a number in the namespace of the node
    ns=4;i=17    a node id of its own
    ...#3        element 3 of an array, after any of these
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading

_KINDS = frozenset("isgb")
_SUB_CODE = 0xFFFF_0000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Servers without a clock send the epochs of Windows (1601) and Unix."""
_INFO_TYPE, _OVERFLOW = 0x0000_0400, 0x0000_0080
"""Info bits of a status code: it belongs to a value, and the server's queue has lost values before it."""

QUALITY_OF_SUB_CODE: Mapping[int, Quality] = {
    0x0096_0000: Quality.MANUAL,  # GoodLocalOverride: entered by hand
    0x4208_0000: Quality.MANUAL,  # UncertainTransducerInManual
    0x4091_0000: Quality.MANUAL,  # UncertainSubstituteValue: overwritten by hand
    0x4209_0000: Quality.SIMULATED,  # UncertainSimulatedValue
    0x4090_0000: Quality.STALE,  # UncertainLastUsableValue: whatever updated it has stopped
    0x408F_0000: Quality.DISCONNECTED,  # UncertainNoCommunicationLastUsableValue
    0x8005_0000: Quality.DISCONNECTED,  # BadCommunicationError
    0x800D_0000: Quality.DISCONNECTED,  # BadServerNotConnected
    0x8031_0000: Quality.DISCONNECTED,  # BadNoCommunication
    0x808A_0000: Quality.DISCONNECTED,  # BadNotConnected
}
"""Status codes that say more than their severity (IEC 62541-4 clause 7.39, 62541-8 clause 6.3)."""


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node id as text says it: the namespace is a number or a URI, the kind one of i s g b."""

    namespace: int | str
    kind: str
    identifier: str


@dataclass(frozen=True, slots=True)
class PointName:
    """Where a point is: a node, browse names below it, and an element of its array (-1 for none)."""

    node: NodeName
    steps: tuple[str, ...] = ()
    element: int = -1


@dataclass(frozen=True, slots=True)
class Value:
    """What a server says of a point; `data` is as the library has decoded it."""

    data: object
    code: int = 0
    source_time: datetime | None = None
    server_time: datetime | None = None


def quality_of(code: int) -> Quality:
    """Quality of a status code: by its sub-code where that says more, else by its severity."""
    found = QUALITY_OF_SUB_CODE.get(code & _SUB_CODE)
    if found is not None:
        return found
    return (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.BAD)[code >> 30 & 3]


def overflowed(code: int) -> bool:
    """Whether the server has lost values of this point before this one."""
    return bool(code & _INFO_TYPE and code & _OVERFLOW)


def read_node(text: str) -> NodeName | None:
    """A node id in the text form of IEC 62541-6 clause 5.1.12, None for something else."""
    namespace: int | str = 0
    rest = text
    if text.startswith("ns="):
        number, _, rest = text[3:].partition(";")
        if not number.isdecimal() or int(number) > 65_535:
            return None
        namespace = int(number)
    elif text.startswith("nsu="):
        uri, _, rest = text[4:].partition(";")
        namespace = unquote(uri)
        if not namespace:
            return None
    kind, equals, identifier = rest[:1], rest[1:2], rest[2:]
    if kind not in _KINDS or equals != "=" or not identifier:
        return None
    if kind == "i" and not (identifier.isdecimal() and int(identifier) < 2**32):
        return None
    return NodeName(namespace, kind, identifier)


def point_name(source: str, path: str, join: str) -> PointName:
    """Where the point of these names is; raises ValueError saying what cannot be understood."""
    path, element = _element(path)
    own = read_node(path)
    if own is not None:
        return PointName(own, element=element)
    node = read_node(source)
    if node is None:
        raise ValueError(f"{source} is not a node id")
    if path.startswith("/"):
        steps = tuple(path[1:].split("/"))
        if not all(steps):
            raise ValueError(f"{path} has an empty step")
        return PointName(node, steps, element)
    if not path:
        return PointName(node, element=element)
    if node.kind != "s":
        raise ValueError(
            f"{path} cannot continue {source}: only a string id can be continued, or write /{path}"
        )
    return PointName(NodeName(node.namespace, "s", f"{node.identifier}{join}{path}"), element=element)


def _element(path: str) -> tuple[str, int]:
    head, mark, number = path.rpartition("#")
    return (head, int(number)) if mark and number.isdecimal() and len(number) < 7 else (path, -1)


def time_of(value: Value) -> int:
    """UTC ns of a value: by the source, else by the server, else 0."""
    for time in (value.source_time, value.server_time):
        if time is not None:
            aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
            if aware >= _EARLIEST:
                return nanoseconds(aware)
    return 0


def nanoseconds(time: datetime) -> int:
    """UTC ns of a time with a zone, without the rounding of a float."""
    span = time - _EPOCH
    return ((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds) * 1_000


def reading_of(
    names: tuple[str, str], value: Value, element: int = -1, words: Mapping[int, str] | None = None
) -> Reading:
    """A value as a reading; without data it is NaN and BAD.

    `words` are those of an enumeration. Raises DecodeError for data that is no value of a tag.
    """
    quality = quality_of(value.code)
    at = time_of(value)
    data = value.data
    if isinstance(data, (list, tuple)):
        data = _one_of(names, list(data), element)  # pyright: ignore[reportUnknownArgumentType]
    elif element >= 0 and data is not None:
        raise DecodeError(" ".join(names), "wrong_type", repr(data)[:80])
    if data is None or (quality is Quality.BAD and not isinstance(data, str)):
        # What a server sends along with a bad status is not a measurement (IEC 62541-4 clause 7.7.1).
        return Reading(*names, math.nan, at, Quality.BAD)
    return Reading(*names, _plain(names, data, words), at, quality)


def _one_of(names: tuple[str, str], data: list[object], element: int) -> object:
    if element < 0:
        raise DecodeError(" ".join(names), "wrong_type", f"array of {len(data)}")
    if element >= len(data):
        raise DecodeError(" ".join(names), "missing", f"array of {len(data)}")
    return data[element]


def _plain(names: tuple[str, str], data: object, words: Mapping[int, str] | None) -> float | bool | str:
    if isinstance(data, bool):
        return data
    if isinstance(data, int):
        return words.get(int(data), str(int(data))) if words is not None else float(data)
    if isinstance(data, float):
        return data
    text = data if isinstance(data, str) else getattr(data, "Text", None)
    if isinstance(text, str):
        return text
    if isinstance(data, datetime):
        aware = data if data.tzinfo is not None else data.replace(tzinfo=UTC)
        return nanoseconds(aware) / 1e9
    raise DecodeError(" ".join(names), "wrong_type", repr(data)[:80])
