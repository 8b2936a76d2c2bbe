"""How long somebody must wait after failed sign-ins (SEC-04).

The wait grows with every failure and is never longer than `LONGEST_S`: whoever knows the password gets in. At
the last position that could still control the city it is never longer than `LAST_POSITION_S`, so that
nobody can shut the room out of its own plant by guessing.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

FREE: Final = 3
"""Failures that cost nothing: people mistype."""
LONGEST_S: Final = 60.0
LAST_POSITION_S: Final = 5.0
ELSEWHERE_S: Final = 5.0
"""Longest wait at a station for what was guessed at others: a stranger must not keep a person out."""
ELSEWHERE_FREE: Final = 20
FORGET_S: Final = 900.0
MOST: Final = 4096


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0


class SignInDelays:
    """Counts by account at one station, by station, and by account everywhere; a success forgets the first two."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def wait_s(self, user: str, station: str, now: float, *, last_position: bool = False) -> float:
        """Seconds to wait before the next try; 0 for none. Raises nothing and changes nothing."""
        here = max(
            self._left((user, station), now, FREE, LONGEST_S),
            self._left(("", station), now, FREE * 3, LONGEST_S),
        )
        wait = max(here, self._left((user, ""), now, ELSEWHERE_FREE, ELSEWHERE_S))
        return min(wait, LAST_POSITION_S) if last_position else wait

    def failed(self, user: str, station: str, now: float) -> None:
        """One more try was wrong."""
        for key in ((user, station), ("", station), (user, "")):
            failures = self._failures.setdefault(key, _Failures())
            if now - failures.last > FORGET_S:
                failures.count = 0
            failures.count += 1
            failures.last = now
            self._failures.move_to_end(key)
        while len(self._failures) > MOST:
            self._failures.popitem(last=False)

    def succeeded(self, user: str, station: str) -> None:
        """The right person is there: their mistakes are forgotten, not those about other accounts."""
        self._failures.pop((user, station), None)
        self._failures.pop((user, ""), None)
        station_wide = self._failures.get(("", station))
        if station_wide is not None and station_wide.count:
            # `failed` counted this try before it was judged.
            station_wide.count -= 1

    def _left(self, key: tuple[str, str], now: float, free: int, longest_s: float) -> float:
        failures = self._failures.get(key)
        if failures is None or failures.count < free or now - failures.last > FORGET_S:
            return 0.0
        delay = min(2.0 ** min(failures.count - free, 10), longest_s)
        return max(0.0, failures.last + delay - now)
