"""Messages to bytes and back, in msgpack or JSON, with limits on size and depth and a name for every
fault.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from console.core.errors import WireError
from console.wire.limits import (
    MAX_DEPTH,
    MAX_TO_CONSOLE,
    MAX_TO_HUB,
    SUBPROTOCOL_JSON,
    WireFault,
)
from console.wire.messages import Message, ToConsole, ToHub

T = TypeVar("T")


class Codec(Generic[T]):
    """Reads messages of one direction and writes any message, in one sub-protocol."""

    def __init__(self, subprotocol: str, reads: object, max_bytes: int) -> None:
        self.text = subprotocol == SUBPROTOCOL_JSON
        self._max = max_bytes
        self._types: object = reads
        self._pack: Callable[[object], bytes] = msgspec.msgpack.Encoder().encode

    def encode(self, message: Message) -> bytes | str:
        """The message as one WebSocket message: str for JSON, bytes for msgpack."""
        if self.text:
            return msgspec.json.encode(message).decode()
        return self._pack(message)

    def decode(self, data: bytes | str) -> T:
        """A message from the other side. Raises WireError with the fault and where it is."""
        if len(data) > self._max:
            raise WireError(WireFault.TOO_LARGE, f"{len(data)} bytes")
        tree = self._tree(data)
        _check(tree, 1)
        try:
            return cast("T", msgspec.convert(tree, cast("type[object]", self._types)))
        except msgspec.ValidationError as error:
            raise WireError(_fault(tree, str(error)), str(error)[:200]) from error

    def _tree(self, data: bytes | str) -> object:
        try:
            if self.text:
                return json.loads(data, object_pairs_hook=_unique)
            if isinstance(data, str):
                raise WireError(WireFault.MALFORMED, "text message on the binary sub-protocol")
            return msgspec.msgpack.decode(data)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise WireError(WireFault.MALFORMED, str(error)[:200]) from error


def hub_codec(subprotocol: str) -> Codec[ToHub]:
    """Codec of the hub's side."""
    return Codec(subprotocol, ToHub, MAX_TO_HUB)


def console_codec(subprotocol: str) -> Codec[ToConsole]:
    """Codec of the console's side."""
    return Codec(subprotocol, ToConsole, MAX_TO_CONSOLE)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _check(node: object, depth: int) -> None:
    if depth > MAX_DEPTH + 4:
        raise WireError(WireFault.TOO_DEEP)
    if isinstance(node, float) and not math.isfinite(node):
        raise WireError(WireFault.NOT_FINITE)
    if isinstance(node, dict):
        for value in cast("dict[object, object]", node).values():
            _check(value, depth + 1)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            _check(value, depth + 1)


def _fault(tree: object, words: str) -> WireFault:
    if (
        not isinstance(tree, dict)
        or ("Invalid value" in words
        and "$.t" in words)
        or "missing required field `t`" in words
    ):
        return WireFault.UNKNOWN_TYPE
    return WireFault.BAD_FIELD
