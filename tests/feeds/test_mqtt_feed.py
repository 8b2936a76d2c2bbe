"""The adapter `mqtt` under its runner, on a real Mosquitto."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from feed_stage import CATALOGUE, HubBook, feed_def, run
from mosquitto_stage import Mosquitto, mosquitto

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.mapping import FeedMapping
from console.feeds.mqtt.adapter import MqttFeed, make
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_wire import Message, Properties
from console.feeds.options import Options
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing

pytestmark = pytest.mark.expects_log("feed")
Given = str | float | bool


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Line:
    """A runner on a broker, what the hub has heard of it, and a stranger on the same broker."""

    def __init__(self, url: str, options: dict[str, Given]) -> None:
        definition = feed_def("mqtt", url, {"topics": "city/#", "source": "{1}"} | options)
        made = Registry(found=()).make(definition)
        assert isinstance(made, MqttFeed)
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

    def rows(self) -> list[tuple[float, int]]:
        """Values and qualities in order."""
        return [
            (float(value), int(quality))
            for batch in self.book.batches
            for value, quality in zip(batch.value, batch.quality, strict=True)
        ]

    def heard(self, value: float) -> Callable[[], bool]:
        """Whether a value has arrived."""
        return lambda: any(row[0] == value for row in self.rows())

    @property
    def up(self) -> bool:
        """Whether the feed is connected."""
        return self.runner.fact().state in (FeedState.LIVE, FeedState.GAP, FeedState.LATE)


@asynccontextmanager
async def stranger(broker: Mosquitto) -> AsyncGenerator[MqttLink]:
    """Another client of the same broker."""
    definition = feed_def("mqtt", broker.web_url)
    options = link_options(definition, Options(definition, LINK_OPTIONS))
    async with open_link(options, Line(broker.url, {}).runner._intake) as link:
        yield link


@asynccontextmanager
async def line(
    broker: Mosquitto, options: dict[str, Given] | None = None, web: bool = False
) -> AsyncGenerator[Line]:
    """A running feed that has subscribed."""
    made = Line(broker.web_url if web else broker.url, options or {})
    task = asyncio.create_task(made.runner.run(), name="runner")
    try:
        await made.until(lambda: made.up)
        yield made
    finally:
        task.cancel()
        await asyncio.wait((task,))


@pytest.fixture
def broker(tmp_path: Path) -> Generator[Mosquitto, None, None]:
    with mosquitto(tmp_path) as made:
        yield made


def level(value: object, topic: str = "city/p1/all", **properties: str) -> Message:
    payload = json.dumps({"level": value}).encode()
    return Message(topic, payload, 1, False, Properties(user=tuple(properties.items())))


@pytest.mark.parametrize("version", ["5", "3.1.1"])
@pytest.mark.parametrize("web", [False, True], ids=["tcp", "websocket"])
def test_it_subscribes_and_delivers(broker: Mosquitto, version: str, web: bool) -> None:
    async def scene() -> None:
        async with line(broker, {"version": version}, web) as made, stranger(broker) as other:
            await other.publish(level(2.5))
            await made.until(made.heard(2.5))
            assert made.rows() == [(2.5, Quality.GOOD)]
            assert made.feed.discovered() == [("p1", "level", "", "number")]

    run(scene())


def test_a_message_that_breaks_its_decoder_is_counted_and_the_connection_goes_on(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with line(broker) as made, stranger(broker) as other:
            for payload in (b"{", b"\xff\x00", b"[" * 5000, b'{"level": "high"}', b'{"a":1,"a":2}'):
                await other.publish(Message("city/p1/x", payload, 1))
            await other.publish(level(7.5))
            await made.until(made.heard(7.5))
            fact = made.runner.fact()
            assert (fact.malformed, fact.state) == (5, FeedState.LIVE)
            assert made.book.events.count("live") == 1

    run(scene())


def test_a_message_above_a_mebibyte_is_read_where_the_profile_lets_it(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with line(broker, {"max_frame_bytes": 4_000_000}) as made, stranger(broker) as other:
            await other.publish(
                Message("city/p1/x", json.dumps({"pad": "x" * 2_000_000, "level": 7.5}).encode(), 1)
            )
            await made.until(made.heard(7.5))
        async with line(broker) as made, stranger(broker) as other:
            await other.publish(
                Message("city/p1/x", json.dumps({"pad": "x" * 2_000_000, "level": 7.5}).encode(), 1)
            )
            await made.until(lambda: made.runner.fact().malformed == 1)
            assert "too_large" in made.runner.fact().last_error

    run(scene())


def test_a_retained_value_without_a_time_is_uncertain(broker: Mosquitto) -> None:
    """It may be of any age: a value must not look live when it is not."""

    async def scene() -> None:
        async with stranger(broker) as other:
            await other.publish(Message("city/p1/level", b"3.5", 1, True))
            await other.subscribe(("city/p1/level",), 1)
            await other.receive()
        options: dict[str, Given] = {"decoder": "number", "point": "{-1}"}
        async with line(broker, options) as made:
            await made.until(made.heard(3.5))
            assert made.rows() == [(3.5, Quality.UNCERTAIN)]
        async with line(broker, options | {"retained": False}) as made, stranger(broker) as other:
            await other.publish(Message("city/p1/level", b"4.5", 1))
            await made.until(made.heard(4.5))
            assert made.rows() == [(4.5, Quality.GOOD)]

    run(scene())


def test_numbers_that_skip_are_a_gap_with_its_count(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with line(broker, {"sequence": "user:seq"}) as made, stranger(broker) as other:
            for seq in ("1", "2", "587"):
                await other.publish(level(float(seq), seq=seq))
            await made.until(made.heard(587.0))
            fact = made.runner.fact()
            assert (fact.state, fact.gaps, fact.why, fact.detail) == (FeedState.GAP, 1, "overrun", "584")

    run(scene())


def test_a_burst_beyond_the_brokers_queue_is_a_counted_gap(tmp_path: Path) -> None:
    """2,000 messages of QoS 1 at once; the hub is busy for a moment, and the broker drops by its own rules."""

    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto_pub is not installed")

    async def scene(broker: Mosquitto) -> None:
        async with line(broker, {"sequence": "seq", "queue": 10}) as made, stranger(broker) as other:
            lines = "".join(f'{{"seq": {seq}, "level": {seq / 8}}}\n' for seq in range(2000))
            command = ["mosquitto_pub", "-p", str(broker.port), "-t", "city/p1/x", "-q", "1", "-l"]
            # Nothing else runs meanwhile: to the broker the hub is a reader that takes nothing.
            subprocess.run(command, input=lines.encode(), check=True, timeout=30)
            await other.publish(Message("city/p1/x", b'{"seq": 2000, "level": 9000}', 1))
            await made.until(lambda: made.runner.fact().gaps > 0)
            await asyncio.sleep(0.2)
            await other.publish(Message("city/p1/x", b'{"seq": 2001, "level": 9001}', 1))
            await made.until(made.heard(9001.0))
            fact = made.runner.fact()
            assert fact.state is FeedState.GAP
            assert fact.why in ("overrun", "broker_dropped")
            assert int(fact.detail) > 0
            assert fact.updates < 2002

    with mosquitto(tmp_path, "max_queued_messages 100", "max_inflight_messages 10") as broker:
        run(scene(broker))


def test_a_broker_killed_and_back_is_a_loss_and_a_gap(broker: Mosquitto) -> None:
    async def scene() -> None:
        async with line(broker) as made:
            broker.kill()
            await made.until(lambda: made.runner.fact().state is FeedState.DOWN)
            assert any(event.startswith("lost [0, 1]") for event in made.book.events)
            broker.start()
            await made.until(lambda: made.up)
            assert made.runner.fact().gaps == 1
            async with stranger(broker) as other:
                await other.publish(level(7.5))
                await made.until(made.heard(7.5))

    run(scene())


def test_devices_may_read_whether_the_hub_is_there(broker: Mosquitto) -> None:
    """Retained; the will and the farewell say that it is gone."""

    async def scene() -> None:
        async with stranger(broker) as device:
            await device.subscribe(("hub/state",), 1)
            async with line(broker, {"presence_topic": "hub/state", "client_id": "hub"}):
                assert (await device.receive())[0].payload == b"online"
            assert (await device.receive())[0].payload == b"offline"
        async with stranger(broker) as device:
            await device.subscribe(("hub/state",), 1)
            kept = (await device.receive())[0]
            assert (kept.payload, kept.retain) == (b"offline", True)

    run(scene())


def test_a_wrong_password_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWANJE_FEED_CITY", "wrong")

    async def scene(broker: Mosquitto) -> None:
        made = Line(broker.url, {"user": "hub", "secret": "city"})
        task = asyncio.create_task(made.runner.run())
        await made.until(lambda: made.runner.fact().state is FeedState.REFUSED)
        assert made.runner.fact().why == "credentials"
        task.cancel()
        await asyncio.wait((task,))

    (tmp_path / "none").write_text("", encoding="utf-8")
    (tmp_path / "none").chmod(0o600)
    with mosquitto(tmp_path, f"password_file {tmp_path / 'none'}", anonymous=False) as broker:
        run(scene(broker))


COMMANDS: dict[str, Given] = {
    "command_topic": "do/{source}/{path}",
    "command_payload": '{"to": {value}, "test": {test}, "ref": {id}}',
    "answer_topic": "said/hub",
    "answer_path": "is",
    "answer_words": "ok = accepted_final, nak = rejected",
}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [(["ok"], ["accepted_final"]), (["accepted", "done"], ["accepted", "done"]), (["nak"], ["rejected"]),
     (["busy"], ["busy"]), (["accepted", "failed", "done"], ["accepted", "failed"]), ([], [])],
)  # fmt: skip
def test_a_device_answers_on_the_response_topic(
    broker: Mosquitto, words: list[str], kinds: list[str]
) -> None:
    async def scene() -> None:
        answers: list[DeviceAnswer] = []
        async with line(broker, COMMANDS) as made, stranger(broker) as device:
            await device.subscribe(("do/#",), 1)
            command = made.runner.command("01JD", "p1", "start", 1.0)
            assert command is not None
            await made.runner.send(command, answers.append)
            asked = (await device.receive())[0]
            assert asked.topic == "do/p1/state"
            assert json.loads(asked.payload) == {"to": "on", "test": False, "ref": "01JD"}
            assert asked.properties.correlation == b"01JD"
            reply = Properties(correlation=asked.properties.correlation)
            for word in words:
                text = json.dumps({"is": word}).encode()
                await device.publish(Message(asked.properties.response_topic, text, 1, False, reply))
            await device.publish(level(8.5))
            await made.until(made.heard(8.5))
            assert made.runner.fact().malformed == 0
        assert [answer.kind for answer in answers] == kinds

    run(scene())


def test_a_device_of_3_1_1_repeats_the_id(broker: Mosquitto) -> None:
    async def scene() -> None:
        answers: list[DeviceAnswer] = []
        options: dict[str, Given] = COMMANDS | {"version": "3.1.1", "answer_id_path": "re"}
        async with line(broker, options) as made, stranger(broker) as device:
            await device.subscribe(("do/#",), 1)
            await made.runner.send(DeviceCommand("01JD", "p1", "level", 3.0, test=True), answers.append)
            asked = json.loads((await device.receive())[0].payload)
            assert asked == {"to": 3, "test": True, "ref": "01JD"}
            await device.publish(Message("said/hub", b'{"re": "01JX", "is": "ok"}', 1))
            await device.publish(Message("said/hub", b'{"re": "01JD", "is": "what"}', 1))
            await device.publish(Message("said/hub", b'{"re": "01JD", "is": "ok"}', 1))
            await made.until(lambda: bool(answers))
            assert made.runner.fact().malformed == 1
        assert [answer.kind for answer in answers] == ["accepted_final"]

    run(scene())


def test_a_command_that_no_device_hears_is_rejected_by_the_broker(broker: Mosquitto) -> None:
    async def scene() -> None:
        answers: list[DeviceAnswer] = []
        async with line(broker, {"command_topic": "do/{source}"}) as made:
            await made.runner.send(DeviceCommand("01JD", "p1", "state", "on"), answers.append)
            await made.until(lambda: bool(answers))
            assert (answers[0].kind, answers[0].detail) == ("rejected", "no subscriber")
            with pytest.raises(FeedDown) as caught:
                await made.runner.send(DeviceCommand("01JE", "p1", "state", "on", test=True), answers.append)
            assert caught.value.why == "no_tests"
            with pytest.raises(FeedDown) as caught:
                await made.runner.send(DeviceCommand("01JF", "p+/#", "state", "on"), answers.append)
            assert caught.value.why == "no_commands"

    run(scene())


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"topics": ""}, "topics"),
        ({"topics": "a/#/b"}, "topics"),
        ({"topics": "a+b"}, "topics"),
        ({"qos": 3}, "qos"),
        ({"decoder": "xml"}, "decoder"),
        ({"decoder": "senml", "time_path": "t"}, "time_path"),
        ({"source": "{what}"}, "source"),
        ({"command_topic": "a", "command_payload": "{value"}, "command_payload"),
        ({"answer_topic": "a/+"}, "answer_topic"),
        ({"answer_topic": "a", "version": "3.1.1"}, "answer_id_path"),
        ({"time_property": "t", "version": "3.1.1"}, "time_property"),
        ({"answer_words": "x = y"}, "answer_words"),
        ({"presence_topic": "a/#"}, "presence_topic"),
        ({"pasword": "x"}, "pasword"),
    ],
)  # fmt: skip
def test_an_option_at_fault_is_named(options: dict[str, Given], named: str) -> None:
    with pytest.raises(ValueError, match=f"feed: .*{named}"):
        make(feed_def("mqtt", "mqtt://127.0.0.1", {"topics": "a/#"} | options))
