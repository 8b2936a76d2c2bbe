"""Shift handovers of the hub: built from what stands, durable before anyone is answered, told to every console.

What the city does to a list is looked at once a second and needs no record: after a restart it is told again by the
city itself. What a person said, accepted or signed is in the journal before that person hears of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.command.reasons import CommandReason
from console.core.errors import HandoverRefused
from console.core.handover.difference import difference
from console.core.handover.facts import (
    Duty,
    HandoverFact,
    HandoverItem,
    HandoverState,
    Party,
    Seen,
    bare,
    list_digest,
)
from console.core.handover.machine import HandoverMachine, HandoverTimes
from console.core.handover.parties import SESSION_SHOWN, Actor, party_of
from console.core.handover.reasons import HandoverReason
from console.core.handover.records import refusal_record
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.areas import AreaService
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.handover.book import HandoverBook
from console.hub.handover.entries import KeyedEntry, draft_entry, event_entries, new_baselines
from console.hub.handover.moving import Mover
from console.hub.handover.sources import Collector
from console.hub.procedures import ProcedureService
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import HandoversChanged

log = logging.getLogger("app")

LOOK_S = 1.0
AWAY_S = 60.0
"""How long somebody may be without a session before it counts as leaving: a hub or a console that starts again takes
a moment."""
_LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Responsibility:
    """What moves with a handover."""

    areas: AreaService
    procedures: ProcedureService


class HandoverAct(msgspec.Struct, frozen=True, kw_only=True):
    """What a person does with a handover."""

    act: str
    key: str = ""
    mark: str = ""
    text: str = ""
    to: str = ""


def _everybody_here(_party: Party) -> bool:
    return True


class HandoverDesk:
    """The only owner of handovers."""

    def __init__(
        self,
        catalogue: Catalogue,
        collector: Collector,
        moves: Responsibility,
        backbone: Backbone,
        ring: EventRing,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self.collector = collector
        self._areas = moves.areas
        self._mover = Mover(moves.areas, moves.procedures)
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._make_id = UlidMaker(clock)
        self._recorder = Recorder(backbone, Part.HANDOVER)
        self.book = HandoverBook()
        self._sessions: dict[str, str] = {}
        self._gone: dict[tuple[str, str], float] = {}
        self._moving: dict[str, asyncio.Task[None]] = {}
        self._owed: list[HandoverMachine] = []
        self._group: asyncio.TaskGroup | None = None
        self.times = HandoverTimes()
        self.here: Callable[[Party], bool] = _everybody_here
        """Whether a person has an open session; plugged in by the hub."""

    async def restore(self) -> None:
        """Take up what was before a restart; call it after the areas and procedures."""
        _, states = await self._backbone.state(Part.HANDOVER)
        now, at = self._clock.now(), self._clock.at()
        self._owed = self.book.restore(states, self.times, now, at)

    async def run(self) -> None:
        """Record, look at the city, and do what is owed from before a restart, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._recorder.run(), name="record handovers")
            for machine in self._owed:
                self._move_responsibility(machine)
            while True:
                await self.look()
                await asyncio.sleep(LOOK_S)

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    async def moved(self) -> None:
        """Wait until responsibility has followed every signature."""
        while self._moving:
            await asyncio.wait(set(self._moving.values()))

    def facts(self) -> list[HandoverFact]:
        """The newest that are over, without their items, and every one that is not."""
        return self.book.facts()

    def areas_of(self, handover: str) -> tuple[str, ...]:
        """Areas of a handover; none for one that is not known."""
        fact = self.book.fact(handover)
        return () if fact is None else fact.areas

    def duties(self) -> list[Duty]:
        """Who answers for which area since its last handover."""
        return [baseline.duty for baseline in self.book.baselines.values()]

    def duty_of(self, area: str) -> Duty | None:
        """Who answers for an area; None before its first handover."""
        baseline = self.book.baselines.get(area)
        return None if baseline is None else baseline.duty

    async def look(self) -> None:
        """Bring every open list up to what stands now, and end what has taken too long."""
        for machine in tuple(self.book.open.values()):
            present = await self._present(machine.fact.since, machine.fact.areas)
            now, at = self._clock.now(), self._clock.at()
            changed = machine.update(present, at)
            self._look_for(machine, now, at, AWAY_S)
            due = machine.next_deadline()
            if due is not None and due <= now:
                machine.expire(now, at)
            self._drain(machine, told=changed)

    def session_ended(self, session: str) -> None:
        """A session is over: who has no other one that a console shows has left."""
        now, at, ended = self._clock.now(), self._clock.at(), session[:SESSION_SHOWN]
        for machine in tuple(self.book.open.values()):
            fact = machine.fact
            if ended in {party.session for party in (fact.outgoing, fact.incoming) if party is not None}:
                self._look_for(machine, now, at, 0.0, ended)
                self._drain(machine)

    async def draft(self, areas: Sequence[str], actor: Actor) -> ActOutcome:
        """Begin the handover of some areas; the subject of the answer is its id."""
        wanted = tuple(area.id for area in self._catalogue.site.areas if area.id in areas)
        # Looked at first: between the check and the new handover nothing may wait.
        present = await self._present(self.book.since(wanted), wanted)
        reason = self._draft_refusal(areas, actor)
        if reason:
            subject = (" ".join(areas))[:_LONGEST_SUBJECT]
            return await self._refused("DRAFT", ActOutcome(subject, reason), actor)
        baseline, at = self.book.last(wanted), self._clock.at()
        items = difference(baseline, present, {}, offered=False)
        fact = HandoverFact(
            id=self._make_id(),
            state=HandoverState.DRAFTED,
            areas=wanted,
            outgoing=party_of(actor),
            items=items,
            count=len(items),
            at=at,
            since=self.book.since(wanted),
            digest=list_digest(items, ""),
        )
        self.book.open[fact.id] = HandoverMachine(fact, baseline, self.times)
        self._tell(fact)
        return await _answer(ActOutcome(fact.id), self._recorder.put([draft_entry(fact)]))

    async def act(self, handover: str, act: HandoverAct, actor: Actor) -> ActOutcome:
        """Carry out what a person does with a handover."""
        try:
            machine = self.book.machine(handover)
            self._do(machine, act, actor)
        except HandoverRefused as refused:
            what = act.act.upper()[:20]
            return await self._refused(what, ActOutcome(handover, refused.reason_code), actor)
        if act.act == "take_up":
            self._sessions[handover] = actor.session
        return await _answer(ActOutcome(handover), self._drain(machine))

    async def accept(
        self, handover: str, seen: Sequence[Seen], accepted: bool, actor: Actor
    ) -> list[ActOutcome]:
        """Accept items as they were seen, or take that back; each is answered by itself."""
        try:
            machine = self.book.machine(handover)
            pairs = [(one.key, one.mark) for one in seen]
            results = machine.accept(pairs, accepted, actor, self._clock.now(), self._clock.at())
        except HandoverRefused as refused:
            return [await self._refused("ACCEPT", ActOutcome(handover, refused.reason_code), actor)]
        done = self._drain(machine)
        durable = await _waited(done)
        return [ActOutcome(key, reason or ("" if durable else NOT_RECORDED)) for key, reason in results]

    def may_sign(self, handover: str, digest: str, actor: Actor) -> str:
        """Why a signature would be refused now; empty if it would not."""
        try:
            self.book.machine(handover).check_sign(digest, actor, self._clock.at())
        except HandoverRefused as refused:
            return refused.reason_code
        return ""

    async def sign(self, handover: str, digest: str, proof: str, actor: Actor) -> ActOutcome:
        """Sign; with the second signature responsibility moves, once that is durable."""
        try:
            machine = self.book.machine(handover)
            machine.sign(digest, proof, actor, self._clock.at())
        except HandoverRefused as refused:
            return await self._refused("SIGN", ActOutcome(handover, refused.reason_code), actor)
        incoming = machine.fact.incoming
        if incoming is not None and incoming.human == actor.human:
            self._sessions[handover] = actor.session
        outcome = await _answer(ActOutcome(handover), self._drain(machine))
        moving = self._moving.get(handover)
        if moving is not None and not outcome.reason:
            await asyncio.wait({moving}, timeout=RECORD_S)
        return outcome

    async def refuse_sign(self, handover: str, reason: str, actor: Actor) -> ActOutcome:
        """Write down that somebody who wanted to sign could not."""
        return await self._refused("SIGN", ActOutcome(handover, reason), actor)

    def _do(self, machine: HandoverMachine, act: HandoverAct, actor: Actor) -> None:
        now, at = self._clock.now(), self._clock.at()
        match act.act:
            case "remark":
                machine.remark(act.key, act.text, actor, at)
            case "offer":
                machine.offer(act.to, actor, now, at)
            case "withdraw":
                machine.withdraw(act.text, actor, at)
            case "answer":
                machine.answer(act.key, act.text, actor, at)
            case "take_up":
                machine.take_up(actor, now, at)
            case "give_back":
                machine.give_back(act.text, actor, now, at)
            case "ask":
                machine.ask(act.key, act.text, actor, now, at)
            case "object":
                machine.object(act.key, act.mark, act.text, actor, now, at)
            case "refuse":
                machine.refuse(act.text, actor, at)
            case _:
                raise HandoverRefused(CommandReason.NOT_APPLICABLE)

    def _draft_refusal(self, areas: Sequence[str], actor: Actor) -> str:
        if not areas:
            return HandoverReason.AREA_REQUIRED
        if any(area not in self._catalogue.areas for area in areas):
            return CommandReason.UNKNOWN_AREA
        if not actor.human:
            return HandoverReason.NAME_REQUIRED
        if self.book.busy() & set(areas):
            return HandoverReason.AREA_IN_HANDOVER
        held = {fact.area: fact.holder for fact in self._areas.facts()}
        if any(held.get(area, actor.who) != actor.who for area in areas):
            return HandoverReason.AREA_HELD_BY_OTHER
        return ""

    def _look_for(
        self, machine: HandoverMachine, now: float, at: int, away_s: float, session: str = ""
    ) -> None:
        """See whether the two (or the one of a session) are still there, or have been away for long enough."""
        fact = machine.fact
        if fact.state.over:
            return
        mine = not session or fact.outgoing.session == session
        if mine and self._away(fact.id, "outgoing", fact.outgoing, now) >= away_s:
            machine.left(at)
        elif fact.left_at and self.here(fact.outgoing):
            machine.back(now, at)
        incoming = machine.fact.incoming
        if incoming is None or (session and incoming.session != session):
            return
        if self._away(fact.id, "incoming", incoming, now) >= away_s:
            machine.incoming_gone(now, at)

    def _away(self, handover: str, side: str, party: Party, now: float) -> float:
        """How long somebody has been away, in seconds; negative while they are here."""
        key = (handover, side)
        if self.here(party):
            self._gone.pop(key, None)
            return -1.0
        return now - self._gone.setdefault(key, now)

    async def _present(self, since: int, areas: Sequence[str]) -> list[HandoverItem]:
        return await self.collector.items(since, frozenset(areas))

    def _drain(self, machine: HandoverMachine, *, told: bool = False) -> asyncio.Future[None] | None:
        """Record and tell what has happened; once an end is durable, responsibility follows."""
        events = machine.events()
        if not events and not told:
            return None
        fact = machine.fact
        for event in events:
            log.info("handover %s: %s by %s", fact.id, event.what, event.who)
        entries: list[KeyedEntry] = []
        for event in events:
            entries += event_entries(event, self.book.baselines)
        recorded = self._recorder.put(entries) if entries else None
        duties: tuple[Duty, ...] = ()
        if fact.state.over and fact.id in self.book.open:
            if fact.state.moved:
                duties = self.book.handed_over(new_baselines(fact))
                self._move_responsibility(machine, recorded)
            self.book.ended(fact)
        self._tell(fact, duties)
        return recorded

    def _move_responsibility(
        self, machine: HandoverMachine, recorded: asyncio.Future[None] | None = None
    ) -> None:
        assert self._group is not None
        handover = machine.fact.id
        work = self._follow(machine, recorded)
        self._moving[handover] = self._group.create_task(work, name=f"responsibility {handover}")

    async def _follow(self, machine: HandoverMachine, recorded: asyncio.Future[None] | None) -> None:
        """Nothing moves before both signatures are on disk."""
        fact = machine.fact
        if recorded is not None:
            await recorded
        changes = await self._mover.move(fact, self._sessions.pop(fact.id, ""), self.collector.notes)
        machine.settled(changes, self._clock.at())
        done = self._drain(machine)
        self.book.ended(machine.fact)
        if done is not None:
            await done
        self._moving.pop(fact.id, None)

    def _tell(self, fact: HandoverFact, duties: tuple[Duty, ...] = ()) -> None:
        shown = bare(fact) if fact.state.over else fact
        self._ring.push(
            lambda sequence: HandoversChanged(sequence=sequence, handovers=(shown,), duties=duties)
        )

    async def _refused(self, what: str, outcome: ActOutcome, actor: Actor) -> ActOutcome:
        subject = outcome.subject[:_LONGEST_SUBJECT]
        who = (actor.who, actor.station)
        record = refusal_record(what, subject, outcome.reason, who, self._clock.at())
        await _waited(self._recorder.put([("refused", Entry(record))]))
        return outcome


async def _waited(durable: asyncio.Future[None] | None) -> bool:
    """Whether it is durable, or nothing had to be."""
    if durable is None:
        return True
    done, _ = await asyncio.wait({durable}, timeout=RECORD_S)
    return bool(done)


async def _answer(outcome: ActOutcome, durable: asyncio.Future[None] | None) -> ActOutcome:
    return outcome if await _waited(durable) else ActOutcome(outcome.subject, NOT_RECORDED)
