"""The code lists of ITU-R M.1371 in the words of the standard, as Signal K also writes them; pure."""

from __future__ import annotations

NAVIGATION_STATES = {
    0: "motoring",
    1: "anchored",
    2: "not under command",
    3: "restricted manouverability",
    4: "constrained by draft",
    5: "moored",
    6: "aground",
    7: "fishing",
    8: "sailing",
    14: "ais-sart",
}
"""15 is unknown; the others are reserved."""

_ONE = {
    30: "Fishing",
    31: "Towing",
    32: "Towing",
    33: "Dredging",
    34: "Diving",
    35: "Military",
    36: "Sailing",
    37: "Pleasure",
    50: "Pilot",
    51: "SAR",
    52: "Tug",
    53: "Port tender",
    54: "Anti-pollution",
    55: "Law enforcement",
    58: "Medical",
    59: "Special",
}
_TENS = {2: "WIG", 4: "High speed craft", 6: "Passenger ship", 7: "Cargo ship", 8: "Tanker", 9: "Other"}
_HAZARD = {1: "A", 2: "B", 3: "C", 4: "D"}


def ship_type(code: int) -> str:
    """Word for a code of ship and cargo type; empty for one that says nothing."""
    if code in _ONE:
        return _ONE[code]
    word = _TENS.get(code // 10, "") if code < 100 else ""
    hazard = _HAZARD.get(code % 10)
    return f"{word}, hazardous cat {hazard}" if word and hazard else word
