"""The mirror kept true: each message of the hub is applied, and what changed is told once per drain.

Pure but for the catalogue cache. A full snapshot replaces what was known without emptying it first: what it
does not name is taken away when it is done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from console.client.catalogue_cache import CatalogueCache
from console.client.control_store import ControlChanges, ControlStore
from console.client.growing import Growing
from console.client.inbound import Inbound
from console.client.mirror import Mirror
from console.core.alarm.facts import AlarmFact, AlarmState
from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact
from console.core.mover import PositionBatch
from console.core.site import Asset, AssetType, Site
from console.wire.messages import (
    AlarmModesChanged,
    AlarmsChanged,
    CatalogueGrew,
    CommandsChanged,
    FeedsChanged,
    MoversChanged,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    Welcome,
)

log = logging.getLogger("link")

KEPT_COMMANDS = 500
"""Commands that are over and still kept: as many as the hub tells a console that begins."""
_SLACK = 50


@dataclass(slots=True)
class Changes:
    """What is new since the last drain; facts are the newest of each key."""

    catalogue: bool = False
    grown: set[str] = field(default_factory=set[str])
    """Assets that the catalogue has gained, or whose tags have changed, while all else stays."""
    rows: list[Batch] = field(default_factory=list[Batch])
    alarms: dict[int, AlarmFact] = field(default_factory=dict[int, AlarmFact])
    new_occurrence: bool = False
    """An alarm is among them that no one has seen yet."""
    commands: dict[str, CommandFact] = field(default_factory=dict[str, CommandFact])
    feeds: bool = False
    movers: bool = False
    modes: bool = False
    """Maintenance of an area or the flood."""
    control: ControlChanges = field(default_factory=ControlChanges)
    """Tags, areas, procedures, session and ledger."""


@dataclass(slots=True)
class _Snapshot:
    """Keys a full snapshot has named so far."""

    alarms: set[int] = field(default_factory=set[int])
    commands: set[str] = field(default_factory=set[str])
    feeds: set[str] = field(default_factory=set[str])
    movers: set[int] = field(default_factory=set[int])


class Store:
    """Applies what the link delivers to a mirror."""

    def __init__(self, mirror: Mirror | None = None, cache: CatalogueCache | None = None) -> None:
        self.mirror = mirror or Mirror()
        self._control = ControlStore(self.mirror)
        self._growing = Growing(self.mirror, self._renewed)
        self._cache = cache or CatalogueCache()
        self._changes = Changes()
        self._snapshot: _Snapshot | None = None
        self._digest = ""
        self._head: Site | None = None
        self._types: list[AssetType] = []
        self._assets: list[Asset] = []
        self._appliers: dict[type, Callable[..., None]] = {
            Batch: self._rows,
            PositionBatch: self._positions,
            AlarmsChanged: self._alarms,
            AlarmModesChanged: self._modes,
            CommandsChanged: self._commands,
            FeedsChanged: self._feeds,
            MoversChanged: self._movers,
            Welcome: self._welcome,
            SnapshotDone: self._snapshot_done,
            SiteHead: self._site_head,
            SiteTypes: self._site_types,
            SiteAssets: self._site_assets,
            SiteDone: self._site_done,
            CatalogueGrew: self._growing.take,
            **self._control.appliers(),
        }

    def apply(self, item: Inbound) -> None:
        """Take one thing the link delivered; what is not state of the hub is ignored."""
        applier = self._appliers.get(type(item))
        if applier is not None:
            applier(item)

    def take_changes(self) -> Changes:
        """What changed since the last call."""
        changes, self._changes = self._changes, Changes()
        changes.control = self._control.take_changes()
        changes.grown = self._growing.take_changes()
        return changes

    def _rows(self, batch: Batch) -> None:
        known = self.mirror.latest.put(batch)
        if len(known):
            self._changes.rows.append(known)

    def _positions(self, batch: PositionBatch) -> None:
        self.mirror.put_positions(batch)
        self._changes.movers = True

    def _alarms(self, message: AlarmsChanged) -> None:
        for fact in message.alarms:
            before = self.mirror.alarms.get(fact.alarm)
            if fact.state.listed and (before is None or before.occurrence != fact.occurrence):
                self._changes.new_occurrence = True
            self.mirror.alarms[fact.alarm] = fact
            self._changes.alarms[fact.alarm] = fact
        if self._snapshot is not None:
            self._snapshot.alarms.update(fact.alarm for fact in message.alarms)

    def _modes(self, message: AlarmModesChanged) -> None:
        self.mirror.maintenance = {fact.area: fact for fact in message.maintenance}
        self.mirror.flood = message.flood
        self.mirror.mute = message.mute
        self.mirror.redefined = {fact.alarm: fact for fact in message.redefined}
        self._changes.modes = True

    def _commands(self, message: CommandsChanged) -> None:
        facts = {fact.request.command_id: fact for fact in message.commands}
        self.mirror.commands.update(facts)
        self._changes.commands.update(facts)
        if self._snapshot is not None:
            self._snapshot.commands.update(facts)
        if len(self.mirror.commands) > KEPT_COMMANDS + _SLACK:
            self._forget_commands()

    def _forget_commands(self) -> None:
        """Let the oldest of those go that are over: the link of a console may stand for weeks."""
        known = self.mirror.commands
        over = sorted(command for command, fact in known.items() if fact.state.terminal)
        for command in over[:-KEPT_COMMANDS]:
            del known[command]

    def _feeds(self, message: FeedsChanged) -> None:
        self.mirror.feeds.update({fact.feed: fact for fact in message.feeds})
        self._changes.feeds = True
        if self._snapshot is not None:
            self._snapshot.feeds.update(fact.feed for fact in message.feeds)

    def _movers(self, message: MoversChanged) -> None:
        self.mirror.movers.update({fact.mover: fact for fact in message.movers})
        self._changes.movers = True
        if self._snapshot is not None:
            self._snapshot.movers.update(fact.mover for fact in message.movers)

    def _welcome(self, message: Welcome) -> None:
        self._snapshot = _Snapshot() if message.full else None
        self._control.begin(full=message.full)
        if message.full:
            self._growing.begin()
        self._digest = message.catalogue
        if message.catalogue != self.mirror.digest:
            site = self._cache.load(message.catalogue)
            if site is not None:
                self._adopt(site)

    def _snapshot_done(self, message: SnapshotDone) -> None:
        self._control.end()
        named, self._snapshot = self._snapshot, None
        if named is None:
            return
        mirror, changes = self.mirror, self._changes
        for alarm in mirror.alarms.keys() - named.alarms:
            gone = msgspec.structs.replace(mirror.alarms[alarm], state=AlarmState())
            mirror.alarms[alarm] = changes.alarms[alarm] = gone
        for command in mirror.commands.keys() - named.commands:
            changes.commands.pop(command, None)
            del mirror.commands[command]
        for feed in mirror.feeds.keys() - named.feeds:
            del mirror.feeds[feed]
        for mover in mirror.movers.keys() - named.movers:
            del mirror.movers[mover]
            mirror.positions.pop(mover, None)
        changes.feeds = changes.movers = True

    def _site_head(self, message: SiteHead) -> None:
        self._head = message.site
        self._types.clear()
        self._assets.clear()

    def _site_types(self, message: SiteTypes) -> None:
        self._types.extend(message.types)

    def _site_assets(self, message: SiteAssets) -> None:
        self._assets.extend(message.assets)

    def _site_done(self, message: SiteDone) -> None:
        head, self._head = self._head, None
        if head is None or (self._digest and self._digest == self.mirror.digest):
            return
        site = msgspec.structs.replace(head, types=tuple(self._types), assets=tuple(self._assets))
        if self._adopt(site):
            self._cache.save(self._digest, site)

    def _adopt(self, site: Site) -> bool:
        try:
            catalogue = Catalogue(site)
        except KeyError as error:
            log.error("site %s names what it does not have: %s", site.id, error)
            return False
        self.mirror.set_catalogue(catalogue, self._digest)
        self._control.adopt(site)
        self._renewed()
        return True

    def _renewed(self) -> None:
        """The catalogue is another: what was known by its numbers is gone."""
        before = self._changes
        self._changes = Changes(catalogue=True, commands=before.commands, feeds=before.feeds, modes=True)
