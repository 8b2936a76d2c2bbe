"""One shift handover from its draft to the two signatures.

`now` is monotonic seconds, `at` the hub's UTC ns. Acts of persons raise HandoverRefused and then change nothing; what
the city or the clock does never raises. What an actor may do at all has been decided before (hub.needs).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from console.core.batch import NS
from console.core.errors import HandoverRefused
from console.core.handover.difference import difference
from console.core.handover.facts import HandoverFact, HandoverItem, HandoverState, Party
from console.core.handover.paper import HandoverEvent, HandoverTimes, Paper, unsigned
from console.core.handover.parties import Actor, party_of, plays, same_human, spoken
from console.core.handover.reasons import HandoverReason
from console.core.handover.table import HandoverInput

__all__ = ["SYSTEM", "HandoverEvent", "HandoverMachine", "HandoverTimes"]

_R = HandoverReason
_I = HandoverInput
SYSTEM = Actor("system:handover", "", "", "")


class HandoverMachine(Paper):
    """One handover; `baseline` is what was handed over last in its areas."""

    @classmethod
    def restored(
        cls,
        fact: HandoverFact,
        baseline: Mapping[str, HandoverItem],
        times: HandoverTimes,
        now: float,
        at: int,
    ) -> HandoverMachine:
        """A handover from before a restart: what was said and accepted holds, and its deadline comes when it would
        have come.
        """
        machine = cls(fact, baseline, times)
        if fact.until:
            machine._due = now + max(0, fact.until - at) / NS
        return machine

    # What the city and the clock do.

    def update(self, present: Iterable[HandoverItem], at: int) -> bool:
        """What stands now; whether that changed the list. It becomes an event only where something that was accepted
        or signed is touched: all else is told again by the city itself after a restart.
        """
        fact = self.fact
        if fact.state.over:
            return False
        before = {item.key: item for item in fact.items}
        offered = fact.state is not HandoverState.DRAFTED
        items = difference(self._baseline, present, before, offered=offered)
        changed = items != fact.items
        known = {item.key: item for item in items}
        touched = [
            known.get(key, item)
            for key, item in before.items()
            if item.accepted_by and not known.get(key, item).accepted_by
        ]
        if changed:
            self._flowed(items, at)
        voided = self._overdue(at)
        if touched or voided:
            self._move(_I.CHANGED, SYSTEM, at, items=touched)
        return changed or voided

    def left(self, at: int) -> None:
        """The outgoing person's last session has ended."""
        if not self.fact.state.over and not self.fact.left_at:
            self._set(left_at=at)
            if self.fact.state is not HandoverState.ACCEPTING:
                self._set(until=0, offered_at=self.fact.offered_at or at)
                self._due = math.inf
            self._move(_I.LEFT, SYSTEM, at)
            self._complete(SYSTEM, at)

    def back(self, now: float, at: int) -> None:
        """The outgoing person is here again, and an offer waits as long as any."""
        if self.fact.state.over or not self.fact.left_at:
            return
        self._come_back(SYSTEM, at)
        if self.fact.state is HandoverState.OFFERED:
            self._wait(self._times.offer_s, now, at)

    def incoming_gone(self, now: float, at: int) -> None:
        """The incoming person's last session has ended: what was accepted stays for him, his signature does not."""
        if self.fact.state is HandoverState.ACCEPTING:
            self._let_go(_I.SILENT, SYSTEM, now, at)

    def expire(self, now: float, at: int) -> None:
        """End what has taken too long."""
        if self._due > now:
            return
        self._due = math.inf
        if self.fact.state is HandoverState.OFFERED:
            self._set(until=0, offered_at=0, to="", outgoing=unsigned(self.fact.outgoing))
            self._move(_I.OFFER_DUE, SYSTEM, at)
        elif self.fact.state is HandoverState.ACCEPTING:
            self._let_go(_I.SILENT, SYSTEM, now, at)

    def settled(self, changes: Mapping[str, Any], at: int) -> None:
        """Areas, procedures and notes have followed; `changes` are fields of the fact."""
        if not self.fact.settled:
            self._set(settled=True, **changes)
            self._move(_I.SETTLED, SYSTEM, at)

    # What the outgoing person does.

    def remark(self, key: str, text: str, actor: Actor, at: int) -> None:
        """Write something beside an item, or (empty key) to the whole; an empty text takes it away."""
        self._outgoing(_I.REMARK, actor)
        text = spoken(text, empty=True)
        item = msgspec.structs.replace(self._item(key), remark=text) if key else None
        self._come_back(actor, at)
        if item is None:
            self._set(remark=text)
            self._listed(self.fact.items)
            self._move(_I.REMARK, actor, at, text=text)
            return
        self._put([item])
        self._move(_I.REMARK, actor, at, text=text, items=[item])

    def offer(self, to: str, actor: Actor, now: float, at: int) -> None:
        """Offer it to an account, or (empty) to whoever comes."""
        self._outgoing(_I.OFFER, actor)
        self._come_back(actor, at)
        self._set(to=to, offered_at=at)
        self._wait(self._times.offer_s, now, at)
        self._move(_I.OFFER, actor, at, text=to)

    def withdraw(self, reason: str, actor: Actor, at: int) -> None:
        """Take it back; where the outgoing person has left a supervisor may."""
        self._check(_I.WITHDRAW)
        if not (actor.supervisor and self.fact.left_at):
            self._outgoing(_I.WITHDRAW, actor)
        self._end(_I.WITHDRAW, spoken(reason, empty=True), actor, at)

    def answer(self, key: str, text: str, actor: Actor, at: int) -> None:
        """Answer what the incoming person asks."""
        self._outgoing(_I.ANSWER, actor)
        item = self._item(key)
        if not item.question:
            raise HandoverRefused(_R.NO_QUESTION)
        item = msgspec.structs.replace(item, answer=spoken(text))
        self._come_back(actor, at)
        self._put([item])
        self._move(_I.ANSWER, actor, at, text=item.answer, items=[item])

    # What the incoming person does.

    def take_up(self, actor: Actor, now: float, at: int) -> None:
        """Begin to accept; acceptances of another person do not count."""
        self._check(_I.TAKE_UP)
        fact = self.fact
        if not actor.human:
            raise HandoverRefused(_R.NAME_REQUIRED)
        if same_human(fact.outgoing, actor):
            raise HandoverRefused(_R.SAME_PERSON)
        if fact.to and fact.to != actor.who and not actor.passwordless:
            raise HandoverRefused(_R.OTHER_PERSON_NAMED)
        again = fact.incoming is not None and same_human(fact.incoming, actor)
        items = fact.items if again else tuple(_fresh(item) for item in fact.items)
        self._set(incoming=party_of(actor), taken_up_at=at)
        self._listed(items)
        self._wait(self._times.accept_s, now, at)
        self._move(_I.TAKE_UP, actor, at)

    def give_back(self, reason: str, actor: Actor, now: float, at: int) -> None:
        """Go on no further; it is offered again."""
        self._incoming(_I.GIVE_BACK, actor)
        self._set(reason=spoken(reason, empty=True))
        self._let_go(_I.GIVE_BACK, actor, now, at)

    def accept(
        self, seen: Sequence[tuple[str, str]], accepted: bool, actor: Actor, now: float, at: int
    ) -> list[tuple[str, str]]:
        """Accept items as they were seen (key and mark), or take that back; a reason for each, empty if done."""
        who = self._incoming(_I.ACCEPT, actor).name
        results: list[tuple[str, str]] = []
        changed: list[HandoverItem] = []
        known = {item.key: item for item in self.fact.items}
        for key, mark in seen:
            item = known.get(key)
            reason = _accept_refusal(item, mark, accepted=accepted)
            results.append((key, reason))
            if item is None or reason or bool(item.accepted_by) is accepted:
                continue
            item = msgspec.structs.replace(
                item,
                accepted_by=who if accepted else "",
                accepted_at=at if accepted else 0,
                moved=item.moved and not accepted,
            )
            changed.append(item)
            known[key] = item
        if changed:
            self._wait(self._times.accept_s, now, at)
            self._accepted(changed, accepted=accepted)
            self._move(_I.ACCEPT, actor, at, text="" if accepted else "back", items=changed)
        return results

    def ask(self, key: str, text: str, actor: Actor, now: float, at: int) -> None:
        """Ask something about an item; it cannot be accepted before the answer."""
        self._say(_I.ASK, self._item(key), text, actor, now, at)

    def object(self, key: str, mark: str, text: str, actor: Actor, now: float, at: int) -> None:
        """Accept an item as it was seen, under protest."""
        if self._item(key).mark != mark:
            raise HandoverRefused(_R.ITEM_CHANGED)
        self._say(_I.OBJECT, self._item(key), text, actor, now, at)

    def _say(
        self, what: HandoverInput, item: HandoverItem, text: str, actor: Actor, now: float, at: int
    ) -> None:
        who, objection = self._incoming(what, actor).name, what is _I.OBJECT
        item = msgspec.structs.replace(
            item,
            question=spoken(text),
            objection=objection,
            answer="",
            moved=item.moved and not objection,
            accepted_by=who if objection else "",
            accepted_at=at if objection else 0,
        )
        self._wait(self._times.accept_s, now, at)
        self._put([item])
        self._move(what, actor, at, text=item.question, items=[item])

    def refuse(self, reason: str, actor: Actor, at: int) -> None:
        """Not take it over, with a reason; responsibility stays where it is."""
        self._check(_I.REFUSE)
        if same_human(self.fact.outgoing, actor):
            raise HandoverRefused(_R.NOT_INCOMING)
        taken = self.fact.state is HandoverState.ACCEPTING and self.fact.incoming is not None
        if taken and not plays(self.fact.incoming, actor):
            raise HandoverRefused(_R.NOT_INCOMING)
        if self.fact.to and self.fact.to != actor.who and not actor.passwordless:
            raise HandoverRefused(_R.OTHER_PERSON_NAMED)
        self._end(_I.REFUSE, spoken(reason), actor, at)

    # What both do.

    def check_sign(self, digest: str, actor: Actor, at: int) -> HandoverInput:
        """Which of the two this person would sign as, now; raises HandoverRefused."""
        fact = self.fact
        if fact.state.over:
            raise HandoverRefused(_R.HANDOVER_OVER)
        party = self._signer(actor)
        what = _I.SIGN_OUTGOING if party is fact.outgoing else _I.SIGN_INCOMING
        self._check(what)
        if party.signed_at and party.signed_digest == fact.digest:
            raise HandoverRefused(_R.ALREADY_SIGNED)
        read = self._read(digest, at)
        if read is None:
            raise HandoverRefused(_R.LIST_CHANGED)
        if what is _I.SIGN_INCOMING and any(item.waits for item in fact.items):
            raise HandoverRefused(_R.QUESTION_OPEN)
        if what is _I.SIGN_INCOMING and not read.complete:
            raise HandoverRefused(_R.ITEMS_LEFT)
        return what

    def sign(self, digest: str, proof: str, actor: Actor, at: int) -> None:
        """Sign the list with this digest; the second signature ends the handover."""
        what = self.check_sign(digest, actor, at)
        if what is _I.SIGN_OUTGOING:
            self._come_back(actor, at)
        party = self.fact.outgoing if what is _I.SIGN_OUTGOING else self.fact.incoming
        assert party is not None
        signed = msgspec.structs.replace(
            party,
            signed_at=at,
            proof=proof,
            signed_digest=digest,
            station=actor.station,
            session=actor.shown_session,
        )
        self._set(**{"outgoing" if what is _I.SIGN_OUTGOING else "incoming": signed})
        self._move(what, actor, at, text=proof)
        self._complete(actor, at)

    def _complete(self, actor: Actor, at: int) -> None:
        """Both have signed; or the incoming one has, and nobody is there to sign beside him."""
        fact = self.fact
        if fact.state is not HandoverState.ACCEPTING or fact.incoming is None or not fact.incoming.signed_at:
            return
        if self._overdue(at):
            self._move(_I.CHANGED, SYSTEM, at)
            return
        if fact.outgoing.signed_at:
            what = _I.BOTH_SIGNED
        elif fact.left_at:
            what = _I.SIGNED_ALONE
        else:
            return
        self._due = math.inf
        self._set(until=0, ended_at=at, by=fact.incoming.who)
        self._move(what, actor, at, items=self.fact.items)

    def _signer(self, actor: Actor) -> Party:
        fact = self.fact
        if actor.passwordless and not actor.human:
            raise HandoverRefused(_R.NAME_REQUIRED)
        for party in (fact.outgoing, fact.incoming):
            if party is not None and same_human(party, actor):
                return party
        raise HandoverRefused(_R.NOT_A_PARTY)

    def _outgoing(self, what: HandoverInput, actor: Actor) -> None:
        self._check(what)
        if not plays(self.fact.outgoing, actor):
            raise HandoverRefused(_R.NOT_OUTGOING)

    def _come_back(self, actor: Actor, at: int) -> None:
        """The outgoing person is here again: a signature of an older list holds no longer."""
        if self.fact.left_at:
            outgoing = self.fact.outgoing
            stands = outgoing.signed_digest == self.fact.digest
            self._set(left_at=0, outgoing=outgoing if stands else unsigned(outgoing))
            self._move(_I.BACK, actor, at)

    def _incoming(self, what: HandoverInput, actor: Actor) -> Party:
        self._check(what)
        party = self.fact.incoming
        if party is None or not plays(party, actor):
            raise HandoverRefused(_R.NOT_INCOMING)
        return party

    def _accepted(self, items: Sequence[HandoverItem], *, accepted: bool) -> None:
        """An acceptance touches no signature; taking one back ends that of the incoming person."""
        self._put(items)
        incoming = self.fact.incoming
        if not accepted and incoming is not None:
            self._set(incoming=unsigned(incoming))

    def _let_go(self, what: HandoverInput, actor: Actor, now: float, at: int) -> None:
        """It is offered again; the incoming person keeps what he accepted, but not his signature."""
        if self.fact.incoming is not None:
            self._set(incoming=unsigned(self.fact.incoming))
        if self.fact.left_at:
            self._set(until=0)
            self._due = math.inf
        else:
            self._wait(self._times.offer_s, now, at)
        self._move(what, actor, at)

    def _end(self, what: HandoverInput, reason: str, actor: Actor, at: int) -> None:
        self._due = math.inf
        self._set(until=0, ended_at=at, by=actor.who, reason=reason)
        self._move(what, actor, at, text=reason)


def _accept_refusal(item: HandoverItem | None, mark: str, *, accepted: bool) -> str:
    if item is None:
        return _R.UNKNOWN_ITEM
    if accepted and item.waits:
        return _R.QUESTION_OPEN
    return _R.ITEM_CHANGED if accepted and item.mark != mark else ""


def _fresh(item: HandoverItem) -> HandoverItem:
    return msgspec.structs.replace(
        item, accepted_by="", accepted_at=0, question="", objection=False, answer="", moved=False
    )
