"""Sentences made by the reference encoder, with wrappers that real receivers put around them."""

from __future__ import annotations

from typing import cast

from pyais import encode_dict

Fields = dict[str, object]
SHIP = 440123000
SHIP_NAME = f"vessels.urn:mrn:imo:mmsi:{SHIP}"


def lines(fields: Fields, seq_id: int = 1, kind: str = "VDM") -> list[bytes]:
    """Sentences of one message."""
    return [
        line.encode()
        for line in encode_dict(
            cast("dict[str, str | int | float | bytes | bool]", fields),
            talker_id="AI",
            radio_channel="A",
            sentence_type=kind,
            seq_id=seq_id,
        )
    ]


def position(**fields: object) -> bytes:
    """A position report of class A."""
    told: Fields = {
        "type": 1,
        "mmsi": SHIP,
        "lat": 35.1,
        "lon": 129.05,
        "speed": 10.0,
        "course": 90.0,
        "heading": 95,
        "status": 0,
        "second": 5,
    } | fields
    (line,) = lines(told)
    return line


def static(seq_id: int = 1, **fields: object) -> list[bytes]:
    """Static and voyage data of class A: two sentences."""
    told: Fields = {
        "type": 5,
        "mmsi": SHIP,
        "shipname": "HANBADA",
        "callsign": "DSAA",
        "imo": 9111111,
        "ship_type": 70,
        "to_bow": 100,
        "to_stern": 20,
        "to_port": 8,
        "to_starboard": 10,
        "draught": 7.5,
        "destination": "BUSAN",
        "month": 11,
        "day": 23,
        "hour": 6,
        "minute": 30,
    } | fields
    return lines(told, seq_id)


def tagged(line: bytes, block: bytes) -> bytes:
    """The sentence behind a tag block."""
    total = 0
    for byte in block:
        total ^= byte
    return b"\\" + block + b"*%02X" % total + b"\\" + line
