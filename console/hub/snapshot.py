"""The whole state of a hub as messages: what a console gets when nothing is known of what it has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from console.core.alarm.facts import AlarmFact, FloodFact, MaintenanceFact, MuteFact, RedefinedFact
from console.core.command.control_facts import LeaseFact, RunFact, TagFact
from console.core.command.facts import CommandFact
from console.core.feed import FeedFact
from console.core.growth import Growth
from console.core.handover.facts import Duty, HandoverFact
from console.core.ledger.facts import LedgerFact
from console.core.mover import MoverFact
from console.core.site import Site
from console.wire.messages import (
    AlarmModesChanged,
    AlarmsChanged,
    CatalogueGrew,
    CommandsChanged,
    FeedsChanged,
    HandoversChanged,
    LeasesChanged,
    LedgerChanged,
    Message,
    MoversChanged,
    RunsChanged,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    TagsChanged,
)

_TYPES = 4
_ASSETS = 100
_FACTS = 100

T = TypeVar("T")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that stands at one sequence."""

    sequence: int
    growth: Growth = Growth()
    feeds: Sequence[FeedFact]
    alarms: Sequence[AlarmFact]
    maintenance: Sequence[MaintenanceFact] = ()
    flood: FloodFact = FloodFact()
    mute: Sequence[MuteFact] = ()
    redefined: Sequence[RedefinedFact] = ()
    commands: Sequence[CommandFact]
    movers: Sequence[MoverFact]
    tags: Sequence[TagFact] = ()
    leases: Sequence[LeaseFact] = ()
    runs: Sequence[RunFact] = ()
    ledger: LedgerFact = LedgerFact()
    handovers: Sequence[HandoverFact] = ()
    duties: Sequence[Duty] = ()


def public(site: Site) -> Site:
    """The site as consoles see it: of its feeds what they are called, without its directory and whom it notifies."""
    feeds = tuple(msgspec.structs.replace(feed, url="", options={}, map=()) for feed in site.feeds)
    return msgspec.structs.replace(site, feeds=feeds, directory=None, receivers=())


def digest(site: Site) -> str:
    """Digest of the site as consoles see it."""
    return hashlib.sha256(msgspec.msgpack.encode(public(site))).hexdigest()


def site_messages(site: Site) -> Iterator[Message]:
    """The catalogue in parts small enough for one message each (SEC-25)."""
    yield SiteHead(site=msgspec.structs.replace(public(site), types=(), assets=()))
    for types in _parts(site.types, _TYPES):
        yield SiteTypes(types=types)
    for assets in _parts(site.assets, _ASSETS):
        yield SiteAssets(assets=assets)
    yield SiteDone()


def standing_messages(standing: Standing) -> Iterator[Message]:
    """Everything but the site, as it stands; what has grown comes first, for facts and values may be of it."""
    sequence = standing.sequence
    yield from growth_messages(standing.growth, sequence)
    for feeds in _parts(standing.feeds, _FACTS):
        yield FeedsChanged(sequence=sequence, feeds=feeds)
    for alarms in _parts(standing.alarms, _FACTS):
        yield AlarmsChanged(sequence=sequence, alarms=alarms)
    yield AlarmModesChanged(
        sequence=sequence,
        maintenance=tuple(standing.maintenance),
        flood=standing.flood,
        mute=tuple(standing.mute),
        redefined=tuple(standing.redefined),
    )
    for commands in _parts(standing.commands, _FACTS):
        yield CommandsChanged(sequence=sequence, commands=commands)
    for movers in _parts(standing.movers, _FACTS):
        yield MoversChanged(sequence=sequence, movers=movers)
    for tags in _parts(standing.tags, _FACTS):
        yield TagsChanged(sequence=sequence, tags=tags)
    for leases in _parts(standing.leases, _FACTS):
        yield LeasesChanged(sequence=sequence, leases=leases)
    for runs in _parts(standing.runs, _FACTS):
        yield RunsChanged(sequence=sequence, runs=runs)
    # Several at once could be too large for one message: an open one comes with its whole list.
    for handover in standing.handovers:
        yield HandoversChanged(sequence=sequence, handovers=(handover,))
    if standing.duties:
        yield HandoversChanged(sequence=sequence, handovers=(), duties=tuple(standing.duties))
    yield LedgerChanged(sequence=sequence, ledger=standing.ledger)


def growth_parts(growth: Growth) -> list[Growth]:
    """A growth in parts small enough for one message each, assets before their tags; at least one."""
    assets = [Growth(types=growth.types, assets=some) for some in _parts(growth.assets, _ASSETS)]
    tags = [Growth(tags=some) for some in _parts(growth.tags, _ASSETS)]
    return [*assets, *tags] or [growth]


def growth_messages(growth: Growth, sequence: int) -> Iterator[Message]:
    """All of a growth as a snapshot has it."""
    for part in growth_parts(growth):
        yield CatalogueGrew(sequence=sequence, growth=part, total=len(growth.tags))


def _parts(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    for first in range(0, len(items), size):
        yield tuple(items[first : first + size])
