"""Commands as patches of one attribute (ETSI GS CIM 009 clauses 5.6.4 and 6.7.3.1); pure.

To a broker by HTTP. Over the event socket of the demo city as frames:
`{"type": "AttributePatch", "requestId", "entityId", "attrName", "value"}` is answered by
`{"type": "AttributePatchResult", "requestId", "status", "title"}` with the status of an HTTP PATCH of the
attribute. A test carries `"test": true`, and so does the result of who made it one.
"""

from __future__ import annotations

import json
from typing import cast
from urllib.parse import quote

from console.core.errors import DecodeError
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.json_guard import load

RESULT = "AttributePatchResult"
_BUSY = frozenset({429, 503})
_REFUSALS = frozenset({501, 503})
"""Failures of a server that say that it has not done what was asked."""
_CAUSES = {409: "BLOCKED_BY_PROCESS", 423: "BLOCKED_BY_MODE", 405: "UNSUPPORTED", 501: "UNSUPPORTED"}
"""Conflict with the state of the device; locked: somebody has it in local mode; nothing can do it."""


def subscribe_frame(subscription: str, entities: tuple[str, ...]) -> str:
    """What the event socket expects first; no entities means all of them."""
    return json.dumps({"subscriptionId": subscription, "entityIds": list(entities) or None})


def patch_frame(command: DeviceCommand) -> str:
    """The patch of one attribute."""
    frame: dict[str, object] = {
        "type": "AttributePatch",
        "requestId": command.command_id,
        "entityId": command.source,
        "attrName": command.path,
        "value": _property(command.value),
    }
    if command.test:
        frame["test"] = True
    return json.dumps(frame, ensure_ascii=False)


def read_result(frame: dict[str, object]) -> tuple[str, DeviceAnswer] | None:
    """Request id and answer of a result frame; None if it is none or has no status."""
    request, status = frame.get("requestId"), frame.get("status")
    if frame.get("type") != RESULT or not isinstance(request, str) or not isinstance(status, int):
        return None
    title = frame.get("title")
    detail = f"{status} {title}"[:200] if isinstance(title, str) and title else str(status)
    cause, test = _CAUSES.get(status, ""), frame.get("test") is True
    return request, DeviceAnswer(_kind(status), detail=detail, cause=cause, test=test)


def patch_target(command: DeviceCommand) -> str:
    """What is patched at a broker; raises FeedDown for a path that is no attribute of its own."""
    name = command.path
    if not name or "@" in name or ("/" in name and "://" not in name):
        raise FeedDown("no_commands", name[:80])
    return f"/entities/{quote(command.source, safe=':')}/attrs/{quote(name, safe='')}"


def patch_body(command: DeviceCommand) -> bytes:
    """The new value; raises FeedDown for a test: a broker would take it for an order (CMD-15)."""
    if command.test:
        raise FeedDown("no_tests", command.path)
    return json.dumps(_property(command.value), ensure_ascii=False).encode()


def read_status(status: int, body: bytes) -> DeviceAnswer | None:
    """What a broker's answer says of a command; None if it leaves open whether the value was written.

    A broker or a gateway that fails (500, 502, 504 ...) has read the request: nobody knows what became of it.
    """
    title, left_out = _told(body)
    detail = f"{status} {title}".strip()[:200]
    if status == 207 and left_out:
        return DeviceAnswer("rejected", detail=f"{status} {left_out}"[:200])
    if status < 200 or (status >= 500 and status not in _REFUSALS):
        return None
    if 300 <= status < 400:
        return DeviceAnswer("rejected", detail=detail, cause="UNSUPPORTED")
    kind = "rejected" if status == 501 else _kind(status)
    return DeviceAnswer(kind, detail=detail, cause=_CAUSES.get(status, ""))


def problem(body: bytes) -> str:
    """Title and detail of an error (clause 5.5.2), what there is of them."""
    return _told(body)[0]


def _told(body: bytes) -> tuple[str, str]:
    """Words of an error, and why an attribute was not updated (clause 5.2.18)."""
    try:
        tree = load(body, 65_536) if body else None
    except DecodeError:
        return "", ""
    node = cast("dict[str, object]", tree) if isinstance(tree, dict) else {}
    words = [value for name in ("title", "detail") if isinstance(value := node.get(name), str)]
    missed = node.get("notUpdated")
    if not isinstance(missed, list) or not missed:
        return " ".join(words)[:200], ""
    first = cast("list[object]", missed)[0]
    reason = cast("dict[str, object]", first).get("reason", "") if isinstance(first, dict) else first
    return " ".join(words)[:200], str(reason) or "not updated"


def _property(value: float | str) -> dict[str, object]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a device that counts must not read 3.0
    return {"type": "Property", "value": value}


def _kind(status: int) -> str:
    if status == 202:
        return "accepted"
    if 200 <= status < 300:
        return "accepted_final"
    return "busy" if status in _BUSY else "failed" if status >= 500 else "rejected"
