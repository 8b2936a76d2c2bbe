"""What the alarm service writes to the backbone: a record of each event, and the state it leaves by key.

Keys of alarms are `asset.alarm`; those of maintenance modes begin with `maintenance/`, those of definitions changed
at run time with `redefined/`, which no alarm's key can.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.alarm.events import ModeChange, ModeEvent
from console.core.alarm.facts import AlarmFact, AlarmState, MaintenanceFact, RtnCause
from console.core.alarm.flood import FloodEvent
from console.core.alarm.machine import AlarmInput
from console.core.journal import Record, RecordKind
from console.hub.backbone.base import Entry
from console.hub.person import Person

MODE = "maintenance/"
FLOOD = "flood"

_decode_fact = msgspec.msgpack.Decoder(AlarmFact).decode
_decode_mode = msgspec.msgpack.Decoder(MaintenanceFact | None).decode
_encode = msgspec.msgpack.Encoder().encode


class Kept(msgspec.Struct, frozen=True):
    """What was kept: facts by key of alarm, and the maintenance modes that are on."""

    facts: dict[str, AlarmFact]
    maintenance: list[MaintenanceFact]


def kept(states: Mapping[str, bytes]) -> Kept:
    """The states of the part as facts."""
    modes = [_decode_mode(body) for key, body in states.items() if key.startswith(MODE)]
    # The key of an alarm holds no stroke.
    facts = {key: _decode_fact(body) for key, body in states.items() if "/" not in key}
    return Kept(facts, [mode for mode in modes if mode is not None])


def alarm_entry(record: Record, fact: AlarmFact) -> tuple[str, Entry]:
    """A transition and the fact after it."""
    return record.subject, Entry(record, _encode(fact))


def gone_entry(key: str, fact: AlarmFact, at: int) -> tuple[str, Entry]:
    """An alarm that the profile no longer has ends; it was not the process that returned."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ALARM,
        who="system:config",
        subject=key,
        what=AlarmInput.RTN,
        old=fact.state.letter,
        new=AlarmState().letter,
        fields={"occurrence": fact.occurrence, "rtn_cause": RtnCause.SOURCE_DISABLED},
    )
    normal = msgspec.structs.replace(
        fact, state=AlarmState(), at_returned=at, rtn_cause=RtnCause.SOURCE_DISABLED
    )
    return alarm_entry(record, normal)


def mode_entry(event: ModeEvent, station: str) -> tuple[str, Entry]:
    """Maintenance mode of an area began or ended."""
    on = event.kind is ModeChange.MAINTENANCE_ON
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.ACT,
        who=event.who,
        station=station,
        subject=event.area,
        what=event.kind,
        fields={"reason": event.reason, "until": str(event.fact.until)},
    )
    return MODE + event.area, Entry(record, _encode(event.fact if on else None))


def flood_entry(event: FloodEvent) -> tuple[str, Entry]:
    """A flood began or ended."""
    record = Record(
        sequence=0,
        at=event.at,
        kind=RecordKind.SYSTEM,
        who="system:flood",
        subject=FLOOD,
        what=f"FLOOD_{event.change.upper()}",
        fields={"since": str(event.since_at), "alarms": str(event.alarms)},
    )
    return FLOOD, Entry(record)


def refusal_entry(what: str, outcome: ActOutcome, person: Person, at: int) -> tuple[str, Entry]:
    """An act that was refused."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who=person.who,
        station=person.station,
        subject=outcome.subject,
        what=what,
        result=outcome.reason,
    )
    return outcome.subject, Entry(record)
