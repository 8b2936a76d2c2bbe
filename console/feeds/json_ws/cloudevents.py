"""CloudEvents 1.0 over WebSocket: one structured event a message (WebSockets protocol binding, 3); pure.

An event that arrives twice has the same source and id (CloudEvents 1.0, 3.1.1) and is one event.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceCommand, FeedDown, Reading
from console.feeds.json_guard import load_object
from console.feeds.json_paths import leaves
from console.feeds.json_ws.codec import Decoded, number_in
from console.feeds.times import read_time

Tree = dict[str, object]
REMEMBERED = 10_000
NAMES = frozenset({"source", "subject"})


class CloudEvents:
    """Events whose `data` are the values; `name_by` tells whether the source or the subject names the object."""

    subprotocols: tuple[str, ...] = ("cloudevents.json",)

    def __init__(self, name_by: str = "source", types: frozenset[str] = frozenset()) -> None:
        self._name_by = name_by
        self._types = types
        """Types of events that are data; empty for all."""
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def opening(self, token: str) -> list[str]:
        """As Dialect: whoever connects is sent events."""
        return []

    def read(self, frame: bytes | str, limit: int) -> Decoded:
        """As Dialect."""
        event, out = load_object(frame, limit), Decoded()
        if event.get("specversion") != "1.0":
            raise DecodeError("specversion", "unknown_word", str(event.get("specversion"))[:40])
        source, number, kind = (_required(event, name) for name in ("source", "id", "type"))
        if self._types and kind not in self._types:
            return out
        out.data = True
        name = _required(event, "subject") if self._name_by == "subject" else source
        if not self._is_new(source, number):
            return out
        at = read_time(event["time"], None, "time") if event.get("time") is not None else 0
        for path, value in _values(event).items():
            if value is None:
                out.readings.append(Reading(name, path, float("nan"), at, Quality.BAD))
            else:
                out.readings.append(Reading(name, path, number_in(value), at))
        return out

    def write(self, command: DeviceCommand) -> str:
        """As Dialect: the standard knows events only."""
        raise FeedDown("no_commands", command.path)

    def _is_new(self, source: str, number: str) -> bool:
        if (source, number) in self._seen:
            return False
        self._seen[source, number] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True


def _required(event: Tree, name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise DecodeError(name, "missing")
    return value


def _values(event: Tree) -> Tree:
    """A plain value is named `data`; bytes are nobody's number."""
    if "data_base64" in event:
        raise DecodeError("data_base64", "wrong_type")
    data = event.get("data")
    if isinstance(data, (dict, list)):
        return leaves(cast("object", data))
    return {"data": data} if "data" in event else {}
