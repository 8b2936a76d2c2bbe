"""Tags at the hub: durable before the answer, back after a restart, told to all; they stop what is open (CMD-08)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from control_room import KIM, LEE, ControlRoom, control_room, told

from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandState
from console.core.command.reasons import CommandReason
from console.core.command.tags import TagOrder
from console.hub.backbone.base import Part
from console.hub.person import Person
from console.wire.messages import TagsChanged

R = CommandReason
BOSS = Person("boss", "seat-3", supervisor=True, session="session-boss", name="박 팀장")


def order(kind: TagKind = TagKind.INHIBIT_ALL, asset: str = "g0", words: str = "제진기 점검") -> TagOrder:
    return TagOrder(asset=asset, kind=kind, text=words)


def told_tags(room: ControlRoom) -> list[TagsChanged]:
    happened = room.ring.after(0) or []
    return [h.message for h in happened if isinstance(h.message, TagsChanged)]


def test_a_tag_is_durable_when_it_is_answered_and_every_console_is_told(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        done = await room.tags.place(order(), BOSS)
        assert done.reason == ""
        _, states = await room.backbone.state(Part.TAGS)
        assert list(states) == [done.subject]
        fact = room.tags.facts()[0]
        assert (fact.id, fact.owner, fact.owner_name) == (done.subject, "boss", "박 팀장")
        assert told_tags(room)[-1].tags == (fact,)
        record = room.journal.query("g0", 5)[0]
        assert (record.what, record.new, record.who, record.fields["text"]) == (
            "TAG_PLACE",
            "INHIBIT_ALL",
            "boss",
            "제진기 점검",
        )

    told(tmp_path, story)


def test_tags_hang_again_after_a_restart_and_what_was_taken_down_stays_down(tmp_path: Path) -> None:
    """CMD-08."""

    async def story() -> None:
        async with control_room(tmp_path) as room:
            kept = await room.tags.place(order(), KIM)
            gone = await room.tags.place(order(asset="g1"), KIM)
            await room.tags.remove(gone.subject, "", KIM)
            assert told_tags(room)[-1].tags[0].removed > 0
        async with control_room(tmp_path) as room:
            assert [fact.id for fact in room.tags.facts()] == [kept.subject]
            assert await room.broker.submit(room.request(), KIM) == R.BLOCKED_BY_TAG
            assert await room.broker.submit(room.request("g1"), KIM) == ""

    asyncio.run(story())


def test_only_the_owner_or_a_supervisor_with_a_reason_takes_it_down(tmp_path: Path) -> None:
    """CMD-08: each refusal is in the journal."""

    async def story(room: ControlRoom) -> None:
        tag = (await room.tags.place(order(), KIM)).subject
        for person, why, reason in ((LEE, "급함", R.NOT_OWNER), (BOSS, " ", R.REASON_REQUIRED)):
            assert (await room.tags.remove(tag, why, person)).reason == reason
        assert (await room.tags.remove("없음", "", BOSS)).reason == R.UNKNOWN_TAG
        results = [(r.who, r.what, r.result) for r in room.journal.query(tag, 5)]
        assert results == [("boss", "TAG_REMOVE", R.REASON_REQUIRED), ("lee", "TAG_REMOVE", R.NOT_OWNER)]
        assert (await room.tags.remove(tag, "작업자 철수 확인", BOSS)).reason == ""
        assert room.journal.query("g0", 1)[0].fields["reason"] == "작업자 철수 확인"

    told(tmp_path, story)


def test_a_tag_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        before = room.ring.sequence
        for bad, reason in (
            (order(words=""), R.REASON_REQUIRED),
            (order(words="a\nb"), R.FORMAT),
            (order(asset="x" * 500), R.UNKNOWN_ASSET),
        ):
            assert (await room.tags.place(bad, KIM)).reason == reason
        assert room.tags.facts() == []
        assert room.ring.sequence == before
        assert len(room.journal.query("", 1)[0].subject) <= 120

    told(tmp_path, story)


def test_a_command_that_waits_ends_when_a_tag_is_hung(tmp_path: Path) -> None:
    """CMD-08: the confirmation withdraws itself."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        await room.tags.place(order(TagKind.CAUTION, asset="g1"), LEE)
        assert room.state(request) is CommandState.SELECTED
        await room.tags.place(order(TagKind.INHIBIT_ON), LEE)
        assert room.fact(request).state is CommandState.REJECTED
        assert room.fact(request).reason == R.BLOCKED_BY_TAG
        assert room.field.sent == []

    told(tmp_path, story)
