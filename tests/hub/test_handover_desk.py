"""Shift handovers at the hub: durable, and responsibility moves with both signatures (CMD-09)."""

from __future__ import annotations

from pathlib import Path

import msgspec
from handover_room import CHOI, KIM, LEE, Entry, HandoverRoom, person, told

from console.core.command.reasons import CommandReason
from console.core.feed import FeedFact, FeedState
from console.core.handover.facts import Change, HandoverState, ItemKind, Seen
from console.core.handover.parties import Actor
from console.core.handover.reasons import HandoverReason
from console.core.handover.records import handovers_in
from console.core.journal import RecordKind
from console.hub.clock import SetClock
from console.wire.messages import HandoversChanged

R = HandoverReason
S = HandoverState
NS = 1_000_000_000


def test_areas_procedures_and_notes_follow_the_second_signature_and_not_the_first(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        areas, procedures = room.control.desk.areas, room.control.desk.procedures
        await areas.take("a", person(KIM))
        run = (await procedures.start("drain", False, person(KIM))).subject
        await room.hang("g0")
        room.notes.entries_.append(Entry("n1", room.clock.at()))
        handover = await room.draft("a", "b")
        kinds = [item.kind for item in room.fact(handover).items]
        assert kinds == [ItemKind.LOCKOUT, ItemKind.RUN, ItemKind.NOTE]
        assert await room.act(handover, "offer", KIM) == ""
        assert await room.act(handover, "take_up", LEE) == ""
        await room.accept_all(handover)
        assert await room.sign(handover, KIM) == ""
        assert room.holders() == {"a": "kim"}
        assert await room.sign(handover, LEE) == ""
        await room.desk.moved()
        assert room.holders() == {"a": "lee", "b": "lee"}
        fact = procedures.fact(run)
        assert fact is not None
        assert fact.by == "lee"
        done = room.fact(handover)
        assert (done.state, done.settled, done.moved, done.runs) == (S.SIGNED, True, ("a", "b"), (run,))
        assert (done.locked, room.notes.file.read_text("utf-8").split()[1]) == (1, "lee")
        assert [duty.who for duty in room.desk.duties()] == ["lee", "lee"]
        duty = room.desk.duty_of("b")
        assert duty is not None
        assert duty.handover == handover
        assert room.desk.duty_of("c") is None

    told(tmp_path, story)


def test_what_a_third_person_holds_stays_with_that_person(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        handover = await room.draft("a", "b")
        await room.control.desk.areas.take("b", person(CHOI))
        await room.act(handover, "offer", KIM)
        await room.act(handover, "take_up", LEE)
        await room.accept_all(handover)
        await room.sign(handover, LEE)
        await room.sign(handover, KIM)
        await room.desk.moved()
        assert room.holders() == {"a": "lee", "b": "choi"}
        assert (room.fact(handover).moved, room.fact(handover).kept) == (("a",), ("b",))

    told(tmp_path, story)


def test_a_draft_is_refused_for_one_reason_and_that_is_written_down(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        nameless = Actor("operator", "operator", "", "seat-1", "s", passwordless=True)
        await room.control.desk.areas.take("b", person(CHOI))
        cases = (
            ((), KIM, R.AREA_REQUIRED),
            (("x",), KIM, CommandReason.UNKNOWN_AREA),
            (("a",), nameless, R.NAME_REQUIRED),
            (("a", "b"), KIM, R.AREA_HELD_BY_OTHER),
        )
        for areas, actor, reason in cases:
            assert (await room.desk.draft(areas, actor)).reason == reason
        await room.draft("a")
        assert (await room.desk.draft(("a",), LEE)).reason == R.AREA_IN_HANDOVER
        refused = [r for r in room.journal.query("", 50) if r.kind is RecordKind.HANDOVER and r.result]
        assert [r.result for r in reversed(refused)] == [*(case[2] for case in cases), R.AREA_IN_HANDOVER]
        assert await room.act("none", "offer", KIM) == R.UNKNOWN_HANDOVER
        assert (await room.desk.accept("none", [], True, KIM))[0].reason == R.UNKNOWN_HANDOVER
        assert await room.act(next(iter(room.desk.book.open)), "dance", KIM) == CommandReason.NOT_APPLICABLE

    told(tmp_path, story)


def test_the_next_handover_is_told_from_the_last_one(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        first = await room.hang("g0")
        await room.hang("g1")
        room.notes.entries_.append(Entry("n1", room.clock.at()))
        before = await room.handed_over("a", "b")
        room.clock.move(100.0)
        await room.control.tags.remove(first, "", person(KIM))
        await room.hang("g2")
        room.feeds = [FeedFact(feed="field", state=FeedState.DOWN, since=room.clock.at(), why="closed")]
        handover = await room.draft("a", "b", actor=LEE)
        fact = room.fact(handover)
        assert {item.subject: item.change for item in fact.items} == {
            "g0": Change.ENDED,
            "g1": Change.STILL,
            "g2": Change.NEW,
            "field": Change.NEW,
        }
        assert fact.since == room.fact(before).ended_at
        assert fact.count == 4

    told(tmp_path, story)


def test_the_list_follows_the_city_while_it_is_accepted(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        tag = await room.hang("g0")
        handover = await room.draft("a")
        await room.act(handover, "offer", KIM)
        await room.act(handover, "take_up", LEE)
        await room.accept_all(handover)
        await room.control.tags.remove(tag, "", person(KIM))
        await room.hang("g1")
        await room.desk.look()
        fact = room.fact(handover)
        assert {(item.subject, item.change, item.moved, item.done) for item in fact.items} == {
            ("g1", Change.NEW, True, False),
            ("g0", Change.ENDED, True, False),
        }
        assert fact.remaining == 2
        assert await room.sign(handover, LEE) == R.ITEMS_LEFT
        told_last = [h.message for h in room.ring.after(0) or [] if isinstance(h.message, HandoversChanged)][
            -1
        ]
        assert told_last.handovers[0] == fact

    told(tmp_path, story)


def test_who_is_away_for_a_moment_has_not_left_and_who_signs_out_has(tmp_path: Path) -> None:
    """A console or a hub that starts again takes a moment; a session that has ended is an end."""

    async def story(room: HandoverRoom) -> None:
        handover = await room.draft("a")
        room.away.add("kim")
        await room.desk.look()
        room.clock.move(59.0)
        await room.desk.look()
        assert room.fact(handover).state is S.DRAFTED
        room.away.clear()
        await room.desk.look()
        room.away.add("kim")
        await room.desk.look()
        room.clock.move(59.0)
        await room.desk.look()
        assert room.fact(handover).state is S.DRAFTED
        room.desk.session_ended("session-kim")
        assert room.fact(handover).state is S.OFFERED
        assert room.fact(handover).left_at == room.clock.at()
        assert await room.act(handover, "take_up", LEE) == ""
        await room.accept_all(handover)
        room.away.add("lee")
        room.desk.session_ended("session-lee")
        assert room.fact(handover).state is S.OFFERED
        room.away.discard("lee")
        assert await room.act(handover, "take_up", LEE) == ""
        assert await room.sign(handover, LEE) == ""
        await room.desk.moved()
        done = room.fact(handover)
        assert (done.state, done.outgoing.signed_at, room.holders()) == (S.TAKEN, 0, {"a": "lee"})

    told(tmp_path, story)


def test_the_outgoing_person_comes_back(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        handover = await room.draft("a")
        room.away.add("kim")
        room.desk.session_ended("session-kim")
        room.away.clear()
        await room.desk.look()
        assert room.fact(handover).left_at == 0
        room.clock.move(1801.0)
        await room.desk.look()
        assert room.fact(handover).state is S.DRAFTED

    told(tmp_path, story)


def test_refusing_and_withdrawing_move_nothing_and_keep_what_was_written(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        await room.control.desk.areas.take("a", person(KIM))
        await room.hang("g0")
        handover = await room.draft("a")
        key = room.fact(handover).items[0].key
        assert await room.act(handover, "remark", KIM, key=key, text="부품 내일 도착") == ""
        await room.act(handover, "offer", KIM, to="lee")
        assert await room.act(handover, "take_up", CHOI) == R.OTHER_PERSON_NAMED
        assert await room.act(handover, "refuse", LEE, text="인원 부족") == ""
        assert room.holders() == {"a": "kim"}
        assert room.desk.duties() == []
        (kept,) = handovers_in(room.journal.query(handover, 100))
        assert (kept.state, kept.reason, kept.items[0].remark) == (S.REFUSED, "인원 부족", "부품 내일 도착")
        again = await room.draft("a")
        assert await room.act(again, "withdraw", KIM, text="다음 조가 늦음") == ""
        assert await room.act(again, "offer", KIM) == R.HANDOVER_OVER
        over, more = room.desk.book.over(0, 1)
        assert ([fact.id for fact in over], more) == ([again], True)
        assert room.fact(again).items == ()

    told(tmp_path, story)


def test_questions_and_objections_reach_the_other_side(tmp_path: Path) -> None:
    async def story(room: HandoverRoom) -> None:
        await room.hang("g0")
        await room.hang("g1")
        handover = await room.draft("a")
        await room.act(handover, "offer", KIM)
        await room.act(handover, "take_up", LEE)
        first, second = room.fact(handover).items
        assert await room.act(handover, "ask", LEE, key=first.key, text="언제까지?") == ""
        seen = [Seen(first.key, first.mark)]
        assert (await room.desk.accept(handover, seen, True, LEE))[0].reason == R.QUESTION_OPEN
        assert await room.act(handover, "answer", KIM, key=first.key, text="18시") == ""
        assert (await room.desk.accept(handover, seen, True, LEE))[0].reason == ""
        text = {"key": second.key, "mark": second.mark, "text": "점검 기록이 없음"}
        assert await room.act(handover, "object", LEE, **text) == ""
        assert room.fact(handover).remaining == 0
        assert (await room.desk.accept(handover, seen, False, LEE))[0].reason == ""
        assert await room.act(handover, "give_back", LEE, text="급한 일") == ""
        assert (room.fact(handover).state, room.fact(handover).reason) == (S.OFFERED, "급한 일")

    told(tmp_path, story)


def test_after_a_restart_everything_that_was_said_is_there(tmp_path: Path) -> None:
    found: list[str] = []

    async def before(room: HandoverRoom) -> None:
        await room.hang("g0")
        await room.handed_over("b")
        handover = await room.draft("a")
        await room.act(handover, "remark", KIM, text="조용한 밤")
        await room.act(handover, "offer", KIM)
        await room.act(handover, "take_up", LEE)
        await room.accept_all(handover)
        assert room.desk.may_sign(handover, "x", LEE) == R.LIST_CHANGED
        await room.sign(handover, LEE)
        found.append(handover)

    async def after(room: HandoverRoom) -> None:
        fact = room.fact(found[0])
        await room.desk.look()
        fact = room.fact(found[0])
        assert (fact.state, fact.remark, fact.remaining) == (S.ACCEPTING, "조용한 밤", 0)
        assert fact.incoming is not None
        assert fact.incoming.signed_at > 0
        assert [duty.area for duty in room.desk.duties()] == ["b"]
        assert await room.sign(found[0], KIM) == ""
        await room.desk.moved()
        assert room.fact(found[0]).state is S.SIGNED
        assert room.holders()["a"] == "lee"
        beat = person(LEE)
        room.control.desk.areas.beat(msgspec.structs.replace(beat, session="another"))
        assert room.control.desk.areas.hold("a", msgspec.structs.replace(beat, session="another")) == ""

    told(tmp_path, before)
    told(tmp_path, after, SetClock(at=1_800_000_010 * NS))
