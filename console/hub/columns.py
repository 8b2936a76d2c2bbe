"""Columns as a seat's sub-protocol wants them: binary frames, or rows of JSON."""

from __future__ import annotations

import math

from console.core.batch import Batch
from console.core.history import Series
from console.core.mover import PositionBatch
from console.wire.codec import Codec
from console.wire.frames import pack_positions, pack_series, pack_telemetry
from console.wire.messages import PositionRows, SeriesRows, TelemetryRows, ToHub


def telemetry_payload(batch: Batch, codec: Codec[ToHub]) -> bytes | str:
    """A batch of telemetry."""
    if not codec.text:
        return pack_telemetry(batch)
    columns = (batch.tag.tolist(), batch.at.tolist(), batch.value.tolist(), batch.quality.tolist())
    rows = tuple((tag, at, _finite(value), quality) for tag, at, value, quality in zip(*columns, strict=True))
    return codec.encode(TelemetryRows(rows=rows))


def position_payload(batch: PositionBatch, codec: Codec[ToHub]) -> bytes | str:
    """A batch of positions."""
    if not codec.text:
        return pack_positions(batch)
    columns = (batch.mover, batch.at, batch.lat, batch.lon, batch.heading, batch.speed)
    rows = tuple(
        (mover, at, lat, lon, _finite(heading), _finite(speed))
        for mover, at, lat, lon, heading, speed in zip(*(c.tolist() for c in columns), strict=True)
    )
    return codec.encode(PositionRows(rows=rows))


def series_payload(request: int, series: Series, codec: Codec[ToHub]) -> bytes | str:
    """History of one tag."""
    if not codec.text:
        return pack_series(request, series)
    columns = (series.at, series.low, series.high, series.mean, series.quality)
    rows = tuple(
        (at, _finite(low), _finite(high), _finite(mean), quality)
        for at, low, high, mean, quality in zip(*(c.tolist() for c in columns), strict=True)
    )
    return codec.encode(SeriesRows(request=request, tag=series.tag, raw=series.raw, rows=rows))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
