"""Binary frames of columns: telemetry, positions and history (little endian, 21 bytes a telemetry update).

Byte 0 tells the kind: 1 telemetry, 2 positions, 3 history. No msgpack message starts with these bytes, so
frames and
messages share one binary channel. Bytes 1..3 are zero, bytes 4..7 the row count n; history then has request,
tag and
raw flag as three uint32. Columns follow one after the other without padding.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.core.errors import WireError
from console.core.history import Series
from console.core.mover import PositionBatch
from console.wire.limits import WireFault

TELEMETRY = 1
POSITIONS = 2
HISTORY = 3

_HEAD = struct.Struct("<BxxxI")
_SERIES = struct.Struct("<BxxxIIII")
_TELEMETRY = (np.dtype("<u4"), np.dtype("<i8"), np.dtype("<f8"), np.dtype("u1"))
_POSITIONS = (*(np.dtype(code) for code in ("<u4", "<i8", "<f8", "<f8", "<f4", "<f4")),)
_HISTORY = (*(np.dtype(code) for code in ("<i8", "<f8", "<f8", "<f8", "u1")),)

Columns = list[NDArray[Any]]


def kind_of(frame: bytes) -> int:
    """Kind of a binary frame, or 0 for a msgpack message."""
    return frame[0] if frame and frame[0] in (TELEMETRY, POSITIONS, HISTORY) else 0


def pack_telemetry(batch: Batch) -> bytes:
    """Telemetry frame of a batch."""
    columns = (batch.tag, batch.at, batch.value, batch.quality)
    return _HEAD.pack(TELEMETRY, len(batch)) + _packed(columns, _TELEMETRY)


def unpack_telemetry(frame: bytes) -> Batch:
    """Batch of a telemetry frame; the columns look into `frame`. Raises WireError."""
    tag, at, value, quality = _unpacked(frame, _HEAD.size, _rows(frame, TELEMETRY), _TELEMETRY)
    return Batch(tag, at, value, quality)


def pack_positions(batch: PositionBatch) -> bytes:
    """Positions frame of a batch."""
    columns = (batch.mover, batch.at, batch.lat, batch.lon, batch.heading, batch.speed)
    return _HEAD.pack(POSITIONS, len(batch)) + _packed(columns, _POSITIONS)


def unpack_positions(frame: bytes) -> PositionBatch:
    """Positions of a frame. Raises WireError."""
    return PositionBatch(*_unpacked(frame, _HEAD.size, _rows(frame, POSITIONS), _POSITIONS))


def pack_series(request: int, series: Series) -> bytes:
    """History frame of one tag, answering `request`."""
    head = _SERIES.pack(HISTORY, len(series), request, series.tag, int(series.raw))
    return head + _packed((series.at, series.low, series.high, series.mean, series.quality), _HISTORY)


def unpack_series(frame: bytes) -> tuple[int, Series]:
    """Request number and series of a history frame. Raises WireError."""
    n = _rows(frame, HISTORY)
    if len(frame) < _SERIES.size:
        raise WireError(WireFault.MALFORMED, "history head")
    _, _, request, tag, raw = _SERIES.unpack_from(frame)
    at, low, high, mean, quality = _unpacked(frame, _SERIES.size, n, _HISTORY)
    return request, Series(tag, at, low, high, mean, quality, bool(raw))


def _rows(frame: bytes, kind: int) -> int:
    if len(frame) < _HEAD.size:
        raise WireError(WireFault.MALFORMED, "frame head")
    found, n = _HEAD.unpack_from(frame)
    if found != kind:
        raise WireError(WireFault.UNKNOWN_TYPE, f"frame kind {found}")
    return int(n)


def _packed(columns: tuple[NDArray[Any], ...], kinds: tuple[np.dtype[Any], ...]) -> bytes:
    return b"".join(np.ascontiguousarray(c, kind).tobytes() for c, kind in zip(columns, kinds, strict=True))


def _unpacked(frame: bytes, offset: int, n: int, kinds: tuple[np.dtype[Any], ...]) -> Columns:
    if len(frame) - offset != n * sum(kind.itemsize for kind in kinds):
        raise WireError(WireFault.MALFORMED, f"frame of {len(frame)} bytes for {n} rows")
    columns: Columns = []
    for kind in kinds:
        columns.append(np.frombuffer(frame, kind, n, offset))
        offset += n * kind.itemsize
    return columns
