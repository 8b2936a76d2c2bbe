"""Who holds which area, of the hub: durable before anyone is answered, told to every console (CMD-09, SEC-11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.command.control_facts import LeaseFact
from console.core.command.lease import AreaLease, LeaseEvent, LeaseTimes, Sitter
from console.core.command.reasons import CommandReason
from console.core.command.tags import TEXT_MAX, checked_text
from console.core.errors import CommandRefused
from console.core.journal import Record, RecordKind
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import LeasesChanged

EXPIRE_S = 0.25
_LONGEST_SUBJECT = 120
_decode = msgspec.msgpack.Decoder(LeaseFact).decode
_encode = msgspec.msgpack.Encoder().encode


class AreaService:
    """The only owner of the leases of areas."""

    def __init__(self, catalogue: Catalogue, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        policy = catalogue.site.policy
        times = LeaseTimes(policy.lease_s, policy.takeover_s)
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._leases = {area: AreaLease(area, times) for area in catalogue.areas}
        self._recorder = Recorder(backbone, Part.AREAS)

    async def restore(self) -> None:
        """Holders from before a restart keep their areas for one lease."""
        _, states = await self._backbone.state(Part.AREAS)
        for area, body in states.items():
            lease = self._leases.get(area)
            if lease is not None:
                lease.restore(_decode(body), self._clock.now())

    async def run(self) -> None:
        """Record, and end what has taken too long, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recorder.run(), name="record areas")
            while True:
                await asyncio.sleep(EXPIRE_S)
                self.expire()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def facts(self) -> list[LeaseFact]:
        """Areas that somebody holds."""
        return [lease.fact for lease in self._leases.values() if lease.fact.holder]

    def hold(self, area: str, person: Person) -> str:
        """Authority for a command: empty if this session holds the area or it was free, which takes it; else
        AUTHORITY_HELD_BY_OTHER.
        """
        lease = self._leases.get(area)
        if lease is None:
            return CommandReason.UNKNOWN_AREA
        try:
            lease.use(_sitter(person), self._clock.now(), self._clock.at())
        except CommandRefused as refused:
            return refused.reason_code
        self._drain(lease)
        return ""

    def holder(self, area: str) -> str:
        """Name of whoever holds an area, as people read it; empty if nobody does."""
        lease = self._leases.get(area)
        return "" if lease is None else lease.fact.holder_name

    def beat(self, person: Person) -> None:
        """Any message of a seat: the leases of its session live on."""
        sitter, now = _sitter(person), self._clock.now()
        for lease in self._leases.values():
            before = lease.fact
            lease.beat(sitter, now)
            if lease.fact is not before:
                self._tell(lease.fact)

    def session_ended(self, session: str) -> None:
        """A session is over: what it held is free, or goes to whoever asked."""
        if not session:
            return
        for lease in self._leases.values():
            lease.session_ended(session, self._clock.now(), self._clock.at())
            self._drain(lease)

    def expire(self) -> None:
        """End leases and take-overs whose time has come; cheap when there is nothing to do."""
        now, at = self._clock.now(), self._clock.at()
        for lease in self._leases.values():
            due = lease.next_deadline()
            if due is not None and due <= now:
                lease.expire(now, at)
                self._drain(lease)

    async def take(self, area: str, person: Person) -> ActOutcome:
        """Hold an area, or ask its holder for it."""
        sitter, now, at = _sitter(person), self._clock.now(), self._clock.at()
        return await self._act("AREA_TAKE", area, person, lambda lease: lease.take(sitter, now, at))

    async def release(self, area: str, person: Person) -> ActOutcome:
        """Hold it no longer, or ask no longer."""
        sitter, now, at = _sitter(person), self._clock.now(), self._clock.at()
        return await self._act("AREA_RELEASE", area, person, lambda lease: lease.release(sitter, now, at))

    async def answer(self, area: str, grant: bool, person: Person) -> ActOutcome:
        """The holder grants or refuses a take-over."""
        sitter, now, at = _sitter(person), self._clock.now(), self._clock.at()
        return await self._act(
            "AREA_ANSWER", area, person, lambda lease: lease.answer(grant, sitter, now, at)
        )

    async def force(self, area: str, reason: str, person: Person) -> ActOutcome:
        """A supervisor takes it at once, with a reason (SEC-11)."""
        sitter, now, at = _sitter(person), self._clock.now(), self._clock.at()

        def act(lease: AreaLease) -> None:
            lease.force(checked_text(reason, TEXT_MAX), sitter, now, at)

        return await self._act("AREA_FORCE", area, person, act)

    def hand_over(self, area: str, outgoing: str, person: Person) -> bool:
        """A signed shift handover: whether the incoming person holds the area now; nobody else loses it."""
        lease = self._leases.get(area)
        if lease is None:
            return False
        incoming = Sitter(person.who, person.shown, person.session, person.station)
        held = lease.hand_over(outgoing, incoming, self._clock.now(), self._clock.at())
        self._drain(lease)
        return held

    async def _act(
        self, what: str, area: str, person: Person, act: Callable[[AreaLease], None]
    ) -> ActOutcome:
        lease = self._leases.get(area)
        try:
            if lease is None:
                raise CommandRefused(CommandReason.UNKNOWN_AREA)  # noqa: TRY301 - one way to refuse
            act(lease)
        except CommandRefused as refused:
            outcome = ActOutcome(area, refused.reason_code)
            entry = _refusal(what, outcome, person, self._clock.at())
            return await _answer(outcome, self._recorder.put([entry]))
        return await _answer(ActOutcome(area), self._drain(lease))

    def _drain(self, lease: AreaLease) -> asyncio.Future[None] | None:
        events = lease.events()
        if not events:
            return None
        self._tell(lease.fact)
        return self._recorder.put([_entry(event) for event in events])

    def _tell(self, fact: LeaseFact) -> None:
        self._ring.push(lambda sequence: LeasesChanged(sequence=sequence, leases=(fact,)))


def _sitter(person: Person) -> Sitter:
    # A seat that has no session yet is told apart by its station.
    return Sitter(person.who, person.shown, person.session or f"@{person.station}", person.station)


async def _answer(outcome: ActOutcome, durable: asyncio.Future[None] | None) -> ActOutcome:
    if durable is None:
        return outcome
    done, _ = await asyncio.wait({durable}, timeout=RECORD_S)
    return outcome if done else ActOutcome(outcome.subject, outcome.reason or NOT_RECORDED)


def _refusal(what: str, outcome: ActOutcome, person: Person, at: int) -> tuple[str, Entry]:
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who=person.who,
        station=person.station,
        subject=outcome.subject[:_LONGEST_SUBJECT],
        what=what,
        result=outcome.reason,
    )
    return "refused", Entry(record)


def _entry(event: LeaseEvent) -> tuple[str, Entry]:
    fields = {"reason": event.reason} if event.reason else {}
    if event.fact.wanted_by:
        fields["wanted_by"] = event.fact.wanted_by
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.ACT,
        who=event.who,
        station=event.station,
        subject=event.fact.area,
        what=f"AREA_{event.what.upper()}",
        old=event.old,
        new=event.fact.holder,
        fields=fields,
    )
    return event.fact.area, Entry(record, _encode(event.fact))
