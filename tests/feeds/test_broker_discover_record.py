"""A broker that nobody has described: a first profile of it, and recordings that play as they were."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from feed_stage import Heard
from mosquitto_stage import Mosquitto, mosquitto, wishes
from tape_stage import act, discovered, recorded, replayed, tape, told, values_of

from console.core.site import Site
from console.feeds.mqtt.scout import kind_of, options_for
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_wire import Message, Properties
from console.feeds.sparkplug.payload import Metric, Payload, write_payload

pytestmark = pytest.mark.expects_log("feed")
Say = Callable[[MqttLink, int], list[Message]]
AT = 1795330800000


@pytest.fixture
def broker(tmp_path: Path) -> Generator[Mosquitto]:
    """A broker of the test's own."""
    folder = tmp_path / "broker"
    folder.mkdir()
    with mosquitto(folder) as made:
        yield made


@asynccontextmanager
async def publishing(broker: Mosquitto, messages: Callable[[int], list[Message]]) -> AsyncGenerator[None]:
    """Somebody who publishes again and again, with the number of the turn."""
    async with open_link(wishes(broker.url), Heard()) as link:

        async def go_on() -> None:
            turn = 0
            while True:
                for message in messages(turn):
                    await link.publish(message)
                turn += 1
                await asyncio.sleep(0.1)

        task = asyncio.create_task(go_on(), name="publisher")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait((task,))


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def json_pumps(turn: int) -> list[Message]:
    return [
        Message(
            f"city/p{n}/telemetry",
            body(ts="2026-11-22T16:00:00", level=2.25 + turn % 3, running=True),
            properties=Properties(user=(("site", "busan"),)),
        )
        for n in (1, 2)
    ]


def plain_pumps(turn: int) -> list[Message]:
    return [Message(f"plant/p{n}/level", f"{2.5 + turn % 2}".encode(), retain=True) for n in (1, 2)]


def edge_node(turn: int) -> list[Message]:
    birth = [
        Message("spBv1.0/City/NBIRTH/Edge", write_payload(Payload(
            at=AT, metrics=[Metric(name="bdSeq", datatype=8, value=1)], seq=0))),
        Message("spBv1.0/City/DBIRTH/Edge/p1", write_payload(Payload(at=AT, seq=1, metrics=[
            Metric(name="level", alias=1, datatype=9, value=2.5, unit="m"),
            Metric(name="running", alias=2, datatype=11, value=True)]))),
    ]  # fmt: skip
    data = Payload(at=AT + turn, seq=turn % 20 + 2, metrics=[Metric(alias=1, datatype=9, value=3.5)])
    news = Message("spBv1.0/City/DDATA/Edge/p1", write_payload(data))
    return [*birth, news] if turn % 20 == 0 else [news]


def names(site: Site) -> dict[str, list[str]]:
    return {kind.id: [tag.name for tag in kind.tags] for kind in site.types}


def test_topics_with_json_become_a_profile_that_runs(broker: Mosquitto, tmp_path: Path) -> None:
    async def scene() -> None:
        async with publishing(broker, json_pumps):
            site = await discovered(broker.url, tmp_path / "eco")
            (feed,) = site.feeds
            assert feed.adapter == "mqtt"
            assert feed.options == {
                "topics": "city/#", "time_path": "ts", "zone": "Asia/Seoul", "source": "{0}/{1}",
            }  # fmt: skip
            assert names(site) == {"city": ["level", "running"]}
            assert {asset.id for asset in site.assets} == {"p1", "p2"}
            found = await values_of(site, 4)
            assert found.keys() == {"p1.level", "p1.running", "p2.level", "p2.running"}

    act(scene())


def test_topics_with_plain_numbers_over_websocket_become_a_profile_that_runs(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with publishing(broker, plain_pumps):
            site = await discovered(broker.web_url, tmp_path / "plant")
            (feed,) = site.feeds
            assert feed.options == {
                "topics": "plant/#", "decoder": "plain", "source": "{0}/{1}", "point": "{-1}",
            }  # fmt: skip
            assert (feed.map[0].source, feed.url) == ("plant/{asset}", broker.web_url)
            assert await values_of(site, 2)

    act(scene())


def test_births_of_an_edge_node_become_a_profile_that_runs(broker: Mosquitto, tmp_path: Path) -> None:
    async def scene() -> None:
        async with publishing(broker, edge_node):
            site = await discovered(broker.url, tmp_path / "factory", seconds=3.0)
            assert site.feeds[0].adapter == "sparkplug"
            tags = {tag.name: tag for kind in site.types for tag in kind.tags}
            assert (tags["level"].kind, tags["running"].kind) == ("analog", "discrete")
            assert (await values_of(site))["p1.level"] in (2.5, 3.5)

    act(scene())


@pytest.mark.parametrize("web", [False, True], ids=["tcp", "websocket"])
def test_a_recording_of_a_broker_plays_as_it_was_read(broker: Mosquitto, web: bool, tmp_path: Path) -> None:
    """Topics, retained messages and user properties are kept, for a decoder may read all of them."""

    def both(turn: int) -> list[Message]:
        return [*json_pumps(turn), Message("city/p3/telemetry", b"not json"), *json_pumps(turn + 1)]

    async def scene() -> None:
        url = broker.web_url if web else broker.url
        async with publishing(broker, both):
            live = await recorded(
                url, tmp_path / "tape.jsonl", "mqtt", topics="city/#", source="{user:site}/{1}",
                time_path="ts", zone="Asia/Seoul",
            )  # fmt: skip
        heard = await replayed(tmp_path / "tape.jsonl")
        assert len(live.rows) > 4
        assert told(heard.rows) == told(live.rows)
        assert heard.rows[0].source == "busan/p1"
        assert len(heard.faults) == live.unreadable > 0
        _, frames = tape(tmp_path / "tape.jsonl")
        assert frames[0].about.startswith("city/p")

    act(scene())


def test_a_retained_value_of_a_recording_is_as_uncertain_as_it_was(broker: Mosquitto, tmp_path: Path) -> None:
    async def scene() -> None:
        async with publishing(broker, plain_pumps):
            await asyncio.sleep(0.2)
        live = await recorded(
            broker.url, tmp_path / "t.jsonl", "mqtt", 0.8, topics="plant/#", decoder="plain", source="{1}"
        )
        heard = await replayed(tmp_path / "t.jsonl")
        assert told(heard.rows) == told(live.rows)
        assert [row.quality.name for row in heard.rows] == ["UNCERTAIN", "UNCERTAIN"]

    act(scene())


def test_a_recording_of_sparkplug_plays_births_and_data(broker: Mosquitto, tmp_path: Path) -> None:
    async def scene() -> None:
        async with publishing(broker, edge_node):
            live = await recorded(broker.url, tmp_path / "t.jsonl.gz", seconds=3.0)
        heard = await replayed(tmp_path / "t.jsonl.gz")
        assert len(live.rows) > 3
        assert told(heard.rows) == told(live.rows)

    act(scene())


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b'{"level": 2}', "json"), (b"21.5", "plain"), (b"on", "plain"), (b"true", "plain"), (b"", ""), (b"\xff\x00", ""),
     (b'[{"n": "t", "v": 1}]', "senml"), (b'{"phenomenonTime": "x", "result": 1}', "sensorthings"),
     (b'{"metadata": {}, "body": {}}', "ngsi_ld"), (b"[1, 2]", ""), (b'[{"id": "a", "v2": 1}]', "json"),
     (b"<a/>", ""), (b'{"id": "urn:ngsi-ld:A:1", "type": "A"}', "ngsi_ld")],
)  # fmt: skip
def test_a_payload_tells_its_decoder(payload: bytes, kind: str) -> None:
    assert kind_of(payload)[0] == kind


def test_what_most_topics_carry_decides_and_other_protocols_are_passed_over() -> None:
    messages = [
        Message("a/1/t", b'{"device": "d1", "v": 1}'),
        Message("b/2/t", b'{"device": "d2", "v": 2}'),
        Message("a/state", b"ok"),
        Message("spBv1.0/g/NBIRTH/e", b"1"),
        Message("/oneM2M/req/a/b/json", b'{"x": 1}'),
    ]
    assert options_for(messages) == {"topics": "a/#, b/#", "source_path": "device"}
    assert options_for([]) == {}
