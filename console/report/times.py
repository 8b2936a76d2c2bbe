"""Times of the command line, in UTC ns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from console.core.batch import NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_at(text: str, zone: ZoneInfo) -> int:
    """RFC 3339 or UTC ns; without a zone it is the time of the site. Raises ValueError."""
    if text.isascii() and text.isdigit() and len(text) > 12:
        at = int(text)
    else:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        at = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
    if not 0 <= at < 2**63 // NS * NS:
        raise ValueError(text)
    return at
