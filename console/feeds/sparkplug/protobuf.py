"""The wire format of Protocol Buffers, as much as Sparkplug uses; pure. Every fault is a DecodeError."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from console.core.errors import DecodeError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_MASK = 2**64 - 1

Field = tuple[int, int, int | bytes]
"""Number, wire type and value; the fixed types come as their bytes."""


def read_fields(data: bytes, where: str) -> Iterator[Field]:
    """Fields in order; raises DecodeError `truncated`, `length` or `wrong_type`."""
    at, end = 0, len(data)
    while at < end:
        # Nearly every key, size and number is one byte: no call for these.
        key, at = (data[at], at + 1) if data[at] < 128 else _varint(data, at, where)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise DecodeError(where, "wrong_type", "field 0")
        if kind in (VARINT, BYTES):
            size, at = (data[at], at + 1) if at < end and data[at] < 128 else _varint(data, at, where)
            if kind == VARINT:
                yield number, kind, size
                continue
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise DecodeError(where, "wrong_type", f"wire type {kind}")
        if size > end - at:
            raise DecodeError(where, "truncated", f"field {number}")
        yield number, kind, data[at : at + size]
        at += size


def _varint(data: bytes, at: int, where: str) -> tuple[int, int]:
    value = 0
    for place in range(10):
        if at >= len(data):
            raise DecodeError(where, "truncated")
        byte = data[at]
        at += 1
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value & _MASK, at
    raise DecodeError(where, "length")


def whole(value: int | bytes, where: str) -> int:
    """An unsigned number, however it was written."""
    if isinstance(value, int):
        return value
    return int.from_bytes(raw(value, where, 4, 8), "little")


def raw(value: int | bytes, where: str, *sizes: int) -> bytes:
    """Bytes, of one of these sizes if any are given."""
    if isinstance(value, int) or (sizes and len(value) not in sizes):
        raise DecodeError(where, "wrong_type")
    return value


def real(value: int | bytes, where: str) -> float:
    """A float or a double, told apart by its size."""
    data = raw(value, where, 4, 8)
    return float(struct.unpack("<f" if len(data) == 4 else "<d", data)[0])


def text(value: int | bytes, where: str) -> str:
    """UTF-8."""
    try:
        return raw(value, where).decode()
    except UnicodeDecodeError:
        raise DecodeError(where, "encoding") from None


def varint(value: int) -> bytes:
    """An unsigned number of up to 64 bits; negative ones as two's complement."""
    value &= _MASK
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_number(number: int, value: int) -> bytes:
    """A varint field."""
    return varint(number << 3 | VARINT) + varint(value)


def write_bytes(number: int, value: bytes) -> bytes:
    """A field with its length."""
    return varint(number << 3 | BYTES) + varint(len(value)) + value


def write_float(number: int, value: float) -> bytes:
    """A float field; raises OverflowError for what no float can hold."""
    return varint(number << 3 | FIXED32) + struct.pack("<f", value)


def write_double(number: int, value: float) -> bytes:
    """A double field."""
    return varint(number << 3 | FIXED64) + struct.pack("<d", value)
