"""The protocol as an AsyncAPI 3 document, made from the message types; `docs/protocol.json` is its text.

python -m console.wire.asyncapi > docs/protocol.json
"""

from __future__ import annotations

import json
import sys
from types import UnionType
from typing import Any, get_args

import msgspec

from console.wire import limits
from console.wire.frames import HISTORY, POSITIONS, TELEMETRY
from console.wire.messages import PROTOCOL, ToConsole, ToHub

FRAMES = {
    "telemetry": (TELEMETRY, "tag u32, at i64, value f64, quality u8"),
    "positions": (POSITIONS, "mover u32, at i64, lat f64, lon f64, heading f32, speed f32"),
    "history": (
        HISTORY,
        "after request, tag, raw (u32 each): at i64, low f64, high f64, mean f64, quality u8",
    ),
}
"""Binary frames by name: kind byte and columns."""

_REF = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The whole document as plain JSON values."""
    to_hub, to_console = _members(ToHub), _members(ToConsole)
    _, schemas = msgspec.json.schema_components((*to_hub, *to_console), ref_template=_REF)
    messages = {kind.__name__: _message(kind) for kind in (*to_hub, *to_console)}
    messages |= {f"{name}_frame": _frame(*FRAMES[name]) for name in FRAMES}
    from_hub = [kind.__name__ for kind in to_console] + [f"{name}_frame" for name in FRAMES]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Gwanje hub protocol",
            "version": f"{PROTOCOL}.0.0",
            "description": _about(),
            "license": {"name": "Apache-2.0"},
        },
        "channels": {
            "ws": {
                "address": "/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "fromConsole": _operation("receive", [kind.__name__ for kind in to_hub]),
            "toConsole": _operation("send", from_hub),
        },
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def rendered() -> str:
    """The document as the text of `docs/protocol.json`."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _members(union: UnionType | object) -> tuple[type[msgspec.Struct], ...]:
    return get_args(union)


def _summary(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())


def _message(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": str(kind.__struct_config__.tag),
        "summary": _summary(kind),
        "payload": {"$ref": _REF.format(name=kind.__name__)},
    }


def _frame(kind: int, columns: str) -> dict[str, Any]:
    return {
        "contentType": "application/octet-stream",
        "summary": f"Binary frame of columns, first byte {kind}.",
        "description": f"Bytes 4..7 are the row count; columns without padding, little endian: {columns}.",
        "payload": {"type": "string", "format": "binary"},
    }


def _operation(action: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/ws"},
        "messages": [{"$ref": f"#/channels/ws/messages/{name}"} for name in names],
    }


def _about() -> str:
    return (
        f"One WebSocket, sub-protocols {limits.SUBPROTOCOL_MSGPACK} and {limits.SUBPROTOCOL_JSON}; every message "
        f"is an object whose field `t` names it. To the hub: at most {limits.MAX_TO_HUB} bytes and "
        f"{limits.MAX_DEPTH} levels; unknown types and fields, repeated keys, numbers that are not finite and "
        f"integers beyond 64 bits are refused with a Problem. Hello comes first, within "
        f"{limits.HELLO_DEADLINE_S:g} s. Times are UTC nanoseconds since 1970."
    )


if __name__ == "__main__":
    sys.stdout.write(rendered())
