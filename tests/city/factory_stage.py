"""Clients of the city's broker: the hub's own MQTT link, a host that follows Sparkplug, and bare bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from console.city.broker.broker import Broker
from console.city.broker.limits import LIMITS, Limits
from console.city.broker.port import Port
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options
from console.feeds.sparkplug.payload import DataType, Metric, Payload, read_payload, write_payload

PATIENCE_S = 20.0
LINE = "hwajeon-auto-1"


class Deaf:
    """A sink for those who only want messages; a fault of the broker is an error."""

    def nothing(self, *given: Any, **more: Any) -> None:
        """Whatever it is."""

    readings = declare = columns = positions = movers = gone = nothing

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        raise AssertionError((where, reason, offending))

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink."""


def wishes(url: str, **options: str | float | bool) -> Any:
    """Options of a link, as a profile gives them; it does not look at drops unless told to."""
    text = Text("가", "a")
    given = {"watch_drops": False} | options
    feed = FeedDef(id="feed", adapter="mqtt", url=url, label=text, options=given)
    return link_options(feed, Options(feed, LINK_OPTIONS))


@asynccontextmanager
async def client(
    url: str,
    *topics: str,
    qos: int = 0,
    will: Message | None = None,
    sink: Any = None,
    **options: str | float | bool,
) -> AsyncGenerator[MqttLink]:
    """A connected client with these subscriptions."""
    async with open_link(wishes(url, **options), sink or Deaf(), will=will) as link:
        if topics:
            assert await link.subscribe(topics, qos) == []
        yield link


_kept: WeakKeyDictionary[MqttLink, list[Message]] = WeakKeyDictionary()


async def heard(link: MqttLink, wanted: Callable[[Message], bool] | None = None) -> Message:
    """The next message that is wanted; those before it are passed over, those after it are kept."""
    kept = _kept.setdefault(link, [])
    async with asyncio.timeout(PATIENCE_S):
        while True:
            while kept:
                message = kept.pop(0)
                if wanted is None or wanted(message):
                    return message
            kept += await link.receive()


@asynccontextmanager
async def broker(limits: Limits = LIMITS) -> AsyncGenerator[tuple[Broker, int]]:
    """A broker on a free port."""
    made = Broker(limits)
    port = Port(made)
    number = await port.start("127.0.0.1", 0)
    try:
        yield made, number
    finally:
        await port.stop()


class Host:
    """A host application: what it has read, and what it orders."""

    def __init__(self, link: MqttLink) -> None:
        self.link = link
        self.names: dict[int, tuple[str, str]] = {}
        self.values: dict[tuple[str, str], object] = {}
        """By device (the node by the empty name) and metric."""
        self.kinds: list[str] = []
        self.last = Payload()

    async def until(self, wanted: Callable[[str, str, Payload], bool]) -> Payload:
        """Read on until a message is wanted: its kind, its device, its contents."""
        while True:
            message = await heard(self.link)
            _, _, kind, _, *device = message.topic.split("/")
            payload = read_payload(message.payload)
            assert payload.faults == []
            self._take(kind, device[0] if device else "", payload)
            if wanted(kind, device[0] if device else "", payload):
                return payload

    def _take(self, kind: str, device: str, payload: Payload) -> None:
        self.kinds.append(kind)
        for metric in payload.metrics:
            name = metric.name
            if kind.endswith("BIRTH") and metric.alias is not None:
                self.names[metric.alias] = (device, name)
            if not name and metric.alias is not None:
                assert self.names[metric.alias][0] == device
                name = self.names[metric.alias][1]
            self.values[device, name] = metric.value

    async def see(self, device: str, name: str, value: object) -> None:
        """Read on until a metric has a value."""
        await self.until(lambda _k, _d, _p: self.values.get((device, name)) == value)

    async def answered(self, device: str) -> None:
        """Read on until a device has said something of a command."""
        await self.until(lambda _k, _d, _p: self.values.get((device, "Command/Answer")) not in (None, ""))

    async def order(self, device: str, metric: Metric) -> None:
        """Publish a command; to the node itself by the empty name."""
        kind = f"DCMD/Factory/{device}" if device else "NCMD/Factory"
        payload = write_payload(Payload(at=time.time_ns() // 1_000_000, metrics=[metric]))
        await self.link.publish(Message(f"spBv1.0/Busan/{kind}", payload))

    async def rebirth(self) -> None:
        """Ask the node to be born again."""
        await self.order("", flag("Node Control/Rebirth"))

    async def born(self) -> None:
        """All births."""
        await self.rebirth()
        await self.until(lambda kind, device, _p: kind == "NBIRTH")
        await self.until(lambda kind, device, _p: (kind, device) == ("DBIRTH", "sasang-mach-2"))


def flag(name: str) -> Metric:
    """A metric that is true."""
    return Metric(name=name, datatype=DataType.BOOLEAN, value=True)


@asynccontextmanager
async def host(url: str) -> AsyncGenerator[Host]:
    """A host that hears everything of the group."""
    async with client(url, *(f"spBv1.0/Busan/{kind}/#" for kind in HEARD)) as link:
        yield Host(link)


HEARD = ("NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH")
