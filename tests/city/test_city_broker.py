"""The city's broker over real sockets: with the hub's link, with Mosquitto's clients, and with bytes that are wrong."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import pytest
from factory_stage import PATIENCE_S, Deaf, broker, client, heard
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from console.city.broker.broker import Broker
from console.city.broker.limits import Limits
from console.core.feed import FeedState
from console.feeds.base import FeedDown
from console.feeds.mqtt_wire import Message, Properties

WAYS = ["mqtt://127.0.0.1:{}", "ws://127.0.0.1:{}/mqtt"]
VERSIONS = ["3.1.1", "5"]


def greeting(client_id: str, version: int = 4, flags: int = 2, keepalive: int = 0) -> bytes:
    """A CONNECT in bytes."""
    body = b"\0\4MQTT" + bytes([version, flags]) + struct.pack(">H", keepalive)
    body += b"\0" if version == 5 else b""
    name = client_id.encode()
    body += struct.pack(">H", len(name)) + name
    return b"\x10" + bytes([len(body)]) + body


async def spoken(port: int, *said: bytes) -> bytes:
    """Everything that the broker answers until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for data in said:
        writer.write(data)
    async with asyncio.timeout(PATIENCE_S):
        found = await reader.read()
    writer.close()
    return found


async def still_serves(port: int) -> None:
    """Whether others are served as before."""
    url = WAYS[0].format(port)
    async with client(url, "well/#") as one, client(url) as other:
        await other.publish(Message("well/and", b"good"))
        assert (await heard(one)).payload == b"good"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_message_goes_from_one_client_to_another(way: str, version: str, qos: int) -> None:
    async def story() -> tuple[Message, list[int]]:
        async with (
            broker() as (_made, port),
            client(way.format(port), "a/+/c", qos=qos, version=version) as one,
            client(way.format(port), version=version) as other,
        ):
            codes: list[int] = []
            await other.publish(Message("a/b/x", b"not wanted"))
            await other.publish(Message("a/b/c", b"2.5", qos), codes.append)
            found = await heard(one)
            async with asyncio.timeout(PATIENCE_S):
                while qos and not codes:
                    await asyncio.sleep(0.01)
            return found, codes

    found, codes = asyncio.run(story())
    assert (found.topic, found.payload, found.qos, found.retain) == ("a/b/c", b"2.5", qos, False)
    assert codes == ([0] if qos else [])


def test_properties_of_a_message_go_on_as_they_came() -> None:
    told = Properties(content_type="text/plain", response_topic="r", correlation=b"7", user=(("k", "v"),))

    async def story() -> Message:
        async with broker() as (_made, port), client(WAYS[1].format(port), "t") as one:
            await one.publish(Message("t", b"x", 1, properties=told))
            return await heard(one)

    assert asyncio.run(story()).properties == told


def test_what_was_retained_greets_a_new_subscriber_until_it_is_taken_back() -> None:
    async def story() -> tuple[Message, Message]:
        async with broker() as (_made, port):
            url = WAYS[0].format(port)
            async with client(url) as one:
                await one.publish(Message("state/host", b"old", 1, True))
                await one.publish(Message("state/host", b"new", 1, True))
                await one.publish(Message("state/gone", b"old", 1, True))
                await one.publish(Message("state/gone", b"", 1, True))
                await one.publish(Message("state/last", b"last", 1, True))
            async with client(url, "state/+", qos=1) as two:
                return await heard(two), await heard(two)

    first, second = asyncio.run(story())
    assert (first.topic, first.payload, first.retain) == ("state/host", b"new", True)
    assert second.topic == "state/last"


def test_a_will_is_published_for_who_is_lost_and_not_for_who_says_goodbye() -> None:
    will = Message("wills/one", b"gone", 1)

    async def story() -> list[bytes]:
        async with broker() as (_made, port):
            url = WAYS[0].format(port)
            async with client(url, "wills/#") as ear:
                async with client(url, will=will):
                    pass
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                # The same will in bytes: flags are clean, will, QoS 1.
                body = b"\0\4MQTT\4\x0e\0\0" + b"\0\1x" + b"\0\x09wills/two" + b"\0\4lost"
                writer.write(b"\x10" + bytes([len(body)]) + body)
                await asyncio.sleep(0.2)
                writer.transport.abort()
                return [(await heard(ear)).payload]

    assert asyncio.run(story()) == [b"lost"]


def test_a_second_client_of_one_name_takes_the_session_over() -> None:
    async def story() -> str:
        async with broker() as (made, port):
            url = WAYS[1].format(port)
            name: dict[str, Any] = {"client_id": "one"}
            async with client(url, "t", **name) as first, client(url, "t", **name) as second:
                with pytest.raises(FeedDown) as down:
                    await heard(first)
                assert made.connected == 1
                await second.publish(Message("t", b"mine"))
                assert (await heard(second)).payload == b"mine"
                return down.value.why

    assert asyncio.run(story()) == "taken_over"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_session_gets_what_came_meanwhile(version: str) -> None:
    kept: dict[str, Any] = {"client_id": "kept", "session_s": 60, "version": version}

    async def story() -> tuple[bool, Message]:
        async with broker() as (_made, port):
            url = WAYS[0].format(port)
            async with client(url, "t/#", qos=1, **kept):
                pass
            async with client(url) as other:
                await other.publish(Message("t/0", b"nobody is told of this", 0))
                await other.publish(Message("t/1", b"kept", 1))
                await heard_by_broker(other)
            async with client(url, **kept) as back:
                return back.kept, await heard(back)

    known, message = asyncio.run(story())
    assert known
    assert message.payload == b"kept"


async def heard_by_broker(link: Any) -> None:
    """Everything published so far has been taken."""
    assert await link.subscribe(("nothing/of/this",)) == []


def test_a_slow_reader_loses_messages_that_are_counted_and_the_others_lose_none() -> None:
    """The count stands where Mosquitto has it, so that a reader can show it as a gap."""

    async def story() -> int:
        limits = Limits(queue=10)
        async with broker(limits) as (made, port):
            slow = socket.socket()
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
            slow.setblocking(False)
            await asyncio.get_running_loop().sock_connect(slow, ("127.0.0.1", port))
            reader, writer = await asyncio.open_connection(sock=slow, limit=1024)
            writer.write(greeting("slow") + b"\x82\x06\0\1\0\1#\0")
            assert len(await reader.readexactly(9)) == 9
            url = WAYS[1].format(port)
            gaps: list[tuple[str, int]] = []

            class Counts(Deaf):
                def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
                    gaps.append((why, int(detail)))

            async with client(url, "big", sink=Counts(), watch_drops=True) as one, client(url) as other:
                for _ in range(150):
                    await other.publish(Message("big", b"x" * 100_000))
                    assert (await heard(one)).topic == "big"
                async with asyncio.timeout(PATIENCE_S):
                    while sum(lost for _, lost in gaps) < made.dropped or not gaps:
                        await asyncio.sleep(0.05)
                writer.transport.abort()
                assert {why for why, _ in gaps} == {"broker_dropped"}
                return made.dropped

    assert 0 < asyncio.run(story()) <= 150


@pytest.mark.parametrize(
    "name", ["html", "noise", "length", "no greeting", "flags", "qos 3", "utf-8", "twice"]
)
def test_rubbish_ends_its_own_connection_only(name: str) -> None:
    hello = greeting("x")
    said = {
        "html": b"POST / HTTP/1.1\r\n\r\n",
        "noise": b"\x10\xff\xff\xff\xff\xff",
        "length": hello + b"\x30\xff\xff\xff\x7f",
        "no greeting": b"\xc0\0",
        "flags": hello + b"\x80\x06\0\1\0\1a\0",
        "qos 3": hello + b"\x36\x05\0\1a\0\1",
        "utf-8": hello + b"\x30\x03\0\1\xff",
        "twice": hello + hello,
    }[name]

    async def story() -> bytes:
        async with broker() as (made, port):
            found = await spoken(port, said)
            assert made.connected == 0
            await still_serves(port)
            return found

    assert asyncio.run(story())[:4] == (b"\x20\x02\0\0" if said.startswith(hello) else b"")


def test_a_version_that_is_not_spoken_is_refused_as_its_standard_says() -> None:
    async def story() -> tuple[bytes, bytes]:
        async with broker() as (_made, port):
            old = b"\x10\x0f\0\6MQIsdp\3\2\0\0\0\1x"
            return await spoken(port, old), await spoken(port, greeting("x", 6))

    assert asyncio.run(story()) == (b"\x20\x02\0\1", b"\x20\x02\0\1")


def test_a_client_that_falls_silent_is_cut_and_its_will_is_published() -> None:
    async def story() -> bytes:
        async with broker() as (_made, port), client(WAYS[0].format(port), "w") as ear:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = b"\0\4MQTT\4\x06\0\1" + b"\0\1x" + b"\0\1w" + b"\0\6silent"
            writer.write(b"\x10" + bytes([len(body)]) + body)
            found = (await heard(ear)).payload
            async with asyncio.timeout(PATIENCE_S):
                await reader.read()
            writer.close()
            return found

    assert asyncio.run(story()) == b"silent"


def test_who_never_greets_is_not_waited_for() -> None:
    async def story() -> bytes:
        async with broker(Limits(connect_s=0.2)) as (_made, port):
            return await spoken(port, b"\x10")

    assert asyncio.run(story()) == b""


def test_limits_of_clients_subscriptions_and_sizes() -> None:
    async def story() -> list[object]:
        limits = Limits(clients=2, subscriptions=2, packet=2_000, topic=64)
        async with broker(limits) as (_made, port):
            url = WAYS[0].format(port)
            async with client(url) as one, client(url, "t") as two:
                with pytest.raises(FeedDown) as third:
                    async with client(url):
                        pass
                refused = await one.subscribe(("a", "b", "c", "x" * 65))
                await one.publish(Message("t", b"x" * 2_100))
                with pytest.raises(FeedDown) as large:
                    await one.receive()
                await two.publish(Message("t", b"x"))
                assert (await heard(two)).payload == b"x"
                return [third.value.why, refused, large.value.why]

    assert asyncio.run(story()) == ["too_many", ["c", "x" * 65], "frame_too_large"]


@pytest.mark.parametrize("topic", ["a/+/b", "#", "$SYS/broker/version"])
def test_topics_that_are_no_ones_to_write(topic: str) -> None:
    async def story() -> None:
        async with broker() as (_made, port), client(WAYS[0].format(port), "$SYS/#", "#") as one:
            await one.publish(Message(topic, b"mine", 1))
            if not topic.startswith("$"):
                with pytest.raises(FeedDown):
                    await heard(one, lambda m: m.payload == b"mine")
                return
            await one.publish(Message("after", b"it"))
            assert (await heard(one, lambda m: m.payload in (b"mine", b"it"))).topic == "after"

    asyncio.run(story())


def test_a_browser_page_a_wrong_path_and_text_are_turned_away() -> None:
    """SEC-24: a web page must not reach a loopback port."""

    async def story() -> tuple[int, int, int]:
        mqtt = [Subprotocol("mqtt")]
        async with broker() as (_made, port):
            url = f"ws://127.0.0.1:{port}"
            origin = Origin("http://evil.example")
            with pytest.raises(InvalidStatus) as page:
                await connect(f"{url}/mqtt", subprotocols=mqtt, origin=origin, proxy=None)
            with pytest.raises(InvalidStatus) as path:
                await connect(f"{url}/line", subprotocols=mqtt, proxy=None)
            async with connect(f"{url}/mqtt", subprotocols=mqtt, proxy=None) as socket:
                await socket.send("a text")
                with pytest.raises(ConnectionClosed) as text:
                    await socket.recv()
            await still_serves(port)
            assert text.value.rcvd is not None
            return page.value.response.status_code, path.value.response.status_code, text.value.rcvd.code

    assert asyncio.run(story()) == (403, 404, 1003)


def test_packets_may_be_cut_into_frames_in_any_way() -> None:
    """MQTT 5 clause 6.0: receivers must not assume that packets are aligned on frame boundaries."""

    async def story() -> bytes:
        async with broker() as (_made, port):
            url = f"ws://127.0.0.1:{port}/mqtt"
            async with connect(url, subprotocols=[Subprotocol("mqtt")], proxy=None) as socket:
                said = greeting("cut") + b"\xc0\0"
                for at in range(len(said)):
                    await socket.send(said[at : at + 1])
                return bytes(await socket.recv()) + bytes(await socket.recv())  # type: ignore[arg-type]

    assert asyncio.run(story()) == b"\x20\x02\0\0\xd0\0"


def test_a_message_expires_for_who_comes_too_late() -> None:
    """MQTT 5 clause 3.3.2.3.3."""
    now = [100.0]
    made = Broker(now=lambda: now[0])
    from console.city.broker.requests import Message as Own
    from console.city.broker.requests import Subscription
    from console.city.broker.session import Session

    made.publish(Own("t", b"x", 1, True, expires=105.0))
    session = Session("one", made.limits, lambda: now[0])
    assert len(made.subscribe(session, Subscription("t", 1))[1]) == 1
    now[0] = 106.0
    assert made.subscribe(session, Subscription("t", 1)) == (1, [])
