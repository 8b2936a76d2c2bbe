"""Times of a recording moved to now, so that a replay is judged like what comes live."""

from __future__ import annotations

import numpy as np

from console.core.feed import FeedState
from console.feeds.base import Columns, FeedSink, MoverFacts, Position, Reading
from console.feeds.drops import tell_dropped
from console.feeds.tap import frames_of


class ShiftedSink:
    """A sink that moves every time of the source: what was at `recorded` is at `plays` now, both UTC ns."""

    def __init__(self, sink: FeedSink, recorded: int, plays: int, speed: float) -> None:
        self._sink = sink
        self._recorded = recorded
        self._plays = plays
        self._speed = speed
        self._frames = frames_of(sink)

    def moved(self, at: int) -> int:
        """A time of the recording as a time of the replay; 0 stays 0, which is none."""
        if at <= 0:
            return at
        return self._plays + round((at - self._recorded) / self._speed)

    @property
    def frames_wanted(self) -> bool:
        """Whether anybody looks at raw frames."""
        return self._frames.wanted

    def frame(self, data: bytes | str, about: str = "") -> None:
        """As FrameSink: frames are as they were."""
        self._frames(data, about)

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        self._sink.readings([Reading(r.source, r.path, r.value, self.moved(r.at), r.quality) for r in rows])

    def declare(self, points: list[tuple[str, str]]) -> None:
        """As FeedSink."""
        self._sink.declare(points)

    def columns(self, columns: Columns) -> None:
        """As FeedSink."""
        known = columns.at > 0
        moved = self._plays + np.rint((columns.at - self._recorded) / self._speed).astype(np.int64)
        at = np.where(known, moved, columns.at)
        self._sink.columns(Columns(columns.point, at, columns.value, columns.quality))

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""
        moved = [Position(r.source, r.lat, r.lon, r.heading, r.speed, self.moved(r.at)) for r in rows]
        self._sink.positions(moved)

    def movers(self, rows: list[MoverFacts]) -> None:
        """As FeedSink."""
        self._sink.movers(rows)

    def gone(self, sources: list[str]) -> None:
        """As FeedSink."""
        self._sink.gone(sources)

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        self._sink.malformed(where, reason, offending)

    def dropped(self, why: str, count: int, where: str = "") -> None:
        """As DropSink."""
        tell_dropped(self._sink, why, count, where)

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink."""
        self._sink.state(state, why, detail)
