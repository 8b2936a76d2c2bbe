"""Frames that a broken source sends, for tests of those who read feeds; `FeedServer.inject` sends them."""

from __future__ import annotations

from dataclasses import dataclass

from console.city.feeds_out.server import dumps

BIG_BYTES = 10 * 1024 * 1024
PUMP = "urn:ngsi-ld:PumpingStation:suyeong-pump"
PORT = "facilities.urn:mrn:gwanje:asset:pnit-port"
MACHINE = "PLC/noksan-ship-1"


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


def _line(value: object, at: object = "2026-11-22 16:00:00,000", machine: object = MACHINE) -> str:
    return dumps({"ts": at, "machine": machine, "data": {"cond": {"vib_mm_s": value}}})


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
    *_COMMON,
    Fault("value of a wrong type", _line([2.1])),
    Fault("not a number", _line(float("nan"))),
    Fault("time that is none", _line(2.1, "noon")),
    Fault("time with a zone all the same", _line(2.1, "2026-11-22T16:00:00+09:00"), harmless=True),
    Fault("unknown machine", _line(2.1, machine="PLC/atlantis")),
    Fault("machine that is a number", _line(2.1, machine=7)),
)

FAULTS: dict[str, tuple[Fault, ...]] = {
    "sensors": SENSOR_FAULTS,
    "logistics": LOGISTICS_FAULTS,
    "factory": FACTORY_FAULTS,
}
