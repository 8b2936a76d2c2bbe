"""Eclipse Ditto's protocol over WebSocket (`/ws/2`): events of things, commands to their twins or to themselves; pure.

A thing is named `namespace:name`, its values by dotted paths such as `features.water.properties.level`. An answer of a
twin says that the twin has changed, not the device: the feedback tag of the command tells whether that has followed.
"""

from __future__ import annotations

import json
import math
from typing import cast
from urllib.parse import quote

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.json_guard import load_object
from console.feeds.json_paths import leaves
from console.feeds.json_ws.codec import Decoded
from console.feeds.times import read_time

Tree = dict[str, object]
CHANNELS = ("twin", "live")
_CHANGES = frozenset({"created", "modified", "merged"})


class Ditto:
    """Things on one channel; `rql` filters events at the server."""

    subprotocols: tuple[str, ...] = ()

    def __init__(self, channel: str = "twin", rql: str = "") -> None:
        self._channel = channel
        self._rql = rql

    def opening(self, token: str) -> list[str]:
        """As Dialect."""
        word = "START-SEND-EVENTS" if self._channel == "twin" else "START-SEND-LIVE-EVENTS"
        return [f"{word}?filter={quote(self._rql, safe='')}" if self._rql else word]

    def read(self, frame: bytes | str, limit: int) -> Decoded:
        """As Dialect. Acknowledgements of the protocol are plain text."""
        if isinstance(frame, str) and frame.endswith(":ACK") and len(frame) < 80:
            return Decoded()
        tree, out = load_object(frame, limit), Decoded()
        topic = tree.get("topic")
        parts = topic.split("/") if isinstance(topic, str) else []
        if len(parts) < 5:
            raise DecodeError("topic", "missing")
        if parts[2] != "things":
            return out
        if "status" in tree:
            out.answer = _answer(tree)
        elif parts[4] == "events":
            out.data = True
            if parts[-1] in _CHANGES:
                _event(f"{parts[0]}:{parts[1]}", tree, out)
        return out

    def write(self, command: DeviceCommand) -> str:
        """As Dialect. Ditto has no word for a test, so a test would be an order."""
        if command.test:
            raise FeedDown("no_tests", command.path)
        namespace, _, name = command.source.partition(":")
        frame = {
            "topic": f"{namespace}/{name}/things/{self._channel}/commands/modify",
            "headers": {"correlation-id": command.command_id, "response-required": True},
            "path": "/" + command.path.replace(".", "/"),
            "value": _plain(command.value),
        }
        return json.dumps(frame, ensure_ascii=False)


def _event(source: str, tree: Tree, out: Decoded) -> None:
    path, stamp = tree.get("path"), tree.get("timestamp")
    if not isinstance(path, str) or not path.startswith("/") or "value" not in tree:
        raise DecodeError("path", "missing")
    at = 0 if stamp is None else read_time(stamp, None, "timestamp")
    prefix, value = path.strip("/").replace("/", "."), tree["value"]
    found = leaves(cast("object", value), prefix) if isinstance(value, (dict, list)) else {prefix: value}
    for name, one in found.items():
        if one is None:
            out.readings.append(Reading(source, name, math.nan, at, Quality.BAD))
        else:
            out.readings.append(Reading(source, name, cast("float | bool | str", one), at))


def _answer(tree: Tree) -> tuple[str, DeviceAnswer] | None:
    """What became of a command; None for an answer to somebody else."""
    headers = tree.get("headers")
    request = cast("Tree", headers).get("correlation-id") if isinstance(headers, dict) else None
    status = tree["status"]
    if not isinstance(request, str) or isinstance(status, bool) or not isinstance(status, int):
        return None
    value = tree.get("value")
    told = cast("Tree", value).get("message") if isinstance(value, dict) else None
    detail = " ".join(part for part in (str(status), told) if isinstance(part, str))[:200]
    return request, DeviceAnswer(_kind(status), detail=detail)


def _kind(status: int) -> str:
    if 200 <= status < 300:
        return "accepted" if status == 202 else "accepted_final"
    if status in (429, 503):
        return "busy"
    # 408: the thing itself did not answer in time, and may yet do it.
    return "rejected" if 400 <= status < 500 and status != 408 else "failed"


def _plain(value: float | str) -> float | str | int:
    return int(value) if isinstance(value, float) and value.is_integer() else value
