"""What the hub tells of tags, areas, procedures, this seat's session and the ledger, applied to the mirror; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from console.client.mirror import Mirror
from console.core.command.control_facts import LeaseFact, RunFact, TagFact
from console.core.site import Site
from console.wire.messages import (
    Challenge,
    HandoversChanged,
    LeasesChanged,
    LedgerChanged,
    Message,
    RunsChanged,
    SessionChanged,
    TagsChanged,
)

_DUTY = "duty/"


@dataclass(slots=True)
class ControlChanges:
    """What is new since the last drain."""

    tags: set[str] = field(default_factory=set[str])
    """Assets on which tags were hung, changed or taken down."""
    leases: set[str] = field(default_factory=set[str])
    """Areas."""
    runs: set[str] = field(default_factory=set[str])
    handovers: bool = False
    session: bool = False
    ledger: bool = False


class ControlStore:
    """Applies messages; a snapshot takes away what it did not name."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._changes = ControlChanges()
        self._named: set[str] | None = None

    def appliers(self) -> dict[type, Callable[..., None]]:
        """What to call with which message."""
        appliers: dict[type[Message], Callable[..., None]] = {
            TagsChanged: self._tags,
            LeasesChanged: self._leases,
            RunsChanged: self._runs,
            HandoversChanged: self._handovers,
            SessionChanged: self._session,
            LedgerChanged: self._ledger,
            Challenge: self._challenge,
        }
        return {**appliers}

    def take_changes(self) -> ControlChanges:
        """What changed since the last call."""
        changes, self._changes = self._changes, ControlChanges()
        return changes

    def begin(self, *, full: bool) -> None:
        """A snapshot begins, or only what was missed."""
        self._named = set() if full else None

    def end(self) -> None:
        """The snapshot is whole."""
        named, self._named = self._named, None
        if named is None:
            return
        mirror, changes = self._mirror, self._changes
        for tag in mirror.tags.keys() - named:
            changes.tags.add(mirror.tags.pop(tag).asset)
        for area in mirror.leases.keys() - named:
            del mirror.leases[area]
            changes.leases.add(area)
        for run in mirror.runs.keys() - named:
            del mirror.runs[run]
            changes.runs.add(run)
        for handover in mirror.handovers.keys() - named:
            del mirror.handovers[handover]
            changes.handovers = True
        for area in [area for area in mirror.duties if f"{_DUTY}{area}" not in named]:
            del mirror.duties[area]
            changes.handovers = True

    def adopt(self, site: Site) -> None:
        """Another site: everything is told again, for it may be named otherwise."""
        self._changes.leases.update(area.id for area in site.areas)
        self._changes.tags.update(tag.asset for tag in self._mirror.tags.values())
        self._changes.runs.update(self._mirror.runs)
        self._changes.handovers = bool(self._mirror.handovers)

    def _tags(self, message: TagsChanged) -> None:
        for tag in message.tags:
            self._put_tag(tag)
        self._name(tag.id for tag in message.tags)

    def _put_tag(self, tag: TagFact) -> None:
        self._changes.tags.add(tag.asset)
        if tag.removed:
            self._mirror.tags.pop(tag.id, None)
        else:
            self._mirror.tags[tag.id] = tag

    def _leases(self, message: LeasesChanged) -> None:
        facts: dict[str, LeaseFact] = {lease.area: lease for lease in message.leases}
        self._mirror.leases.update(facts)
        self._changes.leases.update(facts)
        self._name(facts)

    def _runs(self, message: RunsChanged) -> None:
        facts: dict[str, RunFact] = {run.id: run for run in message.runs}
        self._mirror.runs.update(facts)
        self._changes.runs.update(facts)
        self._name(facts)

    def _handovers(self, message: HandoversChanged) -> None:
        facts = {fact.id: fact for fact in message.handovers}
        self._mirror.handovers.update(facts)
        self._mirror.duties.update({duty.area: duty for duty in message.duties})
        self._changes.handovers = True
        self._name(facts)
        self._name(f"{_DUTY}{duty.area}" for duty in message.duties)

    def _session(self, message: SessionChanged) -> None:
        self._mirror.session = message.session
        self._changes.session = True

    def _challenge(self, message: Challenge) -> None:
        self._mirror.notice = message.notice

    def _ledger(self, message: LedgerChanged) -> None:
        self._mirror.ledger = message.ledger
        self._changes.ledger = True

    def _name(self, keys: Iterable[str]) -> None:
        if self._named is not None:
            self._named.update(keys)
