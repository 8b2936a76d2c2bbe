"""Packets of MQTT 3.1.1 and 5 as a broker reads and writes them; pure. Clauses are those of OASIS MQTT 5.0."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

MOST = 268_435_455
"""Bytes after the fixed header that the protocol can say (clause 1.5.5)."""


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
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class Code(IntEnum):
    """Reason codes of MQTT 5 that this broker says (clause 2.4)."""

    SUCCESS = 0x00
    WITH_WILL = 0x04
    NO_SUBSCRIBERS = 0x10
    NO_SUBSCRIPTION = 0x11
    MALFORMED = 0x81
    PROTOCOL = 0x82
    VERSION = 0x84
    CLIENT_ID = 0x85
    NOT_AUTHORIZED = 0x87
    UNAVAILABLE = 0x88
    SHUTTING_DOWN = 0x8B
    KEEP_ALIVE = 0x8D
    TAKEN_OVER = 0x8E
    FILTER = 0x8F
    TOPIC = 0x90
    RECEIVE_MAXIMUM = 0x93
    ALIAS = 0x94
    TOO_LARGE = 0x95
    QUOTA = 0x97
    SHARED = 0x9E


class Broken(Exception):
    """The client has broken the protocol; its connection ends with this code."""

    def __init__(self, code: Code, why: str) -> None:
        self.code = code
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Packet:
    """A control packet as it arrived."""

    kind: int
    flags: int
    body: bytes


class Framer:
    """Cuts a stream into packets; one above the limit is never collected."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Packets complete with these bytes. Raises Broken."""
        self._data += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Packet | None:
        size = self._length()
        if size is None:
            return None
        length, start = size
        if length > self._limit:
            raise Broken(Code.TOO_LARGE, f"a packet of {length} bytes")
        end = start + length
        if len(self._data) < end:
            return None
        first, body = self._data[0], bytes(self._data[start:end])
        del self._data[:end]
        return Packet(first >> 4, first & 15, body)

    def _length(self) -> tuple[int, int] | None:
        value = 0
        for place in range(4):
            if 1 + place >= len(self._data):
                return None
            byte = self._data[1 + place]
            value |= (byte & 127) << 7 * place
            if byte < 128:
                return value, 2 + place
        raise Broken(Code.MALFORMED, "length of a packet")


class Reader:
    """Fields of one packet, from left to right; raises Broken where there are none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if end > len(self._data):
            raise Broken(Code.MALFORMED, "a packet is cut off")
        found, self.at = self._data[self.at : end], end
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
        raise Broken(Code.MALFORMED, "variable integer")

    def binary(self) -> bytes:
        """Bytes after their length."""
        return self.take(self.two())

    def text(self) -> str:
        """UTF-8 text after its length, without the null character (clause 1.5.4)."""
        try:
            found = self.binary().decode()
        except UnicodeDecodeError:
            raise Broken(Code.MALFORMED, "text is no UTF-8") from None
        if "\0" in found:
            raise Broken(Code.MALFORMED, "text has a null character")
        return found

    def pair(self) -> tuple[str, str]:
        """Two texts."""
        return self.text(), self.text()

    def since(self, start: int) -> bytes:
        """What has been read from there on."""
        return self._data[start : self.at]

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
EXPIRY, SESSION_EXPIRY, CLIENT_ID, KEEP_ALIVE, REASON = 0x02, 0x11, 0x12, 0x13, 0x1F
RECEIVE_MAXIMUM, ALIAS, USER, MAXIMUM_PACKET, SUBSCRIPTION_IDS, SHARED = 0x21, 0x23, 0x26, 0x27, 0x29, 0x2A
FORWARDED = frozenset({0x01, 0x03, 0x08, 0x09, USER})
"""Properties of a message that go on to its subscribers as they came (clause 3.3.2.3)."""


@dataclass(frozen=True, slots=True)
class Properties:
    """Properties by identifier, the last one of each, and those to be passed on as their bytes."""

    known: dict[int, Value]
    forwarded: bytes = b""

    def whole(self, name: int, default: int) -> int:
        """A number."""
        value = self.known.get(name, default)
        return value if isinstance(value, int) else default


NONE = Properties({})


def read_properties(reader: Reader) -> Properties:
    """Raises Broken for a property that nobody knows."""
    length = reader.variable()
    if not length:
        return NONE
    end = reader.at + length
    known: dict[int, Value] = {}
    passed = bytearray()
    while reader.at < end:
        name = reader.variable()
        read = _READ.get(name)
        if read is None:
            raise Broken(Code.MALFORMED, f"property {name}")
        start = reader.at
        known[name] = read(reader)
        if name in FORWARDED:
            passed += bytes([name]) + reader.since(start)
    if reader.at != end:
        raise Broken(Code.MALFORMED, "length of properties")
    return Properties(known, bytes(passed))


def number(value: int) -> bytes:
    """A variable byte integer."""
    out = bytearray()
    while True:
        value, byte = value >> 7, value & 127
        out.append(byte | (128 if value else 0))
        if not value:
            return bytes(out)


def text(data: str) -> bytes:
    """A text after its length; cut where no field could hold it."""
    raw = data.encode()[:65_535]
    return struct.pack(">H", len(raw)) + raw


def packet(kind: Kind, flags: int, *parts: bytes) -> bytes:
    """A whole packet."""
    body = b"".join(parts)
    return bytes([kind << 4 | flags]) + number(len(body)) + body


def with_length(properties: bytes) -> bytes:
    """Properties after their length."""
    return number(len(properties)) + properties
