"""What a source said while it was listened to: its points with their values, its places and its movers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from console.core.discovery import Offer
from console.core.feed import FeedState
from console.feeds.base import Columns, MoverFacts, Position, Reading
from console.feeds.scout import Place

MOST_POINTS = 200_000
MOST_WORDS = 16
_DECIMALS = 3


@dataclass(slots=True)
class PointHeard:
    """Values of one point; times are monotonic seconds."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    decimals: int = 0
    flags: bool = True
    """Nothing but true and false."""
    words: set[str] = field(default_factory=set[str])

    @property
    def period_s(self) -> float:
        """Mean time between values; 0 if there was one."""
        return (self.last - self.first) / (self.count - 1) if self.count > 1 else 0.0

    @property
    def usable(self) -> bool:
        """Numbers only, or a few words only."""
        numbers = self.low <= self.high
        return numbers != bool(self.words) and len(self.words) <= MOST_WORDS

    def take(self, value: float | bool | str, now: float) -> None:
        """One value."""
        self.first = self.first if self.count else now
        self.last = now
        self.count += 1
        if isinstance(value, str):
            self.flags = False
            if len(self.words) <= MOST_WORDS:
                self.words.add(value)
            return
        self.flags &= isinstance(value, bool)
        if math.isfinite(value):
            self.low, self.high = min(self.low, float(value)), max(self.high, float(value))
            while self.decimals < _DECIMALS and abs(round(value, self.decimals) - value) > 1e-9:
                self.decimals += 1


class Heard:
    """`FeedSink` and `FrameSink` that remembers within bounds; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._declared: list[tuple[str, str]] = []
        self.points: dict[tuple[str, str], PointHeard] = {}
        self.places: dict[str, Place] = {}
        self.kinds: dict[str, str] = {}
        """Kind of each moving object."""
        self.offers: dict[tuple[str, str], Offer] = {}
        """What the source says of its points besides their values."""
        self.unreadable = 0
        self.first_fault = ""
        self.frames = 0
        self.frame_listener: Callable[[bytes | str, str], None] | None = None

    def frame(self, data: bytes | str, about: str = "") -> None:
        """As FrameSink."""
        self.frames += 1
        if self.frame_listener is not None:
            self.frame_listener(data, about)

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        del whole
        if len(self.offers) < MOST_POINTS:
            self.offers.update({(offer.source, offer.path): offer for offer in offers})

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        for row in rows:
            self._point(row.source, row.path).take(row.value, self._clock())

    def declare(self, points: list[tuple[str, str]]) -> None:
        """As FeedSink."""
        self._declared = points

    def columns(self, columns: Columns) -> None:
        """As FeedSink."""
        for row, value in zip(columns.point.tolist(), columns.value.tolist(), strict=True):
            if row < len(self._declared):
                source, path = self._declared[int(row)]
                self._point(source, path).take(float(value), self._clock())

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""
        for row in rows:
            self.places[row.source] = Place(row.source, row.lat, row.lon)

    def movers(self, rows: list[MoverFacts]) -> None:
        """As FeedSink."""
        for row in rows:
            self.kinds[row.source] = row.kind

    def gone(self, sources: list[str]) -> None:
        """As FeedSink: what has been heard stays heard."""
        del sources

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        del offending
        self.unreadable += 1
        self.first_fault = self.first_fault or f"{where}: {reason}"

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink: the end of the connection tells what matters here."""
        del state, why, detail

    def _point(self, source: str, path: str) -> PointHeard:
        found = self.points.get((source, path))
        if found is None:
            found = PointHeard()
            if len(self.points) < MOST_POINTS:
                self.points[source, path] = found
        return found
