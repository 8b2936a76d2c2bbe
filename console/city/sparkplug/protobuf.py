"""The wire format of Protocol Buffers, as much as an edge node needs of it; pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MASK = 2**64 - 1


class Unreadable(Exception):
    """These bytes are no message."""


def varint(value: int) -> bytes:
    """A number of up to 64 bits; negative ones as two's complement."""
    value &= _MASK
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def whole(field: int, value: int) -> bytes:
    """A number."""
    return varint(field << 3 | _VARINT) + varint(value)


def chunk(field: int, value: bytes) -> bytes:
    """Bytes, a text or a message."""
    return varint(field << 3 | _BYTES) + varint(len(value)) + value


def double(field: int, value: float) -> bytes:
    """A number of eight bytes."""
    return varint(field << 3 | _FIXED64) + struct.pack("<d", value)


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values in order, those of a fixed size as their bytes. Raises Unreadable."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        field, kind = key >> 3, key & 7
        if kind not in (_VARINT, _FIXED64, _BYTES, _FIXED32) or not field:
            raise Unreadable(f"field {field} of kind {kind}")
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield field, value
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        else:
            size = 8 if kind == _FIXED64 else 4
        if size > end - at:
            raise Unreadable(f"field {field} is cut off")
        yield field, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(10):
        if at >= len(data):
            raise Unreadable("a number is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value & _MASK, at
    raise Unreadable("a number of more than 64 bits")
