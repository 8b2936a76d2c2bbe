"""When to ask, and how often a day it may be; pure, times are UTC seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

FIRST_BACK_OFF_S = 10.0
LONGEST_BACK_OFF_S = 600.0
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `every_s`; with `align_s` at that many seconds after each multiple of it, counted from local midnight."""

    every_s: float
    align_s: float | None = None
    zone: tzinfo = UTC

    def after(self, now: float) -> float:
        """The first time to ask after `now`."""
        if self.align_s is None:
            return now + self.every_s
        midnight = day_start(now, self.zone)
        steps = math.floor((now - midnight - self.align_s) / self.every_s) + 1
        return midnight + self.align_s + steps * self.every_s


class Budget(msgspec.Struct):
    """Requests of one local day; `limit` 0 is without limit."""

    limit: int
    day: str = ""
    used: int = 0

    def left(self, now: float, zone: tzinfo) -> int:
        """Requests that may still be made today."""
        self._turn(now, zone)
        return max(self.limit - self.used, 0) if self.limit else 10**9

    def spend(self, now: float, zone: tzinfo) -> bool:
        """Take one; False if there is none left."""
        if self.left(now, zone) == 0:
            return False
        self.used += 1
        return True

    def _turn(self, now: float, zone: tzinfo) -> None:
        day = datetime.fromtimestamp(now, zone).date().isoformat()
        if day != self.day:
            self.day, self.used = day, 0


def day_start(now: float, zone: tzinfo) -> float:
    """UTC seconds of the last local midnight."""
    local = datetime.fromtimestamp(now, zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def day_end(now: float, zone: tzinfo) -> float:
    """UTC seconds of the next local midnight."""
    tomorrow = datetime.fromtimestamp(day_start(now, zone), zone) + timedelta(days=1)
    return tomorrow.timestamp()


def next_time(schedule: Schedule, budget: Budget, now: float, pages: int) -> float:
    """When to ask again after `now`, so that the day's budget lasts until its end; a poll costs `pages` requests."""
    left = budget.left(now, schedule.zone)
    pages = min(pages, budget.limit) if budget.limit else pages
    rest_s = day_end(now, schedule.zone) - now
    wanted = math.ceil(rest_s / schedule.every_s) * pages
    if wanted <= left:
        return schedule.after(now)
    if left < pages:
        return max(day_end(now, schedule.zone), schedule.after(now))
    pace_s = rest_s / (left // pages)
    return now + pace_s if schedule.align_s is None else schedule.after(now + pace_s - 1.0)


def back_off_s(failures: int) -> float:
    """Seconds to leave a source alone after so many failures in a row."""
    return min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2.0 ** min(failures - 1, 16))
