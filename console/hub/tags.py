"""Lock-out and caution tags of the hub: durable before anyone is answered, told to every console (CMD-08)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.command.control_facts import TagFact
from console.core.command.tags import TagActor, TagBoard, TagOrder
from console.core.errors import CommandRefused
from console.core.journal import Record, RecordKind
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import TagsChanged

_LONGEST_SUBJECT = 120
_decode = msgspec.msgpack.Decoder(TagFact).decode
_encode = msgspec.msgpack.Encoder().encode


class TagService:
    """The only owner of the tag board. `placed` is called with the asset of each new tag, before it is durable."""

    def __init__(self, catalogue: Catalogue, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        self._backbone = backbone
        self._ring = ring
        self._clock = clock
        self._board = TagBoard(catalogue.assets)
        self._make_id = UlidMaker(clock)
        self._recorder = Recorder(backbone, Part.TAGS)
        self.placed: list[Callable[[str], None]] = []

    async def restore(self) -> None:
        """Tags from before a restart hang again."""
        _, states = await self._backbone.state(Part.TAGS)
        self._board.restore(sorted((_decode(body) for body in states.values()), key=lambda fact: fact.at))

    async def run(self) -> None:
        """Write records until cancelled."""
        await self._recorder.run()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    def facts(self) -> list[TagFact]:
        """Every tag that hangs."""
        return self._board.facts()

    def fact(self, tag_id: str) -> TagFact | None:
        """A tag that hangs."""
        return self._board.fact(tag_id)

    def blocking(self, asset: str, opens: bool | None) -> TagFact | None:
        """The tag that holds a command: one that starts, closes or raises (True), the contrary, or unknown (None)."""
        return self._board.blocking(asset, opens)

    def cautions(self, asset: str) -> list[TagFact]:
        """Caution tags on an asset."""
        return self._board.cautions(asset)

    async def place(self, order: TagOrder, person: Person) -> ActOutcome:
        """Hang a tag; it holds commands at once, and the answer comes when it is durable. The subject is its id."""
        tag_id = self._make_id()
        try:
            self._board.place(tag_id, order, self._actor(person))
        except CommandRefused as refused:
            return await self._refused("TAG_PLACE", ActOutcome(order.asset, refused.reason_code), person)
        done = self._drain(person)
        for listener in self.placed:
            listener(order.asset)
        return await _answer(ActOutcome(tag_id), done)

    async def remove(self, tag_id: str, reason: str, person: Person) -> ActOutcome:
        """Take a tag down: its owner, or a supervisor with a reason."""
        try:
            self._board.remove(tag_id, reason, self._actor(person))
        except CommandRefused as refused:
            return await self._refused("TAG_REMOVE", ActOutcome(tag_id, refused.reason_code), person)
        return await _answer(ActOutcome(tag_id), self._drain(person))

    def _actor(self, person: Person) -> TagActor:
        return TagActor(who=person.who, name=person.shown, at=self._clock.at(), supervisor=person.supervisor)

    def _drain(self, person: Person) -> asyncio.Future[None]:
        changes = tuple(self._board.changes())
        self._ring.push(lambda sequence: TagsChanged(sequence=sequence, tags=changes))
        return self._recorder.put([_entry(fact, person.station) for fact in changes])

    async def _refused(self, what: str, outcome: ActOutcome, person: Person) -> ActOutcome:
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.ACT,
            who=person.who,
            station=person.station,
            subject=outcome.subject[:_LONGEST_SUBJECT],
            what=what,
            result=outcome.reason,
        )
        return await _answer(outcome, self._recorder.put([("refused", Entry(record))]))


async def _answer(outcome: ActOutcome, durable: asyncio.Future[None]) -> ActOutcome:
    done, _ = await asyncio.wait({durable}, timeout=RECORD_S)
    return outcome if done else ActOutcome(outcome.subject, outcome.reason or NOT_RECORDED)


def _entry(fact: TagFact, station: str) -> tuple[str, Entry]:
    gone = fact.removed > 0
    fields = {"tag": fact.id, "kind": fact.kind, "text": fact.text, "owner": fact.owner}
    if gone:
        fields["reason"] = fact.remove_reason
    elif fact.until:
        fields["until"] = str(fact.until)
    record = Record(
        sequence=0,
        at=fact.removed or fact.at,
        kind=RecordKind.ACT,
        who=fact.removed_by if gone else fact.owner,
        station=station,
        subject=fact.asset,
        what="TAG_REMOVE" if gone else "TAG_PLACE",
        old=fact.kind if gone else "",
        new="" if gone else fact.kind,
        fields=fields,
    )
    return fact.id, Entry(record, _encode(fact))
