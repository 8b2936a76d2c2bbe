"""Who is there, what was retained, and who gets which message; no sockets.

A client that breaks the protocol, or does not keep up, costs itself only.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from console.city.broker.limits import LIMITS, Limits
from console.city.broker.requests import Greeting, Message, Subscription
from console.city.broker.session import Link, Session, Subscriber
from console.city.broker.topics import is_filter, is_topic, matches
from console.city.broker.wire import Broken, Code

DROPPED = "$SYS/broker/publish/messages/dropped"
CLIENTS = "$SYS/broker/clients/connected"
_REMEMBERED = 2_000
"""Topics whose subscribers are known without looking."""

_log = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class _Route:
    subscriber: Subscriber
    qos: int
    no_local: bool
    as_published: bool


class Broker:
    """All sessions and retained messages."""

    def __init__(self, limits: Limits = LIMITS, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._now = now
        self._sessions: dict[str, Session] = {}
        self._inside: list[Subscriber] = []
        self._retained: dict[str, Message] = {}
        self._retained_bytes = 0
        self._routes: dict[str, list[_Route]] = {}
        self._dropped_before = 0
        self._told: dict[str, str] = {}

    @property
    def connected(self) -> int:
        """Clients that are connected through a socket."""
        return sum(session.link is not None for session in self._sessions.values())

    @property
    def dropped(self) -> int:
        """Messages dropped since the beginning, of all clients together."""
        return self._dropped_before + sum(session.dropped for session in self._sessions.values())

    def admit(self, greeting: Greeting, link: Link) -> tuple[Session, bool]:
        """The client's session, and whether it was known already. Raises Broken.

        A second connection of one name takes the session over, and the first one is closed (clause 3.1.4).
        """
        client_id = greeting.client_id or f"city-{uuid.uuid4().hex[:18]}"
        will = greeting.will
        if will is not None and (not is_topic(will.topic, self.limits) or will.topic.startswith("$")):
            raise Broken(Code.TOPIC, "topic of a will")
        known = self._sessions.get(client_id)
        if known is None and len(self._sessions) >= self.limits.clients:
            raise Broken(Code.QUOTA, f"{self.limits.clients} clients are there")
        if known is not None and known.link is not None:
            old, known.link = known.link, None
            old.end(Code.TAKEN_OVER)
            self._publish_will(known)
        present = known is not None and not greeting.clean
        if known is not None and not present:
            self._forget(known)
            known = None
        session = known or Session(client_id, self.limits, self._now)
        self._sessions[client_id] = session
        session.connected(greeting, link)
        return session, present

    def leave(self, session: Session, link: Link, *, with_will: bool, session_s: int | None = None) -> None:
        """The connection of a session has ended; one that was taken over already changes nothing."""
        if session.link is not link:
            return
        if session_s is not None:
            session.session_s = min(session_s, self.limits.session_s)
        if with_will:
            self._publish_will(session)
        session.lost()
        if not session.session_s:
            self._forget(session)

    def enter(self, subscriber: Subscriber) -> None:
        """A client of the same process, without a socket."""
        self._inside.append(subscriber)
        self._routes.clear()

    def exit(self, subscriber: Subscriber) -> None:
        """It is gone."""
        if subscriber in self._inside:
            self._inside.remove(subscriber)
            self._routes.clear()

    def publish(self, message: Message, sender: Subscriber | None = None) -> int:
        """Hand a message to all who want it; returns how many. Raises Broken for a topic that is none."""
        if not is_topic(message.topic, self.limits):
            raise Broken(Code.TOPIC, "topic of a message")
        if message.retain:
            self._keep(message)
        routes = self._routes.get(message.topic)
        if routes is None:
            routes = self._find(message.topic)
        found = 0
        for route in routes:
            if not (route.no_local and route.subscriber is sender):
                found += 1
                retain = message.retain and route.as_published
                route.subscriber.deliver(message, min(route.qos, message.qos), retain)
        return found

    def subscribe(self, subscriber: Subscriber, wanted: Subscription) -> tuple[int, list[Message]]:
        """The code of its answer, and the retained messages that follow it (clause 3.8.4)."""
        if wanted.pattern.startswith("$share/"):
            return Code.SHARED, []
        if not is_filter(wanted.pattern, self.limits):
            return Code.FILTER, []
        known = wanted.pattern in subscriber.subscriptions
        if not known and len(subscriber.subscriptions) >= self.limits.subscriptions:
            return Code.QUOTA, []
        subscriber.subscriptions[wanted.pattern] = wanted
        self._routes.clear()
        if wanted.retained == 2 or (wanted.retained == 1 and known):
            return wanted.qos, []
        now = self._now()
        kept = [m for m in self._retained.values() if m.expires > now and matches(wanted.pattern, m.topic)]
        return wanted.qos, kept

    def unsubscribe(self, subscriber: Subscriber, pattern: str) -> bool:
        """Whether there was such a subscription."""
        self._routes.clear()
        return subscriber.subscriptions.pop(pattern, None) is not None

    def tick(self) -> None:
        """Once a second or so: sessions that nobody came back for end, and the broker says how it is."""
        now = self._now()
        for session in [s for s in self._sessions.values() if s.link is None and s.ends_at <= now]:
            self._forget(session)
        for topic, text in ((DROPPED, str(self.dropped)), (CLIENTS, str(self.connected))):
            if self._told.get(topic) != text:
                self._told[topic] = text
                self.publish(Message(topic, text.encode(), 0, True))

    def clear(self, code: Code) -> None:
        """Everything ends as when the program stops: all wills are lost with it, and nothing was on a disk."""
        for session in list(self._sessions.values()):
            if session.link is not None:
                link, session.link = session.link, None
                link.end(code)
            self._forget(session)
        self._inside.clear()
        self._retained.clear()
        self._told.clear()
        self._retained_bytes = 0

    def _publish_will(self, session: Session) -> None:
        will, session.will = session.will, None
        if will is not None:
            self.publish(will, session)

    def _forget(self, session: Session) -> None:
        self._dropped_before += session.dropped
        self._sessions.pop(session.client_id, None)
        self._routes.clear()

    def _keep(self, message: Message) -> None:
        """The last message of a topic, or with no payload none any more (clause 3.3.1.3)."""
        old = self._retained.pop(message.topic, None)
        if old is not None:
            self._retained_bytes -= len(old.payload)
        size = len(message.payload)
        if not size:
            return
        limits = self.limits
        if len(self._retained) >= limits.retained or self._retained_bytes + size > limits.retained_bytes:
            _log.warning("broker: no room to retain %s", message.topic[:80])
            return
        self._retained[message.topic] = message
        self._retained_bytes += size

    def _find(self, topic: str) -> list[_Route]:
        """Subscribers of a topic, each once with its best quality of service (clause 3.3.5)."""
        found: list[_Route] = []
        for subscriber in (*self._sessions.values(), *self._inside):
            taken = [one for one in subscriber.subscriptions.values() if matches(one.pattern, topic)]
            if taken:
                best = max(taken, key=lambda one: one.qos)
                own = all(one.no_local for one in taken)
                found.append(_Route(subscriber, best.qos, own, any(one.as_published for one in taken)))
        if len(self._routes) >= _REMEMBERED:
            self._routes.clear()
        self._routes[topic] = found
        return found
