"""Frames of a JSON source read by its shape, pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.answer_shape import AnswerShape, read_answer
from console.feeds.base import DeviceAnswer, Reading
from console.feeds.json_paths import MISSING, find, measured
from console.feeds.times import read_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where things stand in a frame; every path is one of `json_paths`."""

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
    refused: str = ""
    """What the source said if the frame tells that it lets nobody in with our credentials."""


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
        named = measured(cast("object", values), shape.values_path, (shape.source_path, shape.time_path))
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
    return number_in(value) if shape.text_numbers else cast("float | bool | str", value)


def number_in(value: object) -> float | bool | str:
    """A plain value of JSON, a number also where it is written as a text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return cast("float | bool | str", value)


def _answer(tree: object, shape: Shape) -> DeviceAnswer:
    told = AnswerShape(
        path=shape.answer_path,
        detail_path=shape.answer_detail_path,
        progress_path=shape.answer_progress_path,
        words=shape.answer_words,
        causes=shape.answer_causes,
        test_path=shape.answer_test_path,
    )
    return read_answer(tree, told)
