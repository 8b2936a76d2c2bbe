"""The adapter `sparkplug` under its runner, on a real Mosquitto, with an edge node that follows the rules."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from feed_stage import CATALOGUE, Heard, HubBook, feed_def, run
from mosquitto_stage import Mosquitto, mosquitto

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.mapping import FeedMapping
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing
from console.feeds.sparkplug.adapter import SparkplugFeed, make
from console.feeds.sparkplug.payload import Metric, Payload, read_payload, write_payload

pytestmark = pytest.mark.expects_log("feed")
Given = str | float | bool
PUMP = "City/Edge/p1"


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Line:
    """A host application and what the hub has heard of it."""

    def __init__(self, url: str, options: dict[str, Given]) -> None:
        definition = feed_def("sparkplug", url, {"reorder_s": 0.2} | options, PUMP)
        made = Registry(found=()).make(definition)
        assert isinstance(made, SparkplugFeed)
        self.feed = made
        self.book = HubBook()
        timing = Timing(RealClock(), random.random, self._soon)
        self.runner = FeedRunner(definition, made, FeedMapping(CATALOGUE, definition), self.book, timing)

    async def _soon(self, seconds: float) -> None:
        await asyncio.sleep(0.02)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look every few milliseconds, for 10 s."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)

    def rows(self) -> list[tuple[int, float, int]]:
        """Tags, values and qualities in order."""
        return [
            (int(tag), float(value), int(quality))
            for batch in self.book.batches
            for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True)
        ]

    def heard(self, value: float, quality: Quality = Quality.GOOD) -> Callable[[], bool]:
        """Whether a level has arrived."""
        return lambda: (0, value, int(quality)) in self.rows()

    @property
    def up(self) -> bool:
        """Whether the feed is connected."""
        return self.runner.fact().state in (FeedState.LIVE, FeedState.GAP, FeedState.LATE)


@asynccontextmanager
async def host(broker: Mosquitto, options: dict[str, Given] | None = None) -> AsyncGenerator[Line]:
    """A host application that has subscribed."""
    made = Line(broker.web_url, options or {})
    task = asyncio.create_task(made.runner.run(), name="runner")
    try:
        await made.until(lambda: made.up)
        yield made
    finally:
        task.cancel()
        await asyncio.wait((task,))


class Edge:
    """An edge node with one pump."""

    def __init__(self, link: MqttLink, session: int) -> None:
        self._link = link
        self._session = session
        self._orders: list[Message] = []
        self.seq = 0

    async def say(self, kind: str, *metrics: Metric, device: str = "p1") -> None:
        """One message in its turn."""
        tail = f"/{device}" if kind.startswith("D") else ""
        payload = Payload(at=time.time_ns() // 1_000_000, metrics=list(metrics), seq=self.seq)
        self.seq = (self.seq + 1) % 256
        await self._link.publish(Message(f"spBv1.0/City/{kind}/Edge{tail}", write_payload(payload)))

    async def born(self, level: float = 2.5) -> None:
        """Birth of the node and its pump."""
        self.seq = 0
        await self.say("NBIRTH", Metric(name="bdSeq", datatype=8, value=self._session))
        await self.say(
            "DBIRTH",
            Metric(name="level", alias=1, datatype=9, value=level, unit="m"),
            Metric(name="state", alias=2, datatype=12, value="off"),
        )

    async def level(self, value: float) -> None:
        """A new level, by alias."""
        await self.say("DDATA", Metric(alias=1, datatype=9, value=value))

    async def ordered(self, kind: str = "NCMD") -> tuple[str, Metric]:
        """The next command of this kind: its topic and its metric."""
        while True:
            for message in self._orders:
                if f"/{kind}/" in message.topic:
                    self._orders.remove(message)
                    return message.topic, read_payload(message.payload).metrics[0]
            self._orders += await self._link.receive()


@asynccontextmanager
async def edge(broker: Mosquitto, session: int = 0) -> AsyncGenerator[Edge]:
    """A connected edge node, whose death is its will."""
    definition = feed_def("sparkplug", broker.url)
    options = link_options(definition, Options(definition, LINK_OPTIONS))
    death = Payload(metrics=[Metric(name="bdSeq", datatype=8, value=session)])
    will = Message("spBv1.0/City/NDEATH/Edge", write_payload(death), 1)
    async with open_link(options, Heard(), will=will, farewell=will) as link:
        await link.subscribe(("spBv1.0/City/NCMD/Edge", "spBv1.0/City/DCMD/Edge/#"), 1)
        yield Edge(link, session)


@pytest.fixture
def broker(tmp_path: Path) -> Generator[Mosquitto, None, None]:
    with mosquitto(tmp_path) as made:
        yield made


def test_a_birth_makes_points_and_a_death_makes_them_stale_at_once(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with host(broker) as made:
            async with edge(broker) as node:
                await node.born()
                await node.level(3.5)
                await made.until(made.heard(3.5))
                assert (PUMP, "level", "", "float") in made.feed.discovered()
                assert made.feed.sources() == [("City/Edge", True), (PUMP, True)]
            await made.until(made.heard(3.5, Quality.STALE))
            assert made.feed.sources() == [("City/Edge", False), (PUMP, False)]
            assert made.runner.fact().malformed == 0
            async with edge(broker, 1) as node:
                await node.born(4.5)
                await made.until(made.heard(4.5))

    run(scene())


def test_a_node_that_was_there_before_us_is_asked_to_be_born_again(broker: Mosquitto) -> None:
    """At once if the profile maps or names it, for it may be silent for hours; else when it speaks."""

    async def scene() -> None:
        async with edge(broker) as node, host(broker) as made:
            topic, metric = await node.ordered()
            assert (topic, metric.name, metric.value) == (
                "spBv1.0/City/NCMD/Edge",
                "Node Control/Rebirth",
                True,
            )
            await node.level(9.0)
            assert (await node.ordered())[1].name == "Node Control/Rebirth"
            await node.born()
            await made.until(made.heard(2.5))
        async with edge(broker) as node, host(broker, {"nodes": "Other/One"}):
            await node._link.subscribe(("spBv1.0/Other/NCMD/One",))
            await node.level(9.0)
            assert [(await node.ordered())[0] for _ in range(2)] == ["spBv1.0/City/NCMD/Edge"] * 2

    run(scene())


def test_a_message_that_never_comes_is_a_gap_and_a_rebirth(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with edge(broker) as node, host(broker) as made:
            await node.born()
            node.seq += 3
            await node.level(3.0)
            topic, metric = await node.ordered()
            assert (topic, metric.name) == ("spBv1.0/City/NCMD/Edge", "Node Control/Rebirth")
            await made.until(made.heard(3.0))
            fact = made.runner.fact()
            assert (fact.state, fact.why, fact.detail, fact.gaps) == (FeedState.GAP, "overrun", "3", 1)

    run(scene())


def test_a_command_is_confirmed_by_the_next_report_of_its_metric(broker: Mosquitto) -> None:
    async def scene() -> None:
        answers: list[DeviceAnswer] = []
        async with edge(broker) as node, host(broker) as made:
            with pytest.raises(FeedDown) as caught:
                await made.runner.send(DeviceCommand("01JA", PUMP, "state", "on"), answers.append)
            assert caught.value.why == "not_born"
            await node.born()
            await made.until(made.heard(2.5))
            command = made.runner.command("01JD", "p1", "start", 1.0)
            assert command is not None
            await made.runner.send(command, answers.append)
            topic, metric = await node.ordered("DCMD")
            assert (topic, metric.name, metric.alias, metric.value) == (
                "spBv1.0/City/DCMD/Edge/p1",
                "state",
                2,
                "on",
            )
            await node.level(2.75)
            await made.until(made.heard(2.75))
            assert answers == []
            await node.say("DDATA", Metric(name="state", alias=2, datatype=12, value="on"))
            await made.until(lambda: bool(answers))
            assert [answer.kind for answer in answers] == ["accepted_final"]
            await made.runner.send(DeviceCommand("01JE", PUMP, "level", 9.0), answers.append)
            await node.say("DDEATH")
            await made.until(lambda: len(answers) == 2)
            assert answers[1].kind == "failed"

    run(scene())


def test_the_host_says_that_it_is_there_and_that_it_leaves(broker: Mosquitto) -> None:
    """Retained JSON; the will and the farewell carry the time of the birth."""

    async def scene() -> None:
        async with edge(broker) as witness:
            link = witness._link
            await link.subscribe(("spBv1.0/STATE/hub1",), 1)
            async with host(broker, {"host_id": "hub1"}) as made:
                first = json.loads((await link.receive())[0].payload)
                assert first["online"] is True
                await link.publish(
                    Message("spBv1.0/STATE/hub1", b'{"online": false, "timestamp": 1}', 1, True)
                )
                assert json.loads((await link.receive())[0].payload) == {"online": False, "timestamp": 1}
                assert json.loads((await link.receive())[0].payload) == first
                assert made.runner.fact().malformed == 0
            assert json.loads((await link.receive())[0].payload) == first | {"online": False}

    run(scene())


def test_what_is_no_sparkplug_is_counted_and_the_connection_goes_on(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with edge(broker) as node, host(broker, {"host_id": "hub1"}) as made:
            strange = (
                ("spBv1.0/STATE/other", b'{"online": true}'),
                ("spBv1.0/City/NBIRTH/X", b'{"json": 1}'),
                ("spBv1.0/City/WHAT/X", b""),
                ("spBv1.0/City/DDATA/Edge/p1", b"\xff" * 30),
                ("spBv1.0/STATE/hub1", b"\xff"),
            )
            for topic, payload in strange:
                await node._link.publish(Message(topic, payload))
            await node.born()
            await made.until(made.heard(2.5))
            assert (made.runner.fact().malformed, made.runner.fact().state) == (4, FeedState.LIVE)

    run(scene())


def test_a_broker_killed_and_back_is_a_gap_and_every_node_is_asked_again(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with host(broker) as made:
            async with edge(broker) as node:
                await node.born()
                await made.until(made.heard(2.5))
                broker.kill()
                await made.until(lambda: made.runner.fact().state is FeedState.DOWN)
            assert any(event.startswith("lost [0, 1]") for event in made.book.events)
            broker.start()
            await made.until(lambda: made.up)
            async with edge(broker) as node:
                await node.level(1.0)
                assert (await node.ordered())[1].name == "Node Control/Rebirth"
                await node.born(5.5)
                await made.until(made.heard(5.5))
            assert made.runner.fact().gaps == 1

    run(scene())


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"groups": "a/b"}, "groups"),
        ({"groups": "#"}, "groups"),
        ({"nodes": "onlygroup"}, "nodes"),
        ({"nodes": "a/b/c"}, "nodes"),
        ({"host_id": "a/b"}, "host_id"),
        ({"reorder_s": 0}, "reorder_s"),
        ({"topics": "a"}, "topics"),
    ],
)
def test_an_option_at_fault_is_named(options: dict[str, Given], named: str) -> None:
    with pytest.raises(ValueError, match=f"feed: .*{named}"):
        make(feed_def("sparkplug", "mqtt://127.0.0.1", options))
