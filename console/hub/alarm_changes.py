"""Definitions changed at run time: in force until the profile says otherwise about the same alarm (ALM-13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from console.core.alarm.acts import Act, text_fault
from console.core.alarm.facts import RedefinedFact
from console.core.alarm.reasons import AlarmRefusal
from console.core.alarm.redefinition import differences, redefined
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.errors import AlarmRefused
from console.core.journal import Record, RecordKind
from console.core.site import AlarmDef, TagDef
from console.hub.backbone.base import Entry

KeyedEntry = tuple[str, Entry]

REDEFINED = "redefined/"
"""Keys of these states begin with it, which no alarm's key can."""
REDEFINE = "REDEFINE"


class _Kept(msgspec.Struct, frozen=True):
    """What is written down: the change, and the definition of the profile it was made of."""

    digest: str
    fact: RedefinedFact


_decode = msgspec.msgpack.Decoder(_Kept | None).decode
_encode = msgspec.msgpack.Encoder().encode


class Changes:
    """Changed definitions of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._facts: dict[int, RedefinedFact] = {}

    def facts(self) -> list[RedefinedFact]:
        """Every change that is in force."""
        return list(self._facts.values())

    def restore(self, states: Mapping[str, bytes], at: int) -> tuple[dict[int, AlarmDef], list[KeyedEntry]]:
        """Definitions to take up after a restart, and records of those that the profile has overtaken."""
        definitions: dict[int, AlarmDef] = {}
        gone: list[KeyedEntry] = []
        for state, body in states.items():
            kept = _decode(body) if state.startswith(REDEFINED) else None
            if kept is None:
                continue
            key = state.removeprefix(REDEFINED)
            point = self._known(key, kept.digest)
            if point is None:
                gone.append(_overtaken(key, kept.fact, at))
                continue
            values = {name: new for name, (_, new) in kept.fact.changes.items()}
            try:
                definitions[point.index] = redefined(point.alarm, values, self._tags(point))
            except AlarmRefused:
                gone.append(_overtaken(key, kept.fact, at))
                continue
            self._facts[point.index] = msgspec.structs.replace(kept.fact, alarm=point.index)
        return definitions, gone

    def judge(self, alarm: int, changes: Mapping[str, float], reason: str) -> AlarmDef:
        """The definition that would be in force: present values with `changes`. Raises AlarmRefused."""
        if not 0 <= alarm < len(self._catalogue.alarms):
            raise AlarmRefused(AlarmRefusal.UNKNOWN_ALARM)
        if not reason.strip():
            raise AlarmRefused(AlarmRefusal.REASON_REQUIRED)
        fault = text_fault(reason)
        if fault is not None:
            raise AlarmRefused(fault)
        point = self._catalogue.alarms[alarm]
        return redefined(self._present(point), changes, self._tags(point))

    def put(self, alarm: int, new: AlarmDef, act: Act, station: str, reason: str) -> KeyedEntry:
        """Takes a judged definition up; gives its record, with old and new value of each field."""
        point = self._catalogue.alarms[alarm]
        steps = differences(self._present(point), new)
        whole = differences(point.alarm, new)
        fact = RedefinedFact(alarm=alarm, by=act.who, at=act.at, reason=reason, changes=whole)
        if whole:
            self._facts[alarm] = fact
        else:
            # Back to what the profile says: nothing is changed any more.
            self._facts.pop(alarm, None)
        fields = {name: f"{old:g} -> {value:g}" for name, (old, value) in steps.items()}
        record = Record(
            sequence=0,
            at=act.at,
            kind=RecordKind.ACT,
            who=act.who,
            station=station,
            subject=point.key,
            what=REDEFINE,
            fields={**fields, "reason": reason},
        )
        kept = _Kept(_digest(point.alarm), fact) if whole else None
        return REDEFINED + point.key, Entry(record, _encode(kept))

    def _present(self, point: AlarmPoint) -> AlarmDef:
        fact = self._facts.get(point.index)
        if fact is None:
            return point.alarm
        values = {name: new for name, (_, new) in fact.changes.items()}
        return redefined(point.alarm, values, self._tags(point))

    def _known(self, key: str, digest: str) -> AlarmPoint | None:
        try:
            point = self._catalogue.alarms[self._catalogue.alarm_index(key)]
        except KeyError:
            return None
        return point if _digest(point.alarm) == digest else None

    def _tags(self, point: AlarmPoint) -> tuple[TagDef, ...]:
        return self._catalogue.types[point.asset.type].tags


def _digest(definition: AlarmDef) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(definition)).hexdigest()


def _overtaken(key: str, fact: RedefinedFact, at: int) -> KeyedEntry:
    """The profile has another definition now: the change is over."""
    record = Record(
        sequence=0,
        at=at,
        kind=RecordKind.SYSTEM,
        who="system:config",
        subject=key,
        what="REDEFINE_OVER",
        fields={"by": fact.by, "at": str(fact.at), "reason": fact.reason},
    )
    return REDEFINED + key, Entry(record, _encode(None))
