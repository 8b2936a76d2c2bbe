"""What one AIS message says, without what it only says it does not know; pure (ITU-R M.1371-5).

Fields have the names of `pyais`; the envelope of AISStream is brought to the same names. Angles are in degrees true,
speeds in m/s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import cast

import msgspec
from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence

from console.core.errors import DecodeError
from console.feeds.ais.words import NAVIGATION_STATES, ship_type

Fields = Mapping[str, object]
KNOT = 1852.0 / 3600.0
_NO_FIX = 63
"""UTC second of a station whose positioning system does not work: its place is an old one."""
_MAX_TEXT = 60


class Kind(StrEnum):
    """What a station is; the words are kinds of movers."""

    VESSEL = "vessel"
    ATON = "aton"
    BASE_STATION = "base_station"
    SAR_AIRCRAFT = "sar_aircraft"
    DISTRESS = "distress"
    """AIS-SART, man overboard or EPIRB."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One message; None where the station does not know."""

    mmsi: int
    kind: Kind
    ais_class: str = ""
    """A or B of a vessel."""
    place: tuple[float, float] | None = None
    """Latitude and longitude."""
    heading: float | None = None
    course: float | None = None
    speed: float | None = None
    turn: float | None = None
    """Degrees a minute, to starboard positive."""
    moves: bool = False
    """Whether the message tells motion at all."""
    name: str = ""
    facts: dict[str, str] = msgspec.field(default_factory=dict[str, str])


_CLASS_A, _CLASS_B = frozenset({1, 2, 3, 5, 27}), frozenset({18, 19, 24})
_PLACED = frozenset({1, 2, 3, 4, 9, 18, 19, 21, 27})
_STATIC = frozenset({5, 19, 24})
KNOWN = _PLACED | _STATIC
"""Types that say where or who somebody is; the others are talk between stations."""
_UNKNOWN_SPEED = {9: 1023.0, 27: 63.0}
_UNKNOWN_COURSE = {27: 511.0}


def read_message(sentence: AISSentence) -> Report | None:
    """What a message says; None for a type that tells nothing of ships.

    Raises DecodeError: not_ais, too_short, mmsi or out_of_range.
    """
    number = sentence.ais_id
    if number not in KNOWN:
        return None
    try:
        fields = cast("Fields", sentence.decode().asdict(enum_as_int=True))
    except (AISBaseException, ValueError, IndexError, KeyError, TypeError) as error:
        raise DecodeError(f"message {number}", "not_ais", type(error).__name__) from None
    _check_length(number, fields)
    return report_of(number, fields)


def report_of(number: int, fields: Fields) -> Report:
    """What the fields of a message of this type say. Raises DecodeError: too_short, mmsi or out_of_range."""
    where = f"message {number}"
    mmsi = _number(fields.get("mmsi"))
    if mmsi is None:
        raise DecodeError(where, "too_short")
    if not 0 < mmsi <= 999_999_999:
        raise DecodeError(where, "mmsi", f"{mmsi:g}")
    kind = _kind(number, int(mmsi))
    return Report(
        mmsi=int(mmsi),
        kind=kind,
        ais_class=_class(number) if kind is Kind.VESSEL else "",
        place=_place(number, fields, where) if number in _PLACED else None,
        heading=_angle(fields.get("heading"), 511.0),
        course=_angle(fields.get("course"), _UNKNOWN_COURSE.get(number, 360.0)),
        speed=_speed(number, fields),
        turn=_turn(fields.get("turn")),
        moves=number in _PLACED,
        name=_name(fields),
        facts=_facts(number, fields),
    )


def _check_length(number: int, fields: Fields) -> None:
    """A sentence that ends before its last needed field has lost bits, and who knows which."""
    needed = {"lon", "lat"} if number in _PLACED else set[str]()
    if number in (1, 2, 3, 9, 18, 19):
        needed |= {"course", "second"}
    if number == 5:
        needed.add("destination")
    if any(fields.get(name) is None for name in needed):
        raise DecodeError(f"message {number}", "too_short")


def _kind(number: int, mmsi: int) -> Kind:
    """The type of the message tells, and where it does not, the number of the station (ITU-R M.585)."""
    told = {4: Kind.BASE_STATION, 9: Kind.SAR_AIRCRAFT, 21: Kind.ATON}.get(number)
    if told is not None:
        return told
    digits = f"{mmsi:09d}"
    if digits.startswith(("970", "972", "974")):
        return Kind.DISTRESS
    if digits.startswith("111"):
        return Kind.SAR_AIRCRAFT
    if digits.startswith("99"):
        return Kind.ATON
    return Kind.BASE_STATION if digits.startswith("00") else Kind.VESSEL


def _class(number: int) -> str:
    if number in _CLASS_A:
        return "A"
    return "B" if number in _CLASS_B else ""


def _place(number: int, fields: Fields, where: str) -> tuple[float, float] | None:
    lat, lon = _number(fields.get("lat")), _number(fields.get("lon"))
    if lat is None or lon is None or _number(fields.get("second")) == _NO_FIX:
        return None
    # 91 and 181 are said in steps of 1/10000 or 1/10 minute, which do not always come out round.
    if 90.5 < lat < 91.5 or 180.5 < lon < 181.5:
        return None
    if abs(lat) > 90 or abs(lon) > 180:
        raise DecodeError(where, "out_of_range", f"{lat:g} {lon:g}")
    return lat, lon


def _speed(number: int, fields: Fields) -> float | None:
    knots = _number(fields.get("speed"))
    if knots is None or knots < 0 or knots >= _UNKNOWN_SPEED.get(number, 102.3) - 0.01:
        return None
    return knots * KNOT


def _angle(value: object, unknown: float) -> float | None:
    angle = _number(value)
    return None if angle is None or angle == unknown or not 0 <= angle < 360 else angle


def _turn(value: object) -> float | None:
    """-128 is unknown, and +-127 says only that it turns, not how fast."""
    turn = _number(value)
    return None if turn is None or turn in (-128.0, 127.0, -127.0) else turn


def _facts(number: int, fields: Fields) -> dict[str, str]:
    told = {
        "callsign": _text(fields.get("callsign")),
        "state": NAVIGATION_STATES.get(int(_number(fields.get("status")) or 0), "")
        if number in (1, 2, 3, 27)
        else "",
        "destination": _text(fields.get("destination")),
        "eta": _eta(fields) if number == 5 else "",
    }
    kind = _number(fields.get("ship_type"))
    if kind:
        told |= {"shiptype": ship_type(int(kind)), "shiptype_id": _written(kind)}
    for name, key in (("imo", "imo"), ("draught", "draft_m"), ("mothership_mmsi", "mothership")):
        value = _number(fields.get(name))
        told[key] = _written(value) if value else ""
    altitude = _number(fields.get("alt"))
    if altitude is not None and altitude < 4095:
        told["altitude_m"] = _written(altitude)
    if number == 21:
        told |= _aid(fields)
    return {key: text for key, text in (told | _size(fields)).items() if text}


def _aid(fields: Fields) -> dict[str, str]:
    kind = _number(fields.get("aid_type"))
    return {
        "aid_type": _written(kind) if kind else "",
        "virtual": "true" if fields.get("virtual_aid") else "",
        "off_position": "true" if fields.get("off_position") else "false",
    }


def _size(fields: Fields) -> dict[str, str]:
    """Length and beam are sums of the distances from the antenna; a sum of 0 says nothing."""
    told: dict[str, str] = {}
    for key, parts in (("length_m", ("to_bow", "to_stern")), ("beam_m", ("to_port", "to_starboard"))):
        total = sum(_number(fields.get(part)) or 0.0 for part in parts)
        told[key] = _written(total) if total > 0 else ""
    return told


def _written(number: float) -> str:
    return str(int(number)) if number.is_integer() else f"{number:.1f}"


def _eta(fields: Fields) -> str:
    """Month 0, day 0, hour 24 and minute 60 are unknown; without a day there is no time of arrival."""
    month, day, hour, minute = (int(_number(fields.get(n)) or 0) for n in ("month", "day", "hour", "minute"))
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    clock = f" {hour:02d}:{minute:02d} UTC" if hour < 24 and minute < 60 else ""
    return f"{month:02d}-{day:02d}{clock}"


def _name(fields: Fields) -> str:
    name = _text(fields.get("shipname")) or _text(fields.get("name"))
    return name + _text(fields.get("name_ext")) if name else ""


def _text(value: object) -> str:
    """Six-bit text fills up with @; a stranger's characters that cannot be printed are left out."""
    if not isinstance(value, str):
        return ""
    text = value.partition("@")[0].strip()[:_MAX_TEXT]
    return "".join(letter for letter in text if letter.isprintable())


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None
