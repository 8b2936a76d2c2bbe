"""One connection's packets and what the broker answers them; no sockets."""

from __future__ import annotations

import struct

from console.city.broker import wire
from console.city.broker.broker import Broker
from console.city.broker.requests import (
    V3,
    V5,
    Greeting,
    read_ack,
    read_goodbye,
    read_greeting,
    read_publish,
    read_subscribe,
    read_unsubscribe,
)
from console.city.broker.session import Link, Session
from console.city.broker.wire import Broken, Code, Framer, Kind, Packet

_OLD_CODES = {Code.VERSION: 1, Code.CLIENT_ID: 2, Code.QUOTA: 3, Code.UNAVAILABLE: 3}
"""Refusals as 3.1.1 has them; for other causes it has none, and only closes."""


class Conversation:
    """From the greeting to the goodbye. `now` is monotonic seconds."""

    def __init__(self, broker: Broker, link: Link, now: float) -> None:
        self._broker = broker
        self._link = link
        self._framer = Framer(broker.limits.packet)
        self._session: Session | None = None
        self._version = V5
        self._keepalive_s = 0.0
        self.due = now + broker.limits.connect_s
        """When the client must have said something; 0 for never."""
        self.over = False

    def receive(self, data: bytes, now: float) -> None:
        """Answer what these bytes complete; a client that breaks the protocol is told so and cut."""
        try:
            for packet in self._framer.feed(data):
                self._packet(packet, now)
                if self.over:
                    return
        except Broken as broken:
            self._break(broken.code)

    def expire(self, now: float) -> None:
        """Cut a client that has been silent for too long (clause 3.1.2.10)."""
        if self.due and self.due <= now and not self.over:
            self._break(Code.KEEP_ALIVE)

    def lost(self) -> None:
        """The connection is gone without a goodbye: the will is published."""
        self.over = True
        if self._session is not None:
            self._broker.leave(self._session, self._link, with_will=True)

    def room(self) -> None:
        """The client takes bytes again."""
        if self._session is not None and not self.over:
            self._session.pump()

    def farewell(self, code: Code) -> bytes:
        """What is written before the broker closes; 3.1.1 has no word for it."""
        if self._session is None or self._version == V3:
            return b""
        return wire.packet(Kind.DISCONNECT, 0, bytes([code]), b"\0")

    def _break(self, code: Code) -> None:
        if self.over:
            return
        if self._session is None:
            self._refuse(code)
        self.lost()
        self._link.end(code)

    def _refuse(self, code: Code) -> None:
        """A greeting that is not taken, where it was one of a version that can be told."""
        if self._version == V5 and code in (Code.TOO_LARGE, Code.KEEP_ALIVE, Code.MALFORMED):
            return
        old = _OLD_CODES.get(code)
        if self._version == V5:
            self._link.write(wire.packet(Kind.CONNACK, 0, bytes([0, code, 0])))
        elif old is not None:
            self._link.write(wire.packet(Kind.CONNACK, 0, bytes([0, old])))

    def _packet(self, packet: Packet, now: float) -> None:
        session = self._session
        if session is None:
            self._greeted(packet, now)
            return
        if self._keepalive_s:
            self.due = now + self._keepalive_s
        match packet.kind:
            case Kind.PUBLISH:
                self._published(session, packet, now)
            case Kind.PUBACK | Kind.PUBREC | Kind.PUBCOMP:
                number, code = read_ack(packet)
                session.acknowledged(packet.kind, number, code)
            case Kind.PUBREL:
                number, _ = read_ack(packet)
                session.halfway.discard(number)
                self._ack(Kind.PUBCOMP, number)
            case Kind.SUBSCRIBE:
                self._subscribed(session, packet)
            case Kind.UNSUBSCRIBE:
                self._unsubscribed(session, packet)
            case Kind.PINGREQ:
                self._link.write(wire.packet(Kind.PINGRESP, 0))
            case Kind.DISCONNECT:
                self._left(session, packet)
            case _:
                raise Broken(Code.PROTOCOL, f"packet {packet.kind}")

    def _greeted(self, packet: Packet, now: float) -> None:
        if packet.kind != Kind.CONNECT or packet.flags:
            raise Broken(Code.MALFORMED, "no greeting")
        # The version stands after the name, whatever else is wrong: it decides how a refusal is written.
        self._version = V5 if packet.body[6:7] == b"\x05" else V3
        greeting = read_greeting(packet, now)
        if not greeting.client_id and greeting.version == V3 and not greeting.clean:
            raise Broken(Code.CLIENT_ID, "a session without a name")
        session, present = self._broker.admit(greeting, self._link)
        self._session = session
        self._keepalive_s = 1.5 * greeting.keepalive_s
        self.due = now + self._keepalive_s if self._keepalive_s else 0.0
        self._link.write(self._welcome(greeting, session, present))
        session.resumed()

    def _welcome(self, greeting: Greeting, session: Session, present: bool) -> bytes:
        head = bytes([int(present), 0])
        if self._version == V3:
            return wire.packet(Kind.CONNACK, 0, head)
        limits = self._broker.limits
        told = struct.pack(">BH", wire.RECEIVE_MAXIMUM, limits.in_flight)
        told += struct.pack(">BI", wire.MAXIMUM_PACKET, limits.packet)
        told += struct.pack(">BBBB", wire.SUBSCRIPTION_IDS, 0, wire.SHARED, 0)
        if not greeting.client_id:
            told += bytes([wire.CLIENT_ID]) + wire.text(session.client_id)
        if greeting.session_s > session.session_s:
            told += struct.pack(">BI", wire.SESSION_EXPIRY, session.session_s)
        return wire.packet(Kind.CONNACK, 0, head, wire.with_length(told))

    def _published(self, session: Session, packet: Packet, now: float) -> None:
        message, number = read_publish(packet, self._version, now)
        if message.qos == 2 and number in session.halfway:
            self._ack(Kind.PUBREC, number)
            return
        if message.qos == 2 and len(session.halfway) >= self._broker.limits.in_flight:
            raise Broken(Code.RECEIVE_MAXIMUM, "too many messages of QoS 2")
        code = Code.SUCCESS
        if message.topic.startswith("$"):
            # The broker's own topics: nobody writes them from outside.
            code = Code.NOT_AUTHORIZED
        elif not self._broker.publish(message, session):
            code = Code.NO_SUBSCRIBERS
        if message.qos == 1:
            self._ack(Kind.PUBACK, number, code)
        elif message.qos == 2:
            if code is not Code.NOT_AUTHORIZED:
                session.halfway.add(number)
            self._ack(Kind.PUBREC, number, code)

    def _subscribed(self, session: Session, packet: Packet) -> None:
        number, wanted = read_subscribe(packet, self._version)
        answers = [(one, *self._broker.subscribe(session, one)) for one in wanted]
        codes = bytes(code if code < 0x80 or self._version == V5 else 0x80 for _, code, _ in answers)
        self._answer(Kind.SUBACK, number, codes)
        for one, code, kept in answers:
            for message in kept if code < 0x80 else ():
                session.deliver(message, min(one.qos, message.qos), True)

    def _unsubscribed(self, session: Session, packet: Packet) -> None:
        number, patterns = read_unsubscribe(packet, self._version)
        known = [self._broker.unsubscribe(session, pattern) for pattern in patterns]
        codes = bytes(Code.SUCCESS if one else Code.NO_SUBSCRIPTION for one in known)
        self._answer(Kind.UNSUBACK, number, codes if self._version == V5 else b"")

    def _left(self, session: Session, packet: Packet) -> None:
        code, kept = read_goodbye(packet, self._version)
        self.over = True
        self._broker.leave(session, self._link, with_will=code == Code.WITH_WILL, session_s=kept)
        self._link.end(Code.SUCCESS)

    def _answer(self, kind: Kind, number: int, codes: bytes) -> None:
        none = b"\0" if self._version == V5 else b""
        self._link.write(wire.packet(kind, 0, struct.pack(">H", number), none, codes))

    def _ack(self, kind: Kind, number: int, code: Code = Code.SUCCESS) -> None:
        told = bytes([code]) if code is not Code.SUCCESS and self._version == V5 else b""
        self._link.write(wire.packet(kind, 0, struct.pack(">H", number), told))
