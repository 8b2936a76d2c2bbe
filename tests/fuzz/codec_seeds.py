"""Frames that the codecs of the feeds know, from which a fuzzer begins."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def as_json(*trees: object, before: bytes = b"") -> tuple[bytes, ...]:
    """Each as JSON, behind the byte that chooses a codec."""
    return tuple(before + json.dumps(tree).encode() for tree in trees)


def fixtures(folder: str) -> tuple[bytes, ...]:
    """Captured payloads, each behind a byte of its own."""
    found = sorted((FIXTURES / folder).glob("*.bin"))
    return tuple(bytes([zlib.crc32(path.name.encode()) % 8]) + path.read_bytes() for path in found)


ENTITY = {
    "id": "urn:ngsi-ld:P:1",
    "type": "P",
    "level": {"type": "Property", "value": 1.5, "observedAt": "2026-11-22T03:00:00Z"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [129.1, 35.1]}},
    "plain": 3,
}
DELTA = {
    "context": "vessels.urn:mrn:imo:mmsi:440123456",
    "updates": [
        {
            "timestamp": "2026-11-22T03:00:00Z",
            "values": [
                {"path": "navigation.position", "value": {"latitude": 35.1, "longitude": 129.1}},
                {"path": "navigation.speedOverGround", "value": 3.5},
                {"path": "", "value": {"name": "X"}},
            ],
        }
    ],
}
META_DELTA = {
    "context": "vessels.urn:mrn:imo:mmsi:440123456",
    "updates": [
        {
            "timestamp": "2026-11-22T03:00:00Z",
            "values": [{"path": "tanks.fuel", "value": 0.5}],
            "meta": [
                {
                    "path": "tanks.fuel",
                    "value": {
                        "units": "ratio",
                        "displayName": "Fuel",
                        "longName": None,
                        "displayScale": {"lower": 0, "upper": 1},
                        "zones": [
                            {"lower": 0, "upper": 0.1, "state": "alarm"},
                            {"upper": 1, "state": "normal"},
                        ],
                        "timeout": 12,
                        "enum": ["on", "off"],
                        "properties": {"level": {"units": "m", "description": "X"}},
                    },
                },
                {"path": "", "value": {"shortName": "X"}},
                {"path": "tanks.fuel", "value": None},
            ],
        }
    ],
}
NOTICE = {
    "op": 5,
    "to": "C",
    "fr": "/in",
    "rqi": "1",
    "rvi": "3",
    "pc": {
        "m2m:sgn": {
            "sur": "/in/sub1",
            "nev": {
                "net": 3,
                "rep": {"m2m:cin": {"con": "1.5", "ct": "20261122T030000,250000", "pi": "cnt1", "ty": 4}},
            },
        }
    },
}
AIS = b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24\r\n"
AIS_TWO = (
    b"!AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E\r\n"
    b"!AIVDM,2,2,3,B,1@0000000000000,2*55\r\n"
)
SENML = [{"bn": "p/", "bt": 1.795e9, "n": "level", "u": "m", "v": 1.5}, {"n": "on", "vb": True}]
REST = {
    "response": {
        "header": {"resultCode": "00"},
        "body": {"items": {"item": [{"stationName": "A", "pm10Value": "31"}]}},
    }
}

XML = (
    b"<?xml version='1.0' encoding='UTF-8'?><response><body><items><item><stationName>A</stationName>"
    b"<v>1</v></item></items></body></response>"
)
ENDED = {"topic": "org/x/things/twin/events/modified", "path": "/features/a/properties/b", "value": 1.5}
