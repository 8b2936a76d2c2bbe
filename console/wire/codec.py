"""Messages to bytes and back, in msgpack or JSON, with limits on size and depth and a name for every fault.

The hub trusts nobody: it looks at the whole tree before it makes a message of it (SEC-25, SEC-26). A console
reads its own hub with the fast typed decoder, under the same schema and size limit.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from console.core.errors import WireError
from console.core.plaintext import first_forbidden
from console.wire.limits import MAX_DEPTH, MAX_TO_CONSOLE, MAX_TO_HUB, SUBPROTOCOL_JSON, WireFault
from console.wire.messages import Message, ToConsole, ToHub
from console.wire.msgpack_shape import check_shape

T = TypeVar("T")
Decode = Callable[[bytes | str], object]

NAMES = ("user", "station", "lang", "request", "command_id", "subject", "area")
"""Fields that name something: no control, bidi or zero-width characters. Free texts are judged by what takes them."""

_INT64 = range(-(2**63), 2**63)
_PATH = re.compile(r"at `(?:key in )?\$\.?([^`]*)`")


class Codec(Generic[T]):
    """Reads messages of one direction and writes any message, in one sub-protocol."""

    def __init__(self, subprotocol: str, decode: Decode, max_bytes: int) -> None:
        self.text = subprotocol == SUBPROTOCOL_JSON
        self._max = max_bytes
        self._decode = decode
        self._pack: Callable[[object], bytes] = msgspec.msgpack.Encoder().encode

    def encode(self, message: Message) -> bytes | str:
        """The message as one WebSocket message: str for JSON, bytes for msgpack."""
        if self.text:
            return msgspec.json.encode(message).decode()
        return self._pack(message)

    def decode(self, data: bytes | str) -> T:
        """A message from the other side. Raises WireError with the fault and where it is."""
        if _bytes(data) > self._max:
            raise WireError(WireFault.TOO_LARGE, f"{_bytes(data)} bytes")
        if isinstance(data, str) and not self.text:
            raise WireError(WireFault.MALFORMED, "text message on the binary sub-protocol")
        try:
            return cast("T", self._decode(data))
        except msgspec.ValidationError as error:
            raise _schema_fault(str(error)) from error
        except RecursionError as error:
            raise WireError(WireFault.TOO_DEEP) from error
        except (msgspec.DecodeError, ValueError) as error:
            raise WireError(WireFault.MALFORMED, str(error)[:200]) from error


def hub_codec(subprotocol: str) -> Codec[ToHub]:
    """Codec of the hub's side, strict."""
    parse = _json_tree if subprotocol == SUBPROTOCOL_JSON else _msgpack_tree

    def decode(data: bytes | str) -> object:
        tree = parse(data)
        _check(tree, 1)
        message: object = msgspec.convert(tree, cast("type[object]", ToHub))
        _check_names(message)
        return message

    return Codec(subprotocol, decode, MAX_TO_HUB)


def console_codec(subprotocol: str) -> Codec[ToConsole]:
    """Codec of the console's side, fast."""
    kind = cast("type[object]", ToConsole)
    if subprotocol == SUBPROTOCOL_JSON:
        return Codec(subprotocol, msgspec.json.Decoder(kind).decode, MAX_TO_CONSOLE)
    return Codec(subprotocol, cast("Decode", msgspec.msgpack.Decoder(kind).decode), MAX_TO_CONSOLE)


def _json_tree(data: bytes | str) -> object:
    # json.loads would guess UTF-16 and UTF-32 from bytes.
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    return json.loads(text, object_pairs_hook=_unique)


def _msgpack_tree(data: bytes | str) -> object:
    packed = cast("bytes", data)
    check_shape(packed)
    return msgspec.msgpack.decode(packed)


def _bytes(data: bytes | str) -> int:
    if isinstance(data, bytes) or data.isascii():
        return len(data)
    return len(data.encode("utf-8", "surrogatepass"))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _check(node: object, depth: int) -> None:
    """Raises WireError for what no message holds: depth, numbers that are none, half characters."""
    match node:
        case dict():
            for key, value in cast("dict[str, object]", node).items():
                _check(key, depth)
                _check(value, _deeper(depth, value))
        case list():
            for value in cast("list[object]", node):
                _check(value, _deeper(depth, value))
        case float() if not math.isfinite(node):
            raise WireError(WireFault.NOT_FINITE)
        case int() if node not in _INT64:
            raise WireError(WireFault.BAD_FIELD, "integer beyond 64 bits")
        case str() if not node.isascii():
            # A lone surrogate of JSON cannot be written anywhere later.
            node.encode("utf-8")
        case _:
            pass


def _deeper(depth: int, value: object) -> int:
    """Depth of a value within a container at `depth`; simple values do not count."""
    if not isinstance(value, (dict, list)):
        return depth
    if depth >= MAX_DEPTH:
        raise WireError(WireFault.TOO_DEEP)
    return depth + 1


def _check_names(message: object) -> None:
    for name in NAMES:
        value = getattr(message, name, "")
        character = first_forbidden(value) if isinstance(value, str) else ""
        if character:
            raise WireError(WireFault.BAD_FIELD, f"{name}: {character}")


def _schema_fault(words: str) -> WireError:
    """The fault of a message that the schema refuses; `where` is the path of the field, or the words."""
    path = _PATH.search(words)
    where = path[1] if path and path[1] else words[:200]
    untagged = "missing required field `t`" in words or ("Expected `object`" in words and path is None)
    if untagged or where == "t":
        return WireError(WireFault.UNKNOWN_TYPE, where)
    return WireError(WireFault.BAD_FIELD, where)
