"""Frames that a broken source sends, for tests of those who read feeds; `FeedServer.inject` sends them."""

from __future__ import annotations

from dataclasses import dataclass

from console.city.feeds_out.server import dumps
from console.city.sparkplug import protobuf as pb

BIG_BYTES = 10 * 1024 * 1024
PUMP = "urn:ngsi-ld:PumpingStation:suyeong-pump"
PORT = "facilities.urn:mrn:gwanje:asset:pnit-port"
VIBRATION = "Condition/Vibration"


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad frame; a harmless one is odd but must be read as it is meant."""

    name: str
    frame: str | bytes
    harmless: bool = False


def _event(entity: object, notified_at: object = "2026-11-22T16:00:00.000+09:00") -> str:
    return dumps({"id": PUMP, "subscriptionId": "x", "notifiedAt": notified_at, "data": [entity]})


def _level(value: object, at: object = "2026-11-22T16:00:00.000+09:00", id: object = PUMP) -> str:
    level = {"type": "Property", "value": value, "observedAt": at, "unitCode": "MTR"}
    return _event({"id": id, "type": "PumpingStation", "inletLevel": level})


def _delta(
    path: object, value: object, at: object = "2026-11-22T07:00:00.000Z", context: object = PORT
) -> str:
    values = [{"path": path, "value": value}]
    return dumps({"context": context, "updates": [{"timestamp": at, "values": values}]})


def _metric(name: str, rest: bytes) -> bytes:
    return pb.chunk(1, name.encode()) + rest


def _vibration(value: float) -> bytes:
    return _metric(VIBRATION, pb.double(13, value))


def _data(metric: bytes) -> bytes:
    return pb.chunk(2, metric)


def _template(levels: int) -> bytes:
    """A template inside a template, and so on."""
    inner = _template(levels - 1) if levels else pb.double(13, 1.0)
    return _metric("Nest", pb.chunk(18, pb.chunk(2, inner)))


_COMMON = (
    Fault("cut off in the middle", '{"id":"urn:ngsi-ld:Pumping'),
    Fault("not JSON at all", "<html><body>502 Bad Gateway</body></html>"),
    Fault("empty", ""),
    Fault("a list of nothing known", "[1,2,3]"),
    Fault("bytes that are no UTF-8", b"\xff\xfe\x00{"),
    Fault("nested too deep", "[" * 5000 + "]" * 5000),
    Fault("ten megabytes", '{"pad":"' + "x" * BIG_BYTES + '"}'),
)

SENSOR_FAULTS: tuple[Fault, ...] = (
    *_COMMON,
    Fault("value of a wrong type", _level({"metres": 2.0})),
    Fault("not a number", _level(float("nan"))),
    Fault("infinite", _level(float("inf"))),
    Fault("number as a word", _level("2.31")),
    Fault("comma milliseconds", _level(1.2, "2026-11-22T16:00:00,250+09:00"), harmless=True),
    Fault("time without a zone", _level(1.2, "2026-11-22T16:00:00.250")),
    Fault("time that is none", _level(1.2, "yesterday")),
    Fault("unknown entity", _level(1.2, id="urn:ngsi-ld:PumpingStation:atlantis")),
    Fault(
        "entity without id",
        _event({"type": "PumpingStation", "inletLevel": {"type": "Property", "value": 1}}),
    ),
    Fault("entity that is a number", _event(7)),
)

LOGISTICS_FAULTS: tuple[Fault, ...] = (
    *_COMMON,
    Fault("value of a wrong type", _delta("port.yard.occupancy", [0.5])),
    Fault("not a number", _delta("port.yard.occupancy", float("nan"))),
    Fault(
        "comma milliseconds", _delta("port.yard.occupancy", 0.6, "2026-11-22T07:00:00,250Z"), harmless=True
    ),
    Fault("time without a zone", _delta("port.yard.occupancy", 0.6, "2026-11-22T16:00:00")),
    Fault(
        "unknown context",
        _delta("port.yard.occupancy", 0.6, context="facilities.urn:mrn:gwanje:asset:atlantis"),
    ),
    Fault("path that is a number", _delta(7, 0.6)),
    Fault("updates that are none", dumps({"context": PORT, "updates": "all"})),
    Fault(
        "position beyond the pole",
        _delta(
            "navigation.position",
            {"latitude": 191.0, "longitude": 381.0},
            context="vessels.urn:mrn:imo:mmsi:440123000",
        ),
    ),
)

FACTORY_FAULTS: tuple[Fault, ...] = (
    Fault("cut off in the middle", _data(_vibration(2.1))[:-4]),
    Fault("not a payload at all", b"<html><body>502 Bad Gateway</body></html>"),
    Fault("bytes that are none", b"\xff\xfe\x00{"),
    Fault("ten megabytes", b"\xff" * BIG_BYTES),
    Fault("packed, but not to be unpacked", pb.chunk(4, b"SPBV1.0_COMPRESSED") + pb.chunk(5, b"rubbish")),
    Fault("a metric that is broken", pb.chunk(2, b"\x0a\xff")),
    Fault("a name that is no UTF-8", pb.chunk(2, pb.chunk(1, b"\xff\xfe") + pb.double(13, 1.0))),
    Fault("nested too deep", pb.chunk(2, _template(9))),
    Fault("value of a wrong type", _data(_metric(VIBRATION, pb.chunk(15, b"rough")))),
    Fault("number as a word", _data(_metric(VIBRATION, pb.chunk(15, b"2.31")))),
    # Doubles have words for these, and a reader takes them as a value that is bad.
    Fault("not a number", _data(_vibration(float("nan"))), harmless=True),
    Fault("infinite", _data(_vibration(float("inf"))), harmless=True),
    Fault("a metric that no birth has declared", _data(_metric("Atlantis/Depth", pb.double(13, 1.0)))),
    Fault("an alias that no birth has given", _data(pb.whole(2, 9_999) + pb.double(13, 1.0))),
    Fault("a metric without a value", _data(_metric(VIBRATION, b"")), harmless=True),
    Fault("name beside the number of a type", _data(_metric(VIBRATION, pb.whole(4, 10) + pb.double(13, 2.0))),
          harmless=True),
)  # fmt: skip
"""Payloads of data of the first line; what can be read as one gets its number from the node that sends it."""

FAULTS: dict[str, tuple[Fault, ...]] = {
    "sensors": SENSOR_FAULTS,
    "logistics": LOGISTICS_FAULTS,
    "factory": FACTORY_FAULTS,
}
