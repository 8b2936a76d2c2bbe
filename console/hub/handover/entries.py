"""What the handover desk writes: records, and the state after each, in one append where they belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from console.core.handover.difference import handed_over
from console.core.handover.facts import Baseline, Duty, HandoverFact, HandoverItem, bare
from console.core.handover.paper import HandoverEvent
from console.core.handover.records import draft_record, duty_record, event_record, item_records
from console.core.handover.table import HandoverInput
from console.hub.backbone.base import Entry

OPEN = "handover/"
AREA = "area/"
_fact = msgspec.msgpack.Decoder(HandoverFact).decode
_baseline = msgspec.msgpack.Decoder(Baseline).decode
_encode = msgspec.msgpack.Encoder().encode

KeyedEntry = tuple[str, Entry]


class Kept(msgspec.Struct, frozen=True):
    """What was there before a restart."""

    facts: list[HandoverFact]
    baselines: dict[str, Baseline]


def kept(states: Mapping[str, bytes]) -> Kept:
    """The handovers and what was handed over last in each area."""
    facts = [_fact(body) for key, body in states.items() if key.startswith(OPEN)]
    baselines = {
        key.removeprefix(AREA): _baseline(body) for key, body in states.items() if key.startswith(AREA)
    }
    return Kept(sorted(facts, key=lambda fact: fact.at), baselines)


def draft_entry(fact: HandoverFact) -> KeyedEntry:
    """A new handover."""
    return _key(fact), Entry(draft_record(fact), _encode(fact))


def event_entries(event: HandoverEvent, baselines: Mapping[str, Baseline]) -> list[KeyedEntry]:
    """One transition. The end is all or nothing: both signatures, each item, and who answers for each area."""
    fact = event.fact
    if not fact.state.over or event.what is HandoverInput.SETTLED:
        return [(_key(fact), Entry(event_record(event), _encode(_lean(fact))))]
    # The items first: whoever finds the end finds all of it.
    entries: list[KeyedEntry] = [("item", Entry(record)) for record in item_records(event)]
    if fact.state.moved:
        for baseline in new_baselines(fact):
            before = baselines.get(baseline.duty.area)
            record = duty_record(baseline.duty, before.duty.who if before is not None else "", event)
            entries.append((f"{AREA}{baseline.duty.area}", Entry(record, _encode(baseline))))
    entries.append((_key(fact), Entry(event_record(event), _encode(_lean(fact)))))
    return entries


def new_baselines(fact: HandoverFact) -> list[Baseline]:
    """What the next handover of each area is told from; what is of the whole site goes with every area."""
    incoming = fact.incoming
    assert incoming is not None
    items = handed_over(fact.items)
    return [
        Baseline(
            duty=Duty(area=area, who=incoming.who, name=incoming.name, since=fact.ended_at, handover=fact.id),
            items=tuple(item for item in items if item.area in ("", area)),
        )
        for area in fact.areas
    ]


def merged(baselines: Iterable[Baseline]) -> dict[str, HandoverItem]:
    """What was handed over last in several areas; of the whole site the newest counts."""
    found: dict[str, HandoverItem] = {}
    site: dict[str, HandoverItem] = {}
    for baseline in sorted(baselines, key=lambda one: one.duty.since):
        whole = {item.key: item for item in baseline.items if not item.area}
        site = whole
        found |= {item.key: item for item in baseline.items if item.area}
    return {**found, **site}


def _lean(fact: HandoverFact) -> HandoverFact:
    """Of what is over the items stand in their records."""
    return bare(fact) if fact.state.over else fact


def _key(fact: HandoverFact) -> str:
    return f"{OPEN}{fact.id}"
