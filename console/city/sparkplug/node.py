"""The edge node of the factories: it is born, reports by alias, obeys, and dies by its will.

It waits for its primary host once that has said that it is offline; while nobody has said anything it reports to
whoever listens (Sparkplug 3.0 clause 6.3.11).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from console.city.broker.broker import Broker
from console.city.broker.inside import Inside
from console.city.broker.requests import Message
from console.city.device import Answer, Device, Point, Verdict
from console.city.sparkplug.metrics import ANSWER, COMMAND, KINDS, ORDERS, SPEED, Kind, kinds_of, plate_of
from console.city.sparkplug.payload import DataType, Metric, Order, Value, read_orders, write
from console.city.sparkplug.protobuf import Unreadable

SPACE = "spBv1.0"
BDSEQ, REBIRTH, REBOOT = "bdSeq", "Node Control/Rebirth", "Node Control/Reboot"
UPTIME = Kind("", "Node/Uptime", DataType.INT64, "s")

DONE_AFTER_S = 0.5
"""City seconds for which an order is still shown after its effect."""

_log = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class Identity:
    """Names of the node, and of the host that it waits for."""

    group: str
    edge: str
    host: str

    def topic(self, kind: str, device: str = "") -> str:
        """Where a message of this kind goes."""
        return f"{SPACE}/{self.group}/{kind}/{self.edge}" + (f"/{device}" if device else "")

    @property
    def state(self) -> str:
        """Where the host says whether it is online."""
        return f"{SPACE}/STATE/{self.host}"


class EdgeNode:
    """One edge node with its devices; `speed` is city seconds per second."""

    REBOOT_S = 10.0

    def __init__(self, broker: Broker, identity: Identity, devices: list[Device], speed: float) -> None:
        self._identity = identity
        self._speed = speed
        self._devices = {device.place.id: device for device in devices}
        self._link = Inside(broker, f"{identity.group}-{identity.edge}", self._heard)
        self._kinds = {device.place.id: {one.name: one for one in kinds_of(device)} for device in devices}
        names = [("", UPTIME.name)] + [(id, name) for id, kinds in self._kinds.items() for name in kinds]
        self._alias = {name: number for number, name in enumerate(names, 1)}
        self._named = dict(enumerate(names, 1))
        self._words: dict[tuple[str, str], str] = {}
        """Values of the metrics that the node keeps itself: orders at work and answers."""
        self._timers: set[asyncio.TimerHandle] = set()
        self._session = -1
        self._seq = 0
        self._since = 0.0
        self._host_left = False
        self._host_at = -1
        self._asked = False
        self.powered = False
        self.online = False
        """It has been born and has not died."""

    def start(self) -> None:
        """Switch it on."""
        if not self.powered:
            self.powered = True
            self._since = time.monotonic()
            self._words.clear()
            self._connect()

    def cut(self) -> None:
        """Its power is gone: the broker publishes its will."""
        self.powered = self.online = False
        self._stop_timers()
        self._link.vanish()

    def reboot(self, after_s: float) -> None:
        """Gone, and back after this many seconds."""
        self.cut()
        _log.info("the factory's edge node is down for %g s", after_s)
        self._later(after_s, self.start)

    def broker_lost(self) -> None:
        """The broker has ended, and nobody hears a will."""
        self.online = False
        self._link.lost()

    def broker_back(self) -> None:
        """There is a broker again."""
        if self.powered:
            self._connect()

    def stop(self) -> None:
        """The city ends."""
        self._stop_timers()
        self._link.lost()
        self.powered = self.online = False

    def report(self, device: Device, points: tuple[Point, ...]) -> None:
        """Values of a device that are due."""
        values = device.values()
        self._data(device.place.id, [(KINDS[point.path].name, values[point.path]) for point in points])

    def report_itself(self) -> None:
        """How long the node has run."""
        if self.online:
            alias = self._alias["", UPTIME.name]
            metric = Metric(alias=alias, datatype=UPTIME.datatype, value=self._uptime())
            self._send("NDATA", "", [metric])

    def raw(self, device: str, payload: bytes, counted: bool) -> None:
        """Send bytes as data of a device, with the next number or without one: how tests make it misbehave."""
        if counted:
            payload += bytes([0x18]) + write_seq(self._next())
        self._link.publish(Message(self._identity.topic("DDATA", device), payload))

    def _connect(self) -> None:
        """A new session: its number is in the will and in the birth that belongs to it (clause 6.4.8)."""
        self._session = (self._session + 1) % 256
        self.online = self._asked = False
        name = self._identity
        death = write([self._number()], _ms())
        patterns = (name.topic("NCMD"), name.topic("DCMD", "+"), name.state)
        self._link.connect(patterns, Message(name.topic("NDEATH"), death, 1))
        # After what was retained: it may say that the host is not there.
        asyncio.get_running_loop().call_soon(self._born)

    def _born(self) -> None:
        """The births of node and devices, unless the host is away (clauses 6.4.17, 6.4.19)."""
        self._asked = False
        if not self._link.connected or self._host_left:
            return
        self._seq, self.online = 0, True
        own = [
            self._number(),
            Metric(name=REBIRTH, datatype=DataType.BOOLEAN, value=False),
            Metric(name=REBOOT, datatype=DataType.BOOLEAN, value=False),
            self._birth("", UPTIME, self._uptime()),
            Metric(name="Properties/Hardware Make", datatype=DataType.STRING, value="Nakdong Gateway 7"),
            Metric(name="Properties/Firmware", datatype=DataType.STRING, value="4.2.1"),
        ]
        self._send("NBIRTH", "", own)
        for id, device in self._devices.items():
            values = device.values()
            metrics = [
                self._birth(
                    id, kind, values[kind.path] if kind.path else self._words.get((id, kind.name), "")
                )
                for kind in self._kinds[id].values()
            ]
            plate = [Metric(name=n, datatype=DataType.STRING, value=v) for n, v in plate_of(device)]
            self._send("DBIRTH", id, metrics + plate)

    def _birth(self, id: str, kind: Kind, value: object) -> Metric:
        return Metric(
            name=kind.name,
            alias=self._alias[id, kind.name],
            datatype=kind.datatype,
            value=cast("Value", value),
            properties=kind.properties,
        )

    def _number(self) -> Metric:
        return Metric(name=BDSEQ, datatype=DataType.INT64, value=self._session)

    def _uptime(self) -> int:
        return int((time.monotonic() - self._since) * self._speed)

    def _data(self, id: str, rows: list[tuple[str, object]]) -> None:
        if not self.online:
            return
        kinds = self._kinds[id]
        self._send(
            "DDATA",
            id,
            [
                Metric(alias=self._alias[id, name], datatype=kinds[name].datatype, value=cast("Value", value))
                for name, value in rows
            ],
        )

    def _send(self, kind: str, device: str, metrics: list[Metric]) -> None:
        payload = write(metrics, _ms(), self._next())
        self._link.publish(Message(self._identity.topic(kind, device), payload))

    def _next(self) -> int:
        """Numbers 0 to 255 over all messages of the node (clause 6.4.7)."""
        number, self._seq = self._seq, (self._seq + 1) % 256
        return number

    def _heard(self, message: Message) -> None:
        if message.topic == self._identity.state:
            self._host_said(message.payload)
            return
        try:
            orders = read_orders(message.payload)
        except Unreadable as error:
            _log.warning("the factory's edge node cannot read a command: %s", error)
            return
        if "/NCMD/" in message.topic:
            self._ordered(orders)
        elif self.online:
            id = message.topic.rsplit("/", 1)[1]
            for order in orders:
                self._obey(id, order)

    def _host_said(self, payload: bytes) -> None:
        """A host that leaves ends our session, one that comes begins a new one; older words are ignored."""
        try:
            told = json.loads(payload)
            online, at = told["online"], told["timestamp"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if not isinstance(online, bool) or type(at) is not int or at < self._host_at:
            return
        self._host_at = at
        if not online and not self._host_left:
            self._host_left = True
            self._link.vanish()
            self._connect()
        elif online and self._host_left:
            self._host_left = False
            self._born()

    def _ordered(self, orders: list[Order]) -> None:
        """Orders to the node itself."""
        for order in orders:
            if order.name == REBIRTH and order.value is True and not self._asked and self.online:
                # Several hosts may ask at once; one birth answers them all.
                self._asked = True
                asyncio.get_running_loop().call_soon(self._born)
            elif order.name == REBOOT and order.value is True:
                self.reboot(self.REBOOT_S)
                return

    def _obey(self, id: str, order: Order) -> None:
        """One metric of a command to a device: obey, or say why not."""
        device = self._devices.get(id)
        if device is None:
            return
        name = order.name or self._named.get(order.alias or 0, ("", ""))[1]
        kind = self._kinds[id].get(name)
        if kind is None or (not order.name and self._named[order.alias or 0][0] != id):
            self._refuse(id, order, Answer(Verdict.UNKNOWN, "there is no such metric"))
        elif name not in ORDERS or order.value is None:
            self._refuse(id, order, Answer(Verdict.UNKNOWN, "this metric takes no orders"))
        else:
            answer = device.asked(ORDERS[name], _typed(order.value, kind), test=order.test)
            if order.test or answer.verdict is not Verdict.TAKEN:
                self._refuse(id, order, answer)
            else:
                self._taken(id, device, name, order, answer)

    def _taken(self, id: str, device: Device, name: str, order: Order, answer: Answer) -> None:
        """The next data confirm the order: the metric has the value that was asked for."""
        if name == SPEED:
            self._data(id, [(SPEED, device.values()["cycle.override"])])
            return
        self._words[id, COMMAND] = str(order.value)
        self._data(id, [(COMMAND, str(order.value))])
        self._later((answer.takes_s + DONE_AFTER_S) / self._speed, self._ending(id, str(order.value)))

    def _ending(self, id: str, word: str) -> Callable[[], None]:
        def done() -> None:
            if self._words.get((id, COMMAND)) == word:
                self._words[id, COMMAND] = ""
                self._data(id, [(COMMAND, "")])

        return done

    def _refuse(self, id: str, order: Order, answer: Answer) -> None:
        """What became of a test, or of an order that was not taken; a machine that is silent says nothing."""
        if answer.verdict is Verdict.SILENT or ANSWER not in self._kinds[id]:
            return
        result = {Verdict.TAKEN: "done", Verdict.BUSY: "busy"}.get(answer.verdict, "rejected")
        told = {"id": order.id, "result": result, "why": answer.why, "test": order.test}
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        self._words[id, ANSWER] = text
        self._data(id, [(ANSWER, text)])

    def _later(self, after_s: float, call: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(handle)
            call()

        handle = asyncio.get_running_loop().call_later(after_s, run)
        self._timers.add(handle)

    def _stop_timers(self) -> None:
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()


def write_seq(number: int) -> bytes:
    """The value of the number of a message."""
    return bytes([number & 127 | 128, 1]) if number > 127 else bytes([number])


def _typed(value: Value, kind: Kind) -> Value:
    """A signed number out of its two's complement, whether the command has said its type or not."""
    if kind.datatype is DataType.INT32 and type(value) is int and value >= 2**31:
        return (value & 0xFFFF_FFFF) - 2**32
    return value


def _ms() -> int:
    return time.time_ns() // 1_000_000
