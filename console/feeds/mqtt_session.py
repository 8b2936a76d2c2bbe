"""One session with a broker without its socket: what arrived, what must be answered, what is to be written; pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from console.core.errors import DecodeError
from console.feeds import mqtt_wire as wire
from console.feeds.mqtt_wire import Kind, Message, Packet, Reader

_LAST_ID = 65_535
_QUIET = 0x10
"""PUBACK: accepted, but nobody is subscribed (MQTT 5 clause 3.4.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a client says of itself when it connects (clause 3.1)."""

    client_id: str
    version: int = 5
    """5, or 4 for MQTT 3.1.1."""
    session_s: int = 0
    """How long the broker keeps subscriptions and undelivered messages after a loss; 0 not at all."""
    keepalive_s: int = 0
    largest: int = wire.LONGEST
    user: str = ""
    password: str = field(default="", repr=False)
    will: Message | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The broker's answer to a greeting."""

    code: int
    kept: bool = False
    """It knew us: subscriptions and what was published meanwhile are there."""
    reason: str = ""
    keepalive_s: int = 0
    in_flight: int = _LAST_ID
    best_qos: int = 2


@dataclass(slots=True)
class Taken:
    """What some bytes have brought."""

    packets: int = 0
    welcome: Welcome | None = None
    messages: list[Message] = field(default_factory=list[Message])
    too_large: list[Message] = field(default_factory=list[Message])
    """Messages above the limit, without their payload."""
    acknowledged: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Packet id and reason code of what we have published."""
    granted: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    """Packet id and reason codes of what we have subscribed to."""
    goodbye: tuple[int, str] | None = None


def nobody_listens(code: int) -> bool:
    """Whether a broker took a message that it could give to no one."""
    return code == _QUIET


class MqttSession:
    """One connection's conversation; bytes to write collect in `out`."""

    def __init__(self, greeting: Greeting, limit: int) -> None:
        self._version = greeting.version
        self._greeting = greeting
        self._framer = wire.Framer(limit)
        self._id = 0
        self._open: set[int] = set()
        """Packet ids of ours that the broker has not finished."""
        self._halfway: set[int] = set()
        """Packet ids of messages of QoS 2 that we have and the broker has not released."""
        self._best_qos = 2
        self._in_flight = _LAST_ID
        self.out = bytearray()

    @property
    def full(self) -> bool:
        """Whether the broker takes no more messages that it has to acknowledge."""
        return len(self._open) >= min(self._in_flight, _LAST_ID)

    def connect(self) -> None:
        """Write the greeting (clause 3.1)."""
        told = self._greeting
        flags = 0 if told.session_s else 2
        will = b""
        if told.will is not None:
            flags |= 4 | told.will.qos << 3 | int(told.will.retain) << 5
            will = wire.properties_of(told.will) if self._version == 5 else b""
            will += wire.text(told.will.topic) + wire.binary(told.will.payload)
        login = b""
        if told.user:
            flags |= 0x80
            login = wire.text(told.user)
        if told.password:
            flags |= 0x40
            login += wire.text(told.password)
        head = wire.text("MQTT") + bytes([self._version, flags]) + struct.pack(">H", told.keepalive_s)
        self._write(Kind.CONNECT, 0, head, self._wishes(), wire.text(told.client_id), will, login)

    def _wishes(self) -> bytes:
        if self._version != 5:
            return b""
        out = bytes([wire.MAXIMUM_PACKET]) + struct.pack(">I", self._greeting.largest)
        if self._greeting.session_s:
            out += bytes([wire.SESSION_EXPIRY]) + struct.pack(">I", self._greeting.session_s)
        return wire.number(len(out)) + out

    def subscribe(self, topics: tuple[str, ...], qos: int, retained: bool) -> int:
        """Ask for topics; returns the packet id that the broker's answer carries (clause 3.8)."""
        packet_id = self._next_id()
        # MQTT 5: retained messages only with a subscription that is new, or never (clause 3.8.3.1).
        choice = qos | ((1 if retained else 2) << 4 if self._version == 5 else 0)
        parts = [struct.pack(">H", packet_id), b"\0" if self._version == 5 else b""]
        parts += [wire.text(topic) + bytes([choice]) for topic in topics]
        self._write(Kind.SUBSCRIBE, 2, *parts)
        return packet_id

    def publish(self, message: Message) -> int:
        """Write a message; returns its packet id, 0 if no acknowledgement will come.

        Raises ValueError when too many are open or a field is too long.
        """
        if message.qos > self._best_qos:
            message = Message(
                message.topic, message.payload, self._best_qos, message.retain, message.properties
            )
        if message.qos and self.full:
            raise ValueError("too many messages without an acknowledgement")
        packet_id = self._next_id() if message.qos else 0
        self.out += wire.publish(message, packet_id, self._version)
        return packet_id

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._write(Kind.PINGREQ, 0)

    def goodbye(self) -> None:
        """End it so that the broker does not publish our will."""
        self._write(Kind.DISCONNECT, 0)

    def receive(self, data: bytes) -> Taken:
        """What these bytes complete; raises DecodeError where the broker breaks the protocol."""
        taken = Taken()
        for packet in self._framer.feed(data):
            taken.packets += 1
            if packet.kind == Kind.PUBLISH:
                self._message(packet, taken)
            else:
                self._other(packet, taken)
        return taken

    def _message(self, packet: Packet, taken: Taken) -> None:
        message, packet_id = wire.read_publish(packet, self._version)
        if message.qos == 1:
            self.out += wire.acknowledge(Kind.PUBACK, packet_id)
        elif message.qos == 2:
            self.out += wire.acknowledge(Kind.PUBREC, packet_id)
            if packet_id in self._halfway:
                return
            self._halfway.add(packet_id)
        (taken.too_large if packet.lost else taken.messages).append(message)

    def _other(self, packet: Packet, taken: Taken) -> None:
        match packet.kind:
            case Kind.PUBACK | Kind.PUBCOMP:
                packet_id, code = wire.read_ack(packet.body)
                self._done(packet_id, code, taken)
            case Kind.PUBREC:
                packet_id, code = wire.read_ack(packet.body)
                if code < 0x80:
                    self.out += wire.acknowledge(Kind.PUBREL, packet_id)
                else:
                    self._done(packet_id, code, taken)
            case Kind.PUBREL:
                packet_id, _ = wire.read_ack(packet.body)
                self._halfway.discard(packet_id)
                self.out += wire.acknowledge(Kind.PUBCOMP, packet_id)
            case Kind.CONNACK:
                taken.welcome = self._welcome(Reader(packet.body, "connack"))
            case Kind.SUBACK:
                taken.granted.append(self._granted(Reader(packet.body, "suback")))
            case Kind.DISCONNECT:
                taken.goodbye = self._goodbye(Reader(packet.body, "disconnect"))
            case Kind.PINGRESP:
                pass
            case _:
                raise DecodeError(f"packet {packet.kind}", "unknown_word")

    def _done(self, packet_id: int, code: int, taken: Taken) -> None:
        self._open.discard(packet_id)
        taken.acknowledged.append((packet_id, code))

    def _welcome(self, reader: Reader) -> Welcome:
        kept, code = bool(reader.byte() & 1), reader.byte()
        found = wire.read_properties(reader) if self._version == 5 and reader.more else {}

        def whole(name: int, default: int) -> int:
            value = found[name][-1] if name in found else default
            return value if isinstance(value, int) else default

        self._best_qos = whole(wire.MAXIMUM_QOS, 2)
        self._in_flight = whole(wire.RECEIVE_MAXIMUM, _LAST_ID)
        return Welcome(
            code,
            kept,
            str(found[wire.REASON][-1]) if wire.REASON in found else "",
            whole(wire.KEEP_ALIVE, 0),
            self._in_flight,
            self._best_qos,
        )

    def _granted(self, reader: Reader) -> tuple[int, bytes]:
        packet_id = reader.two()
        if self._version == 5:
            wire.read_properties(reader)
        self._open.discard(packet_id)
        return packet_id, reader.rest()

    def _goodbye(self, reader: Reader) -> tuple[int, str]:
        code = reader.byte() if reader.more else 0
        found = wire.read_properties(reader) if reader.more else {}
        return code, str(found[wire.REASON][-1]) if wire.REASON in found else ""

    def _next_id(self) -> int:
        """The next packet id that is free; there is one, for fewer than 65,535 are ever open."""
        if len(self._open) >= _LAST_ID:
            raise ValueError("too many messages without an acknowledgement")
        while True:
            self._id = self._id % _LAST_ID + 1
            if self._id not in self._open:
                self._open.add(self._id)
                return self._id

    def _write(self, kind: Kind, flags: int, *parts: bytes) -> None:
        self.out += wire.packet(kind, flags, *parts)
