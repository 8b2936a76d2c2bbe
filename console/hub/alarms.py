"""Alarms of the hub: the pure engine, its journal, and what every console is told.

An alarm is announced at once, marked `recording`, and told again when its record is durable. Acts are
answered only then.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from console.core.alarm.acts import Act, ActOutcome, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AckItem, AlarmFact
from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.errors import AlarmRefused
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import AlarmsChanged

log = logging.getLogger("alarm")

NOT_RECORDED = "NOT_RECORDED"
"""The act has effect, but its record is not durable yet; the hub keeps trying."""
RECORD_S = 3.0
"""How long an act waits for its record."""
_CHUNK = 200
_decode = msgspec.msgpack.Decoder(AlarmFact).decode
_encode = msgspec.msgpack.Encoder().encode


class Person(msgspec.Struct, frozen=True):
    """Who does something, and at which console."""

    who: str
    station: str


class AlarmService:
    """The only owner of the alarm engine."""

    def __init__(self, catalogue: Catalogue, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        self._catalogue = catalogue
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._engine = AlarmEngine(catalogue, UlidMaker(clock))
        self._recorder = Recorder(backbone, Part.ALARMS)
        self._recording: Counter[int] = Counter()

    async def restore(self) -> None:
        """Take up the alarms from before a restart, silently (ALM-14); call it before feeds open."""
        _, states = await self._backbone.state(Part.ALARMS)
        facts: list[AlarmFact] = []
        for key, body in states.items():
            try:
                facts.append(msgspec.structs.replace(_decode(body), alarm=self._catalogue.alarm_index(key)))
            except KeyError:
                log.info("alarm %s is no longer in the profile", key)
        self._engine.restore(facts, self._clock.now(), self._clock.at())

    async def run(self) -> None:
        """Write records until cancelled."""
        await self._recorder.run()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

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

    async def ack(self, items: Sequence[AckItem], person: Person, comment: str) -> list[ActOutcome]:
        """Acknowledge exactly these occurrences; each is answered by itself (ALM-23)."""
        return await self._done("ACK", self._engine.ack(items, self._act(person), comment), person)

    async def reset(self, items: Sequence[AckItem], person: Person) -> list[ActOutcome]:
        """Reset latched alarms."""
        return await self._done("RESET", self._engine.reset(items, self._act(person)), person)

    async def shelve(self, alarm: int, order: ShelfOrder, person: Person) -> list[ActOutcome]:
        """Shelve one alarm with a reason (ALM-40, ALM-41)."""
        outcome = ActOutcome(self._subject(alarm))
        try:
            self._engine.shelve(alarm, order, self._act(person))
        except AlarmRefused as refused:
            outcome = ActOutcome(outcome.subject, refused.reason_code)
        return await self._done("SHELVE", [outcome], person)

    async def unshelve(self, alarm: int, person: Person) -> list[ActOutcome]:
        """End a shelf now."""
        outcome = ActOutcome(self._subject(alarm))
        try:
            self._engine.unshelve(alarm, self._act(person))
        except AlarmRefused as refused:
            outcome = ActOutcome(outcome.subject, refused.reason_code)
        return await self._done("UNSHELVE", [outcome], person)

    async def _done(self, what: str, outcomes: list[ActOutcome], person: Person) -> list[ActOutcome]:
        """Journal what was refused beside what was done, and answer when all of it is durable."""
        waits: list[asyncio.Future[None]] = []
        refused = [outcome for outcome in outcomes if outcome.reason]
        if refused:
            waits.append(self._recorder.put([self._refusal(what, o, person) for o in refused]))
        done = self._drain(person.station)
        if done is not None:
            waits.append(done)
        if not waits:
            return outcomes
        _, late = await asyncio.wait(waits, timeout=RECORD_S)
        return [ActOutcome(o.subject, o.reason or NOT_RECORDED) for o in outcomes] if late else outcomes

    def _drain(self, station: str) -> asyncio.Future[None] | None:
        events = self._engine.events()
        if not events:
            return None
        latest = {event.alarm: event.fact for event in events}
        self._recording.update(latest.keys())
        done = self._recorder.put([self._entry(event, station) for event in events])
        self._announce(latest.values())
        done.add_done_callback(lambda _: self._recorded(latest))
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
        return msgspec.structs.replace(fact, recording=fact.alarm in self._recording)

    def _entry(self, event: AlarmEvent, station: str) -> tuple[str, Entry]:
        key = self._catalogue.alarms[event.alarm].key
        fields = {
            "occurrence": event.occurrence,
            "value": repr(event.value),
            "limit": repr(event.fact.limit),
            "priority": str(event.fact.priority),
            "effects": " ".join(event.effects),
        }
        if event.reason:
            fields["reason"] = event.reason
        record = Record(
            sequence=0,
            at=event.at,
            kind=RecordKind.ALARM,
            who=event.who,
            station=station,
            subject=key,
            what=event.kind,
            old=event.old,
            new=event.new,
            fields=fields,
        )
        return key, Entry(record, _encode(event.fact))

    def _refusal(self, what: str, outcome: ActOutcome, person: Person) -> tuple[str, Entry]:
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.ACT,
            who=person.who,
            station=person.station,
            subject=outcome.subject,
            what=what,
            result=outcome.reason,
        )
        return outcome.subject, Entry(record)

    def _subject(self, alarm: int) -> str:
        known = 0 <= alarm < len(self._catalogue.alarms)
        return self._catalogue.alarms[alarm].key if known else str(alarm)

    def _act(self, person: Person) -> Act:
        return Act(who=person.who, now=self._clock.now(), at=self._clock.at())
