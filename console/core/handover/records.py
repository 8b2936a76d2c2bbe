"""Records of shift handovers: enough of each to show and to print it later, from the ledger alone.

The end of a handover is written as one record with both parties, and one record an item, all under its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from console.core.handover.facts import Duty, HandoverFact, HandoverItem, HandoverState, Party
from console.core.handover.paper import HandoverEvent
from console.core.handover.parties import NAMED
from console.core.handover.table import HandoverInput
from console.core.journal import Record, RecordKind

PREFIX = "HANDOVER_"
DRAFT = f"{PREFIX}DRAFT"
ITEM = f"{PREFIX}ITEM"
DUTY = f"{PREFIX}DUTY"
_ENDS = frozenset(
    f"{PREFIX}{what.value}"
    for what in (
        HandoverInput.BOTH_SIGNED,
        HandoverInput.SIGNED_ALONE,
        HandoverInput.REFUSE,
        HandoverInput.WITHDRAW,
    )
)
_MOST_NAMED = 20
_TIMES = ("at", "offered_at", "taken_up_at", "ended_at", "since", "left_at")


def event_record(event: HandoverEvent) -> Record:
    """One transition; the end carries everything but the items."""
    fields = {"areas": " ".join(event.fact.areas)}
    if event.text:
        fields["text"] = event.text
    if event.new.over and event.what is not HandoverInput.SETTLED:
        fields |= _whole(event.fact)
    elif event.what is HandoverInput.SETTLED:
        fields |= _followed(event.fact)
    elif event.items:
        fields["items"] = " ".join(item.key for item in event.items[:_MOST_NAMED])
        fields["count"] = str(len(event.items))
    return Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.HANDOVER,
        who=event.who,
        station=event.station,
        subject=event.fact.id,
        what=f"{PREFIX}{event.what}",
        old=event.old,
        new=event.new,
        fields=fields,
    )


def draft_record(fact: HandoverFact) -> Record:
    """The beginning."""
    return Record(
        sequence=0,
        at=fact.at,
        kind=RecordKind.HANDOVER,
        who=fact.outgoing.who,
        station=fact.outgoing.station,
        subject=fact.id,
        what=DRAFT,
        new=fact.state,
        fields={"areas": " ".join(fact.areas), "count": str(fact.count), "since": str(fact.since)},
    )


def item_records(event: HandoverEvent) -> list[Record]:
    """Every item as it was when the handover ended, in the order of the list."""
    return [_item_record(event, number, item) for number, item in enumerate(event.fact.items, 1)]


def duty_record(duty: Duty, before: str, event: HandoverEvent) -> Record:
    """Who answers for an area from now on."""
    return Record(
        sequence=0,
        at=duty.since,
        kind=RecordKind.HANDOVER,
        who=event.who,
        station=event.station,
        subject=duty.area,
        what=DUTY,
        old=before,
        new=duty.who,
        fields={"handover": duty.handover, "name": duty.name},
    )


def refusal_record(what: str, subject: str, reason: str, who: tuple[str, str], at: int) -> Record:
    """An act that was refused; `who` is account and station."""
    return Record(
        sequence=0,
        at=at,
        kind=RecordKind.HANDOVER,
        who=who[0],
        station=who[1],
        subject=subject,
        what=f"{PREFIX}{what}",
        result=reason,
    )


def handovers_in(records: Iterable[Record]) -> tuple[HandoverFact, ...]:
    """Handovers that ended within these records (in any order), with their items; oldest first."""
    heads: dict[str, Record] = {}
    items: dict[str, list[Record]] = {}
    followed: dict[str, Record] = {}
    for record in records:
        if record.kind is not RecordKind.HANDOVER or record.result:
            continue
        if record.what in _ENDS:
            heads[record.subject] = record
        elif record.what == ITEM:
            items.setdefault(record.subject, []).append(record)
        elif record.what == f"{PREFIX}{HandoverInput.SETTLED}":
            followed[record.subject] = record
    found = [_fact(head, items.get(key, ()), followed.get(key)) for key, head in heads.items()]
    return tuple(sorted(found, key=lambda fact: (fact.ended_at, fact.id)))


def _whole(fact: HandoverFact) -> dict[str, str]:
    fields = {name: str(getattr(fact, name)) for name in _TIMES}
    fields |= {"remark": fact.remark, "reason": fact.reason, "digest": fact.digest, "count": str(fact.count)}
    fields |= _party("outgoing", fact.outgoing)
    if fact.incoming is not None:
        fields |= _party("incoming", fact.incoming)
    return {name: text for name, text in fields.items() if text}


def _followed(fact: HandoverFact) -> dict[str, str]:
    fields = {
        "moved": " ".join(fact.moved),
        "kept": " ".join(fact.kept),
        "runs": " ".join(fact.runs),
        "locked": str(fact.locked),
    }
    return {name: text for name, text in fields.items() if text}


def _party(side: str, party: Party) -> dict[str, str]:
    return {
        side: party.who,
        f"{side}_name": party.name,
        f"{side}_human": party.human,
        f"{side}_station": party.station,
        f"{side}_signed_at": str(party.signed_at),
        f"{side}_proof": party.proof,
        f"{side}_digest": party.signed_digest,
    }


def _item_record(event: HandoverEvent, number: int, item: HandoverItem) -> Record:
    fields = {
        name: "true" if value is True else str(value)
        for name, value in msgspec.structs.asdict(item).items()
        if value not in ("", 0, False)
    }
    fields["n"] = str(number)
    return Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.HANDOVER,
        who=event.who,
        station=event.station,
        subject=event.fact.id,
        what=ITEM,
        new=item.change,
        fields=fields,
    )


def _fact(head: Record, items: Sequence[Record], followed: Record | None) -> HandoverFact:
    fields = head.fields
    listed = sorted(items, key=lambda record: int(record.fields.get("n", "0")))
    moved = followed.fields if followed is not None else {}
    times: dict[str, Any] = {name: int(fields.get(name, "0")) for name in _TIMES}
    return HandoverFact(
        id=head.subject,
        state=HandoverState(head.new),
        areas=tuple(fields.get("areas", "").split()),
        outgoing=_party_of("outgoing", fields) or Party(who="", name="", human=""),
        incoming=_party_of("incoming", fields),
        items=tuple(_item(record) for record in listed),
        count=int(fields.get("count", "0")),
        remark=fields.get("remark", ""),
        digest=fields.get("digest", ""),
        by=head.who,
        reason=fields.get("reason", ""),
        settled=followed is not None,
        moved=tuple(moved.get("moved", "").split()),
        kept=tuple(moved.get("kept", "").split()),
        runs=tuple(moved.get("runs", "").split()),
        locked=int(moved.get("locked", "0")),
        **times,
    )


def _party_of(side: str, fields: dict[str, str]) -> Party | None:
    if side not in fields:
        return None
    human = fields.get(f"{side}_human", "")
    return Party(
        who=fields[side],
        name=fields.get(f"{side}_name", ""),
        human=human,
        passwordless=human.startswith(NAMED),
        station=fields.get(f"{side}_station", ""),
        signed_at=int(fields.get(f"{side}_signed_at", "0")),
        proof=fields.get(f"{side}_proof", ""),
        signed_digest=fields.get(f"{side}_digest", ""),
    )


def _item(record: Record) -> HandoverItem:
    return msgspec.convert(record.fields, HandoverItem, strict=False)
