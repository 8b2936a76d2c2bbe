"""What clients ask for, read out of their packets; pure. Every fault is a Broken."""

from __future__ import annotations

import math
from dataclasses import dataclass

from console.city.broker.wire import (
    ALIAS,
    EXPIRY,
    MAXIMUM_PACKET,
    MOST,
    NONE,
    RECEIVE_MAXIMUM,
    SESSION_EXPIRY,
    SUBSCRIPTION_IDS,
    Broken,
    Code,
    Packet,
    Properties,
    Reader,
    read_properties,
)

V3, V5 = 4, 5
"""Protocol levels of 3.1.1 and 5."""


@dataclass(frozen=True, slots=True)
class Message:
    """One application message; `expires` is monotonic seconds."""

    topic: str
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    forwarded: bytes = b""
    """Properties as they came."""
    expires: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A client's CONNECT (clause 3.1)."""

    version: int
    client_id: str
    clean: bool
    keepalive_s: int
    session_s: int
    in_flight: int = 65_535
    largest: int = MOST
    will: Message | None = None


def read_greeting(packet: Packet, now: float) -> Greeting:
    """User and password are read over: this broker serves its own computer only and knows nobody by name."""
    reader = Reader(packet.body)
    name, version = reader.text(), reader.byte()
    if name != "MQTT" or version not in (V3, V5):
        raise Broken(Code.VERSION, f"{name} {version}"[:40])
    flags, keepalive_s = reader.byte(), reader.two()
    if flags & 1:
        raise Broken(Code.MALFORMED, "reserved flag of a greeting")
    found = read_properties(reader) if version == V5 else NONE
    client_id = reader.text()
    will = _will(reader, flags, version, now) if flags & 4 else None
    if flags & 0x80:
        reader.text()
    if flags & 0x40:
        reader.binary()
    if reader.more:
        raise Broken(Code.MALFORMED, "more than a greeting")
    clean = bool(flags & 2)
    kept = found.whole(SESSION_EXPIRY, 0) if version == V5 else 0 if clean else 2**32 - 1
    return Greeting(
        version=version,
        client_id=client_id,
        clean=clean,
        keepalive_s=keepalive_s,
        session_s=kept,
        in_flight=_positive(found, RECEIVE_MAXIMUM, 65_535),
        largest=_positive(found, MAXIMUM_PACKET, MOST),
        will=will,
    )


def _positive(found: Properties, name: int, default: int) -> int:
    value = found.whole(name, default)
    if not value:
        raise Broken(Code.PROTOCOL, f"property {name} is 0")
    return value


def _will(reader: Reader, flags: int, version: int, now: float) -> Message:
    qos = flags >> 3 & 3
    if qos == 3:
        raise Broken(Code.MALFORMED, "QoS 3")
    found = read_properties(reader) if version == V5 else NONE
    topic, payload = reader.text(), reader.binary()
    return Message(topic, payload, qos, bool(flags & 0x20), found.forwarded, _expiry(found, now))


def _expiry(found: Properties, now: float) -> float:
    return now + found.whole(EXPIRY, 0) if EXPIRY in found.known else math.inf


def read_publish(packet: Packet, version: int, now: float) -> tuple[Message, int]:
    """A message and its packet id, 0 for QoS 0."""
    reader = Reader(packet.body)
    qos = packet.flags >> 1 & 3
    if qos == 3:
        raise Broken(Code.MALFORMED, "QoS 3")
    topic = reader.text()
    number = _packet_id(reader) if qos else 0
    found = read_properties(reader) if version == V5 else NONE
    if ALIAS in found.known:
        raise Broken(Code.ALIAS, "no topic alias was offered")
    if SUBSCRIPTION_IDS in found.known:
        raise Broken(Code.PROTOCOL, "a subscription identifier in a message of a client")
    retain = bool(packet.flags & 1)
    return Message(topic, reader.rest(), qos, retain, found.forwarded, _expiry(found, now)), number


def _packet_id(reader: Reader) -> int:
    found = reader.two()
    if not found:
        raise Broken(Code.PROTOCOL, "packet id 0")
    return found


@dataclass(frozen=True, slots=True)
class Subscription:
    """One filter with its options (clause 3.8.3.1)."""

    pattern: str
    qos: int = 0
    no_local: bool = False
    as_published: bool = False
    """The retain flag goes on as it came."""
    retained: int = 0
    """Retained messages: 0 always, 1 with a new subscription, 2 never."""


def read_subscribe(packet: Packet, version: int) -> tuple[int, list[Subscription]]:
    """Packet id and filters, at least one."""
    reader = _request(packet)
    number = _packet_id(reader)
    found = read_properties(reader) if version == V5 else NONE
    if 0x0B in found.known:
        raise Broken(Code.PROTOCOL, "no subscription identifiers were offered")
    wanted: list[Subscription] = []
    while reader.more:
        pattern, options = reader.text(), reader.byte()
        if options & 3 == 3 or options & (0xFC if version == V3 else 0xC0) or options >> 4 & 3 == 3:
            raise Broken(Code.MALFORMED, f"options of a subscription {options}")
        wanted.append(
            Subscription(pattern, options & 3, bool(options & 4), bool(options & 8), options >> 4 & 3)
        )
    if not wanted:
        raise Broken(Code.PROTOCOL, "a subscription to nothing")
    return number, wanted


def read_unsubscribe(packet: Packet, version: int) -> tuple[int, list[str]]:
    """Packet id and filters, at least one."""
    reader = _request(packet)
    number = _packet_id(reader)
    if version == V5:
        read_properties(reader)
    patterns: list[str] = []
    while reader.more:
        patterns.append(reader.text())
    if not patterns:
        raise Broken(Code.PROTOCOL, "an end of no subscription")
    return number, patterns


def _request(packet: Packet) -> Reader:
    if packet.flags != 2:
        raise Broken(Code.MALFORMED, f"flags {packet.flags}")
    return Reader(packet.body)


def read_ack(packet: Packet) -> tuple[int, int]:
    """Packet id and reason code of an acknowledgement."""
    reader = Reader(packet.body)
    return _packet_id(reader), reader.byte() if reader.more else 0


def read_goodbye(packet: Packet, version: int) -> tuple[int, int | None]:
    """Reason code, and how long the session is to be kept if the client says so anew."""
    reader = Reader(packet.body)
    code = reader.byte() if reader.more else 0
    found = read_properties(reader) if version == V5 and reader.more else NONE
    kept = found.whole(SESSION_EXPIRY, 0) if SESSION_EXPIRY in found.known else None
    return code, kept
