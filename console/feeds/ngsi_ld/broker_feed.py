"""Feed of a context broker: a delivery, a subscription that is cared for, the catalogue, and commands by PATCH."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.http_door import HttpDoors
from console.feeds.http_line import SentRequest
from console.feeds.ngsi_ld.broker import Broker
from console.feeds.ngsi_ld.catalogue import PAGE, Catalogue
from console.feeds.ngsi_ld.commands import read_status
from console.feeds.ngsi_ld.deliveries import Deliveries, Delivery
from console.feeds.ngsi_ld.intake import EntityIntake
from console.feeds.ngsi_ld.manager import Subscription
from console.feeds.ngsi_ld.options import NgsiLdOptions
from console.feeds.ngsi_ld.selection import Selection
from console.feeds.secrets import find_secret
from console.feeds.tap import FrameReader


class Reread(NamedTuple):
    """What brings back the present values after a gap."""

    catalogue: Catalogue
    selection: Selection
    intake: EntityIntake


class BrokerFeed:
    """One broker."""

    def __init__(self, options: NgsiLdOptions, doors: HttpDoors) -> None:
        self._options = options
        self._deliveries = Deliveries(doors)
        self._points: Mapping[tuple[str, str], float] = {}
        self._broker: Broker | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._known = ""
        self.endpoint = ""
        """Where the broker was told to deliver in this life; empty for nowhere."""

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed: whose types are subscribed to where the profile names none. Raises ValueError."""
        self._points = dict(points)
        if points and not self._selection():
            raise ValueError(
                f"{self._options.feed}: option types is missing: no mapped source is urn:ngsi-ld:<Type>:<name>"
            )

    async def run(self, sink: FeedSink) -> None:
        """One life: deliver and care until something goes wrong, which is a FeedDown."""
        options = self._options
        token = await asyncio.to_thread(find_secret, options.access.token)
        secret = await asyncio.to_thread(find_secret, options.notify_secret)
        broker = Broker(options.access, token, (secret,))
        intake = self._intake(sink)
        async with self._deliveries.open(options, intake, sink, secret) as delivery:
            self.endpoint = delivery.endpoint.uri
            caring = self._care(broker, delivery, intake, sink)
            tasks = {
                asyncio.create_task(delivery.receive(), name="ngsi_ld delivery"),
                asyncio.create_task(caring, name="ngsi_ld subscription"),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self._broker = None
                left = tasks | self._sending
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Patch an attribute; what the broker says comes through `answer`. Raises FeedDown if nothing was written."""
        if self._broker is None:
            raise FeedDown("not_connected")
        sent = await self._broker.patch(command)
        task = asyncio.create_task(self._outcome(sent, answer), name="ngsi_ld command")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed: pages of the catalogue and notifications of any way."""
        intake = self._intake(sink)

        def take(data: bytes | str, about: str, at: int) -> None:
            del at
            if not about.startswith(PAGE):
                intake.notification(data, about)
                return
            try:
                intake.entities(data)
            except DecodeError as error:
                sink.malformed(f"entities {error.where}", error.reason, data[:200])

        return take

    def _intake(self, sink: FeedSink) -> EntityIntake:
        options = self._options
        return EntityIntake(sink, self._points, options.zone, options.limit, options.discovery)

    @staticmethod
    async def _outcome(sent: SentRequest, answer: Callable[[DeviceAnswer], None]) -> None:
        try:
            said = await sent.answer()
        except (FeedDown, DecodeError):
            return  # it may have been written: nobody knows, and the hub says so
        told = read_status(said.status, said.body)
        if told is not None:
            answer(told)

    async def _care(self, broker: Broker, delivery: Delivery, intake: EntityIntake, sink: FeedSink) -> None:
        """Subscribe, read what there is, and see that it stays so. Ends by raising FeedDown."""
        options = self._options
        catalogue = Catalogue(broker, intake, sink, options.page_size, options.most_entities)
        selection = self._selection() or await catalogue.types()
        subscription = None
        if delivery.endpoint.uri:
            subscription = Subscription(broker, options.wanted, delivery.endpoint, sink, known=self._known)
            intake.subscription = subscription.current
            await subscription.begin(selection)
            self._known = subscription.id
        await delivery.begin(subscription.id if subscription is not None else "")
        self._broker = broker
        await catalogue.read(selection)
        sink.state(FeedState.LIVE)
        if subscription is not None:
            await self._watch(subscription, delivery, Reread(catalogue, selection, intake))
        elif options.delivery is not None:
            await asyncio.Event().wait()
        while True:
            await asyncio.sleep(options.poll_s)
            await catalogue.read(selection)

    async def _watch(self, subscription: Subscription, delivery: Delivery, again: Reread) -> None:
        """Look at the subscription now and then; what was lost meanwhile is read from the catalogue."""
        while True:
            await asyncio.sleep(min(self._options.check_s, self._look_s()))
            lost = await subscription.look()
            self._known = subscription.id
            if lost:
                await delivery.begin(subscription.id)
            if again.intake.has_lost() or lost:
                await again.catalogue.read(again.selection)

    def _look_s(self) -> float:
        """A lease must be looked at before it is half over."""
        lease_s = self._options.wanted.lease_s
        return lease_s / 4 if lease_s else self._options.check_s

    def _selection(self) -> Selection:
        return self._options.selection.completed(tuple(dict.fromkeys(source for source, _ in self._points)))
