"""One small real server per adapter, speaking its protocol, for the suite that all adapters pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from websockets.asyncio.server import ServerConnection

from console.core.batch import batch_of
from console.wire.frames import pack_telemetry

Frame = bytes | str
POINTS = [["p1", "level"], ["p1", "state"], ["stranger", "level"]]


@dataclass(frozen=True)
class Peer:
    """What a server of one protocol says; `data(source, path, value, time)` is one frame with one value."""

    adapter: str
    source: str
    stranger: str
    data: Callable[[str, str, object, object], Frame]
    subscribes: bool = True
    hello: Frame | None = None
    options: dict[str, str | float | bool] = field(default_factory=dict[str, "str | float | bool"])
    read_command: Callable[[dict[str, object]], tuple[str, str, object]] | None = None
    """Request id, path and value of a command frame."""
    answers: dict[str, Callable[[str], str]] = field(default_factory=dict[str, Callable[[str], str]])
    """Answer frames by kind, each for a request id."""

    async def greet(self, connection: ServerConnection) -> None:
        """What happens before the first data."""
        if self.hello is not None:
            await connection.send(self.hello)
        if self.subscribes:
            json.loads(await connection.recv())


def _ngsi(source: str, path: str, value: object, time: object) -> Frame:
    node: dict[str, object] = {"type": "Property", "value": value} | (
        {} if time is None else {"observedAt": time}
    )
    entity = {"id": source, "type": "PumpingStation", path: node}
    return json.dumps({"id": source, "subscriptionId": "s", "data": [entity]})


def _signal_k(source: str, path: str, value: object, time: object) -> Frame:
    update: dict[str, object] = {"values": [{"path": path, "value": value}]}
    return json.dumps(
        {"context": source, "updates": [update | ({} if time is None else {"timestamp": time})]}
    )


def _json(source: str, path: str, value: object, time: object) -> Frame:
    return json.dumps({"id": source, "ts": time, "v": {path: value}})


def _columns(source: str, path: str, value: object, time: object) -> Frame:
    assert isinstance(value, (int, float))
    return pack_telemetry(batch_of([POINTS.index([source, path])], [0], [float(value)], [0]))


def _patch_result(status: int) -> Callable[[str], str]:
    def made(request: str) -> str:
        return json.dumps(
            {"type": "AttributePatchResult", "requestId": request, "status": status, "title": "t"}
        )

    return made


def _put_state(state: str, code: int) -> Callable[[str], str]:
    def made(request: str) -> str:
        return json.dumps({"requestId": request, "state": state, "statusCode": code, "message": "m"})

    return made


def _json_answer(word: str) -> Callable[[str], str]:
    def made(request: str) -> str:
        return json.dumps({"re": request, "is": word})

    return made


def _read_patch(frame: dict[str, object]) -> tuple[str, str, object]:
    value = frame["value"]
    return str(frame["requestId"]), str(frame["attrName"]), cast("dict[str, object]", value)["value"]


def _read_put(frame: dict[str, object]) -> tuple[str, str, object]:
    put = cast("dict[str, object]", frame["put"])
    return str(frame["requestId"]), str(put["path"]), put["value"]


def _read_json(frame: dict[str, object]) -> tuple[str, str, object]:
    return str(frame["do"]), str(frame["item"]), frame["to"]


NGSI_LD = Peer(
    "ngsi_ld",
    "urn:ngsi-ld:PumpingStation:p1",
    "urn:ngsi-ld:PumpingStation:stranger",
    _ngsi,
    read_command=_read_patch,
    answers={
        "accepted_final": _patch_result(204),
        "accepted": _patch_result(202),
        "done": _patch_result(204),
        "failed": _patch_result(500),
        "rejected": _patch_result(404),
        "busy": _patch_result(503),
    },
)
SIGNAL_K = Peer(
    "signal_k",
    "facilities.urn:mrn:gwanje:asset:p1",
    "facilities.urn:mrn:gwanje:asset:stranger",
    _signal_k,
    hello=json.dumps({"name": "peer", "version": "2.0.0", "self": "vessels.urn:mrn:signalk:uuid:x"}),
    read_command=_read_put,
    answers={
        "accepted_final": _put_state("COMPLETED", 200),
        "accepted": _put_state("PENDING", 202),
        "done": _put_state("COMPLETED", 200),
        "failed": _put_state("COMPLETED", 502),
        "rejected": _put_state("COMPLETED", 405),
        "busy": _put_state("COMPLETED", 503),
    },
)
JSON_WS = Peer(
    "json_ws",
    "p1",
    "stranger",
    _json,
    subscribes=False,
    options={
        "source_path": "id",
        "time_path": "ts",
        "values_path": "v",
        "command_frame": '{"do": {id}, "machine": {source}, "item": {path}, "to": {value}}',
        "answer_id_path": "re",
        "answer_path": "is",
        "answer_words": "ok = accepted_final, nak = rejected",
    },
    read_command=_read_json,
    answers={
        "accepted_final": _json_answer("ok"),
        "accepted": _json_answer("accepted"),
        "done": _json_answer("done"),
        "failed": _json_answer("failed"),
        "rejected": _json_answer("nak"),
        "busy": _json_answer("busy"),
    },
)
COLUMNS = Peer("columns", "p1", "stranger", _columns, subscribes=False, hello=json.dumps({"points": POINTS}))
TEXT_PEERS = (NGSI_LD, SIGNAL_K, JSON_WS)
PEERS = (*TEXT_PEERS, COLUMNS)
