"""Metadata of Signal K paths: read from `updates[].meta[]`, merged and remembered; pure (Signal K 1.7, metadata).

A partial record is merged into what is known of its path: a field that is named takes its new value, one that is
null is forgotten, the others stay. Fields are merged whole: a list of zones replaces the list before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, cast

Tree = dict[str, object]
Fields = dict[str, object]
"""Fields of a record as they were read; None for one that is to be forgotten."""
Faults = list[tuple[str, str]]

MOST = 50_000
"""Paths remembered of one connection."""
MOST_ZONES = 64
MOST_WORDS = 32
LONGEST = 400
"""Characters of a text that are kept."""
_LONGEST_LABEL = 60
_LONGEST_S = 30 * 86_400.0
_MAX_LEVELS = 4
_NORMAL = frozenset({"normal", "nominal"})


class Zone(NamedTuple):
    """A part of a range; None where it has no end."""

    lower: float | None
    upper: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What a source says of one path."""

    units: str = ""
    label: str = ""
    description: str = ""
    low: float | None = None
    high: float | None = None
    timeout_s: float = 0.0
    """Silence after which its value is worth nothing any more; 0 if unsaid."""
    words: tuple[str, ...] = ()
    """Words that it may say."""


NOTHING = Meta()


class MetaBook:
    """Metadata by context and path, of one connection: a server tells it anew to each."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[tuple[str, str], Fields] = {}
        self._metas: dict[tuple[str, str], Meta] = {}

    def __len__(self) -> int:
        return len(self._known)

    def clear(self) -> None:
        """A new connection."""
        self._known.clear()
        self._metas.clear()

    def of(self, context: str, path: str) -> Meta:
        """What is known of a path."""
        return self._metas.get((context, path), NOTHING)

    def take(self, context: str, item: object, where: str, faults: Faults) -> list[str]:
        """Merge one item of `meta`; the paths of which something else is known now. Faults are added."""
        node = cast("Tree", item) if isinstance(item, dict) else {}
        path, value = node.get("path"), node.get("value", ...)
        if not isinstance(path, str) or not (value is None or isinstance(value, dict)):
            faults.append((where, "wrong_type"))
            return []
        records: dict[str, Fields] = {}
        if value is None:
            records[path] = cast("Fields", dict.fromkeys(_READ))
        else:
            _records(path, cast("Tree", value), where, records, faults)
        return [one for one, fields in records.items() if self._merge((context, one), fields, where, faults)]

    def _merge(self, key: tuple[str, str], fields: Fields, where: str, faults: Faults) -> bool:
        before = self._known.get(key, {})
        now = merged(before, fields)
        if now == before:
            return False
        if not before and len(self._known) >= self._most:
            faults.append((where, "too_many"))
            return False
        if now:
            self._known[key], self._metas[key] = now, meta_of(now)
        else:
            del self._known[key], self._metas[key]
        return True


def merged(known: Mapping[str, object], fields: Mapping[str, object]) -> Fields:
    """What is known after a partial record."""
    return {name: value for name, value in {**known, **fields}.items() if value is not None}


def meta_of(fields: Mapping[str, object]) -> Meta:
    """A record as it is used."""
    description = str(fields.get("description", ""))
    names = (fields.get(name) for name in ("displayName", "longName", "shortName"))
    short = description if len(description) <= _LONGEST_LABEL else ""
    low, high = cast("tuple[float, float] | None", fields.get("displayScale")) or _range(
        cast("tuple[Zone, ...]", fields.get("zones", ()))
    )
    return Meta(
        units=str(fields.get("units", "")),
        label=next((str(name) for name in names if name), short),
        description=description,
        low=low,
        high=high,
        timeout_s=cast("float", fields.get("timeout", 0.0)),
        words=cast("tuple[str, ...]", fields.get("enum", ())),
    )


def _range(zones: tuple[Zone, ...]) -> tuple[float | None, float | None]:
    """The range that zones lie in, where they say it: none of them is open, and what is normal is one of them or
    lies between two.
    """
    ends = sorted((z.lower, z.upper) for z in zones if z.lower is not None and z.upper is not None)
    if not ends or len(ends) < len(zones):
        return None, None
    gap = any(right[0] > left[1] for left, right in pairwise(ends))
    if not gap and not any(zone.state in _NORMAL for zone in zones):
        return None, None
    return ends[0][0], max(end[1] for end in ends)


def _records(
    path: str, value: Tree, where: str, out: dict[str, Fields], faults: Faults, level: int = 0
) -> None:
    """Records of a path and of the parts of its object, which the format calls `properties`."""
    fields: Fields = {}
    for name, read in _READ.items():
        if name not in value:
            continue
        given = value[name]
        try:
            fields[name] = None if given is None else read(given)
        except (TypeError, ValueError):
            faults.append((f"{where}.{name}", "wrong_type"))
    out[path] = fields
    parts = value.get("properties")
    if isinstance(parts, dict) and level < _MAX_LEVELS:
        for name, part in cast("Tree", parts).items():
            if isinstance(part, dict):
                below = f"{path}.{name}" if path else name
                _records(below, cast("Tree", part), f"{where}.{name[:40]}", out, faults, level + 1)


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        raise TypeError
    return value[:LONGEST].strip() or None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        raise ValueError
    return float(value)


def _timeout(value: object) -> float | None:
    """Seconds; 0 says that there is none."""
    seconds = _number(value)
    if seconds < 0:
        raise ValueError
    return min(seconds, _LONGEST_S) or None


def _scale(value: object) -> tuple[float, float]:
    node = cast("Tree", value) if isinstance(value, dict) else {}
    low, high = _number(node.get("lower")), _number(node.get("upper"))
    if not low < high:
        raise ValueError
    return low, high


def _zones(value: object) -> tuple[Zone, ...] | None:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_zone(one) for one in cast("list[object]", value)[:MOST_ZONES]) or None


def _zone(value: object) -> Zone:
    if not isinstance(value, dict):
        raise TypeError
    node = cast("Tree", value)
    lower, upper = (None if node.get(end) is None else _number(node[end]) for end in ("lower", "upper"))
    if not (-math.inf if lower is None else lower) <= (math.inf if upper is None else upper):
        raise ValueError
    return Zone(lower, upper, str(node.get("state", ""))[:LONGEST])


def _words(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        raise TypeError
    words = [one for one in cast("list[object]", value) if isinstance(one, str)]
    return tuple(dict.fromkeys(word[:LONGEST] for word in words[:MOST_WORDS])) or None


_READ: dict[str, Callable[[object], object]] = {
    "units": _text,
    "displayName": _text,
    "longName": _text,
    "shortName": _text,
    "description": _text,
    "displayScale": _scale,
    "zones": _zones,
    "timeout": _timeout,
    "enum": _words,
}
"""The fields that are read; each raises TypeError or ValueError, and gives None for what says nothing."""
