"""Shift handovers over the wire: who proves what, who may, what is told, and whom an escalated alarm calls (SEC-14)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from hub_room import hub_room, small_site
from people_room import PASSWORD, Sitter, at_work, people_room

from console.core.alarm.notify import Notice
from console.core.alarm.reminders import ESCALATION
from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.handover.facts import Duty, HandoverFact, HandoverState, Seen
from console.core.words import parse_words
from console.hub.alarms import AlarmService
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import SetClock
from console.hub.journal import Journal
from console.hub.notify.letters import LetterWriter
from console.hub.ring import EventRing
from console.wire.messages import (
    AcceptHandoverItems,
    ActOnHandover,
    ActReply,
    DraftHandover,
    HandoversChanged,
    HandoversReply,
    QueryHandovers,
    SignHandover,
    StepUp,
    TakeArea,
)
from resources import read_words_sources

S = HandoverState


def told(sitter: Sitter, handover: str) -> HandoverFact:
    """The handover as this console was told last."""
    messages = [m for m in sitter.console.got if isinstance(m, HandoversChanged)]
    return [fact for m in messages for fact in m.handovers if fact.id == handover][-1]


async def until(sitter: Sitter, handover: str, state: HandoverState) -> HandoverFact:
    def there(message: HandoversChanged) -> bool:
        return any(fact.id == handover and fact.state is state for fact in message.handovers)

    known = [m for m in sitter.console.got if isinstance(m, HandoversChanged) and there(m)]
    if not known:
        await sitter.console.until(HandoversChanged, there)
    return told(sitter, handover)


def act(handover: str, what: str, **fields: str) -> ActOnHandover:
    return msgspec.structs.replace(ActOnHandover(request="", handover=handover, act=what), **fields)


def sign(fact: HandoverFact, **fields: str) -> SignHandover:
    return msgspec.structs.replace(SignHandover(request="", handover=fact.id, digest=fact.digest), **fields)


def test_both_prove_who_they_are_and_nobody_else_takes_part(tmp_path: Path) -> None:
    """SEC-10, SEC-14: the right of holding the areas, and the password with the signature or a step-up before it."""

    async def story() -> None:
        async with (
            people_room(tmp_path) as room,
            at_work(room, "kim") as kim,
            at_work(room, "lee", "s2") as lee,
            at_work(room, "view", "s3") as view,
        ):
            assert (await kim.ask(TakeArea(request="", area="a"))).reason == ""
            assert (await view.ask(DraftHandover(request="", areas=("a",)))).reason == "NOT_AUTHORIZED"
            handover = (await kim.ask(DraftHandover(request="", areas=("a",)))).subject
            fact = await until(kim, handover, S.DRAFTED)
            assert (await kim.ask(act(handover, "offer"))).reason == ""
            assert (await view.ask(act(handover, "take_up"))).reason == "NOT_AUTHORIZED"
            assert (await kim.ask(act("none", "offer"))).reason == "UNKNOWN_HANDOVER"
            assert (await lee.ask(act(handover, "take_up"))).reason == ""
            fact = await until(lee, handover, S.ACCEPTING)
            assert (await lee.ask(sign(fact))).reason == "STEP_UP_REQUIRED"
            assert (await lee.ask(sign(fact, password="wrong"))).reason == "SIGN_IN_FAILED"
            assert (await lee.ask(StepUp(request="", password=PASSWORD))).reason == ""
            assert (await lee.ask(sign(fact))).reason == ""
            assert (await kim.ask(sign(fact, password=PASSWORD))).reason == ""
            done = await until(kim, handover, S.SIGNED)
            assert done.incoming is not None
            assert (done.outgoing.proof, done.incoming.proof, done.items) == ("password", "step_up", ())
            await room.hub.handovers.moved()
            assert room.hub.areas.holder("a") == "LEE"
            await view.send(QueryHandovers(request="q"))
            page = await view.console.until(HandoversReply, lambda reply: reply.request == "q")
            assert [one.id for one in page.handovers] == [handover]
            await view.send(QueryHandovers(request="one", handover=handover))
            whole = await view.console.until(HandoversReply, lambda reply: reply.request == "one")
            assert whole.handovers[0].state is S.SIGNED
            refused = [r for r in room.hub.journal.query(handover, 100) if r.result]
            assert "SIGN_IN_FAILED" in {record.result for record in refused}

    asyncio.run(story())


def test_at_a_single_seat_the_names_are_said_and_the_record_says_no_more(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            sitter = Sitter(console)
            assert (await sitter.ask(DraftHandover(request="", areas=("a",)))).reason == "NAME_REQUIRED"
            bad = DraftHandover(request="", areas=("a",), name="\u202eKim")
            assert (await sitter.ask(bad)).reason == "FORMAT"
            handover = (await sitter.ask(DraftHandover(request="", areas=("a",), name="김"))).subject
            assert (await sitter.ask(act(handover, "offer"))).reason == ""
            assert (await sitter.ask(act(handover, "take_up", name="김 "))).reason == "SAME_PERSON"
            assert (await sitter.ask(act(handover, "take_up", name="이"))).reason == ""
            fact = await until(sitter, handover, S.ACCEPTING)
            for name, reason in (("박", "NOT_A_PARTY"), ("김", ""), ("이", "")):
                assert (await sitter.ask(sign(fact, name=name))).reason == reason
            done = await until(sitter, handover, S.SIGNED)
            assert (done.outgoing.proof, done.outgoing.passwordless) == ("name", True)
            duty = room.hub.handovers.duty_of("a")
            assert duty is not None
            assert duty.name == "이"

    asyncio.run(story())


def test_more_items_than_a_message_may_have_are_refused_as_malformed(tmp_path: Path) -> None:
    async def story() -> None:
        async with people_room(tmp_path) as room, at_work(room, "kim") as kim:
            handover = (await kim.ask(DraftHandover(request="", areas=("a",)))).subject
            some = AcceptHandoverItems(request="", handover=handover, seen=(Seen("no", "no"),))
            assert (await kim.ask(some)).reason == "HANDOVER_STATE"
            many = AcceptHandoverItems(request="x", handover=handover, seen=(Seen("k", "m"),) * 501)
            await kim.send(many)
            alive = await kim.ask(act(handover, "withdraw"))
            assert alive.reason == ""
            replies = [m for m in kim.console.got if isinstance(m, ActReply) and m.request == "x"]
            assert replies == []

    asyncio.run(story())


def test_an_alarm_that_nobody_acknowledges_is_taken_to_who_answers_for_its_area(tmp_path: Path) -> None:
    """ALM-25: escalation follows the duty of the area."""

    async def story() -> None:
        clock, catalogue = SetClock(), Catalogue(small_site())
        journal = Journal(tmp_path / "journal.db")
        service = AlarmService(catalogue, LocalBackbone(journal, tmp_path), EventRing(), clock)
        service.on_duty = lambda _fact: "lee"
        await service.restore()
        recording = asyncio.create_task(service.run())
        service.samples(batch_of([0], [clock.at()], [99.0], [0]))
        clock.move(600.0)
        service.expire()
        await service.settled()
        records = journal.query("a0.high", 20)
        escalated = [record for record in records if record.who == ESCALATION]
        assert [record.fields["to"] for record in escalated] == ["lee"]
        assert all("to" not in record.fields for record in records if record.who != ESCALATION)
        recording.cancel()
        journal.close()

    asyncio.run(story())


def test_a_notice_names_who_answers_for_the_area() -> None:
    """ALM-29."""
    words = parse_words({"notify.toml": read_words_sources()["notify.toml"]})
    writer = LetterWriter(Catalogue(small_site()), words)
    notice = Notice(id="n", receiver="r", area="a", firing=(), ended=())
    assert writer.letter(notice, "ko").body["duty"] == ""
    writer.duty = lambda area: Duty(area=area, who="lee", name="이영희", since=NS, handover="h")
    letter: Any = writer.letter(notice, "ko")
    assert letter.body["duty"] == "lee"
    assert "이영희" in letter.text
