"""Frames of a JSON source read by its shape, and commands written by its template; pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import ANSWER_KINDS, DeviceAnswer, DeviceCommand, Reading
from console.feeds.json_ws.paths import MISSING, find, leaves
from console.feeds.times import read_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLACE = re.compile(r"\{(id|source|path|value|test)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where things stand in a frame; every path is one of `json_ws.paths`."""

    source_path: str
    values_path: str = ""
    """An object whose plain values are readings, or one plain value, which is named by its last key."""
    time_path: str = ""
    each_path: str = ""
    """A list of items that each have a source, a time and values."""
    type_path: str = ""
    data_type: str = ""
    """Frames with another word at `type_path` are not data and are passed over."""
    text_numbers: bool = False
    """Numbers arrive as texts."""
    zone: tzinfo | None = None
    command_frame: str = ""
    answer_id_path: str = ""
    answer_path: str = ""
    answer_detail_path: str = ""
    answer_progress_path: str = ""
    answer_words: dict[str, str] = field(default_factory=dict[str, str])
    """What the source's words mean as kinds of `DeviceAnswer`."""
    answer_causes: dict[str, str] = field(default_factory=dict[str, str])
    """Causes that the source's words name, as codes of `core.command.reasons`."""
    answer_test_path: str = ""
    """Where an answer says true if it was a test."""


@dataclass(slots=True)
class Decoded:
    """Readings of one frame, faults in it as (where, reason), and the answer it carried if any."""

    readings: list[Reading] = field(default_factory=list[Reading])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answer: tuple[str, DeviceAnswer] | None = None
    data: bool = False
    """Whether the frame was data at all."""


def read_frame(tree: object, shape: Shape) -> Decoded:
    """Contents of a frame; raises DecodeError for a frame that has not the shape."""
    out = Decoded()
    if shape.answer_id_path:
        request = find(shape.answer_id_path, tree, tree)
        if isinstance(request, str) and find(shape.answer_path, tree, tree) is not MISSING:
            out.answer = (request, _answer(tree, shape))
            return out
    if shape.type_path and find(shape.type_path, tree, tree) != shape.data_type:
        return out
    out.data = True
    if not shape.each_path:
        _item(tree, tree, shape, "frame", out)
        return out
    items = find(shape.each_path.removeprefix("^"), tree, tree)
    if not isinstance(items, list):
        raise DecodeError(shape.each_path, "missing")
    for index, item in enumerate(cast("list[object]", items)):
        try:
            _item(item, tree, shape, f"{shape.each_path}[{index}]", out)
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
    return out


def _item(item: object, frame: object, shape: Shape, where: str, out: Decoded) -> None:
    source = find(shape.source_path, item, frame)
    if isinstance(source, int) and not isinstance(source, bool):
        source = str(source)
    if not isinstance(source, str) or not source:
        raise DecodeError(f"{where}.{shape.source_path}", "missing")
    at, quality = _time(item, frame, shape, where, out)
    values = find(shape.values_path, item, frame)
    if values is MISSING:
        raise DecodeError(f"{where}.{shape.values_path}", "missing")
    if isinstance(values, (dict, list)):
        named = leaves(cast("object", values))
    else:
        named = {shape.values_path.rsplit(".", 1)[-1]: values}
    for path, value in named.items():
        if value is None:
            out.readings.append(Reading(source, path, math.nan, at, Quality.BAD))
        else:
            out.readings.append(Reading(source, path, _value(value, shape), at, quality))


def _time(item: object, frame: object, shape: Shape, where: str, out: Decoded) -> tuple[int, Quality]:
    """Time of an item; where it cannot be read, its values are kept, uncertain and at the hub's time."""
    if not shape.time_path:
        return 0, Quality.GOOD
    value = find(shape.time_path, item, frame)
    if value is MISSING or value is None:
        return 0, Quality.GOOD
    try:
        return read_time(value, shape.zone, f"{where}.{shape.time_path}"), Quality.GOOD
    except DecodeError as error:
        out.faults.append((error.where, error.reason))
        return 0, Quality.UNCERTAIN


def _value(value: object, shape: Shape) -> float | bool | str:
    if isinstance(value, str) and shape.text_numbers and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return cast("float | bool | str", value)


def _answer(tree: object, shape: Shape) -> DeviceAnswer:
    """Raises DecodeError for a word that stands for no kind of answer."""
    word = find(shape.answer_path, tree, tree)
    text = str(word).lower() if isinstance(word, bool) else str(word)
    kind = shape.answer_words.get(text, text)
    if kind not in ANSWER_KINDS:
        raise DecodeError(shape.answer_path, "unknown_word", text[:80])
    detail = find(shape.answer_detail_path, tree, tree) if shape.answer_detail_path else MISSING
    progress = find(shape.answer_progress_path, tree, tree) if shape.answer_progress_path else MISSING
    part = float(progress) if isinstance(progress, (int, float)) else 0.0
    return DeviceAnswer(
        kind,
        progress=min(max(part, 0.0), 1.0) if math.isfinite(part) else 0.0,
        detail=str(detail)[:200] if isinstance(detail, (str, int, float)) else "",
        cause=shape.answer_causes.get(text, ""),
        test=bool(shape.answer_test_path) and find(shape.answer_test_path, tree, tree) is True,
    )


def check_template(template: str) -> None:
    """Raises ValueError unless the template is JSON once its places are filled."""
    try:
        for value in (1.0, "word"):
            json.loads(write_command(template, DeviceCommand("id", "source", "path", value)))
    except json.JSONDecodeError as error:
        raise ValueError(f"command_frame is not JSON at {error.pos}") from None


def knows_tests(template: str) -> bool:
    """Whether a command written by this template tells a test from an order."""
    return "{test}" in template


def write_command(template: str, command: DeviceCommand) -> str:
    """The template with `{id}`, `{source}`, `{path}`, `{value}` and `{test}` replaced, each by its JSON encoding."""
    value = command.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    fields = {
        "id": command.command_id,
        "source": command.source,
        "path": command.path,
        "value": value,
        "test": command.test,
    }
    return _PLACE.sub(lambda place: json.dumps(fields[place[1]], ensure_ascii=False), template)
