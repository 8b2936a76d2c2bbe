"""The shift that is on now, by the site's roster."""

from __future__ import annotations

from console.core.site import Site
from console.desk.formats import zone

_DAY_NS = 24 * 3600 * 1_000_000_000


def shift_end(site: Site, now_ns: int) -> int | None:
    """When the shift that is on at `now_ns` ends, UTC ns; None where the site has no roster."""
    from console.core.alarm.shifts import shift_windows  # numpy may not cost time before the first paint

    windows = shift_windows(site.shifts, now_ns - _DAY_NS, now_ns + 2 * _DAY_NS, zone(site.time_zone))
    return min((window.end for window in windows if window.start <= now_ns < window.end), default=None)
