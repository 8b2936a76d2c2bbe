"""What the procedure service writes to the backbone: a record of each transition of a run, and the run after it."""

from __future__ import annotations

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.command.control_facts import RunFact
from console.core.command.procedure import RunEvent
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.person import Person

_LONGEST_SUBJECT = 120

decoded = msgspec.msgpack.Decoder(RunFact).decode
_encode = msgspec.msgpack.Encoder().encode


def entry_of(event: RunEvent, station: str) -> tuple[str, Entry]:
    """One transition."""
    fact = event.fact
    fields = {"run": fact.id, "step": event.step}
    if fact.dry:
        fields["dry"] = "true"
    if event.text:
        fields["text"] = event.text
    command_id = next((s.command_id for s in fact.steps if s.id == event.step), "")
    if command_id:
        fields["command_id"] = command_id
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.ACT,
        who=event.who,
        station=station,
        subject=fact.procedure,
        what=f"RUN_{event.what}",
        old=event.old,
        new=event.new,
        result=event.reason,
        fields=fields,
    )
    return fact.id, Entry(record, _encode(fact))


def gone_entry(fact: RunFact, at: int) -> tuple[str, Entry]:
    """A run whose procedure the profile no longer has."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who="system:config",
        subject=fact.procedure,
        what="RUN_ABORT",
        new=fact.state,
        result=fact.reason,
        fields={"run": fact.id},
    )
    return fact.id, Entry(record, _encode(fact))


def refusal_entry(what: str, outcome: ActOutcome, person: Person, at: int) -> tuple[str, Entry]:
    """An act that was refused."""
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
