"""Tags, areas and procedures over the wire: answered when durable, and in every snapshot (CMD-08, CMD-09)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from hub_room import Console, Room, hub_room, small_site

from console.core.command.control_facts import TagKind
from console.core.command.reasons import CommandReason
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.site import Site
from console.core.words import Text
from console.wire.messages import (
    ActOnRun,
    ActReply,
    AnswerTakeover,
    ForceArea,
    LeasesChanged,
    Message,
    PlaceTag,
    Pong,
    ReleaseArea,
    RemoveTag,
    RunsChanged,
    SnapshotDone,
    StartProcedure,
    TagsChanged,
    TakeArea,
)

R = CommandReason
NAME = Text("가", "a")
STEP = ProcedureStep(id="say", kind=StepKind.NOTE, label=NAME)
SITE: Site = msgspec.structs.replace(
    small_site(),
    procedures=(Procedure(id="drill", label=NAME, purpose=NAME, area="a", steps=(STEP,)),),
)


def over_the_wire(folder: Path, story: Callable[[Room, Console], Awaitable[None]]) -> None:
    async def run() -> None:
        async with hub_room(folder, SITE) as room, room.console() as console:
            await console.until(SnapshotDone)
            await story(room, console)

    asyncio.run(run())


async def asked(console: Console, message: Message) -> tuple[str, str]:
    """Subject and reason of the answer."""
    await console.send(message)
    request = str(getattr(message, "request"))  # noqa: B009 - every act has one
    reply = await console.until(ActReply, lambda reply: reply.request == request)
    return reply.results[0].subject, reply.results[0].reason


def test_a_tag_is_hung_seen_and_taken_down(tmp_path: Path) -> None:
    """CMD-08."""

    async def story(room: Room, console: Console) -> None:
        place = PlaceTag(request="1", asset="a0", kind=TagKind.INHIBIT_ON, text="정비")
        tag, reason = await asked(console, place)
        assert reason == ""
        assert [fact.id for fact in room.hub.standing().tags] == [tag]
        told = next(m for m in console.got if isinstance(m, TagsChanged))
        assert (told.tags[0].id, told.tags[0].owner) == (tag, "kim")
        async with room.console() as second:
            seen = await second.until(TagsChanged)
            assert seen.tags[0].id == tag
        bad = PlaceTag(request="2", asset="a0", kind=TagKind.INFO, text="a\u202eb")
        assert await asked(console, bad) == ("a0", R.FORMAT)
        assert await asked(console, RemoveTag(request="3", tag=tag)) == (tag, "")
        assert room.hub.standing().tags == []

    over_the_wire(tmp_path, story)


def test_an_area_is_taken_answered_forced_and_given_back(tmp_path: Path) -> None:
    """CMD-09, SEC-11."""

    async def story(room: Room, console: Console) -> None:
        assert await asked(console, TakeArea(request="1", area="a")) == ("a", "")
        assert await asked(console, AnswerTakeover(request="2", area="a", grant=True)) == ("a", R.NOT_WANTED)
        assert await asked(console, ForceArea(request="3", area="a", reason="x")) == ("a", R.ALREADY_HELD)
        assert [lease.holder for lease in room.hub.standing().leases] == ["kim"]
        async with room.console() as second:
            assert (await second.until(LeasesChanged)).leases[0].holder == "kim"
        assert await asked(console, ReleaseArea(request="4", area="a")) == ("a", "")
        assert room.hub.standing().leases == []

    over_the_wire(tmp_path, story)


def test_any_message_of_the_seat_keeps_its_areas(tmp_path: Path) -> None:
    """CMD-09: the heartbeat of the lease."""

    async def story(room: Room, console: Console) -> None:
        await asked(console, TakeArea(request="1", area="a"))
        lease = room.hub.areas._leases["a"]
        before = lease.next_deadline()
        assert before is not None
        await asyncio.sleep(0.05)
        await console.send(Pong(sequence=0))
        async with asyncio.timeout(5):
            while (lease.next_deadline() or 0.0) <= before:
                await asyncio.sleep(0.01)

    over_the_wire(tmp_path, story)


def test_a_procedure_is_started_and_its_run_acted_on(tmp_path: Path) -> None:
    async def story(room: Room, console: Console) -> None:
        run, reason = await asked(console, StartProcedure(request="1", procedure="drill"))
        assert reason == ""
        assert await asked(console, ActOnRun(request="2", run=run, act="confirm")) == (run, R.NOT_APPLICABLE)
        async with room.console() as second:
            assert (await second.until(RunsChanged)).runs[0].id == run
        assert await asked(console, ActOnRun(request="3", run=run, act="note", text="끝")) == (run, "")
        assert [str(fact.state) for fact in room.hub.standing().runs] == ["done"]
        assert await asked(console, ActOnRun(request="4", run=run, act="abort")) == (run, R.RUN_OVER)

    over_the_wire(tmp_path, story)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (PlaceTag(request="1", asset="nothing", kind=TagKind.INFO, text="x"), R.UNKNOWN_ASSET),
        (RemoveTag(request="1", tag="nothing"), R.UNKNOWN_TAG),
        (TakeArea(request="1", area="nothing"), R.UNKNOWN_AREA),
        (StartProcedure(request="1", procedure="nothing"), R.UNKNOWN_PROCEDURE),
        (ActOnRun(request="1", run="nothing", act="pause"), R.UNKNOWN_RUN),
    ],
)
def test_what_is_unknown_is_refused_by_name(tmp_path: Path, message: Message, reason: CommandReason) -> None:
    """CMD-14: exactly one code; a silent drop is a defect."""

    async def story(room: Room, console: Console) -> None:
        del room
        assert await asked(console, message) == ("nothing", reason)

    over_the_wire(tmp_path, story)
