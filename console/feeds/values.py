"""One value of a source as a number of a tag, and many of them as columns; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS
from console.core.quality import Quality
from console.feeds.base import Columns, Reading

AHEAD_NS = 60 * NS
"""A source time further ahead of the hub than this is a wrong clock, not a fast network."""

BAD = int(Quality.BAD)


@dataclass(frozen=True, slots=True)
class Route:
    """Row of a point in the tables of a mapping (its words have the next one), and its words."""

    row: int
    words: dict[str, float]
    learns: bool = False
    """Words that are not known are to be learned: a discovered text."""
    other: float | None = None
    """Number of all words that are not known, where no more are learned."""


LONGEST_SHOWN = 200
"""Letters of a value that was at fault."""


class Rows:
    """Columns while they grow, as lists of equal length."""

    __slots__ = ("at", "bad", "inside", "number", "offending", "quality", "unlearned", "value")

    def __init__(self) -> None:
        self.number: list[int] = []
        self.value: list[float] = []
        self.at: list[int] = []
        self.quality: list[int] = []
        self.bad: list[tuple[str, str]] = []
        self.offending: dict[str, str] = {}
        """The value that was at fault, by where it stood."""
        self.inside: list[Reading] = []
        """Unmapped values below some other path of a mapped source."""
        self.unlearned: list[Reading] = []
        """Words that are to be learned."""

    def add_other(self, reading: Reading, route: Route) -> None:
        """A value that is not a plain finite float: a word, an integer, or a fault. Its time is added with it."""
        value, number, reason = number_of(reading.value, route)
        if reason == "unknown_word" and route.learns:
            # It waits until the word has a number.
            self.unlearned.append(reading)
            return
        if reason and reading.quality != Quality.BAD:
            where = f"{reading.source} {reading.path}"
            self.bad.append((where, reason))
            self.offending[where] = str(reading.value)[:LONGEST_SHOWN]
        self.number.append(number)
        self.value.append(value)
        self.at.append(reading.at)
        self.quality.append(BAD if reason else int(reading.quality))


def number_of(value: float | bool | str, route: Route) -> tuple[float, int, str]:
    """Value, row of its scale and reason of a fault for what is not a plain finite float."""
    if isinstance(value, bool):
        if route.words:
            return _word("true" if value else "false", route)
        return float(value), route.row, ""
    if isinstance(value, str):
        return _word(value, route) if route.words or route.learns else (math.nan, route.row, "wrong_type")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    return (number, route.row, "") if math.isfinite(number) else (math.nan, route.row, "not_finite")


def _word(word: str, route: Route) -> tuple[float, int, str]:
    number = route.words.get(word, route.other)
    if number is None:
        return math.nan, route.row, "unknown_word"
    return number, route.row + 1, ""


def rows_of(columns: Columns, mask: NDArray[np.bool_]) -> Columns:
    """The columns at the rows of a mask."""
    return Columns(columns.point[mask], columns.at[mask], columns.value[mask], columns.quality[mask])


def scaled(
    value: NDArray[np.float64],
    scale: NDArray[np.float64],
    offset: NDArray[np.float64],
    quality: NDArray[np.uint8],
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Values in the tag's unit; what is not finite becomes NaN and BAD in `quality`.

    Also returns the rows among these that were not BAD already.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        made = value * scale + offset
    broken = ~np.isfinite(made)
    if not broken.any():
        return made, np.empty(0, np.intp)
    unsaid = np.flatnonzero(broken & (quality != BAD))
    quality[broken] = BAD
    made[broken] = math.nan
    return made, unsaid


def believed(at: NDArray[np.int64], received_at: int) -> tuple[NDArray[np.int64], int]:
    """Times of the source, `received_at` where missing or too far ahead, and how many were ahead."""
    latest = received_at + AHEAD_NS
    ahead = int(np.count_nonzero(at > latest))
    missing = at <= 0
    if ahead or missing.any():
        at = np.where(missing | (at > latest), received_at, at)
    return at, ahead
