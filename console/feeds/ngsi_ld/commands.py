"""Commands over the event socket: an attribute patch and its result; pure.

`{"type": "AttributePatch", "requestId", "entityId", "attrName", "value"}` is answered by
`{"type": "AttributePatchResult", "requestId", "status", "title"}` with the status of an HTTP PATCH of the
attribute (ETSI GS CIM 009 clause 5.6.4). A test carries `"test": true`, and so does the result of who made it one.
"""

from __future__ import annotations

import json

from console.feeds.base import DeviceAnswer, DeviceCommand

RESULT = "AttributePatchResult"
_FINAL = frozenset({200, 204, 207})
_BUSY = frozenset({429, 503})
_CAUSES = {409: "BLOCKED_BY_PROCESS", 423: "BLOCKED_BY_MODE"}
"""Conflict with the state of the device; locked: somebody has it in local mode."""


def subscribe_frame(subscription: str, entities: tuple[str, ...]) -> str:
    """What the event socket expects first; no entities means all of them."""
    return json.dumps({"subscriptionId": subscription, "entityIds": list(entities) or None})


def patch_frame(command: DeviceCommand) -> str:
    """The patch of one attribute."""
    value = command.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a device that counts must not read 3.0
    frame: dict[str, object] = {
        "type": "AttributePatch",
        "requestId": command.command_id,
        "entityId": command.source,
        "attrName": command.path,
        "value": {"type": "Property", "value": value},
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


def _kind(status: int) -> str:
    if status == 202:
        return "accepted"
    if status in _FINAL:
        return "accepted_final"
    return "busy" if status in _BUSY else "failed" if status >= 500 else "rejected"
