"""What every delivery brings, handed to the hub: notifications, and pages of the catalogue beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import tzinfo

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import FeedSink, Reading
from console.feeds.discovery import Discovery, Heard, offers_to
from console.feeds.drops import tell_dropped
from console.feeds.json_guard import load
from console.feeds.ngsi_ld.codec import Decoded, read_frame
from console.feeds.ngsi_ld.names import Names
from console.feeds.ngsi_ld.units import unit_of
from console.feeds.tap import frames_of

NOTHING = Discovery()
MOST_NEWS = 200_000
"""Points remembered while a page is on its way."""
_TOLD = 200


class EntityIntake:
    """Frames of one feed; `points` are the names that the profile maps."""

    def __init__(
        self,
        sink: FeedSink,
        points: Mapping[tuple[str, str], float],
        zone: tzinfo | None,
        limit: int,
        discover: Discovery = NOTHING,
    ) -> None:
        self._heard = Heard(discover.most) if discover.on else None
        self._sink = sink
        self._frames = frames_of(sink)
        self._zone = zone
        self._limit = limit
        self._names = Names(path.partition(".")[0] if "://" not in path else path for _, path in points)
        self._paths: dict[str, list[str]] = {}
        for source, path in points:
            self._paths.setdefault(source, []).append(path)
        self._news: set[tuple[str, str]] | None = None
        self._lost = False
        self.told_count = 0
        """Notifications that could be read."""
        self.subscription: Callable[[], str] = str
        """Our subscription as the broker knows it; empty while it does not."""

    def called(self, frame: bytes | str, about: str) -> bool:
        """Hand over a notification of a way that has no tap of its own; returns whether it could be read."""
        self._frames(frame, about)
        return self.notification(frame, about)

    def notification(self, frame: bytes | str, about: str = "") -> bool:
        """Hand over a notification; returns whether it could be read."""
        try:
            self.told(load(frame, self._limit), frame, about)
        except DecodeError as error:
            self._sink.malformed(f"{about} {error.where}".strip(), error.reason, frame[:_TOLD])
            return False
        return True

    def told(self, tree: object, frame: bytes | str, about: str = "") -> None:
        """Hand over the tree of a notification. Raises DecodeError."""
        decoded = read_frame(tree, self._zone, self._names)
        ours = self.subscription()
        if ours and decoded.subscription and decoded.subscription != ours:
            raise DecodeError("subscriptionId", "stranger")
        self.told_count += 1
        if self._news is not None and len(self._news) < MOST_NEWS:
            self._news.update((row.source, row.path) for row in decoded.readings)
        self._hand_over(decoded, decoded.readings, frame)

    def refused(self, reason: str, first: bytes) -> None:
        """A call that was not taken; what it carried is lost if it was a notification."""
        self._sink.malformed("receiver", reason, first)
        if reason in ("too_many", "too_large"):
            self._lost = True
            tell_dropped(self._sink, "turned_away", 1)

    def has_lost(self) -> bool:
        """Whether something was turned away since the last call, so that the catalogue must tell it."""
        lost, self._lost = self._lost, False
        return lost

    def page(self, body: bytes, about: str) -> list[str]:
        """Hand over a page of entities; returns their ids. Raises DecodeError for what is no page."""
        self._frames(body, about)
        return self.entities(body)

    def entities(self, body: bytes | str) -> list[str]:
        """As `page`, for one that the tap has seen."""
        tree = load(body, self._limit)
        decoded = read_frame(tree, self._zone, self._names)
        # What was notified while the page was on its way is newer than the page.
        news = self._news
        rows = [_aged(row) for row in decoded.readings if not news or (row.source, row.path) not in news]
        self._hand_over(decoded, rows, body)
        return decoded.entities

    def query_begins(self) -> None:
        """From now on notifications are newer than pages."""
        self._news = set()

    def query_ends(self) -> None:
        """No page is on its way any more."""
        self._news = None

    def _hand_over(self, decoded: Decoded, rows: list[Reading], frame: bytes | str) -> None:
        for where, reason in decoded.faults:
            self._sink.malformed(where, reason, frame[:_TOLD])
        for source in decoded.deleted:
            rows += [Reading(source, path, math.nan, 0, Quality.BAD) for path in self._paths.get(source, ())]
        if self._heard is not None:
            units = {point: unit_of(code) for point, code in decoded.units.items()}
            if offers := self._heard.new(decoded.readings, units):
                offers_to(self._sink)(offers, ())
        self._sink.state(FeedState.LIVE)
        self._sink.readings(rows)


def _aged(row: Reading) -> Reading:
    """A stored value without a time may be of any age: it must not look fresh."""
    if row.at == 0 and row.quality is Quality.GOOD:
        return Reading(row.source, row.path, row.value, 0, Quality.UNCERTAIN)
    return row
