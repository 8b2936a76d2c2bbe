"""Shape of a msgpack message before it is decoded: depth, keys and leftovers, which a decoder would let pass.

Messages to the hub are made of maps with different string keys, arrays, strings, numbers, booleans and nil.
"""

from __future__ import annotations

from console.core.errors import WireError
from console.wire.limits import MAX_DEPTH, WireFault

_INTEGERS = {first + i: 1 << i for first in (0xCC, 0xD0) for i in range(4)}
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8} | _INTEGERS
_STRINGS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}


def check_shape(data: bytes) -> None:
    """Raises WireError for a message that is too deep, repeats a key, or is not one whole value of these kinds."""
    end = _value(data, 0, 1)
    if end != len(data):
        raise WireError(WireFault.MALFORMED, f"{len(data) - end} bytes after the message")


def _value(data: bytes, at: int, depth: int) -> int:
    """Position behind the value at `at`."""
    head = _byte(data, at)
    if head <= 0x7F or head >= 0xE0:
        return at + 1
    if head in _FIXED:
        return _within(data, at + 1 + _FIXED[head])
    if _is_string(head):
        return _string(data, at)[1]
    if 0x90 <= head <= 0x9F or head in _ARRAYS:
        count, at = _count(data, at, _ARRAYS, 0x0F)
        return _array(data, at, count, _deeper(depth))
    if 0x80 <= head <= 0x8F or head in _MAPS:
        count, at = _count(data, at, _MAPS, 0x0F)
        return _map(data, at, count, _deeper(depth))
    raise WireError(WireFault.MALFORMED, f"byte {head:#04x} at {at}")


def _array(data: bytes, at: int, count: int, depth: int) -> int:
    for _ in range(count):
        at = _value(data, at, depth)
    return at


def _map(data: bytes, at: int, count: int, depth: int) -> int:
    seen: set[bytes] = set()
    for _ in range(count):
        if not _is_string(_byte(data, at)):
            raise WireError(WireFault.MALFORMED, f"key at {at} is not a string")
        key, at = _string(data, at)
        if key in seen:
            raise WireError(WireFault.MALFORMED, f"a key stands twice in one object, at {at}")
        seen.add(key)
        at = _value(data, at, depth)
    return at


def _deeper(depth: int) -> int:
    if depth > MAX_DEPTH:
        raise WireError(WireFault.TOO_DEEP)
    return depth + 1


def _is_string(head: int) -> bool:
    return 0xA0 <= head <= 0xBF or head in _STRINGS


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    size, begin = _count(data, at, _STRINGS, 0x1F)
    end = _within(data, begin + size)
    return data[begin:end], end


def _count(data: bytes, at: int, wide: dict[int, int], mask: int) -> tuple[int, int]:
    """Length in a head of one byte, or in the `wide` bytes behind it, and the position behind that."""
    head = data[at]
    if head not in wide:
        return head & mask, at + 1
    end = _within(data, at + 1 + wide[head])
    return int.from_bytes(data[at + 1 : end], "big"), end


def _byte(data: bytes, at: int) -> int:
    return data[_within(data, at + 1) - 1]


def _within(data: bytes, end: int) -> int:
    if end > len(data):
        raise WireError(WireFault.MALFORMED, "the message ends early")
    return end
