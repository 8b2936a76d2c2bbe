"""What the journal keeps of commands: transitions, findings and refusals (CMD-13, SEC-15)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from console.core.command.events import CommandEvent
from console.core.command.facts import CommandFact, CommandRequest
from console.core.command.groups import Member
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.person import Person

Row = tuple[str, Entry]
_encode = msgspec.msgpack.Encoder().encode
decode_fact = msgspec.msgpack.Decoder(CommandFact).decode


def event_entry(event: CommandEvent, station: str) -> Row:
    """One transition, with the command after it."""
    fact = event.fact
    fields = {"command_id": event.command_id, "value": repr(fact.value), "by": fact.by}
    if fact.detail:
        fields["detail"] = fact.detail
    if fact.approver:
        fields["approver"] = fact.approver
    if fact.confirm is not None:
        fields["digest"] = fact.confirm.digest
    if fact.request.test:
        fields["test"] = "true"
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.COMMAND,
        who=event.who,
        station=station,
        subject=subject_of(fact.request),
        what=event.kind,
        old=event.old,
        new=event.new,
        result=event.reason,
        fields=fields,
    )
    return event.command_id, Entry(record, _encode(fact))


def finding_entry(event: CommandEvent) -> Row:
    """A diagnostic of the hub: an outcome that is unknown or contradicted, so that nobody overlooks it."""
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.SYSTEM,
        who="system:commands",
        subject=subject_of(event.fact.request),
        what=event.finding,
        new=event.new,
        result=event.reason,
        fields={"command_id": event.command_id, "by": event.fact.by},
    )
    return event.command_id, Entry(record)


def refusal_entry(request: CommandRequest, reason: str, person: Person, act: str, at: int) -> Row:
    """An act on a command that was refused and changed nothing."""
    return act_entry(request, person, act, at, {"result": reason})


def act_entry(request: CommandRequest, person: Person, act: str, at: int, fields: dict[str, str]) -> Row:
    """An act of a person on a command; `fields` may hold `result`, which is the record's own."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who=person.who,
        station=person.station,
        subject=subject_of(request),
        what=act,
        result=fields.get("result", ""),
        fields={"command_id": request.command_id, **{k: v for k, v in fields.items() if k != "result"}},
    )
    return request.command_id, Entry(record)


def group_entry(
    group_id: str, members: Sequence[Member], person: Person, at: int, sealed: dict[str, str]
) -> Row:
    """What a person confirmed as one: who goes, and who is held by what."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who=person.who,
        station=person.station,
        subject=f"group.{group_id}",
        what="EXECUTE_GROUP",
        fields={member.command_id: member.reason or "SENT" for member in members} | sealed,
    )
    return group_id, Entry(record)


def subject_of(request: CommandRequest) -> str:
    """What a record of a command is about."""
    return f"{request.asset}.{request.command}"
