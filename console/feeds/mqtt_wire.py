"""Packets of MQTT 5 and 3.1.1 as a client reads and writes them; pure.

A packet above the limit is not stored: its head is kept, enough to name its topic and to acknowledge it.
Clauses are those of OASIS MQTT 5.0; 3.1.1 differs in having no properties and other reason codes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum

import msgspec

from console.core.errors import DecodeError

LONGEST = 268_435_455
"""Bytes after the fixed header that the protocol can say (clause 1.5.5)."""
HEAD_KEPT = 65_535 + 8
"""Of a packet that is too large: flags, topic and packet id."""


class Kind(IntEnum):
    """Type of a control packet (clause 2.1.2)."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class Properties(msgspec.Struct, frozen=True, kw_only=True):
    """Properties of a message that adapters use (clause 3.3.2.3); 3.1.1 has none."""

    content_type: str = ""
    response_topic: str = ""
    correlation: bytes = b""
    expiry_s: int = 0
    """Seconds after which a broker no longer delivers it; 0 never."""
    user: tuple[tuple[str, str], ...] = ()


NO_PROPERTIES = Properties()


class Message(msgspec.Struct, frozen=True):
    """One application message."""

    topic: str
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    properties: Properties = NO_PROPERTIES


class Packet(msgspec.Struct, frozen=True):
    """A control packet as it arrived; `lost` bytes of its end were not kept because it was too large."""

    kind: int
    flags: int
    body: bytes
    lost: int = 0


class Framer:
    """Cuts a stream into packets of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()
        self._skip = 0
        self._head: Packet | None = None

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Packets complete with these bytes; raises DecodeError for a length that no packet can have."""
        if self._skip:
            if len(data) < self._skip:
                self._skip -= len(data)
                return
            data = data[self._skip :]
            self._skip = 0
            yield from self._skipped()
        self._data += data
        at = 0
        try:
            while (found := self._next(at)) is not None:
                packet, at = found
                if packet is not None:
                    yield packet
        finally:
            del self._data[:at]

    def _skipped(self) -> Iterator[Packet]:
        head, self._head = self._head, None
        if head is not None:
            yield head

    def _next(self, at: int) -> tuple[Packet | None, int] | None:
        """The packet that begins at `at` and where the next one does; None if it is not complete."""
        size = _length(self._data, at + 1)
        if size is None:
            return None
        length, start = size
        end, first, have = start + length, self._data[at], len(self._data)
        if end <= have and length <= self._limit:
            return Packet(first >> 4, first & 15, bytes(self._data[start:end])), end
        if length <= self._limit:
            return None
        kept = min(length, HEAD_KEPT)
        if have < start + kept:
            return None
        head = Packet(
            first >> 4, first & 15, bytes(self._data[start : start + kept]), length - kept or length
        )
        if end <= have:
            return head, end
        self._head, self._skip = head, end - have
        return None, have


def _length(data: bytearray, at: int) -> tuple[int, int] | None:
    """Variable byte integer at `at` and where it ends; None if it is not complete."""
    value = 0
    for place in range(4):
        if at + place >= len(data):
            return None
        byte = data[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise DecodeError("fixed header", "length")


class Reader:
    """Fields of one packet, from left to right; every fault is a DecodeError."""

    def __init__(self, data: bytes, where: str = "packet") -> None:
        self._data = data
        self._where = where
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if end > len(self._data):
            raise DecodeError(self._where, "truncated")
        found = self._data[self.at : end]
        self.at = end
        return found

    def byte(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def two(self) -> int:
        """Two byte integer."""
        return int.from_bytes(self.take(2))

    def four(self) -> int:
        """Four byte integer."""
        return int.from_bytes(self.take(4))

    def variable(self) -> int:
        """Variable byte integer."""
        value = 0
        for place in range(4):
            byte = self.byte()
            value |= (byte & 127) << 7 * place
            if byte < 128:
                return value
        raise DecodeError(self._where, "length")

    def binary(self) -> bytes:
        """Bytes after their length."""
        return self.take(self.two())

    def text(self) -> str:
        """UTF-8 text after its length."""
        try:
            return self.binary().decode()
        except UnicodeDecodeError:
            raise DecodeError(self._where, "encoding") from None

    def pair(self) -> tuple[str, str]:
        """Two texts."""
        return self.text(), self.text()

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self._data) - self.at)

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self.at < len(self._data)


Value = int | str | bytes | tuple[str, str]
_READ: Mapping[int, Callable[[Reader], Value]] = (
    dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), Reader.byte)
    | dict.fromkeys((0x13, 0x21, 0x22, 0x23), Reader.two)
    | dict.fromkeys((0x02, 0x11, 0x18, 0x27), Reader.four)
    | dict.fromkeys((0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F), Reader.text)
    | dict.fromkeys((0x09, 0x16), Reader.binary)
    | {0x0B: Reader.variable, 0x26: Reader.pair}
)
"""How the value of each property is written (clause 2.2.2.2)."""
EXPIRY, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION = 0x02, 0x03, 0x08, 0x09
SESSION_EXPIRY, KEEP_ALIVE, REASON, RECEIVE_MAXIMUM = 0x11, 0x13, 0x1F, 0x21
MAXIMUM_QOS, USER, MAXIMUM_PACKET = 0x24, 0x26, 0x27


def read_properties(reader: Reader) -> dict[int, list[Value]]:
    """Values by identifier; raises DecodeError for one that nobody knows, for then no length is known."""
    end = reader.variable() + reader.at
    found: dict[int, list[Value]] = {}
    while reader.at < end:
        name = reader.variable()
        read = _READ.get(name)
        if read is None:
            raise DecodeError(f"property {name}", "unknown_word")
        found.setdefault(name, []).append(read(reader))
    if reader.at != end:
        raise DecodeError("properties", "length")
    return found


def read_publish(packet: Packet, version: int) -> tuple[Message, int]:
    """A message and its packet id, 0 for QoS 0; of a packet that was too large the payload is empty."""
    reader = Reader(packet.body, "publish")
    qos = packet.flags >> 1 & 3
    if qos == 3:
        raise DecodeError("publish", "qos")
    topic = reader.text()
    number = reader.two() if qos else 0
    retain = bool(packet.flags & 1)
    if packet.lost:
        return Message(topic, b"", qos, retain), number
    properties = (
        _of(read_properties(reader)) if version == 5 and _has_properties(packet, reader) else NO_PROPERTIES
    )
    return Message(topic, reader.rest(), qos, retain, properties), number


def _has_properties(packet: Packet, reader: Reader) -> bool:
    """Nearly all messages carry none: their length 0 is passed over here."""
    if reader.more and packet.body[reader.at] == 0:
        reader.at += 1
        return False
    return True


def _of(found: dict[int, list[Value]]) -> Properties:
    def last(name: int, default: Value) -> Value:
        return found[name][-1] if name in found else default

    return Properties(
        content_type=str(last(CONTENT_TYPE, "")),
        response_topic=str(last(RESPONSE_TOPIC, "")),
        correlation=bytes(value) if isinstance(value := last(CORRELATION, b""), bytes) else b"",
        expiry_s=value if isinstance(value := last(EXPIRY, 0), int) else 0,
        user=tuple(pair for pair in found.get(USER, []) if isinstance(pair, tuple)),
    )


def number(value: int) -> bytes:
    """A variable byte integer; raises ValueError above what the protocol can say."""
    if not 0 <= value <= LONGEST:
        raise ValueError(f"{value} bytes are more than a packet can hold")
    out = bytearray()
    while True:
        value, byte = value >> 7, value & 127
        out.append(byte | (128 if value else 0))
        if not value:
            return bytes(out)


def binary(data: bytes) -> bytes:
    """Bytes after their length; raises ValueError above 65,535."""
    if len(data) > 65_535:
        raise ValueError(f"{len(data)} bytes are more than a field can hold")
    return struct.pack(">H", len(data)) + data


def text(data: str) -> bytes:
    """A text after its length."""
    return binary(data.encode())


def packet(kind: Kind, flags: int, *parts: bytes) -> bytes:
    """A whole packet."""
    body = b"".join(parts)
    return bytes([kind << 4 | flags]) + number(len(body)) + body


def properties_of(message: Message) -> bytes:
    """Properties of a message with their length."""
    told, out = message.properties, b""
    if told.expiry_s:
        out += bytes([EXPIRY]) + struct.pack(">I", told.expiry_s)
    if told.content_type:
        out += bytes([CONTENT_TYPE]) + text(told.content_type)
    if told.response_topic:
        out += bytes([RESPONSE_TOPIC]) + text(told.response_topic)
    if told.correlation:
        out += bytes([CORRELATION]) + binary(told.correlation)
    for name, value in told.user:
        out += bytes([USER]) + text(name) + text(value)
    return number(len(out)) + out


def publish(message: Message, packet_id: int, version: int, again: bool = False) -> bytes:
    """A PUBLISH packet (clause 3.3)."""
    flags = message.qos << 1 | int(message.retain) | (8 if again else 0)
    parts = [text(message.topic)]
    if message.qos:
        parts.append(struct.pack(">H", packet_id))
    if version == 5:
        parts.append(properties_of(message))
    return packet(Kind.PUBLISH, flags, *parts, message.payload)


def acknowledge(kind: Kind, packet_id: int) -> bytes:
    """PUBACK, PUBREC, PUBREL or PUBCOMP with success, which both versions write alike (clause 3.4.2.1)."""
    return packet(kind, 2 if kind is Kind.PUBREL else 0, struct.pack(">H", packet_id))


def read_ack(body: bytes) -> tuple[int, int]:
    """Packet id and reason code of an acknowledgement; 3.1.1 and success in short say none."""
    reader = Reader(body, "acknowledgement")
    packet_id = reader.two()
    return packet_id, reader.byte() if reader.more else 0
