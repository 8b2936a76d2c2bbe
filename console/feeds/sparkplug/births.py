"""What a birth offers beyond a profile: one offer for each metric whose value can be drawn; pure."""

from __future__ import annotations

from console.core.discovery import Offer, ValueKind
from console.feeds.sparkplug.payload import DataType, Metric

CONTROL = ("Node Control/", "Device Control/")
"""Metrics that are there to be written."""
_WHOLE = frozenset({*range(DataType.INT8, DataType.UINT64 + 1), int(DataType.DATETIME)})
_NUMBERS = _WHOLE | {int(DataType.FLOAT), int(DataType.DOUBLE)}
_TEXTS = frozenset({int(DataType.STRING), int(DataType.TEXT), int(DataType.UUID)})


def offer_of(source: str, node: str, metric: Metric) -> Offer | None:
    """What a metric of a birth offers, None for what is no plain value; `node` is the source of its edge node."""
    kind = kind_of(metric)
    if kind is None or metric.name.startswith(CONTROL):
        return None
    return Offer(
        source=source,
        path=metric.name,
        kind=kind,
        unit=metric.unit or ("ms" if metric.datatype == DataType.DATETIME else ""),
        label=metric.label,
        group=node,
        low=metric.low,
        high=metric.high,
        whole=metric.datatype in _WHOLE,
        words=(metric.value,) if kind is ValueKind.TEXT and isinstance(metric.value, str) else (),
    )


def kind_of(metric: Metric) -> ValueKind | None:
    """Kind of the values of a metric, by its type, or by its value if it names none."""
    datatype, value = metric.datatype, metric.value
    if datatype in _NUMBERS:
        return ValueKind.NUMBER
    if datatype == DataType.BOOLEAN or (not datatype and isinstance(value, bool)):
        return ValueKind.FLAG
    if datatype in _TEXTS or (not datatype and isinstance(value, str)):
        return ValueKind.TEXT
    return ValueKind.NUMBER if not datatype and isinstance(value, (int, float)) else None
