"""The paper of a shift handover: the list, its signatures and its deadline, and what is written down of each change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.core.batch import NS
from console.core.errors import HandoverRefused
from console.core.handover.facts import HandoverFact, HandoverItem, HandoverState, Party, list_digest
from console.core.handover.parties import Actor
from console.core.handover.reasons import HandoverReason
from console.core.handover.table import TABLE, HandoverInput, refusal

GRACE_NS = 60 * NS
"""How long a list that the city has changed may still be signed as it was read: nobody signs between two alarms of a
storm. What came after it is marked, and is the news of the new shift.
"""


class HandoverTimes(msgspec.Struct, frozen=True):
    """How long an offer waits for somebody, and how long the incoming person may do nothing."""

    offer_s: float = 1800.0
    accept_s: float = 1800.0


class HandoverEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One input that changed a handover, and the fact after it."""

    what: HandoverInput
    who: str
    station: str
    old: HandoverState
    new: HandoverState
    at: int
    text: str = ""
    items: tuple[HandoverItem, ...] = ()
    """The items it is about, as they are after it."""
    fact: HandoverFact


class _Read(msgspec.Struct, frozen=True):
    """A list that somebody may have read: until when it may be signed, and whether all of it was accepted."""

    digest: str
    until: int
    complete: bool


class Paper:
    """What the machine writes on; every change of the state goes through the table."""

    def __init__(
        self, fact: HandoverFact, baseline: Mapping[str, HandoverItem], times: HandoverTimes
    ) -> None:
        self._baseline = dict(baseline)
        self._times = times
        self.fact = fact
        self._due = math.inf
        self._events: list[HandoverEvent] = []
        self._recent: list[_Read] = []

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        return None if math.isinf(self._due) else self._due

    def events(self) -> list[HandoverEvent]:
        """What has happened since the last call; drains."""
        events, self._events = self._events, []
        return events

    def _item(self, key: str) -> HandoverItem:
        found = next((item for item in self.fact.items if item.key == key), None)
        if found is None:
            raise HandoverRefused(HandoverReason.UNKNOWN_ITEM)
        return found

    def _put(self, items: Sequence[HandoverItem]) -> None:
        """Items as they are now."""
        new = {item.key: item for item in items}
        self._listed(tuple(new.get(item.key, item) for item in self.fact.items))

    def _listed(self, items: tuple[HandoverItem, ...]) -> None:
        """What a person has changed: who signed the list before signs again, unless he has left."""
        fact = self.fact
        digest = list_digest(items, fact.remark)
        outgoing, incoming = fact.outgoing, fact.incoming
        if digest != fact.digest:
            self._recent.clear()
            incoming = unsigned(incoming) if incoming is not None else None
            outgoing = outgoing if fact.left_at else unsigned(outgoing)
        self._set(items=items, count=len(items), digest=digest, outgoing=outgoing, incoming=incoming)

    def _flowed(self, items: tuple[HandoverItem, ...], at: int) -> None:
        """What the city has changed: the list before may be signed for a while, and signatures stand."""
        fact = self.fact
        digest = list_digest(items, fact.remark)
        if digest != fact.digest:
            self._recent = [read for read in self._recent if read.until >= at]
            self._recent.append(_Read(fact.digest, at + GRACE_NS, not fact.remaining))
        self._set(items=items, count=len(items), digest=digest)

    def _read(self, digest: str, at: int) -> _Read | None:
        """A list as it is, or as it was a moment ago."""
        if digest == self.fact.digest:
            return _Read(digest, at, not self.fact.remaining)
        return next((read for read in self._recent if read.digest == digest and read.until >= at), None)

    def _overdue(self, at: int) -> bool:
        """Whether the incoming person signed too long ago for what came after it; then the signature is gone."""
        incoming = self.fact.incoming
        if incoming is None or not incoming.signed_at or not self.fact.remaining:
            return False
        if at - incoming.signed_at <= GRACE_NS:
            return False
        self._set(incoming=unsigned(incoming))
        return True

    def _wait(self, seconds: float, now: float, at: int) -> None:
        self._due = now + seconds
        self._set(until=at + int(seconds * NS))

    def _set(self, **changes: Any) -> None:
        self.fact = msgspec.structs.replace(self.fact, **changes)

    def _check(self, what: HandoverInput) -> None:
        if what not in TABLE[self.fact.state]:
            raise HandoverRefused(refusal(self.fact.state))

    def _move(
        self,
        what: HandoverInput,
        actor: Actor,
        at: int,
        text: str = "",
        items: Sequence[HandoverItem] = (),
    ) -> None:
        self._check(what)
        old, new = self.fact.state, TABLE[self.fact.state][what]
        self._set(state=new)
        event = HandoverEvent(
            what=what,
            who=actor.who,
            station=actor.station,
            old=old,
            new=new,
            at=at,
            text=text,
            items=tuple(items),
            fact=self.fact,
        )
        self._events.append(event)


def unsigned(party: Party) -> Party:
    """The party without a signature."""
    return msgspec.structs.replace(party, signed_at=0, proof="", signed_digest="")
