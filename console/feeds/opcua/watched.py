"""One point that is watched, and what a new value of it means; without the library, and without its connection."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import FeedSink, Reading
from console.feeds.drops import tell_dropped
from console.feeds.opcua.codec import PointName, Value, overflowed, point_name, reading_of
from console.feeds.opcua.frames import read_written, written_names
from console.feeds.tap import FrameReader

if TYPE_CHECKING:
    from asyncua import ua


@dataclass(slots=True)
class Watched:
    """One point, its node once found, and when something was last heard of it (monotonic seconds)."""

    names: tuple[str, str]
    point: PointName
    period_s: float
    node_id: ua.NodeId | None = None
    words: Mapping[int, str] | None = None
    value: Value | None = None
    at: int = 0
    """Time of the last value told, UTC ns."""
    heard: float = 0.0


def changed(watched: Watched, value: Value, sink: FeedSink) -> Reading:
    """A new value as a reading; what is wrong with it is told to the sink, and makes the point BAD."""
    last, watched.value = watched.value, value
    if overflowed(value.code):
        # The server says only that its queue was too short, not by how much.
        tell_dropped(sink, "overrun", 1, " ".join(watched.names))
    same = last is not None and (last.data, last.code, last.source_time) == (
        value.data,
        value.code,
        value.source_time,
    )
    if same and value.server_time is not None:
        value = replace(value, source_time=value.server_time)
    try:
        reading = reading_of(watched.names, value, watched.point.element, watched.words)
    except DecodeError as error:
        sink.malformed(error.where, error.reason, error.offending)
        reading = Reading(*watched.names, math.nan, 0, Quality.BAD)
    if same and reading.at < watched.at:
        # The time of a server that stamps only writes, and rounds it: no sample of the past.
        reading = msgspec.structs.replace(reading, at=watched.at)
    watched.at = reading.at
    return reading


def reader(join: str, sink: FeedSink) -> FrameReader:
    """Reads values of a recording as if a subscription had brought them."""
    points: dict[tuple[str, str], Watched] = {}

    def take(data: bytes | str, about: str, at: int) -> None:
        del at
        names = written_names(about)
        try:
            watched = points.get(names)
            if watched is None:
                watched = points[names] = Watched(names, point_name(*names, join), 0.0)
            value, watched.words = read_written(data)
        except DecodeError as error:
            sink.malformed(f"{names[0]} {error.where}", error.reason, data[:200])
            return
        except ValueError as error:
            sink.malformed(" ".join(names)[:120], "no_such_node", str(error))
            return
        sink.readings([changed(watched, value, sink)])

    return take
