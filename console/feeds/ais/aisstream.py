"""The envelope of AISStream: its subscription, its messages in the names of `pyais`, its refusals; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import cast

from console.core.errors import DecodeError
from console.feeds.ais.reports import Report, report_of
from console.feeds.times import read_time

Tree = dict[str, object]
Box = tuple[float, float, float, float]
"""South, west, north, east."""

_TYPES = {
    "PositionReport": 1,
    "BaseStationReport": 4,
    "ShipStaticData": 5,
    "StandardSearchAndRescueAircraftReport": 9,
    "StandardClassBPositionReport": 18,
    "ExtendedClassBPositionReport": 19,
    "AidsToNavigationReport": 21,
    "StaticDataReport": 24,
    "LongRangeAisBroadcastMessage": 27,
}
_NAMES = {
    "UserID": "mmsi",
    "Latitude": "lat",
    "Longitude": "lon",
    "Sog": "speed",
    "Cog": "course",
    "TrueHeading": "heading",
    "Timestamp": "second",
    "NavigationalStatus": "status",
    "Name": "shipname",
    "NameExtension": "name_ext",
    "CallSign": "callsign",
    "Destination": "destination",
    "ImoNumber": "imo",
    "MaximumStaticDraught": "draught",
    "OffPosition": "off_position",
    "VirtualAtoN": "virtual_aid",
    "Altitude": "alt",
}
_SIDES = {"A": "to_bow", "B": "to_stern", "C": "to_port", "D": "to_starboard"}
_ETA = {"Month": "month", "Day": "day", "Hour": "hour", "Minute": "minute"}
_UTC = re.compile(r"\s*\+0000 UTC$")


@dataclass(frozen=True, slots=True)
class Heard:
    """A report with its time, or the reason of a refusal; both None for a message that tells nothing of ships."""

    report: Report | None = None
    at: int = 0
    refused: str = ""


def subscription(key: str, boxes: tuple[Box, ...], ships: tuple[str, ...]) -> str:
    """The first message; it must go out within 3 s."""
    frame: Tree = {
        "APIKey": key,
        "BoundingBoxes": [[[south, west], [north, east]] for south, west, north, east in boxes],
        "FilterMessageTypes": list(_TYPES),
    }
    if ships:
        frame["FiltersShipMMSI"] = list(ships)
    return json.dumps(frame)


def read_envelope(tree: Tree) -> Heard:
    """Contents of a message; raises DecodeError for one that has not the shape."""
    if "error" in tree:
        return Heard(refused=str(tree["error"])[:200])
    word = tree.get("MessageType")
    if not isinstance(word, str):
        raise DecodeError("MessageType", "missing")
    number = _TYPES.get(word)
    if number is None:
        return Heard()
    inner = _tree(tree.get("Message")).get(word)
    if not isinstance(inner, dict):
        raise DecodeError(f"Message.{word}", "missing")
    fields = _fields(number, cast("Tree", inner))
    meta = _tree(tree.get("MetaData")) or _tree(tree.get("Metadata"))
    if "shipname" not in fields and isinstance(meta.get("ShipName"), str):
        fields["shipname"] = meta["ShipName"]
    return Heard(report_of(number, fields), _time(meta.get("time_utc")))


def _fields(number: int, inner: Tree) -> Tree:
    fields: Tree = {ours: inner[theirs] for theirs, ours in _NAMES.items() if theirs in inner}
    if number == 24:
        for part in (_tree(inner.get("ReportA")), _tree(inner.get("ReportB"))):
            if part.get("Valid") is True:
                fields |= _fields(0, part)
                fields["ship_type"] = part.get("ShipType", fields.get("ship_type"))
    elif "Type" in inner:
        fields["aid_type" if number == 21 else "ship_type"] = inner["Type"]
    if number == 21:
        fields["name"] = fields.pop("shipname", "")
    for group, names in (("Dimension", _SIDES), ("Eta", _ETA)):
        told = _tree(inner.get(group))
        fields |= {ours: told[theirs] for theirs, ours in names.items() if theirs in told}
    if number == 9 and fields.get("speed") == 102.3:
        fields["speed"] = 1023
    turn = inner.get("RateOfTurn")
    if isinstance(turn, (int, float)) and not isinstance(turn, bool):
        fields["turn"] = -128.0 if abs(turn) >= 127 else (turn / 4.733) ** 2 * (1 if turn >= 0 else -1)
    return fields


def _time(value: object) -> int:
    """UTC ns of `2026-11-22 07:00:00.318353 +0000 UTC`; 0 for what cannot be read, which leaves the hub's time."""
    if not isinstance(value, str):
        return 0
    try:
        return read_time(_UTC.sub("Z", value), None, "MetaData.time_utc")
    except DecodeError:
        return 0


def _tree(value: object) -> Tree:
    return cast("Tree", value) if isinstance(value, dict) else {}
