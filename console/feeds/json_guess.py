"""JSON that nobody has described yet: where its things, times and values stand is guessed from some of it; pure.

Names of fields decide between what would do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from console.core.errors import DecodeError
from console.feeds.json_guard import load
from console.feeds.json_paths import MISSING, find, leaves
from console.feeds.times import read_time

_SOURCES = (
    "source", "id", "device", "deviceid", "devicename", "device_id", "machine", "machineid", "sensor", "sensorid",
    "sensor_id", "asset", "assetid", "station", "stationname",
    "stationid", "station_id", "equipment", "node", "thing", "name", "topic",
)  # fmt: skip
_TIMES = (
    "time", "timestamp", "ts", "at", "datetime", "observedat", "observed_at", "measuredat", "resulttime",
    "datatime", "observationtime", "obstime", "updated", "updatedat", "updated_at", "created", "createdat", "date",
)  # fmt: skip
SEOUL = "Asia/Seoul"
"""Zone of times that carry none, until a person says another."""
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+(\.\d+)?|\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOST = 500
_DEEP = 5
Tree = dict[str, object]


class JsonGuess(NamedTuple):
    """Paths of `json_paths`; empty where nothing was found."""

    source: str = ""
    each: str = ""
    time: str = ""
    zone: str = ""
    values: str = ""


def guess(trees: Sequence[object], *, texts: bool = False) -> JsonGuess:
    """Where things stand in most of these trees; `texts` for sources that write numbers as texts."""
    trees = trees[:_MOST]
    each = _list_path(trees)
    items = [item for tree in trees for item in _items(tree, each)]
    source = _chosen(items, _SOURCES, _is_name)
    time = _chosen(items, _TIMES, _is_time)
    zone = SEOUL if time and any(_needs_zone(find(time, item, item)) for item in items) else ""
    return JsonGuess(source, each, time, zone, _values_path(items, {source, time}, texts))


def read_trees(frames: Sequence[bytes | str]) -> list[object]:
    """Those of some frames that are JSON."""
    return list(_trees(frames))


def _trees(frames: Sequence[bytes | str]) -> Iterator[object]:
    for frame in frames[:_MOST]:
        try:
            yield load(frame)
        except DecodeError:
            continue


def _list_path(trees: Sequence[object]) -> str:
    """The path of a list of objects, if most frames have one at the same place; `.` if they are lists themselves."""
    if trees and all(_is_list(tree) for tree in trees):
        return "."
    counts = Counter(path for tree in trees for path in _lists(tree, "", 0))
    if not counts:
        return ""
    path, many = counts.most_common(1)[0]
    return path if 2 * many > len(trees) else ""


def _lists(node: object, prefix: str, level: int) -> Iterator[str]:
    if not isinstance(node, dict) or level >= _DEEP:
        return
    for name, value in cast("Tree", node).items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, list):
            if _is_list(cast("object", value)):
                yield path
        else:
            yield from _lists(value, path, level + 1)


def _is_list(value: object) -> bool:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return bool(items) and all(isinstance(item, dict) for item in items)


def _items(tree: object, each: str) -> list[object]:
    found = find("" if each == "." else each, tree, tree)
    if each:
        return cast("list[object]", found) if isinstance(found, list) else []
    return [found] if isinstance(found, dict) else []


def _chosen(items: list[object], names: Sequence[str], fits: object) -> str:
    """The path whose last part is the most telling name and whose value fits in most items."""
    assert callable(fits)
    counts: Counter[str] = Counter()
    for item in items:
        for path, value in leaves(item).items():
            if path.count(".") < _DEEP and path.rpartition(".")[2].lower() in names and fits(value):
                counts[path] += 1
    likely = [path for path, many in counts.items() if 2 * many > len(items)]
    rank = {name: place for place, name in enumerate(names)}
    return min(likely, key=lambda p: (p.count("."), rank[p.rpartition(".")[2].lower()]), default="")


def _is_number(value: object) -> bool:
    return isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and not _is_time(value)


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    try:
        read_time(value, None, "")
    except DecodeError as error:
        return error.reason == "no_zone"
    return True


def _needs_zone(value: object) -> bool:
    try:
        read_time(value, None, "")
    except DecodeError as error:
        return error.reason == "no_zone"
    return False


def _values_path(items: list[object], others: set[str], texts: bool) -> str:
    """The object that holds most numbers; empty if they stand in the item itself."""
    counts: Counter[str] = Counter()
    for item in items:
        for path, value in leaves(item).items():
            if path not in others and (isinstance(value, (int, float)) or (texts and _is_number(value))):
                counts[path.partition(".")[0] if "." in path else ""] += 1
    best = counts.most_common(1)
    name = best[0][0] if best else ""
    inner = [find(name, item, item) for item in items] if name else []
    return name if any(isinstance(node, dict) for node in inner if node is not MISSING) else ""
