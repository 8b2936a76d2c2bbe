"""Subscriptions and PUT requests of Signal K with their states; pure (Signal K 1.7).

A test carries `"test": true`, and so does the response of who made it one.
"""

from __future__ import annotations

import json

from console.feeds.base import DeviceAnswer, DeviceCommand

_STATES = ("PENDING", "COMPLETED", "FAILED")
_CAUSES = {409: "BLOCKED_BY_PROCESS", 423: "BLOCKED_BY_MODE"}


def subscribe_frame(context: str) -> str:
    """Every path of the contexts that match, as soon as it changes."""
    paths = [{"path": "*", "format": "delta", "policy": "instant"}]
    return json.dumps({"context": context, "subscribe": paths})


def put_frame(command: DeviceCommand, booleans: bool, context: str = "") -> str:
    """A PUT to `context`, else to what the command names; with `booleans` the words true and false go out as JSON
    booleans.
    """
    value: float | bool | str | int = command.value
    if booleans and value in ("true", "false"):
        value = value == "true"
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    frame: dict[str, object] = {
        "context": context or command.source,
        "requestId": command.command_id,
        "put": {"path": command.path, "value": value},
    }
    if command.test:
        frame["test"] = True
    return json.dumps(frame, ensure_ascii=False)


def read_response(frame: dict[str, object], accepted: bool) -> tuple[str, DeviceAnswer | None] | None:
    """Request id and answer, None if it is no response; `accepted` tells that the request was pending.

    The answer is None where the server does not know either: 504, its device was silent. The command then stays
    open until its feedback or its time limit.
    """
    request, state, code = frame.get("requestId"), frame.get("state"), frame.get("statusCode")
    if not isinstance(request, str) or not isinstance(state, str) or state not in _STATES:
        return None
    status = code if isinstance(code, int) else 0
    percent = frame.get("percentComplete")
    kind = (
        "progress"
        if accepted and state == "PENDING" and percent is not None
        else _kind(state, status, accepted)
    )
    if not kind:
        return request, None
    message = frame.get("message")
    detail = " ".join(part for part in (str(status or state), message) if isinstance(part, str))[:200]
    cause, test = _CAUSES.get(status, ""), frame.get("test") is True
    progress = _progress(percent) if kind == "progress" else 0.0
    return request, DeviceAnswer(kind, progress, detail=detail, cause=cause, test=test)


def _kind(state: str, status: int, accepted: bool) -> str:
    if state == "PENDING":
        return "accepted"
    if state == "COMPLETED" and status in (0, 200):
        return "done" if accepted else "accepted_final"
    if status == 504:
        return ""
    if status in (429, 503) and not accepted:
        return "busy"
    return "rejected" if 400 <= status < 500 and not accepted else "failed"


def _progress(percent: object) -> float:
    """Part done; Signal K writes it from 0 to 1."""
    if isinstance(percent, bool) or not isinstance(percent, (int, float)):
        return 0.0
    return float(percent) if 0 <= percent <= 1 else 0.0
