"""Payloads of Sparkplug B, read and written; pure. Field numbers are those of its published schema.

What is wrong inside one metric costs that metric only. A value is kept as it was written, for only the type
that a birth declared tells a signed number from an unsigned one.
"""

from __future__ import annotations

import math
import zlib
from enum import IntEnum

import msgspec

from console.core.errors import DecodeError
from console.feeds.sparkplug import protobuf as pb

MOST_METRICS = 50_000
LONGEST = 16 * 1024 * 1024
"""Bytes of a payload once it is unpacked."""
_COMPRESSED = "SPBV1.0_COMPRESSED"
_MAX_LEVELS = 6


class DataType(IntEnum):
    """Types of a metric (Sparkplug 3.0 clause 6.4.16)."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19


_WIDTHS = {1: 8, 2: 16, 3: 32, 4: 64, 5: 8, 6: 16, 7: 32, 8: 64, 13: 64}
_SIGNED = frozenset({1, 2, 3, 4})
_TEXTS = frozenset({12, 14, 15})
Value = int | float | bool | str | None


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric as it was written; `at` is UTC ms, 0 for none."""

    name: str = ""
    alias: int | None = None
    at: int = 0
    datatype: int = 0
    historical: bool = False
    null: bool = False
    value: Value = None
    """None if there is none that could be drawn: a data set, bytes, a template."""
    unit: str = ""
    label: str = ""
    """Of the properties `displayName` or `description`."""
    low: float | None = None
    high: float | None = None
    """Engineering range, of the properties `engLow` and `engHigh`."""
    quality: int | None = None
    """Of the property `Quality`: 192 good, 0 bad, 500 stale, as OPC has them."""
    members: tuple[Metric, ...] = ()
    """Metrics of a template."""
    told: tuple[tuple[str, str | bool], ...] = ()
    """Properties of a command; of what is read only unit and quality are kept."""


class Payload(msgspec.Struct, kw_only=True):
    """One message; `at` is UTC ms, 0 for none."""

    at: int = 0
    metrics: list[Metric] = msgspec.field(default_factory=list[Metric])
    seq: int | None = None
    faults: list[tuple[str, str]] = msgspec.field(default_factory=list[tuple[str, str]])


def read_payload(data: bytes, unpack: bool = True) -> Payload:
    """Contents of a message; raises DecodeError for what is no payload at all, or one that is packed twice."""
    out = Payload()
    uuid, body = "", b""
    for number, _, value in pb.read_fields(data, "payload"):
        if number == 1:
            out.at = pb.whole(value, "timestamp")
        elif number == 2:
            _add(out, value)
        elif number == 3:
            out.seq = pb.whole(value, "seq")
        elif number == 4:
            uuid = pb.text(value, "uuid")
        elif number == 5:
            body = pb.raw(value, "body")
    if uuid != _COMPRESSED:
        return out
    if not unpack:
        raise DecodeError("body", "compression")
    return read_payload(_unpacked(body), unpack=False)


def _add(out: Payload, value: int | bytes) -> None:
    place = len(out.metrics) + len(out.faults)
    if place >= MOST_METRICS:
        raise DecodeError("metrics", "too_many")
    where = f"metrics[{place}]"
    try:
        out.metrics.append(_metric(pb.raw(value, where), where, 0))
    except DecodeError as error:
        out.faults.append((error.where, error.reason))


def _unpacked(body: bytes) -> bytes:
    """A compressed payload, zlib or gzip as its head says; bounded, for a small one may unpack to anything."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        data = unpacker.decompress(body, LONGEST)
    except zlib.error:
        raise DecodeError("body", "compression") from None
    if unpacker.unconsumed_tail:
        raise DecodeError("body", "too_large")
    if not unpacker.eof:
        raise DecodeError("body", "truncated")
    return data


def _metric(data: bytes, where: str, level: int) -> Metric:
    fields: dict[str, object] = {}
    for number, _, value in pb.read_fields(data, where):
        if number == 1:
            fields["name"] = pb.text(value, f"{where}.name")
        elif number in _PLAIN:
            fields[_PLAIN[number]] = pb.whole(value, f"{where}.{_PLAIN[number]}")
        elif number in _FLAGS:
            fields[_FLAGS[number]] = bool(pb.whole(value, f"{where}.{_FLAGS[number]}"))
        elif number == 9:
            fields |= _properties(pb.raw(value, where), f"{where}.properties")
        elif number == 18:
            fields["members"] = _members(pb.raw(value, where), where, level + 1)
        elif 10 <= number <= 15:
            fields["value"] = _value(number, value, f"{where}.value")
    return msgspec.convert(fields, Metric)


_PLAIN = {2: "alias", 3: "at", 4: "datatype"}
_FLAGS = {5: "historical", 7: "null"}


def _value(number: int, value: int | bytes, where: str) -> Value:
    """One of the plain members of `oneof value`."""
    if number in (10, 11):
        return pb.whole(value, where)
    if number in (12, 13):
        return pb.real(value, where)
    return bool(pb.whole(value, where)) if number == 14 else pb.text(value, where)


def _members(data: bytes, where: str, level: int) -> tuple[Metric, ...]:
    if level > _MAX_LEVELS:
        raise DecodeError(where, "too_deep")
    found: list[Metric] = []
    for number, _, value in pb.read_fields(data, where):
        if number == 2:
            inside = f"{where}.metrics[{len(found)}]"
            found.append(_metric(pb.raw(value, inside), inside, level))
    return tuple(found)


def _properties(data: bytes, where: str) -> dict[str, object]:
    """Unit, range, label and quality out of a property set, whose keys and values stand in two lists."""
    keys: list[str] = []
    values: list[Value] = []
    for number, _, value in pb.read_fields(data, where):
        if number == 1:
            keys.append(pb.text(value, where))
        elif number == 2:
            values.append(_property(pb.raw(value, where), where))
    found: dict[str, object] = {}
    for key, value in zip(keys, values, strict=False):
        word = key.lower()
        if word in ("engunit", "unit", "units") and isinstance(value, str):
            found["unit"] = value
        elif word == "quality" and isinstance(value, int):
            found["quality"] = value
        elif word in _RANGE and isinstance(value, (int, float)) and math.isfinite(value):
            found[_RANGE[word]] = float(value)
        elif word in _LABELS and isinstance(value, str) and value:
            found.setdefault("label", value)
    return found


_RANGE = {"englow": "low", "enghigh": "high"}
_LABELS = ("displayname", "description")


def _property(data: bytes, where: str) -> Value:
    found: Value = None
    datatype = 0
    for number, _, value in pb.read_fields(data, where):
        if number == 1:
            datatype = pb.whole(value, where)
        elif 3 <= number <= 8:
            found = _value(number + 7, value, where)
    if isinstance(found, bool) or not isinstance(found, int):
        return found
    return _whole(found, datatype)


def _whole(value: int, datatype: int) -> int:
    """A number without a fraction as its type means it."""
    width = _WIDTHS.get(datatype)
    if width is None:
        return value
    value &= 2**width - 1
    return value - 2**width if datatype in _SIGNED and value >> (width - 1) else value


def typed(metric: Metric, datatype: int) -> Value:
    """The value as its type means it; raises DecodeError for a value of another kind, None for no value."""
    value = metric.value
    if value is None or metric.null:
        return None
    if datatype in _WIDTHS and isinstance(value, int):
        return _whole(value, datatype)
    if datatype == DataType.BOOLEAN and isinstance(value, int):
        return bool(value)
    if datatype in _TEXTS or isinstance(value, str):
        if datatype in _TEXTS and isinstance(value, str):
            return value
        raise DecodeError(metric.name or f"alias {metric.alias}", "wrong_type")
    return value


def write_payload(payload: Payload) -> bytes:
    """The bytes of a message."""
    out = pb.write_number(1, payload.at) if payload.at else b""
    out += b"".join(pb.write_bytes(2, write_metric(metric)) for metric in payload.metrics)
    return out + (pb.write_number(3, payload.seq) if payload.seq is not None else b"")


def write_metric(metric: Metric) -> bytes:
    """The bytes of a metric; raises OverflowError or ValueError for a value that its type cannot hold."""
    out = pb.write_bytes(1, metric.name.encode()) if metric.name else b""
    for number, value in ((2, metric.alias), (3, metric.at or None), (4, metric.datatype or None)):
        if value is not None:
            out += pb.write_number(number, value)
    if metric.historical:
        out += pb.write_number(5, 1)
    if metric.told:
        out += pb.write_bytes(9, _property_set(metric.told))
    if metric.null:
        return out + pb.write_number(7, 1)
    return out + _written(metric)


def _property_set(told: tuple[tuple[str, str | bool], ...]) -> bytes:
    out = b"".join(pb.write_bytes(1, key.encode()) for key, _ in told)
    for _, value in told:
        if isinstance(value, bool):
            one = pb.write_number(1, DataType.BOOLEAN) + pb.write_number(7, int(value))
        else:
            one = pb.write_number(1, DataType.STRING) + pb.write_bytes(8, value.encode())
        out += pb.write_bytes(2, one)
    return out


def _written(metric: Metric) -> bytes:
    value, kind = metric.value, metric.datatype
    if value is None:
        return b""
    if kind in _TEXTS or isinstance(value, str):
        if not isinstance(value, str) or kind not in _TEXTS:
            raise ValueError(f"{metric.name}: {value!r} is not of type {kind}")
        return pb.write_bytes(15, value.encode())
    if kind == DataType.BOOLEAN:
        return pb.write_number(14, int(bool(value)))
    if kind == DataType.FLOAT:
        return pb.write_float(12, float(value))
    if kind == DataType.DOUBLE:
        return pb.write_double(13, float(value))
    width = _WIDTHS.get(kind)
    if width is None:
        raise ValueError(f"{metric.name}: no value of type {kind} can be written")
    number = int(value)
    low = -(2 ** (width - 1)) if kind in _SIGNED else 0
    if number != value or not low <= number < low + 2**width:
        raise OverflowError(f"{metric.name}: {value!r} does not fit into type {kind}")
    return pb.write_number(10 if width <= 32 else 11, number & (2 ** max(width, 32) - 1))
