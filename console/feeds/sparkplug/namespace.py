"""Topics of Sparkplug B and the host's own state; pure. Clauses are those of Sparkplug 3.0."""

from __future__ import annotations

import json
from typing import cast

import msgspec

from console.core.errors import DecodeError
from console.feeds.json_guard import load_object
from console.feeds.mqtt_wire import Message

SPACE = "spBv1.0"
STATE = "STATE"
_NODE_KINDS = frozenset({"NBIRTH", "NDEATH", "NDATA", "NCMD"})
_DEVICE_KINDS = frozenset({"DBIRTH", "DDEATH", "DDATA", "DCMD"})


class Address(msgspec.Struct, frozen=True):
    """Whom a message is from or for (clause 4.1)."""

    kind: str
    group: str
    edge: str
    device: str = ""

    @property
    def source(self) -> str:
        """Name of the node or device as a profile maps it: `group/edge` or `group/edge/device`."""
        return source_of(self.group, self.edge, self.device)


def source_of(group: str, edge: str, device: str = "") -> str:
    """Name of a node, or of a device of it."""
    return f"{group}/{edge}/{device}" if device else f"{group}/{edge}"


def read_topic(topic: str) -> Address | None:
    """The address of a node's message; None for the state of a host, which is no payload at all.

    Raises DecodeError for a topic that Sparkplug does not have.
    """
    levels = topic.split("/")
    if STATE in (levels[0], levels[1] if len(levels) > 1 else ""):
        return None
    if levels[0] != SPACE or not all(levels):
        raise DecodeError(topic[:80], "topic")
    kind = levels[2] if len(levels) > 2 else ""
    if kind in _NODE_KINDS and len(levels) == 4:
        return Address(kind, levels[1], levels[3])
    if kind in _DEVICE_KINDS and len(levels) == 5:
        return Address(kind, levels[1], levels[3], levels[4])
    raise DecodeError(topic[:80], "topic")


def command_topic(group: str, edge: str, device: str = "") -> str:
    """Where a command for a node or a device is published."""
    if device:
        return f"{SPACE}/{group}/DCMD/{edge}/{device}"
    return f"{SPACE}/{group}/NCMD/{edge}"


def state_topic(host: str) -> str:
    """Where a host says whether it is online (clause 6.4.28)."""
    return f"{SPACE}/{STATE}/{host}"


def state_message(host: str, online: bool, at: int) -> Message:
    """The state of a host, retained; `at` is UTC ms and the same in the will and in the birth it belongs to."""
    payload = json.dumps({"online": online, "timestamp": at}).encode()
    return Message(state_topic(host), payload, 1, True)


def says_offline(payload: bytes) -> bool:
    """Whether a state says that its host is offline; in the older form it is a word. Raises DecodeError."""
    if payload.strip().upper() in (b"OFFLINE", b"ONLINE"):
        return payload.strip().upper() == b"OFFLINE"
    online = cast("object", load_object(payload).get("online"))
    if not isinstance(online, bool):
        raise DecodeError("online", "missing")
    return not online
