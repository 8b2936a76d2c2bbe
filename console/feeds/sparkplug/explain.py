"""A Sparkplug payload in words, for who looks at raw frames; pure."""

from __future__ import annotations

from datetime import UTC, datetime

from console.core.errors import DecodeError
from console.feeds.sparkplug.namespace import read_topic
from console.feeds.sparkplug.payload import DataType, Metric, read_payload, typed

MOST_SHOWN = 40
LARGEST = 256 * 1024
"""Bytes beyond which a frame is not read a second time for a person alone."""
_LAST_MS = 253_402_300_799_000


def explained(topic: str, data: bytes) -> str:
    """Time, number and metrics of a payload, one a line; empty for what is none."""
    address = read_topic(topic)
    if address is None or len(data) > LARGEST:
        return ""
    try:
        payload = read_payload(data)
    except DecodeError as error:
        return f"{address.kind}: {error.where}: {error.reason}"
    head = [address.kind]
    if payload.seq is not None:
        head.append(f"seq={payload.seq}")
    if payload.at:
        head.append(_time(payload.at))
    lines = [" ".join(head), *(_line(metric) for metric in payload.metrics[:MOST_SHOWN])]
    if len(payload.metrics) > MOST_SHOWN:
        lines.append(f"… +{len(payload.metrics) - MOST_SHOWN}")
    return "\n".join([*lines, *(f"! {where}: {reason}" for where, reason in payload.faults[:MOST_SHOWN])])


def _line(metric: Metric) -> str:
    name = metric.name or "?"
    if metric.alias is not None:
        name += f" (alias {metric.alias})"
    kind = DataType(metric.datatype).name if metric.datatype in set(DataType) else ""
    parts = [f"  {name} = {_value(metric)}", metric.unit, kind, _time(metric.at) if metric.at else ""]
    if metric.quality is not None:
        parts.append(f"quality={metric.quality}")
    if metric.historical:
        parts.append("historical")
    return " ".join(part for part in parts if part)


def _value(metric: Metric) -> str:
    if metric.null:
        return "null"
    if metric.members:
        return "{" + ", ".join(f"{one.name}={_value(one)}" for one in metric.members[:8]) + "}"
    try:
        value = typed(metric, metric.datatype)
    except DecodeError as error:
        return f"! {error.reason}"
    return "…" if value is None else f"{value:.10g}" if isinstance(value, float) else repr(value)[:120]


def _time(at_ms: int) -> str:
    """UTC; a number that no clock shows as it is."""
    if not 0 < at_ms <= _LAST_MS:
        return f"t={at_ms}"
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
