"""Subscriptions and PUT requests of Signal K with their states; pure (Signal K 1.7).

A test carries `"test": true`, and so does the response of who made it one.
"""

from __future__ import annotations

import json

from console.feeds.base import DeviceAnswer, DeviceCommand

_CAUSES = {409: "BLOCKED_BY_PROCESS", 423: "BLOCKED_BY_MODE"}


def subscribe_frame(context: str) -> str:
    """Every path of the contexts that match, as soon as it changes."""
    paths = [{"path": "*", "format": "delta", "policy": "instant"}]
    return json.dumps({"context": context, "subscribe": paths})


def put_frame(command: DeviceCommand, booleans: bool) -> str:
    """A PUT; with `booleans` the words true and false go out as JSON booleans."""
    value: float | bool | str | int = command.value
    if booleans and value in ("true", "false"):
        value = value == "true"
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    frame: dict[str, object] = {
        "context": command.source,
        "requestId": command.command_id,
        "put": {"path": command.path, "value": value},
    }
    if command.test:
        frame["test"] = True
    return json.dumps(frame, ensure_ascii=False)


def read_response(frame: dict[str, object], accepted: bool) -> tuple[str, DeviceAnswer] | None:
    """Request id and answer, None if it is no response; `accepted` tells that the request was pending."""
    request, state, code = frame.get("requestId"), frame.get("state"), frame.get("statusCode")
    if not isinstance(request, str) or not isinstance(state, str):
        return None
    status = code if isinstance(code, int) else 0
    message = frame.get("message")
    detail = " ".join(part for part in (str(status or state), message) if isinstance(part, str))[:200]
    cause, test = _CAUSES.get(status, ""), frame.get("test") is True
    return request, DeviceAnswer(_kind(state, status, accepted), detail=detail, cause=cause, test=test)


def _kind(state: str, status: int, accepted: bool) -> str:
    if state == "PENDING":
        return "accepted"
    if state == "COMPLETED" and status in (0, 200):
        return "done" if accepted else "accepted_final"
    if status in (429, 503) and not accepted:
        return "busy"
    return "rejected" if 400 <= status < 500 and not accepted else "failed"
