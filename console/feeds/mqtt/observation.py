"""Observations of OGC SensorThings as they come over MQTT (part 1, clause 14); pure.

The Datastream is named by the topic, `v1.1/Datastreams(42)/Observations`, or stands in the payload.
"""

from __future__ import annotations

import math
import re
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.json_paths import leaves
from console.feeds.mqtt.decoded import Decoded, Envelope
from console.feeds.times import read_time

Tree = dict[str, object]

_STREAM = re.compile(r"(?:^|/)((?:Multi)?Datastreams)\(([^()]+)\)", re.IGNORECASE)
_TIMES = ("phenomenonTime", "resultTime")


def decode(envelope: Envelope) -> Decoded:
    """The result of one observation; the source is `Datastreams(42)`, the point `result`."""
    tree = envelope.tree()
    if not isinstance(tree, dict):
        raise DecodeError("payload", "not_an_object")
    tree = cast("Tree", tree)
    if "result" not in tree:
        raise DecodeError("result", "missing")
    out = Decoded()
    source = _source(tree, envelope)
    at, quality = _time(tree, envelope, out)
    result = tree["result"]
    plain = not isinstance(result, (dict, list))
    named = {"result": result} if plain else leaves(cast("object", result), "result")
    for path, value in named.items():
        if value is None:
            out.readings.append(Reading(source, path, math.nan, at, Quality.BAD))
        else:
            out.readings.append(Reading(source, path, cast("float | bool | str", value), at, quality))
    return out


def _source(tree: Tree, envelope: Envelope) -> str:
    found = _STREAM.search(envelope.message.topic)
    if found is not None:
        return f"{found[1]}({found[2]})"
    for name in ("Datastream", "MultiDatastream"):
        stream = tree.get(name)
        number = cast("Tree", stream).get("@iot.id") if isinstance(stream, dict) else None
        if isinstance(number, (int, str)) and not isinstance(number, bool):
            return f"{name}s({number})"
        link = tree.get(f"{name}@iot.navigationLink")
        found = _STREAM.search(link) if isinstance(link, str) else None
        if found is not None:
            return f"{found[1]}({found[2]})"
    return envelope.source


def _time(tree: Tree, envelope: Envelope, out: Decoded) -> tuple[int, Quality]:
    """When it was observed; of an interval the end."""
    for name in _TIMES:
        told = tree.get(name)
        if told is None:
            continue
        try:
            return read_time(
                told.rpartition("/")[2] if isinstance(told, str) else told, envelope.zone, name
            ), (Quality.GOOD)
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
            return 0, Quality.UNCERTAIN
    return envelope.at, Quality.GOOD
