"""A client that lives in the broker's own process: the same rights, the same will, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from console.city.broker.broker import Broker
from console.city.broker.requests import Message, Subscription


class Inside:
    """`heard` gets each message in a turn of its own, so that an answer never overtakes what it answers."""

    def __init__(self, broker: Broker, client_id: str, heard: Callable[[Message], None]) -> None:
        self.client_id = client_id
        self.subscriptions: dict[str, Subscription] = {}
        self._broker = broker
        self._heard = heard
        self._will: Message | None = None
        self.connected = False

    def connect(self, patterns: tuple[str, ...], will: Message | None = None) -> None:
        """Be there, with these subscriptions and this will."""
        self._will = will
        self.connected = True
        self._broker.enter(self)
        for pattern in patterns:
            _, kept = self._broker.subscribe(self, Subscription(pattern, 1))
            for message in kept:
                self.deliver(message, 1, True)

    def publish(self, message: Message) -> None:
        """Nothing happens while it is not connected."""
        if self.connected:
            self._broker.publish(message, self)

    def vanish(self) -> None:
        """As if its cable had been cut: the broker publishes its will."""
        if self.connected:
            will = self._will
            self.lost()
            if will is not None:
                self._broker.publish(will, self)

    def lost(self) -> None:
        """The broker is gone, or does not want it any more."""
        self.connected = False
        self.subscriptions.clear()
        self._broker.exit(self)

    def deliver(self, message: Message, qos: int, retain: bool) -> None:
        """A message that matches."""
        asyncio.get_running_loop().call_soon(self._take, message)

    def _take(self, message: Message) -> None:
        if self.connected:
            self._heard(message)
