"""Payloads that an edge node writes, and the commands it reads; pure.

Field numbers are those of the published schema.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from console.city.sparkplug import protobuf as pb
from console.city.sparkplug.protobuf import Unreadable

Value = float | bool | str


class DataType(IntEnum):
    """Types of metrics that this node has (Sparkplug 3.0 clause 6.4.16)."""

    INT32 = 3
    INT64 = 4
    UINT64 = 8
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12


@dataclass(frozen=True, slots=True)
class Property:
    """Something that a birth says of a metric."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric of a message; in a birth with its name, type and properties, in data with its alias alone."""

    name: str = ""
    alias: int | None = None
    datatype: DataType
    value: Value
    properties: tuple[Property, ...] = ()


def write(metrics: list[Metric], at: int, seq: int | None = None) -> bytes:
    """A message; `at` is UTC ms. A death has no `seq` (clause 6.4.20)."""
    out = [pb.whole(1, at)]
    out += [pb.chunk(2, _metric(metric, at)) for metric in metrics]
    return b"".join(out) + (pb.whole(3, seq) if seq is not None else b"")


def _metric(metric: Metric, at: int) -> bytes:
    out = b""
    if metric.name:
        out += pb.chunk(1, metric.name.encode())
    if metric.alias is not None:
        out += pb.whole(2, metric.alias)
    out += pb.whole(3, at)
    if metric.name:
        out += pb.whole(4, metric.datatype)
    if metric.properties:
        keys = b"".join(pb.chunk(1, one.key.encode()) for one in metric.properties)
        values = b"".join(pb.chunk(2, _property(one.value)) for one in metric.properties)
        out += pb.chunk(9, keys + values)
    return out + _value(metric)


def _value(metric: Metric) -> bytes:
    kind, value = metric.datatype, metric.value
    if kind is DataType.STRING:
        return pb.chunk(15, str(value).encode())
    if kind is DataType.BOOLEAN:
        return pb.whole(14, int(bool(value)))
    if kind is DataType.DOUBLE:
        return pb.double(13, float(value))
    # Signed numbers travel as two's complement of their width.
    return pb.whole(10, int(value) & 0xFFFF_FFFF) if kind is DataType.INT32 else pb.whole(11, int(value))


def _property(value: Value) -> bytes:
    if isinstance(value, bool):
        return pb.whole(1, DataType.BOOLEAN) + pb.whole(7, int(value))
    if isinstance(value, str):
        return pb.whole(1, DataType.STRING) + pb.chunk(8, value.encode())
    return pb.whole(1, DataType.DOUBLE) + pb.double(6, value)


@dataclass(slots=True)
class Order:
    """One metric of a command as it was written; `value` None for one that has none."""

    name: str = ""
    alias: int | None = None
    datatype: int = 0
    value: Value | None = None
    id: str = ""
    """Of the property `Id`: answers carry it."""
    test: bool = False
    """Of the property `Test`: only say what would happen."""


def read_orders(data: bytes) -> list[Order]:
    """Metrics of a command. Raises Unreadable."""
    found: list[Order] = []
    for field, value in pb.fields(data):
        if field == 2:
            found.append(_order(_bytes(value)))
    return found


def _order(data: bytes) -> Order:
    order = Order()
    for field, value in pb.fields(data):
        if field == 1:
            order.name = _text(value)
        elif field == 2:
            order.alias = _whole(value)
        elif field == 4:
            order.datatype = _whole(value)
        elif field == 9:
            known = _properties(_bytes(value))
            order.id, order.test = str(known.get("Id", ""))[:64], known.get("Test") is True
        elif 10 <= field <= 15:
            order.value = _read(field, value)
    if order.datatype == DataType.INT32 and isinstance(order.value, int):
        low = order.value & 0xFFFF_FFFF
        order.value = low - 2**32 if low >> 31 else low
    return order


def _read(field: int, value: int | bytes) -> Value:
    if field in (12, 13):
        raw = _bytes(value)
        if len(raw) != (4 if field == 12 else 8):
            raise Unreadable("size of a number")
        return float(struct.unpack("<f" if field == 12 else "<d", raw)[0])
    if field == 15:
        return _text(value)
    return bool(_whole(value)) if field == 14 else _whole(value)


def _properties(data: bytes) -> dict[str, Value]:
    keys: list[str] = []
    values: list[Value] = []
    for field, value in pb.fields(data):
        if field == 1:
            keys.append(_text(value))
        elif field == 2:
            values += [_read(kind + 7, part) for kind, part in pb.fields(_bytes(value)) if 3 <= kind <= 8][:1]
    return dict(zip(keys, values, strict=False))


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise Unreadable("a number where bytes must be")
    return value


def _whole(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise Unreadable("bytes where a number must be")
    return value


def _text(value: int | bytes) -> str:
    try:
        return _bytes(value).decode()
    except UnicodeDecodeError:
        raise Unreadable("text is no UTF-8") from None
