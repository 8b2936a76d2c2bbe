"""The ways in which notifications come: a port of the hub, a topic of an MQTT broker, an event socket, or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import quote

from console.feeds.base import FeedDown, FeedSink
from console.feeds.http_door import HttpDoors, Room
from console.feeds.mqtt_drops import BrokerDrops
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.ngsi_ld.commands import subscribe_frame
from console.feeds.ngsi_ld.intake import EntityIntake
from console.feeds.ngsi_ld.options import SECRET, DoorOptions, NgsiLdOptions, TopicOptions
from console.feeds.ngsi_ld.subscription import Endpoint
from console.feeds.socket import FeedSocket, SocketOptions, open_socket

OK, UNREADABLE = 200, 400
"""City Data Hub takes nothing but 200 for a success."""
FOREVER_S = 3600.0
_MQTT_VERSIONS = {5: "mqtt5.0", 4: "mqtt3.1.1"}


class Delivery(Protocol):
    """One way, open."""

    @property
    def endpoint(self) -> Endpoint:
        """What the broker is told of it."""
        ...

    async def begin(self, subscription: str) -> None:
        """The subscription stands. Raises FeedDown."""
        ...

    async def receive(self) -> None:
        """Hand over what comes, until that ends by a FeedDown."""
        ...


class Deliveries:
    """What is needed to open any of them."""

    def __init__(self, doors: HttpDoors) -> None:
        self._doors = doors
        self._drops = BrokerDrops()

    @asynccontextmanager
    async def open(
        self, options: NgsiLdOptions, intake: EntityIntake, sink: FeedSink, secret: str
    ) -> AsyncGenerator[Delivery]:
        """The delivery of a feed. Raises FeedDown if it cannot be."""
        way = options.delivery
        if isinstance(way, DoorOptions):
            room = door_room(way, options, intake, secret)
            async with self._doors.listen(way.place, room) as port:
                yield Called(_endpoint(options, secret, port), intake, options.idle_s)
        elif isinstance(way, TopicOptions):
            async with open_link(way.link, sink, drops=self._drops) as link:
                refused = await link.subscribe((way.topic,), way.qos, retained=False)
                if refused:
                    raise FeedDown("not_subscribed", refused[0][:200], refused=True)
                yield Published(link, intake, _mqtt_endpoint(options, way, secret))
        elif isinstance(way, SocketOptions):
            async with open_socket(way, sink) as socket:
                yield Pushed(socket, options, intake)
        else:
            yield Called(Endpoint(uri=""), intake, 0.0)


class Called:
    """The broker calls us, or nobody does: all there is to see is silence."""

    def __init__(self, endpoint: Endpoint, intake: EntityIntake, idle_s: float) -> None:
        self.endpoint = endpoint
        self._intake = intake
        self._idle_s = idle_s

    async def begin(self, subscription: str) -> None:
        """As Delivery."""
        del subscription

    async def receive(self) -> None:
        """As Delivery; ends by itself only when nothing has come for too long."""
        while True:
            told = self._intake.told_count
            await asyncio.sleep(self._idle_s or FOREVER_S)
            if self._idle_s and self._intake.told_count == told:
                raise FeedDown("idle", f"{self._idle_s:g} s")


class Published:
    """The broker publishes `{metadata, body}` to a topic (clause 7.2)."""

    def __init__(self, link: MqttLink, intake: EntityIntake, endpoint: Endpoint) -> None:
        self._link = link
        self._intake = intake
        self.endpoint = endpoint

    async def begin(self, subscription: str) -> None:
        """As Delivery."""
        del subscription

    async def receive(self) -> None:
        """As Delivery."""
        while True:
            for message in await self._link.receive():
                self._intake.called(message.payload, message.topic)


class Pushed:
    """City Data Hub's event socket, which forgets who asked for what when it closes."""

    def __init__(self, socket: FeedSocket, options: NgsiLdOptions, intake: EntityIntake) -> None:
        self._socket = socket
        self._entities = options.selection.ids
        self._wanted = options.wanted.id
        self._intake = intake
        self.endpoint = Endpoint(uri=options.endpoint)

    async def begin(self, subscription: str) -> None:
        """As Delivery."""
        await self._socket.send(subscribe_frame(subscription or self._wanted, self._entities))

    async def receive(self) -> None:
        """As Delivery."""
        while True:
            self._intake.notification(await self._socket.receive())


def door_room(way: DoorOptions, options: NgsiLdOptions, intake: EntityIntake, secret: str) -> Room:
    """What stands behind a port; the secret is in the path where the options say so, else in a header."""

    def take(body: bytes, headers: dict[str, str]) -> int:
        del headers
        return OK if intake.called(body, "POST") else UNREADABLE

    return Room(
        path=_filled(way.path, secret),
        take=take,
        refused=intake.refused,
        token=f"Bearer {secret}" if secret and SECRET not in way.path else "",
        limit=options.limit,
        per_s=way.per_s,
    )


def _endpoint(options: NgsiLdOptions, secret: str, port: int) -> Endpoint:
    assert isinstance(options.delivery, DoorOptions)
    uri = _filled(options.endpoint, secret)
    if not options.delivery.place.port:
        uri = uri.replace(":0/", f":{port}/", 1)
    token = secret and SECRET not in options.delivery.path
    return Endpoint(uri=uri, receiver=(("Authorization", f"Bearer {secret}"),) if token else ())


def _mqtt_endpoint(options: NgsiLdOptions, way: TopicOptions, secret: str) -> Endpoint:
    version = _MQTT_VERSIONS[way.link.version]
    notifier = (("MQTT-QoS", str(way.qos)), ("MQTT-Version", version))
    return Endpoint(uri=_filled(options.endpoint, secret), notifier=notifier)


def _filled(text: str, secret: str) -> str:
    return text.replace(SECRET, quote(secret, safe=""))
