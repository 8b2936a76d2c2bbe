"""A Sparkplug payload in words, for who looks at raw frames; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from console.core.errors import DecodeError
from console.feeds.sparkplug.namespace import read_topic
from console.feeds.sparkplug.payload import DataType, Metric, read_payload, typed

MOST_SHOWN = 40
LARGEST = 256 * 1024
"""Bytes beyond which a frame is not read a second time for a person alone."""
_LAST_MS = 253_402_300_799_000


Declared = Callable[[int], tuple[str, int]]
"""Name and type that a birth gave to an alias; empty and 0 for one that nobody has heard of."""


def explained(topic: str, data: bytes, declared: Declared = lambda alias: ("", 0)) -> str:
    """Time, number and metrics of a payload, one a line; empty for what is none."""
    try:
        address = read_topic(topic)
        if address is None or len(data) > LARGEST:
            return ""
        payload = read_payload(data)
    except DecodeError as error:
        return f"! {error.where}: {error.reason}"
    head = [address.kind]
    if payload.seq is not None:
        head.append(f"seq={payload.seq}")
    if payload.at:
        head.append(_time(payload.at))
    lines = [" ".join(head), *(_line(metric, declared) for metric in payload.metrics[:MOST_SHOWN])]
    if len(payload.metrics) > MOST_SHOWN:
        lines.append(f"… +{len(payload.metrics) - MOST_SHOWN}")
    return "\n".join([*lines, *(f"! {where}: {reason}" for where, reason in payload.faults[:MOST_SHOWN])])


def _line(metric: Metric, declared: Declared) -> str:
    name, datatype = metric.name, metric.datatype
    if metric.alias is not None:
        known, kind_known = declared(metric.alias)
        name, datatype = name or known, datatype or kind_known
        name = f"{name} (alias {metric.alias})".strip()
    kind = DataType(datatype).name if datatype and datatype in set(DataType) else ""
    parts = [
        f"  {name or '?'} = {_value(metric, datatype)}",
        metric.unit,
        kind,
        _time(metric.at) if metric.at else "",
    ]
    if metric.quality is not None:
        parts.append(f"quality={metric.quality}")
    if metric.historical:
        parts.append("historical")
    return " ".join(part for part in parts if part)


def _value(metric: Metric, datatype: int) -> str:
    if metric.null:
        return "null"
    if metric.members:
        return "{" + ", ".join(f"{one.name}={_value(one, one.datatype)}" for one in metric.members[:8]) + "}"
    if not datatype and isinstance(metric.value, str):
        return repr(metric.value)[:120]
    try:
        value = typed(metric, datatype)
    except DecodeError as error:
        return f"! {error.reason}"
    return "…" if value is None else f"{value:.10g}" if isinstance(value, float) else repr(value)[:120]


def _time(at_ms: int) -> str:
    """UTC; a number that no clock shows as it is."""
    if not 0 < at_ms <= _LAST_MS:
        return f"t={at_ms}"
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
