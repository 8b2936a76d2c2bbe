"""Which adapter reads which protocol: our own rooms, and packages that offer the entry-point group
`gwanje.feeds`.

Our own names cannot be taken over by a package. Nothing of a package is imported before a profile names its
adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from console.core.site import FeedDef
from console.feeds.ais import adapter as ais
from console.feeds.base import DeviceAnswer, DeviceCommand, Feed, FeedDown, FeedMaker, FeedSink
from console.feeds.columns import adapter as columns
from console.feeds.http_door import HttpDoors
from console.feeds.json_ws import adapter as json_ws
from console.feeds.mqtt import adapter as mqtt
from console.feeds.ngsi_ld import adapter as ngsi_ld
from console.feeds.ngsi_ld import codec as ngsi_codec
from console.feeds.onem2m import adapter as onem2m
from console.feeds.opcua import adapter as opcua
from console.feeds.replay import adapter as replay
from console.feeds.rest import adapter as rest
from console.feeds.signal_k import adapter as signal_k
from console.feeds.sparkplug import adapter as sparkplug

GROUP = "gwanje.feeds"


def _recorded(feed: FeedDef) -> Feed:
    """The adapter that reads a recording; raises ValueError naming what is at fault."""
    found = OWN.get(feed.adapter)
    if found is None:
        raise ValueError(f"{feed.id}: adapter {feed.adapter} is not one of {', '.join(OWN)}")
    return found(feed)


OWN: Mapping[str, FeedMaker] = {
    "ngsi_ld": partial(ngsi_ld.make, doors=HttpDoors()),
    "signal_k": signal_k.make,
    "json_ws": json_ws.make,
    "columns": columns.make,
    "ais": ais.make,
    "rest": rest.make,
    "mqtt": partial(mqtt.make, entities=ngsi_codec.read_frame),
    "sparkplug": sparkplug.make,
    "opcua": opcua.make,
    "onem2m": onem2m.make,
    "replay": partial(replay.make, inner=_recorded),
}


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """One adapter that can be named in `feeds.toml`."""

    name: str
    package: str
    """Distribution that brings it and its version; empty for our own."""
    enabled: bool = True


class Registry:
    """Adapters of this installation; `disabled` are names of third-party adapters that must not be used."""

    def __init__(
        self, disabled: frozenset[str] = frozenset(), found: tuple[EntryPoint, ...] | None = None
    ) -> None:
        self._disabled = disabled
        offered = tuple(entry_points(group=GROUP)) if found is None else found
        self._others = {entry.name: entry for entry in offered if entry.name not in OWN}

    def adapters(self) -> tuple[AdapterInfo, ...]:
        """All adapters, our own first."""
        own = tuple(AdapterInfo(name, "") for name in OWN)
        others = (
            AdapterInfo(n, _package(e), n not in self._disabled) for n, e in sorted(self._others.items())
        )
        return own + tuple(others)

    def make(self, feed: FeedDef) -> Feed:
        """The adapter of a feed; raises ValueError naming feed and the adapter or option at fault."""
        return self._maker(feed)(feed)

    def make_or_stand_in(self, feed: FeedDef) -> Feed:
        """As `make`, but a feed whose adapter is disabled stands there and says so: the others must run."""
        if feed.adapter in self._disabled and feed.adapter in self._others:
            return _Disabled(feed.adapter)
        return self.make(feed)

    def _maker(self, feed: FeedDef) -> FeedMaker:
        if feed.adapter == "replay":
            # Whatever adapter has recorded reads its recordings, that of a package too.
            return partial(replay.make, inner=self.make)
        own = OWN.get(feed.adapter)
        if own is not None:
            return own
        entry = self._others.get(feed.adapter)
        if entry is None:
            raise ValueError(
                f"{feed.id}: adapter {feed.adapter} is not one of {', '.join([*OWN, *self._others])}"
            )
        if feed.adapter in self._disabled:
            raise ValueError(f"{feed.id}: adapter {feed.adapter} is disabled")
        try:
            return cast("FeedMaker", entry.load())
        except (ImportError, AttributeError) as error:
            raise ValueError(f"{feed.id}: adapter {feed.adapter} cannot be loaded: {error}") from error


class _Disabled:
    """A feed whose adapter this installation does not use."""

    def __init__(self, adapter: str) -> None:
        self._adapter = adapter

    async def run(self, sink: FeedSink) -> None:
        """Always FeedDown."""
        del sink
        raise FeedDown("disabled", self._adapter, refused=True)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Always FeedDown."""
        del command, answer
        raise FeedDown("disabled", self._adapter)


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value
