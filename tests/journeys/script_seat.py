"""A seat that is no console: a script on the JSON sub-protocol, which keeps what the hub says. No Qt."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self, TypeVar

import msgspec
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from console.core.alarm.facts import AlarmFact
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact
from console.core.feed import FeedFact
from console.core.mover import MoverFact
from console.core.site import Asset, AssetType, Site
from console.wire.codec import console_codec
from console.wire.limits import MAX_TO_CONSOLE, SUBPROTOCOL_JSON
from console.wire.messages import (
    AlarmsChanged,
    Asked,
    CatalogueGrew,
    Challenge,
    CommandsChanged,
    FeedsChanged,
    Heartbeat,
    Hello,
    MoversChanged,
    Pong,
    Problem,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    Subscribe,
    TelemetryRows,
    Welcome,
)
from console.wire.proof import proof

T = TypeVar("T")


class ScriptSeat:
    """A context: inside it is connected, has greeted, and has been sent the whole snapshot."""

    def __init__(self, url: str, secret: str, user: str = "script", station: str = "script") -> None:
        self.alarms: dict[int, AlarmFact] = {}
        self.commands: dict[str, CommandFact] = {}
        self.feeds: dict[str, FeedFact] = {}
        self.movers: dict[int, MoverFact] = {}
        self.values: dict[int, tuple[int, float | None, int]] = {}
        """(at, value, quality) by tag."""
        self.welcome: Welcome | None = None
        self.problems: list[str] = []
        self._site: Site | None = None
        self._types: list[AssetType] = []
        self._assets: list[Asset] = []
        self._catalogue: Catalogue | None = None
        self._codec = console_codec(SUBPROTOCOL_JSON)
        self._url = url
        self._secret = secret
        self._n = 0
        self._hello = Hello(user=user, station=station, lang="en")
        self._end = ExitStack()

    def __enter__(self) -> Self:
        opened = connect(
            self._url,
            subprotocols=[Subprotocol(SUBPROTOCOL_JSON)],
            max_size=MAX_TO_CONSOLE,
            compression=None,
            proxy=None,
        )
        with ExitStack() as end:
            self.socket: ClientConnection = end.enter_context(opened)
            self.greet(self.wait_for(Challenge))
            self.wait_for(Welcome)
            self.begin()
            self._end = end.pop_all()
        return self

    def greet(self, challenge: Challenge) -> None:
        """Prove to know the hub's secret."""
        answer = proof(self._secret, challenge.nonce)
        self.send(msgspec.structs.replace(self._hello, proof=answer))

    def begin(self) -> None:
        """Everything between the hub's Welcome and the whole snapshot."""
        self.send(Subscribe(all_tags=True))
        self.wait_for(SnapshotDone)

    def __exit__(self, *_: object) -> None:
        self._end.close()

    @property
    def catalogue(self) -> Catalogue:
        """The site as the hub told it."""
        assert self._catalogue is not None
        return self._catalogue

    def send(self, message: Asked) -> None:
        """A message to the hub, counted."""
        self._n += 1
        self.socket.send(self._codec.encode(msgspec.structs.replace(message, n=self._n)))

    def send_raw(self, **fields: Any) -> None:
        """Any JSON object, also one that no message is."""
        self.socket.send(json.dumps(fields))

    def next(self, limit_s: float = 20.0) -> object:
        """The next message, already kept."""
        message: object = self._codec.decode(self.socket.recv(timeout=limit_s))
        self._keep(message)
        return message

    def wait_for(self, kind: type[T], test: Callable[[T], bool] = lambda _: True, limit_s: float = 30.0) -> T:
        """The next message of a kind that passes a test."""
        found: list[T] = []

        def looked() -> bool:
            return bool(found)

        def look(message: object) -> None:
            if isinstance(message, kind) and test(message):
                found.append(message)

        self._listen(f"a {kind.__name__}", looked, look, limit_s)
        return found[0]

    def until(self, what: str, ready: Callable[[], bool], limit_s: float = 30.0) -> None:
        """Take messages until something holds."""
        self._listen(what, ready, _ignore, limit_s)

    def _listen(
        self, what: str, ready: Callable[[], bool], look: Callable[[object], None], limit_s: float
    ) -> None:
        deadline = time.monotonic() + limit_s
        while not ready():
            try:
                look(self.next(deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"not within {limit_s:g} s: {what}") from None

    def value(self, key: str) -> tuple[int, float | None, int]:
        """(at, value, quality) of the tag `asset.tag`; NaN without a sample is None."""
        return self.values[self.catalogue.tag_index(key)]

    def _keep(self, message: object) -> None:
        match message:
            case Heartbeat():
                self.send(Pong(sequence=message.sequence))
            case Problem():
                self.problems.append(message.code)
            case Welcome():
                self.welcome = message
            case AlarmsChanged():
                self.alarms.update({fact.alarm: fact for fact in message.alarms})
            case CommandsChanged():
                self.commands.update({fact.request.command_id: fact for fact in message.commands})
            case FeedsChanged():
                self.feeds.update({fact.feed: fact for fact in message.feeds})
            case MoversChanged():
                self.movers.update({fact.mover: fact for fact in message.movers})
            case TelemetryRows():
                self.values.update({row[0]: row[1:] for row in message.rows})
            case _:
                self._keep_site(message)

    def _keep_site(self, message: object) -> None:
        match message:
            case SiteHead():
                self._site = message.site
            case SiteTypes():
                self._types += message.types
            case SiteAssets():
                self._assets += message.assets
            case SiteDone() if self._site is not None:
                self._catalogue = Catalogue(
                    msgspec.structs.replace(self._site, types=tuple(self._types), assets=tuple(self._assets))
                )
            case CatalogueGrew():
                self.catalogue.grow(message.growth)
            case _:
                pass


def _ignore(_message: object) -> None:
    """What only had to be kept."""
