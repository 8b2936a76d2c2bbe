"""JSON whose places the profile names; pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.json_paths import MISSING, find, measured
from console.feeds.mqtt.decoded import Decoded, Envelope
from console.feeds.times import read_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonMap:
    """Where things stand in a payload; every path is one of `json_paths`."""

    source_path: str = ""
    """Empty: the topic names the source."""
    values_path: str = ""
    """An object whose plain values are readings, or one plain value."""
    point_path: str = ""
    """What one plain value is called; empty: by its last key, or by the topic if the payload is the value."""
    time_path: str = ""
    each_path: str = ""
    """A list of items that each have a source, a time and values; `.` if the payload is the list."""
    text_numbers: bool = False
    """Numbers arrive as texts."""

    def decode(self, envelope: Envelope) -> Decoded:
        """Readings of one payload; a fault in one item of a list costs that item only."""
        tree = envelope.tree()
        out = Decoded()
        if not self.each_path:
            self._item(tree, tree, envelope, "payload", out)
            return out
        items = find("" if self.each_path == "." else self.each_path, tree, tree)
        if not isinstance(items, list):
            raise DecodeError(self.each_path, "missing")
        for index, item in enumerate(cast("list[object]", items)):
            try:
                self._item(item, tree, envelope, f"{self.each_path}[{index}]", out)
            except DecodeError as error:
                out.faults.append((error.where, error.reason))
        return out

    def _item(self, item: object, frame: object, envelope: Envelope, where: str, out: Decoded) -> None:
        source = self._name(self.source_path, item, frame, where) or envelope.source
        values = find(self.values_path, item, frame)
        if values is MISSING:
            raise DecodeError(f"{where}.{self.values_path}", "missing")
        at, quality = self._time(item, frame, envelope, where, out)
        for path, value in self._named(values, item, frame, envelope, where).items():
            if value is None:
                out.readings.append(Reading(source, path, math.nan, at, Quality.BAD))
            else:
                out.readings.append(Reading(source, path, self._value(value), at, quality))

    def _named(
        self, values: object, item: object, frame: object, envelope: Envelope, where: str
    ) -> dict[str, object]:
        point = self._name(self.point_path, item, frame, where)
        if isinstance(values, (dict, list)):
            own = (self.source_path, self.time_path, self.point_path)
            return measured(cast("object", values), self.values_path, own, point)
        return {point or self.values_path.rpartition(".")[2] or envelope.point: values}

    @staticmethod
    def _name(path: str, item: object, frame: object, where: str) -> str:
        if not path:
            return ""
        name = find(path, item, frame)
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not isinstance(name, str) or not name:
            raise DecodeError(f"{where}.{path}", "missing")
        return name

    def _time(
        self, item: object, frame: object, envelope: Envelope, where: str, out: Decoded
    ) -> tuple[int, Quality]:
        """Time of an item; where it cannot be read, its values are kept, uncertain and at the hub's time."""
        value = find(self.time_path, item, frame) if self.time_path else MISSING
        if value is MISSING or value is None:
            return envelope.at, Quality.GOOD
        try:
            return read_time(value, envelope.zone, f"{where}.{self.time_path}"), Quality.GOOD
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
            return 0, Quality.UNCERTAIN

    def _value(self, value: object) -> float | bool | str:
        if isinstance(value, str) and self.text_numbers and _NUMBER.fullmatch(value.strip()):
            return float(value)
        return cast("float | bool | str", value)
