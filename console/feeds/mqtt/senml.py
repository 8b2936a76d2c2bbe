"""SenML packs in JSON (RFC 8428): base fields, relative times, sums; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.mqtt.decoded import Decoded, Envelope

NS = 1_000_000_000
_RELATIVE = 2**28
"""Seconds below which a time is relative to now (clause 4.5.3)."""
_VERSION = 10
_LAST_AT = 2**63 - 1

Record = dict[str, object]


@dataclass(slots=True)
class _Base:
    """Base fields as of the record before (clause 4.1)."""

    name: str = ""
    time: float = 0.0
    unit: str = ""
    value: float = 0.0
    sum: float = 0.0


def decode(envelope: Envelope) -> Decoded:
    """Readings of a pack: the base name is the source and the name the point; sums are called `<point>.sum`."""
    pack = envelope.tree()
    if not isinstance(pack, list):
        raise DecodeError("pack", "wrong_type")
    out, base = Decoded(), _Base()
    for index, record in enumerate(cast("list[object]", pack)):
        try:
            _record(record, base, envelope, f"[{index}]", out)
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
    return out


def _record(record: object, base: _Base, envelope: Envelope, where: str, out: Decoded) -> None:
    if not isinstance(record, dict):
        raise DecodeError(where, "wrong_type")
    fields = cast("Record", record)
    # A field that ends in "_" must be understood or the record refused (clause 4.4).
    strange = next((name for name in fields if name.endswith("_")), None)
    if strange is not None:
        raise DecodeError(f"{where}.{strange[:40]}", "unknown_word")
    _rebase(fields, base, where)
    name, unit = _text(fields, "n", "", where), _text(fields, "u", base.unit, where)
    source, point = _names(base.name, name, envelope)
    at = _time(base.time + _number(fields, "t", 0.0, where), envelope, where)
    value = _value(fields, base, where)
    if value is not None:
        out.readings.append(Reading(source, point, value, at, Quality.GOOD))
    if "s" in fields:
        total = base.sum + _number(fields, "s", 0.0, where)
        out.readings.append(Reading(source, f"{point}.sum", total, at, Quality.GOOD))
    if unit and (value is not None or "s" in fields):
        out.units[source, point] = unit


def _rebase(fields: Record, base: _Base, where: str) -> None:
    version = _number(fields, "bver", _VERSION, where)
    if version > _VERSION:
        raise DecodeError(f"{where}.bver", "unknown_word")
    base.name = _text(fields, "bn", base.name, where)
    base.unit = _text(fields, "bu", base.unit, where)
    base.time = _number(fields, "bt", base.time, where)
    base.value = _number(fields, "bv", base.value, where)
    base.sum = _number(fields, "bs", base.sum, where)


def _names(base: str, name: str, envelope: Envelope) -> tuple[str, str]:
    """Source and point; a name in one piece is parted at its last slash or colon."""
    if base and name:
        return base.rstrip("/:"), name
    whole = base or name
    source, _, point = whole.rpartition("/") if "/" in whole else whole.rpartition(":")
    return (source or envelope.source), (point or envelope.point)


def _value(fields: Record, base: _Base, where: str) -> float | bool | str | None:
    """The value of a record, None if it only sets base fields or carries data nobody can draw."""
    if "v" in fields or (base.value and not {"vs", "vb", "vd", "s"} & set(fields)):
        return base.value + _number(fields, "v", 0.0, where)
    for name, kind in (("vs", str), ("vb", bool)):
        if name in fields:
            value = fields[name]
            if not isinstance(value, kind):
                raise DecodeError(f"{where}.{name}", "wrong_type")
            return value
    return None


def _time(time: float, envelope: Envelope, where: str) -> int:
    """UTC ns; a time below 2**28 s counts from the moment the pack arrived."""
    if time < _RELATIVE:
        at = envelope.received_at + round(time * NS)
    else:
        whole = int(time)
        at = whole * NS + round((time - whole) * NS)
    if not 0 <= at <= _LAST_AT:
        raise DecodeError(f"{where}.t", "time")
    return at


def _number(fields: Record, name: str, default: float, where: str) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DecodeError(f"{where}.{name}", "wrong_type")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or abs(number) > 1e300:
        raise DecodeError(f"{where}.{name}", "not_finite")
    return number


def _text(fields: Record, name: str, default: str, where: str) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise DecodeError(f"{where}.{name}", "wrong_type")
    return value
