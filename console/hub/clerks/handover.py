"""Shift handovers, for one seat."""

from __future__ import annotations

import asyncio

from console.core.alarm.acts import ActOutcome
from console.core.errors import HandoverRefused, IdentityRefused
from console.core.handover.facts import HandoverFact
from console.core.handover.parties import Actor, named
from console.core.handover.records import handovers_in
from console.core.ledger.chain import LAST_SEQUENCE
from console.hub.clerks.handlers import Handlers
from console.hub.handover.desk import HandoverAct
from console.hub.visit import Visit
from console.wire.messages import (
    AcceptHandoverItems,
    ActOnHandover,
    DraftHandover,
    HandoversReply,
    QueryHandovers,
    SignHandover,
)

MOST = 200
"""Handovers of one answer."""
MOST_SEEN = 500
"""Items accepted by one message."""
_RECORDS = 20_000
"""Records of one handover: its acts and its items."""


class HandoverClerk:
    """Hands over and takes over for one seat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._desk = visit.hub.handovers

    def handlers(self) -> Handlers:
        """What it takes."""
        return {
            DraftHandover: self._draft,
            ActOnHandover: self._act,
            AcceptHandoverItems: self._accept,
            SignHandover: self._sign,
            QueryHandovers: self._query,
        }

    async def _draft(self, message: DraftHandover) -> None:
        try:
            actor = self._actor(message.name)
        except HandoverRefused as refused:
            done = ActOutcome("", refused.reason_code)
        else:
            done = await self._desk.draft(message.areas, actor)
        await self._visit.reply(message.request, [done])

    async def _act(self, message: ActOnHandover) -> None:
        act = HandoverAct(
            act=message.act, key=message.key, mark=message.mark, text=message.text, to=message.to
        )
        try:
            actor = self._actor(message.name)
        except HandoverRefused as refused:
            done = ActOutcome(message.handover, refused.reason_code)
        else:
            done = await self._desk.act(message.handover, act, actor)
        await self._visit.reply(message.request, [done])

    async def _accept(self, message: AcceptHandoverItems) -> None:
        if len(message.seen) > MOST_SEEN:
            raise IndexError("seen")
        actor = self._actor("")
        done = await self._desk.accept(message.handover, message.seen, message.accepted, actor)
        await self._visit.reply(message.request, done)

    async def _sign(self, message: SignHandover) -> None:
        try:
            actor = self._actor(message.name)
        except HandoverRefused as refused:
            done = ActOutcome(message.handover, refused.reason_code)
        else:
            done = await self._signed(message, actor)
        await self._visit.reply(message.request, [done])

    async def _signed(self, message: SignHandover, actor: Actor) -> ActOutcome:
        # Whoever may not sign is told so before a password is looked at.
        reason = self._desk.may_sign(message.handover, message.digest, actor)
        if reason:
            return await self._desk.refuse_sign(message.handover, reason, actor)
        proof = "name" if actor.passwordless else "step_up"
        if message.password and not actor.passwordless:
            try:
                await self._visit.hub.people.prove_again(self._visit.principal(), message.password)
            except IdentityRefused as refused:
                return await self._desk.refuse_sign(message.handover, refused.reason_code, actor)
            proof = "password"
        return await self._desk.sign(message.handover, message.digest, proof, actor)

    async def _query(self, message: QueryHandovers) -> None:
        if message.handover:
            found = await self._whole(message.handover)
            answer = HandoversReply(request=message.request, handovers=() if found is None else (found,))
        else:
            limit = min(max(message.limit, 1), MOST)
            facts, more = self._desk.book.over(min(max(message.before, 0), LAST_SEQUENCE), limit)
            answer = HandoversReply(request=message.request, handovers=tuple(facts), more=more)
        await self._visit.say(answer)

    async def _whole(self, handover: str) -> HandoverFact | None:
        """With its items: of one that is over they are read from the ledger."""
        known = self._desk.book.fact(handover)
        if known is not None and not known.state.over:
            return known
        records = await asyncio.to_thread(self._visit.hub.journal.query, handover, _RECORDS)
        found = handovers_in(record for record in records if record.subject == handover)
        return found[-1] if found else known

    def _actor(self, name: str) -> Actor:
        person, session = self._visit.person(), self._visit.session
        passwordless = session is not None and session.machine.passwordless
        actor = Actor(
            who=person.who,
            name=person.shown,
            human="" if passwordless else person.human,
            station=person.station,
            session=person.session,
            supervisor=person.supervisor,
            passwordless=passwordless,
        )
        return named(actor, name)
