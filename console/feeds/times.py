"""Times as sources write them, read into UTC nanoseconds since 1970; pure.

Forms seen in the field: RFC 3339 with a zone, comma for the decimal point (City Data Hub), no zone (Smart
Data Models, data.go.kr), basic ISO (oneM2M), hour 24, leap seconds, a date alone, and numbers or digits since
the epoch.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from console.core.errors import DecodeError

NS = 1_000_000_000
LAST = 2**63 - 1
"""Latest time an int64 can hold, in the year 2262."""

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,18}))?)?)?"
    r"\s?(Z|z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.(\d{1,9}))?", re.ASCII)
_NO_ZONE = -(2**63)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def read_time(value: object, zone: tzinfo | None = None, where: str = "time") -> int:
    """UTC ns of a time in any form seen; `zone` is where times without a zone are written.

    Raises DecodeError naming `where`: `time`, or `no_zone` for a time that could be anywhere because `zone` is None.
    """
    if isinstance(value, str):
        at = _read_text(value, zone)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        at = _read_number(value)
    else:
        at = -1
    if at == _NO_ZONE:
        raise DecodeError(where, "no_zone", repr(value))
    if not 0 <= at <= LAST:
        raise DecodeError(where, "time", repr(value))
    return at


def read_zone(name: str) -> tzinfo:
    """Zone by its name in the zone database; raises ValueError for an unknown one."""
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"zone: {name}") from error


def _read_number(value: float) -> int:
    """Epoch seconds, milliseconds, microseconds or nanoseconds, told apart by size."""
    if not math.isfinite(value):
        return -1
    size = abs(value)
    for limit, unit in ((1e11, NS), (1e14, 1_000_000), (1e17, 1_000), (1e19, 1)):
        if size < limit:
            whole = int(value)  # a float has not the digits for nanoseconds since 1970
            return whole * unit + round((value - whole) * unit)
    return -1


# Stamps repeat within a message or two, never later: more entries would only be memory.
@lru_cache(maxsize=256)
def _read_text(text: str, zone: tzinfo | None) -> int:
    text = text.strip()
    digits = _DIGITS.fullmatch(text)
    if digits is not None:
        whole = _read_number(int(digits[1]))
        return whole + (int(digits[2].ljust(9, "0")) if digits[2] and len(digits[1]) < 13 else 0)
    found = _ISO.fullmatch(text)
    if found is None:
        return -1
    try:
        return _of_parts(found, zone)
    except (ValueError, OverflowError):
        return -1


def _of_parts(found: re.Match[str], zone: tzinfo | None) -> int:
    """UTC ns of a matched ISO time; raises ValueError for a day or hour that does not exist."""
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    hour, minute, second = int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
    midnight_after = hour == 24 and minute == second == 0
    if (hour > 23 and not midnight_after) or minute > 59 or second > 60:
        raise ValueError(found[0])
    if found[8] is None and zone is None:
        return _NO_ZONE
    days = date(year, month, day).toordinal() - _EPOCH_DAY
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    return (seconds - _offset(found[8], seconds, zone)) * NS + int((found[7] or "0").ljust(9, "0")[:9])


def _offset(written: str | None, seconds: int, zone: tzinfo | None) -> int:
    """Seconds east of UTC."""
    if written is None:
        local = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - a wall clock without a zone
        shift = None if zone is None else zone.utcoffset(local)
        return 0 if shift is None else int(shift.total_seconds())
    if written in "Zz":
        return 0
    east = int(written[1:3]) * 3600 + int(written[3:].lstrip(":") or 0) * 60
    if east > 18 * 3600:
        raise ValueError(written)
    return -east if written[0] == "-" else east
