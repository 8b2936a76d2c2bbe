"""What an answer of an open data service says: a refusal, or items that become readings; pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.json_paths import MISSING, find, measured
from console.feeds.times import read_time

Value = float | bool | str
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_CODES = (
    "OpenAPI_ServiceResponse.cmmMsgHeader.returnReasonCode",
    "response.cmmMsgHeader.returnReasonCode",
    "cmmMsgHeader.returnReasonCode",
    "response.header.resultCode",
    "header.resultCode",
    "resultCode",
)
"""Where the open data portal puts its codes: the gateway's own refusal is XML even where JSON was asked for, and both
come with status 200."""
_TEXTS = ("returnAuthMsg", "resultMsg", "errMsg")
_GOOD = frozenset({"0", "00", "000", "0000", "INFO-0", "INFO-000", "NORMAL_CODE", "200"})
_NO_DATA = frozenset({"3", "03", "INFO-200", "NODATA_ERROR"})
_WHY = {
    "10": "request", "11": "request", "12": "not_found", "20": "credentials", "21": "credentials", "22": "quota",
    "30": "credentials", "31": "credentials", "32": "credentials", "33": "credentials",
}  # fmt: skip
"""Causes by code of the portal; all others are faults of the service that may pass."""


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """A refusal inside an answer; `why` is a key of the words `feeds.why`."""

    why: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShape:
    """Where things stand in an answer; every path is one of `json_paths`."""

    items_path: str = ""
    """The list of items; empty if the answer is one item."""
    source_path: str = ""
    source: str = ""
    """Name of the source where the items have none."""
    values_path: str = ""
    """An object whose plain values are readings; empty for the item itself."""
    name_path: str = ""
    """Where an item names its only value, which stands at `values_path`."""
    time_path: str = ""
    """Where the time stands; two places with + for a date and a time of day."""
    total_path: str = ""
    missing: frozenset[str] = frozenset({"", "-"})
    """Words that stand for a value that there is not."""
    zone: tzinfo | None = None


@dataclass(slots=True)
class Items:
    """Readings of one page, faults in it as (where, reason), the newest time, and how many items there are."""

    readings: list[Reading] = field(default_factory=list[Reading])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    count: int = 0
    total: int = 0
    """Items of all pages together as the source says, 0 if it does not."""
    newest: int = 0


def find_fault(tree: object) -> ServiceFault | None:
    """The refusal that an answer is, None if it is none. A service without data has not failed."""
    for path in _CODES:
        code = find(path, tree, tree)
        if not isinstance(code, (str, int)) or isinstance(code, bool):
            continue
        word = str(code).strip()
        if word in _GOOD or word in _NO_DATA:
            return None
        place = find(path.rpartition(".")[0], tree, tree)
        texts = [find(name, place, place) for name in _TEXTS]
        message = next((text for text in texts if isinstance(text, str)), "")
        return ServiceFault(_WHY.get(word, "unavailable"), f"{word} {message}".strip()[:200])
    return None


def read_items(tree: object, shape: ItemShape) -> Items:
    """Readings of a page; raises DecodeError for an answer without the list of items."""
    out = Items()
    total = find(shape.total_path, tree, tree) if shape.total_path else 0
    if isinstance(total, (int, str)) and str(total).strip().isdecimal():
        out.total = min(int(total), 10**9)
    items = _items(tree, shape, out.total)
    out.count = len(items)
    for index, item in enumerate(items):
        try:
            _item(item, tree, shape, f"item {index}", out)
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
    return out


def _items(tree: object, shape: ItemShape, total: int) -> list[object]:
    """Of XML, and of JSON made from it, a single item is no list, and none is an empty text or nothing."""
    node = find(shape.items_path, tree, tree)
    if isinstance(node, list):
        return cast("list[object]", node)
    if isinstance(node, dict):
        return [cast("object", node)]
    if node in ("", None) or (node is MISSING and _is_empty(tree, shape, total)):
        return []
    raise DecodeError(shape.items_path, "missing")


def _is_empty(tree: object, shape: ItemShape, total: int) -> bool:
    """Whether an answer without a list says that there is nothing to list."""
    above = find(shape.items_path.rpartition(".")[0], tree, tree)
    said = shape.total_path and find(shape.total_path, tree, tree) is not MISSING
    return above in ("", None) or bool(said and total == 0)


def _item(item: object, tree: object, shape: ItemShape, where: str, out: Items) -> None:
    source = _source(item, tree, shape, where)
    at, quality = _time(item, tree, shape, where, out)
    for path, value in _values(item, tree, shape, where).items():
        made = _value(value, shape)
        if made is None:
            out.readings.append(Reading(source, path, math.nan, at, Quality.BAD))
        else:
            out.readings.append(Reading(source, path, made, at, quality))
    out.newest = max(out.newest, at)


def _source(item: object, tree: object, shape: ItemShape, where: str) -> str:
    if not shape.source_path:
        return shape.source
    found = find(shape.source_path, item, tree)
    if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
        raise DecodeError(f"{where}.{shape.source_path}", "missing")
    return str(found)


def _values(item: object, tree: object, shape: ItemShape, where: str) -> dict[str, object]:
    node = find(shape.values_path, item, tree)
    if node is MISSING:
        raise DecodeError(f"{where}.{shape.values_path}", "missing")
    if shape.name_path:
        name = find(shape.name_path, item, tree)
        if not isinstance(name, str) or not name:
            raise DecodeError(f"{where}.{shape.name_path}", "missing")
        return {name: node}
    if isinstance(node, (dict, list)):
        own = (shape.source_path, *shape.time_path.split("+"))
        return measured(cast("object", node), shape.values_path, own)
    return {shape.values_path.rpartition(".")[2]: node}


def _value(value: object, shape: ItemShape) -> Value | None:
    """Numbers arrive as texts; None for a value that there is not."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if text in shape.missing:
            return None
        return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else text
    return cast("Value", value)


def _time(item: object, tree: object, shape: ItemShape, where: str, out: Items) -> tuple[int, Quality]:
    """Time of an item; where it cannot be read, its values are kept, uncertain and at the hub's time."""
    if not shape.time_path:
        return 0, Quality.GOOD
    parts = [find(path, item, tree) for path in shape.time_path.split("+")]
    if any(part is MISSING or part is None or part == "" for part in parts):
        return 0, Quality.GOOD
    value = parts[0] if len(parts) == 1 else "".join(str(part) for part in parts)
    try:
        return read_time(value, shape.zone, f"{where}.{shape.time_path}"), Quality.GOOD
    except DecodeError as error:
        out.faults.append((error.where, error.reason))
        return 0, Quality.UNCERTAIN
