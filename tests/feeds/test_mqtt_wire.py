"""Packets and the session without a socket: cut anywhere, changed anywhere, larger than allowed."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.feeds import mqtt_wire as wire
from console.feeds.mqtt_drops import BrokerDrops, Sequences
from console.feeds.mqtt_session import Greeting, MqttSession, Taken, Welcome
from console.feeds.mqtt_wire import Framer, Kind, Message, Packet, Properties

TEXT = st.text(max_size=12)
PROPERTIES = st.builds(
    Properties,
    content_type=TEXT,
    response_topic=TEXT,
    correlation=st.binary(max_size=8),
    expiry_s=st.integers(0, 2**32 - 1),
    user=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
)
MESSAGES = st.builds(
    Message, topic=TEXT, payload=st.binary(max_size=300), qos=st.integers(0, 2), retain=st.booleans(),
    properties=PROPERTIES,
)  # fmt: skip
WELCOME = b"\x20\x03\0\0\0"


def framed(data: bytes, limit: int = 10_000, step: int = 10_000) -> list[Packet]:
    framer = Framer(limit)
    return [packet for at in range(0, len(data), step) for packet in framer.feed(data[at : at + step])]


@given(st.lists(MESSAGES, max_size=4), st.sampled_from([4, 5]), st.integers(1, 9))
def test_messages_are_read_back_however_the_stream_is_cut(
    sent: list[Message], version: int, step: int
) -> None:
    data = b"".join(wire.publish(message, 7, version) for message in sent)
    found = [wire.read_publish(packet, version) for packet in framed(data, step=step)]
    assert [number for _, number in found] == [7 if message.qos else 0 for message in sent]
    for message, (back, _) in zip(sent, found, strict=True):
        assert (back.topic, back.payload, back.qos, back.retain) == (
            message.topic, message.payload, message.qos, message.retain,
        )  # fmt: skip
        assert back.properties == (message.properties if version == 5 else wire.NO_PROPERTIES)


@given(st.integers(0, 3000), st.integers(1, 400), st.integers(100, 2000))
def test_a_packet_above_the_limit_leaves_its_head_and_the_next_packet(
    size: int, step: int, limit: int
) -> None:
    large = wire.publish(Message("big/1", b"x" * size, 1), 9, 4)
    small = wire.publish(Message("a", b"1", 1), 10, 4)
    found = [wire.read_publish(packet, 4) for packet in framed(large + small, limit, step)]
    assert [(message.topic, number) for message, number in found] == [("big/1", 9), ("a", 10)]
    assert found[0][0].payload == (b"x" * size if size + 9 <= limit else b"")


def test_what_is_passed_over_is_not_stored() -> None:
    framer = Framer(1000)
    head = wire.publish(Message("big", b"", 1), 9, 4)[2:]
    data = b"\x32" + wire.number(200_000_000) + head
    assert list(framer.feed(data + b"\0" * 100_000)) == []
    for _ in range(20):
        assert list(framer.feed(b"\0" * 100_000)) == []
    assert len(framer._data) == 0
    found = list(framer.feed(b"\0" * (200_000_000 - 2_100_000 - len(head)) + b"\xd0\0"))
    assert [packet.kind for packet in found] == [Kind.PUBLISH, Kind.PINGRESP]
    assert wire.read_publish(found[0], 4)[0].topic == "big"


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_raise_anything_but_a_named_fault(data: bytes, step: int) -> None:
    for version in (4, 5):
        session = MqttSession(Greeting(client_id="c", version=version), 100)
        try:
            for at in range(0, len(data), step):
                session.receive(data[at : at + step])
        except DecodeError as error:
            assert error.reason
        assert len(session.out) < 10 * len(data) + 10


@given(st.lists(MESSAGES, min_size=1, max_size=3), st.data())
def test_packets_with_one_byte_changed_are_read_or_named(sent: list[Message], data: st.DataObject) -> None:
    good = bytearray(b"".join(wire.publish(message, 7, 5) for message in sent))
    good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    session = MqttSession(Greeting(client_id="c"), 10_000)
    try:
        taken = session.receive(bytes(good))
    except DecodeError as error:
        assert error.reason
        return
    assert len(taken.messages) <= len(good)


def ready(version: int = 5, limit: int = 10_000) -> MqttSession:
    session = MqttSession(Greeting(client_id="c", version=version), limit)
    session.receive(WELCOME if version == 5 else b"\x20\x02\0\0")
    return session


def test_a_greeting_says_what_it_should() -> None:
    will = Message("w", b"gone", 1, True)
    told = Greeting(
        client_id="hub", session_s=60, keepalive_s=20, user="u", password="p", will=will, largest=1000
    )
    session = MqttSession(told, 1000)
    session.connect()
    assert bytes(session.out) == (
        b"\x10\x2a\0\x04MQTT\x05\xec\0\x14"
        b"\x0a\x27\0\0\x03\xe8\x11\0\0\0\x3c"
        b"\0\x03hub\0\0\x01w\0\x04gone\0\x01u\0\x01p"
    )
    old = MqttSession(Greeting(client_id="hub", version=4), 1000)
    old.connect()
    assert bytes(old.out) == b"\x10\x0f\0\x04MQTT\x04\x02\0\0\0\x03hub"
    assert "'p'" not in repr(told)


def test_a_welcome_tells_what_the_broker_can() -> None:
    session = MqttSession(Greeting(client_id="c"), 1000)
    taken = session.receive(b"\x20\x0b\x01\0\x08\x24\x01\x21\0\x02\x13\0\x1e")
    assert taken.welcome == Welcome(0, True, "", 30, 2, 1)
    first = session.publish(Message("a", b"", 2))
    assert session.out[0] >> 1 & 3 == 1
    assert session.publish(Message("a", b"", 1)) == first + 1
    assert session.full
    with pytest.raises(ValueError, match="too many"):
        session.publish(Message("a", b"", 1))
    assert session.publish(Message("a", b"")) == 0
    assert session.receive(wire.acknowledge(Kind.PUBACK, first)).acknowledged == [(first, 0)]
    assert not session.full


def test_a_message_of_qos_2_is_taken_once() -> None:
    session = ready()
    packet = wire.publish(Message("a", b"1", 2), 5, 5)
    assert len(session.receive(packet).messages) == 1
    assert session.receive(packet).messages == []
    assert bytes(session.out) == wire.acknowledge(Kind.PUBREC, 5) * 2
    session.out.clear()
    session.receive(wire.acknowledge(Kind.PUBREL, 5))
    assert bytes(session.out) == wire.acknowledge(Kind.PUBCOMP, 5)
    assert len(session.receive(packet).messages) == 1


def test_our_message_of_qos_2_goes_through_its_four_steps() -> None:
    session = ready()
    number = session.publish(Message("a", b"1", 2))
    session.out.clear()
    assert session.receive(wire.acknowledge(Kind.PUBREC, number)).acknowledged == []
    assert bytes(session.out) == wire.acknowledge(Kind.PUBREL, number)
    assert session.receive(wire.acknowledge(Kind.PUBCOMP, number)).acknowledged == [(number, 0)]
    refused = session.publish(Message("a", b"1", 2))
    answer = b"\x50\x03" + struct.pack(">H", refused) + b"\x87"
    assert session.receive(answer).acknowledged == [(refused, 0x87)]


def test_packet_ids_are_never_given_twice_while_they_are_open() -> None:
    session = ready()
    first = session.publish(Message("a", b"", 1))
    for _ in range(65_600):
        number = session.publish(Message("a", b"", 1))
        assert number != first
        session.receive(wire.acknowledge(Kind.PUBACK, number))
    assert session.subscribe(("a", "b"), 1, True) != first


def test_a_goodbye_and_a_large_message_are_told() -> None:
    session = ready(limit=100)
    taken: Taken = session.receive(
        wire.publish(Message("big", b"x" * 200, 1), 3, 5) + b"\xe0\x09\x8e\x07\x1f\0\x04over"
    )
    assert [message.topic for message in taken.too_large] == ["big"]
    assert taken.goodbye == (0x8E, "over")
    assert bytes(session.out) == wire.acknowledge(Kind.PUBACK, 3)


@pytest.mark.parametrize(
    "written",
    [lambda: wire.binary(b"x" * 65_536), lambda: wire.number(wire.LONGEST + 1), lambda: wire.number(-1)],
)
def test_what_no_packet_can_hold_is_not_written(written: object) -> None:
    assert callable(written)
    with pytest.raises(ValueError, match="more than"):
        written()


def test_the_brokers_count_of_drops_is_compared_with_the_last() -> None:
    drops = BrokerDrops()
    told = [
        drops.more(payload) for payload in (b"10", b"10", b"595", b"x", b"-1", b"9" * 30, b"600", b"0", b"4")
    ]
    assert told == [0, 0, 585, 0, 0, 0, 5, 0, 4]


def test_numbers_that_skip_are_counted_for_each_source() -> None:
    numbers = Sequences()
    told = [numbers.missing(source, number) for source, number in
            [("a", 5), ("b", 1), ("a", 6), ("a", 9), ("a", 9), ("a", 1), ("b", 2), ("a", 3)]]  # fmt: skip
    assert told == [0, 0, 0, 2, 0, 0, 0, 1]
    numbers.clear()
    assert numbers.missing("a", 100) == 0
    for count in range(10_050):
        numbers.missing(str(count), 1)
    assert len(numbers._last) == 10_000
