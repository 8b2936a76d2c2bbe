"""The factories as Sparkplug B: a broker of the city's own, and one edge node with a device for each plant and line."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable

from console.city.broker.broker import Broker
from console.city.broker.inside import Inside
from console.city.broker.port import PATH, Port
from console.city.broker.requests import Message
from console.city.chance import Chance
from console.city.device import Device
from console.city.feeds_out.schedule import Schedule
from console.city.feeds_out.server import Address
from console.city.sparkplug.node import EdgeNode, Identity
from console.city.sparkplug.protobuf import Unreadable, fields

IDENTITY = Identity("Busan", "Factory", "gwanje")
CONTROL = "city/factory"
"""Topics below this one play fate for `node` and `broker`; payloads are `down`, `down 20`, `down ever`, `up`."""
NODE_S = 5.0
"""How often the node reports itself."""
DOWN_S = 15.0
_MOST_S = 3600.0
_log = logging.getLogger("feed")


class FactoryServer:
    """The factory's port. `dark` tells whether the node's mains are lost now."""

    def __init__(
        self, devices: list[Device], chance: Chance, speed: float = 1.0, dark: Callable[[], bool] = bool
    ) -> None:
        self.devices = devices
        self.broker = Broker()
        self.node = EdgeNode(self.broker, IDENTITY, devices, speed)
        self._dark = dark
        self._was_dark = False
        self._port = Port(self.broker)
        self._control = Inside(self.broker, "city", self._told)
        self._schedule = Schedule(devices, chance, time.monotonic())
        self._node_due = 0.0
        self._place = ("127.0.0.1", 0)
        self._restart: asyncio.Task[None] | None = None

    async def start(self, address: Address) -> str:
        """Listen; returns the URL. Raises OSError when the port is taken."""
        port = await self._port.start(address.host, address.port)
        self._place = (address.host, port)
        self._control.connect((f"{CONTROL}/+",))
        self.node.start()
        return f"ws://{address.host}:{port}{PATH}"

    async def stop(self) -> None:
        """Close every connection and the port."""
        if self._restart is not None:
            self._restart.cancel()
            await asyncio.wait((self._restart,))
        self.node.stop()
        self._control.lost()
        await self._port.stop()

    @property
    def readers(self) -> int:
        """Clients that are connected."""
        return self.broker.connected

    def publish(self, now: float) -> None:
        """Report what is due at this monotonic time; with nobody there the schedule only moves on."""
        self._mains()
        groups = self._schedule.due(now)
        if not self.broker.connected:
            return
        for device, points in groups:
            self.node.report(device, points)
        if now >= self._node_due:
            self._node_due = now + NODE_S
            self.node.report_itself()

    def inject(self, frame: str | bytes) -> None:
        """Send a payload as it is, as data of the first line; one that can be read gets its number in the sequence."""
        data = frame.encode() if isinstance(frame, str) else frame
        self.node.raw("noksan-ship-1", data, _is_plain(data))

    def node_down(self, for_s: float = DOWN_S) -> None:
        """Kill the edge node; it comes back by itself, and with infinity not before it is told to."""
        if math.isinf(for_s):
            self.node.cut()
        else:
            self.node.reboot(for_s)

    def broker_down(self, for_s: float = DOWN_S) -> None:
        """End the broker with all its connections; it comes back on the same port, with nothing retained."""
        if self._restart is None or self._restart.done():
            self._restart = asyncio.create_task(self._restarted(for_s), name="city broker restart")

    async def _restarted(self, for_s: float) -> None:
        _log.info("the factory's broker is down for %g s", for_s)
        self.node.broker_lost()
        self._control.lost()
        await self._port.stop()
        await asyncio.sleep(for_s)
        while True:
            try:
                await self._port.start(*self._place)
                break
            except OSError as error:
                _log.warning("the factory's broker cannot come back: %s", error)
                await asyncio.sleep(1.0)
        self._control.connect((f"{CONTROL}/+",))
        self.node.broker_back()

    def _mains(self) -> None:
        dark = self._dark()
        if dark is not self._was_dark:
            self._was_dark = dark
            if dark:
                self.node.cut()
            else:
                self.node.start()

    def _told(self, message: Message) -> None:
        """Somebody plays fate."""
        words = message.payload[:40].decode("ascii", "replace").split()
        what = message.topic.rpartition("/")[2]
        seconds = _seconds(words[1]) if len(words) > 1 else DOWN_S
        if words[:1] == ["down"] and seconds is not None:
            if what == "node":
                self.node_down(seconds)
            elif what == "broker":
                self.broker_down(min(seconds, _MOST_S))
        elif words == ["up"] and what == "node":
            self.node.start()


def _seconds(word: str) -> float | None:
    """A time of at most an hour, `ever` for no end; None for what is none."""
    if word == "ever":
        return math.inf
    try:
        seconds = float(word)
    except ValueError:
        return None
    return seconds if 0.0 <= seconds <= _MOST_S else None


def _is_plain(data: bytes) -> bool:
    """Whether a payload has nothing but a time and metrics."""
    try:
        return {number for number, _ in fields(data)} <= {1, 2}
    except Unreadable:
        return False
