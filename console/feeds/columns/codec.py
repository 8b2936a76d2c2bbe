"""Frames of a columnar source; pure.

A JSON text frame `{"points": [[source, path], ...]}` names the points; each binary frame after it is a
telemetry frame of `console.wire.frames` whose tag column indexes that list.
"""

from __future__ import annotations

from typing import cast

from console.core.errors import DecodeError, WireError
from console.feeds.base import Columns
from console.feeds.json_guard import load_object
from console.wire.frames import unpack_telemetry

MAX_POINTS = 1_000_000


def read_points(frame: str, max_bytes: int) -> list[tuple[str, str]]:
    """Names of a declaration; raises DecodeError naming the first that is not a pair of texts."""
    points = load_object(frame, max_bytes).get("points")
    if not isinstance(points, list):
        raise DecodeError("points", "missing")
    rows = cast("list[object]", points)
    if len(rows) > MAX_POINTS:
        raise DecodeError("points", "too_many", str(len(rows)))
    return [_pair(row, index) for index, row in enumerate(rows)]


def _pair(row: object, index: int) -> tuple[str, str]:
    match row:
        case [str(source), str(path)]:
            return source, path
        case _:
            raise DecodeError(f"points[{index}]", "wrong_type", repr(row)[:80])


def read_columns(frame: bytes) -> Columns:
    """Columns of a telemetry frame, looking into `frame`; raises DecodeError."""
    try:
        batch = unpack_telemetry(frame)
    except WireError as error:
        raise DecodeError(error.where or "frame", "not_telemetry", frame[:40].hex()) from None
    return Columns(batch.tag, batch.at, batch.value, batch.quality)
