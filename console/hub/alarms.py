"""Alarms of the hub: the pure engine, its journal, and what every console is told.

An alarm is announced at once, marked `recording`, and told again when its record is durable. Acts are
answered only then.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np

from console.core.alarm.acts import Act, ActOutcome, OutageOrder, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AckItem, AlarmFact, FloodFact, MaintenanceFact, MuteFact, RedefinedFact
from console.core.alarm.records import record_of
from console.core.alarm.reminders import ESCALATION
from console.core.batch import Batch, TagColumn, empty_batch
from console.core.catalogue import Catalogue
from console.core.errors import AlarmRefused
from console.core.site import AlarmCondition, Site
from console.hub.alarm_changes import REDEFINE, Changes, KeyedEntry
from console.hub.alarm_entries import (
    alarm_entry,
    flood_entry,
    gone_entry,
    kept,
    mode_entry,
    refusal_entry,
)
from console.hub.alarm_modes import ModeTeller
from console.hub.alarm_watch import AlarmWatch
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import AlarmsChanged

__all__ = ["NOT_RECORDED", "AlarmService", "Person"]

log = logging.getLogger("alarm")

NOT_RECORDED = "NOT_RECORDED"
"""The act has effect, but its record is not durable yet; the hub keeps trying."""
RECORD_S = 3.0
"""How long an act waits for its record."""
_CHUNK = 200


class AlarmService:
    """The only owner of the alarm engine."""

    def __init__(self, catalogue: Catalogue, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        self._catalogue = catalogue
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._engine = AlarmEngine(catalogue, UlidMaker(clock))
        self._watch = AlarmWatch(catalogue)
        self._recorder = Recorder(backbone, Part.ALARMS)
        self._recording: Counter[int] = Counter()
        self._changes = Changes(catalogue)
        self._modes = ModeTeller(ring, self._changes.facts)
        self.set_back: Callable[[int], None] = self._engine.set_back
        self.maintenance: Callable[[], list[MaintenanceFact]] = self._engine.maintenance
        self.mute: Callable[[], list[MuteFact]] = self._modes.mute
        self.redefined: Callable[[], list[RedefinedFact]] = self._changes.facts
        self.on_duty: Callable[[AlarmFact], str] = lambda _fact: ""
        """Who answers for the area of an alarm since its last shift handover; plugged in by the hub."""
        self.fact_listeners: list[Callable[[Iterable[AlarmFact]], None]] = []

    async def restore(self) -> None:
        """Take up the alarms from before a restart, silently (ALM-14); call it before feeds open."""
        _, states = await self._backbone.state(Part.ALARMS)
        before = kept(states)
        facts: list[AlarmFact] = []
        now, at = self._clock.now(), self._clock.at()
        for key, fact in before.facts.items():
            try:
                facts.append(msgspec.structs.replace(fact, alarm=self._catalogue.alarm_index(key)))
            except KeyError:
                if fact.state.listed or fact.state.suppressed:
                    log.info("alarm %s is no longer in the profile", key)
                    self._recorder.put([gone_entry(key, fact, at)])
        definitions, overtaken = self._changes.restore(states, at)
        if overtaken:
            self._recorder.put(overtaken)
        for alarm, definition in definitions.items():
            self._engine.redefine(alarm, definition, empty_batch(), now, at)
        self._watch.restore(facts, now, at)
        self._engine.restore(facts, now, at, before.maintenance)
        self._engine.disable_sources(unfed_tags(self._catalogue), now, at)
        self._drain("")

    async def run(self) -> None:
        """Write records until cancelled."""
        await self._recorder.run()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def awaited_tags(self) -> TagColumn:
        """Tags whose silence is an alarm: they are expected from the start."""
        stale = {p.tag_index for p in self._catalogue.alarms if p.alarm.condition is AlarmCondition.STALE}
        return np.array(sorted(stale), np.uint32)

    def samples(self, batch: Batch) -> None:
        """Evaluate rows in order of arrival."""
        self._engine.samples(batch, self._clock.now(), self._clock.at())
        self._drain("")

    def expire(self) -> None:
        """End delays and shelves whose time has come; cheap when there is nothing to do."""
        self._engine.expire(self._clock.now(), self._clock.at())
        self._drain("")

    def facts(self) -> list[AlarmFact]:
        """Alarms that are listed or suppressed; all others are normal."""
        return [self._marked(fact) for fact in self._engine.facts().values()]

    def flood(self) -> FloodFact:
        """The flood of alarms as it stands."""
        return self._watch.flood

    async def ack(self, items: Sequence[AckItem], person: Person, comment: str) -> list[ActOutcome]:
        """Acknowledge exactly these occurrences; each is answered by itself (ALM-23)."""
        return await self._done("ACK", self._engine.ack(items, self._act(person), comment), person)

    async def reset(self, items: Sequence[AckItem], person: Person) -> list[ActOutcome]:
        """Reset latched alarms."""
        return await self._done("RESET", self._engine.reset(items, self._act(person)), person)

    async def shelve(self, alarm: int, order: ShelfOrder, person: Person) -> list[ActOutcome]:
        """Shelve one alarm with a reason (ALM-40, ALM-41)."""
        act = self._act(person)
        return await self._one(
            "SHELVE", self._subject(alarm), lambda: self._engine.shelve(alarm, order, act), person
        )

    async def shelve_all(
        self, items: Sequence[AckItem], order: ShelfOrder, person: Person
    ) -> list[ActOutcome]:
        """Shelve several alarms alike, or none of them (ALM-45)."""
        return await self._done("SHELVE", self._engine.shelve_all(items, order, self._act(person)), person)

    async def edit_shelf(self, alarm: int, order: ShelfOrder, person: Person) -> list[ActOutcome]:
        """Change end or reason of a shelf (ALM-44)."""
        act = self._act(person)
        return await self._one(
            "SHELF_EDIT", self._subject(alarm), lambda: self._engine.edit_shelf(alarm, order, act), person
        )

    async def unshelve(self, alarm: int, person: Person) -> list[ActOutcome]:
        """End a shelf now."""
        act = self._act(person)
        return await self._one(
            "UNSHELVE", self._subject(alarm), lambda: self._engine.unshelve(alarm, act), person
        )

    async def set_out_of_service(self, alarm: int, order: OutageOrder, person: Person) -> list[ActOutcome]:
        """Take one alarm out of service until a planned end."""
        act = self._act(person)
        return await self._one(
            "OOS_ON",
            self._subject(alarm),
            lambda: self._engine.set_out_of_service(alarm, order, act),
            person,
        )

    async def end_out_of_service(self, alarm: int, person: Person) -> list[ActOutcome]:
        """Put an alarm back in service."""
        act = self._act(person)
        return await self._one(
            "OOS_OFF", self._subject(alarm), lambda: self._engine.end_out_of_service(alarm, act), person
        )

    async def start_maintenance(self, area: str, order: OutageOrder, person: Person) -> list[ActOutcome]:
        """Begin maintenance mode of an area (ALM-30)."""
        act = self._act(person)
        return await self._one(
            "MAINTENANCE_ON", area, lambda: self._engine.start_maintenance(area, order, act), person
        )

    async def end_maintenance(self, area: str, person: Person) -> list[ActOutcome]:
        """End maintenance mode of an area."""
        act = self._act(person)
        return await self._one(
            "MAINTENANCE_OFF", area, lambda: self._engine.end_maintenance(area, act), person
        )

    async def redefine(
        self, alarm: int, changes: Mapping[str, float], reason: str, person: Person, present: Batch
    ) -> list[ActOutcome]:
        """Change numbers of a definition now; `present` is the last row of its tag, which is judged anew (ALM-13)."""
        act = self._act(person)

        def change() -> list[KeyedEntry]:
            new = self._changes.judge(alarm, changes, reason)
            entry = self._changes.put(alarm, new, act, person.station, reason)
            self._engine.redefine(alarm, new, present, act.now, act.at, person.who)
            return [entry]

        return await self._one(REDEFINE, self._subject(alarm), change, person)

    def sound(self, seat: str, fact: MuteFact | None) -> None:
        """A console cannot be heard, or (None) can be again or is gone (HMI-20)."""
        self._modes.set_mute(seat, fact)
        self._drain("")

    async def _one(
        self, what: str, subject: str, act: Callable[[], Sequence[KeyedEntry] | None], person: Person
    ) -> list[ActOutcome]:
        """An act on one thing, answered when it or its refusal is durable."""
        reason = ""
        entries: Sequence[KeyedEntry] = ()
        try:
            entries = act() or ()
        except AlarmRefused as refused:
            reason = refused.reason_code
        # A stranger's text may be anything: what names nothing here is cut before it is written down.
        return await self._done(what, [ActOutcome(subject[:_LONGEST_SUBJECT], reason)], person, entries)

    async def _done(
        self, what: str, outcomes: list[ActOutcome], person: Person, entries: Sequence[KeyedEntry] = ()
    ) -> list[ActOutcome]:
        """Journal what was refused beside what was done, and answer when all of it is durable."""
        waits: list[asyncio.Future[None]] = []
        at = self._clock.at()
        refused = [refusal_entry(what, o, person, at) for o in outcomes if o.reason]
        if refused or entries:
            waits.append(self._recorder.put([*entries, *refused]))
        done = self._drain(person.station)
        if done is not None:
            waits.append(done)
        if not waits:
            return outcomes
        _, late = await asyncio.wait(waits, timeout=RECORD_S)
        return [ActOutcome(o.subject, o.reason or NOT_RECORDED) for o in outcomes] if late else outcomes

    def _drain(self, station: str) -> asyncio.Future[None] | None:
        """Record and tell everything that has happened; the future is done once it is durable."""
        events, modes = self._engine.events(), self._engine.mode_events()
        now = self._clock.now()
        changed = self._watch.tick(events, now) if events else set[int]()
        floods = self._watch.flood_events(now)
        entries = [self._entry(event, station) for event in events]
        entries += [mode_entry(event, station) for event in modes]
        entries += [flood_entry(event) for event in floods]
        done = self._recorder.put(entries) if entries else None
        latest = {event.alarm: event.fact for event in events}
        if done is not None and latest:
            self._recording.update(latest.keys())
            done.add_done_callback(lambda _: self._recorded(latest))
        marked = {alarm: self._engine.fact(alarm) for alarm in changed - latest.keys()}
        if latest or marked:
            self._announce((*latest.values(), *marked.values()))
        self._modes.tell(self._engine.maintenance(), self._watch.flood, now)
        for listener in self.fact_listeners:
            listener(latest.values())
        return done

    def _recorded(self, facts: dict[int, AlarmFact]) -> None:
        self._recording.subtract(facts.keys())
        for alarm in [alarm for alarm in facts if self._recording[alarm] <= 0]:
            del self._recording[alarm]
        self._announce(self._engine.fact(alarm) for alarm in facts)

    def _announce(self, facts: Iterable[AlarmFact]) -> None:
        marked = tuple(self._marked(fact) for fact in facts)
        for first in range(0, len(marked), _CHUNK):
            part = marked[first : first + _CHUNK]
            self._ring.push(lambda sequence, part=part: AlarmsChanged(sequence=sequence, alarms=part))

    def _marked(self, fact: AlarmFact) -> AlarmFact:
        fact = self._watch.marked(fact)
        return msgspec.structs.replace(fact, recording=fact.alarm in self._recording)

    def _entry(self, event: AlarmEvent, station: str) -> tuple[str, Entry]:
        key = self._catalogue.alarms[event.alarm].key
        record = record_of(event, key, station)
        on_duty = self.on_duty(event.fact) if event.fact.escalated and event.who == ESCALATION else ""
        if on_duty:
            record = msgspec.structs.replace(record, fields={**record.fields, "to": on_duty})
        return alarm_entry(record, self._watch.marked(event.fact))

    def _subject(self, alarm: int) -> str:
        known = 0 <= alarm < len(self._catalogue.alarms)
        return self._catalogue.alarms[alarm].key if known else str(alarm)

    def _act(self, person: Person) -> Act:
        at, now = self._clock.at(), self._clock.now()
        return Act(who=person.who, now=now, at=at, supervisor=person.supervisor)


_LONGEST_SUBJECT = 120


def unfed_tags(catalogue: Catalogue) -> set[int]:
    """Tags that no feed of the site maps; none for a site without feeds, which is fed by other means."""
    site: Site = catalogue.site
    mapped = {(m.type, tag) for feed in site.feeds for m in feed.map for tag in m.tags}
    if not mapped:
        return set()
    return {p.index for p in catalogue.tags if (p.asset.type, p.tag.name) not in mapped}
