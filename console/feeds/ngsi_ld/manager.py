"""Care for one subscription: made, looked at, renewed before it ends, made again when it is lost; never deleted.

One that nobody renews ends by itself. Deleting it on the way out would take it from a second hub that stands by.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.feeds.base import FeedDown, FeedSink
from console.feeds.drops import tell_dropped
from console.feeds.json_guard import load
from console.feeds.ngsi_ld.broker import Broker
from console.feeds.ngsi_ld.selection import Selection
from console.feeds.ngsi_ld.subscription import (
    Endpoint,
    Standing,
    Tree,
    Wanted,
    body,
    changes,
    lease,
    read_location,
    read_standing,
)
from console.feeds.times import NS

_GONE = (404, 410)
_TRIES = 2
"""A broker that misses one look may be busy; one that misses two is gone."""


class Subscription:
    """One subscription at one broker; `clock` gives UTC ns."""

    def __init__(
        self,
        broker: Broker,
        wanted: Wanted,
        endpoint: Endpoint,
        sink: FeedSink,
        clock: Callable[[], int] = time.time_ns,
        known: str = "",
    ) -> None:
        self._broker = broker
        self._wanted = wanted
        self._endpoint = endpoint
        self._sink = sink
        self._clock = clock
        self._selection = Selection()
        self._failed = -1
        self._missed = 0
        self._renew_at = 0
        self.id = known
        """As the broker knows it, also from an earlier life; empty while that is not known."""

    def current(self) -> str:
        """Its id as the broker knows it now."""
        return self.id

    async def begin(self, selection: Selection) -> None:
        """Make it, or change the one of an earlier life into it. Raises FeedDown."""
        self._selection = selection
        known, self.id = self.id, ""
        whole = body(self._wanted, selection, self._endpoint, self._clock())
        try:
            self.id = await self._found(known, whole) or await self._made(whole)
        except FeedDown as down:
            if down.why == "request":
                raise FeedDown("subscription_refused", down.detail, refused=True) from None
            raise
        except DecodeError as error:
            raise FeedDown("protocol", f"subscription: {error.reason}") from None
        self._renewed()
        self._failed = -1

    async def _found(self, known: str, whole: Tree) -> str:
        """The one that the broker has named by itself, if it is still there; empty if not."""
        if known in ("", self._wanted.id):
            return ""
        answer = await self._broker.change(known, changes(whole))
        return known if answer.status not in _GONE else ""

    async def _made(self, whole: Tree) -> str:
        answer = await self._broker.subscribe(whole)
        if answer.status != 409:
            return read_location(answer.headers.get("location", "")) or self._wanted.id
        answer = await self._broker.change(self._wanted.id, changes(whole))
        if answer.status in _GONE:
            # It ended between the two: the next life makes it.
            raise FeedDown("subscription_refused", "409, then 404")
        return self._wanted.id

    async def look(self) -> bool:
        """See that it stands; returns whether notifications have been lost. Raises FeedDown for a lost broker."""
        try:
            lost = await self._look()
        except FeedDown as down:
            self._missed += 1
            if down.refused or self._missed >= _TRIES:
                raise
            return False
        except DecodeError as error:
            self._sink.malformed(f"subscription {error.where}", error.reason)
            return False
        self._missed = 0
        return lost

    async def _look(self) -> bool:
        now = self._clock()
        answer = await self._broker.subscription(self.id)
        if answer.status in _GONE:
            await self._again("subscription_lost", "")
            return True
        standing = read_standing(load(answer.body), self._endpoint.uri, now)
        failed = self._not_delivered(standing)
        if standing.why and standing.why != "notify_failed":
            await self._mend(standing)
            return True
        if failed:
            tell_dropped(self._sink, "notify_failed", failed)
        if self._renew_at and now >= self._renew_at:
            await self._renew()
        return bool(failed)

    def _not_delivered(self, standing: Standing) -> int:
        """Notifications since the last look that the broker could not deliver."""
        before, self._failed = self._failed, standing.failed
        if standing.failed < 0:
            return int(standing.why == "notify_failed")
        return max(standing.failed - before, 0) if before >= 0 else 0

    async def _mend(self, standing: Standing) -> None:
        """It is there and does not deliver: set it right as a whole."""
        whole = changes(body(self._wanted, self._selection, self._endpoint, self._clock()))
        answer = await self._broker.change(self.id, whole)
        if answer.status in _GONE:
            await self._again(standing.why, standing.detail)
            return
        self._renewed()
        self._sink.state(FeedState.GAP, standing.why, standing.detail)

    async def _renew(self) -> None:
        answer = await self._broker.change(self.id, lease(self._wanted, self._clock()))
        if answer.status in _GONE:
            await self._again("subscription_lost", "")
            return
        self._renewed()

    async def _again(self, why: str, detail: str) -> None:
        self.id = ""
        await self.begin(self._selection)
        self._sink.state(FeedState.GAP, why, detail)

    def _renewed(self) -> None:
        lease_s = self._wanted.lease_s
        self._renew_at = self._clock() + round(lease_s * NS / 2) if lease_s else 0
