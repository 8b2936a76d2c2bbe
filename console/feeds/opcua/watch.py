"""Subscriptions of one session: what changes comes by itself, what does not is read now and then.

A subscription is silent about a value that stands still. That the value is still known is then said by a read,
whose server time is when the server knew it to be right (IEC 62541-4 clause 7.7.4).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from asyncua import ua
from asyncua.client.client import Client

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import FeedDown, FeedSink, Reading
from console.feeds.drops import tell_dropped
from console.feeds.opcua.codec import Value, point_name
from console.feeds.opcua.frames import frame_about, written
from console.feeds.opcua.nodes import CHUNK, Nodes, value_of
from console.feeds.opcua.options import FEWEST_S, OpcuaOptions
from console.feeds.opcua.session import cause_of_status
from console.feeds.opcua.watched import Watched, changed
from console.feeds.tap import frames_of

KEEP_ALIVE_S = 10.0
LIFETIME_S = 120.0
CONFIRM_AT_LEAST_S = 10.0
RETRY_MISSING_S = 60.0
_LAST_SEQUENCE = 2**32 - 1


@dataclass(slots=True)
class _Subscription:
    keep_alive_s: float
    sequence: int = 0
    heard: float = field(default=0.0)


class Watch:
    """The points of one session; `worded` are paths whose numbers are asked for as words."""

    def __init__(
        self, client: Client, nodes: Nodes, sink: FeedSink, options: OpcuaOptions, worded: frozenset[str]
    ) -> None:
        self._client = client
        self._nodes = nodes
        self._sink = sink
        self._frames = frames_of(sink)
        self._options = options
        self._worded = worded
        self._points: dict[int, Watched] = {}
        """By the handle that their notifications carry."""
        self._next_handle = 1
        self._missing: list[Watched] = []
        self._subscriptions: dict[int, _Subscription] = {}
        self._by_interval: dict[float, int] = {}
        self.news: asyncio.Queue[ua.PublishResult | BaseException] = asyncio.Queue()
        """What the server publishes, and what ends the connection."""

    async def begin(self, points: Mapping[tuple[str, str], float]) -> None:
        """Subscribe to points by their expected period."""
        found: list[Watched] = []
        for names, period in points.items():
            try:
                found.append(Watched(names, point_name(*names, self._options.join), period))
            except ValueError as error:
                self._tell_missing(names, str(error))
        await self._add(found)

    def node_ids(self) -> set[ua.NodeId]:
        """Nodes that are subscribed to."""
        return {watched.node_id for watched in self._points.values() if watched.node_id is not None}

    async def _add(self, points: list[Watched]) -> None:
        """Subscribe to what the server has; what it does not have is counted and BAD."""
        node_ids = await self._nodes.find([watched.point for watched in points])
        groups: dict[float, list[Watched]] = {}
        for watched, node_id in zip(points, node_ids, strict=True):
            watched.node_id = node_id
            if node_id is None:
                self._absent(watched, "BadNodeIdUnknown")
            else:
                groups.setdefault(self._interval(watched.period_s), []).append(watched)
        for interval, group in groups.items():
            if interval not in self._by_interval:
                await self._subscribe(interval)
            for start in range(0, len(group), CHUNK):
                await self._monitor(interval, group[start : start + CHUNK])

    def _interval(self, period_s: float) -> float:
        """Publishing interval: half the period, so that a value is never more than that behind; 1, 2 or 5 times a
        power of ten, so that few subscriptions serve many periods.
        """
        wanted = self._options.publish_s or max(period_s / 2, FEWEST_S)
        scale = 10.0 ** math.floor(math.log10(wanted))
        return max(step * scale for step in (1, 2, 5) if step * scale <= wanted * 1.0001)

    async def _subscribe(self, interval: float) -> None:
        request = ua.CreateSubscriptionParameters()
        request.RequestedPublishingInterval = interval * 1000
        request.RequestedMaxKeepAliveCount = ua.UInt32(max(1, round(KEEP_ALIVE_S / interval)))
        request.RequestedLifetimeCount = ua.UInt32(max(3, round(LIFETIME_S / interval)))
        request.PublishingEnabled = True
        made = await self._client.uaclient.session.create_subscription(request, self.news.put_nowait)
        keep_alive_s = made.RevisedPublishingInterval / 1000 * made.RevisedMaxKeepAliveCount
        self._subscriptions[made.SubscriptionId] = _Subscription(keep_alive_s, heard=_now())
        self._by_interval[interval] = made.SubscriptionId

    async def _monitor(self, interval: float, group: list[Watched]) -> None:
        request = ua.CreateMonitoredItemsParameters()
        request.SubscriptionId = ua.UInt32(self._by_interval[interval])
        request.TimestampsToReturn = ua.TimestampsToReturn.Both
        for handle, watched in enumerate(group, self._next_handle):
            self._points[handle] = watched
            request.ItemsToCreate.append(self._item(watched, handle, interval))
        first, self._next_handle = self._next_handle, self._next_handle + len(group)
        results = await self._client.uaclient.session.create_monitored_items(request)
        for handle, result in enumerate(results, first):
            if not result.StatusCode.is_good():
                self._absent(self._points.pop(handle), str(result.StatusCode.name))
            elif (watched := self._points[handle]).names[1] in self._worded and watched.node_id is not None:
                watched.words = await self._nodes.words(watched.node_id)

    def _item(self, watched: Watched, handle: int, interval: float) -> ua.MonitoredItemCreateRequest:
        item = ua.MonitoredItemCreateRequest()
        item.ItemToMonitor = ua.ReadValueId(NodeId=watched.node_id, AttributeId=ua.AttributeIds.Value)
        item.MonitoringMode = ua.MonitoringMode.Reporting
        wanted = item.RequestedParameters = ua.MonitoringParameters()
        wanted.ClientHandle = ua.UInt32(handle)
        wanted.SamplingInterval = interval * 1000
        wanted.QueueSize = ua.UInt32(self._options.queue)
        wanted.DiscardOldest = True
        return item

    def _absent(self, watched: Watched, detail: str) -> None:
        watched.node_id = None
        self._missing.append(watched)
        self._tell_missing(watched.names, detail)

    def _tell_missing(self, names: tuple[str, str], detail: str) -> None:
        self._sink.malformed(" ".join(names), "no_such_node", detail)
        self._sink.readings([Reading(*names, math.nan, 0, Quality.BAD)])

    def take(self, published: ua.PublishResult) -> None:
        """Hand on what has been published; raises FeedDown if the server ends a subscription."""
        subscription = self._subscriptions.get(published.SubscriptionId)
        if subscription is None:
            return
        subscription.heard = _now()
        self._sink.state(FeedState.LIVE)
        message = published.NotificationMessage
        if message.NotificationData:
            self._count(subscription, message.SequenceNumber)
        rows: list[Reading] = []
        for part in message.NotificationData or []:
            if isinstance(part, ua.StatusChangeNotification):
                raise cause_of_status(part.Status.value)
            if isinstance(part, ua.DataChangeNotification):
                for item in part.MonitoredItems:
                    watched = self._points.get(item.ClientHandle)
                    if watched is not None:
                        self._changed(watched, value_of(item.Value), rows)
        self._sink.readings(rows)

    def _count(self, subscription: _Subscription, sequence: int) -> None:
        """A number that skips means notifications that never came (IEC 62541-4 clause 5.14.1)."""
        last, subscription.sequence = subscription.sequence, sequence
        if last and sequence != last % _LAST_SEQUENCE + 1:
            tell_dropped(self._sink, "overrun", max(sequence - last - 1, 1))

    def _changed(self, watched: Watched, value: Value, rows: list[Reading]) -> None:
        watched.heard = _now()
        if self._frames.wanted:
            self._frames(written(value, watched.words), frame_about(watched.names))
        rows.append(changed(watched, value, self._sink))

    async def confirm(self) -> None:
        """Read what has been silent for longer than its period; runs beside `take`."""
        while self._options.confirm:
            await asyncio.sleep(CONFIRM_AT_LEAST_S / 4)
            now = _now()
            silent = [w for w in self._points.values() if now - w.heard >= _patience(w)]
            values = await self._nodes.values([w.node_id for w in silent if w.node_id is not None])
            rows: list[Reading] = []
            for watched, value in zip(silent, values, strict=True):
                self._changed(watched, value, rows)
            self._sink.readings(rows)

    async def look_again(self) -> None:
        """A node that was not there may come, for a server fills its address space while it starts."""
        while True:
            await asyncio.sleep(RETRY_MISSING_S)
            missing, self._missing = self._missing, []
            await self._add(missing)

    async def listen(self) -> None:
        """Raise FeedDown when a subscription says nothing, not even that it has nothing to say."""
        while True:
            await asyncio.sleep(KEEP_ALIVE_S / 4)
            now = _now()
            for subscription in self._subscriptions.values():
                if now - subscription.heard > 2 * subscription.keep_alive_s + self._options.connect_s:
                    raise FeedDown("half_open", f"{subscription.keep_alive_s:g} s")


def _patience(watched: Watched) -> float:
    return max(watched.period_s, CONFIRM_AT_LEAST_S)


def _now() -> float:
    return asyncio.get_running_loop().time()
