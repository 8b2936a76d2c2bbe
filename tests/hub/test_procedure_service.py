"""Procedures at the hub: steps recorded, commands by the broker, paused after a restart, nothing twice (CMD-02)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from control_room import KIM, LEE, Answer, ControlRoom, Field, control_room, gate_site, told

from console.core.command.control_facts import RunFact, RunState, StepState, TagKind
from console.core.command.reasons import CommandReason
from console.core.command.tags import TagOrder
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.site import Site
from console.core.words import Text
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.hub.clock import SetClock
from console.hub.procedures import OPEN_MAX, RunAct
from console.wire.messages import RunsChanged

R = CommandReason
S = RunState
NAME = Text("가", "a")


def step(name: str, kind: StepKind, **more: object) -> ProcedureStep:
    return msgspec.structs.replace(ProcedureStep(id=name, kind=kind, label=NAME), **more)


LOOK = step("look", StepKind.CHECK, when="at('g0').level < 4.5")
START = step("start", StepKind.COMMAND, asset="g0", command="start")
RUNNING = step("running", StepKind.WAIT, when="at('g0').run == 1", timeout_s=30.0)
OPEN = step("open", StepKind.COMMAND, asset="g0", command="open", value=40.0)
SAY = step("say", StepKind.NOTE)


def site(*steps: ProcedureStep) -> Site:
    procedure = Procedure(id="drain", label=NAME, purpose=NAME, area="a", steps=steps)
    return msgspec.structs.replace(gate_site(), procedures=(procedure,))


class Obedient(Field):
    """A field whose devices do at once what they are told, and show it."""

    room: ControlRoom | None = None

    def __init__(self) -> None:
        super().__init__()
        self.device = self._obey

    def _obey(self, command: DeviceCommand, answer: Answer) -> None:
        answer(DeviceAnswer("accepted"))
        answer(DeviceAnswer("done"))
        if self.room is not None and isinstance(command.value, float):
            self.room.clock.move(0.01)
            self.room.feel(f"{command.source}.{command.path}", command.value)


def run_fact(room: ControlRoom, run: str) -> RunFact:
    fact = room.desk.procedures.fact(run)
    assert fact is not None
    return fact


async def begun(room: ControlRoom, dry: bool = False) -> str:
    if isinstance(room.field, Obedient):
        room.field.room = room
    done = await room.desk.procedures.start("drain", dry, KIM)
    assert done.reason == ""
    await settle(room)
    return done.subject


async def settle(room: ControlRoom) -> None:
    """Everything that goes by itself has gone."""
    for _ in range(4):
        room.desk.procedures.watch()
        await room.quiet()


async def act(room: ControlRoom, run: str, what: str, text: str = "", token: str = "") -> str:
    done = await room.desk.procedures.act(run, RunAct(act=what, text=text, token=token), KIM)
    await settle(room)
    return done.reason


def steps(room: ControlRoom, run: str) -> list[str]:
    return [str(fact.state) for fact in run_fact(room, run).steps]


def test_a_run_goes_from_step_to_step_and_each_is_in_the_journal(tmp_path: Path) -> None:
    """Issue 4.4: command, wait, check, note and confirmation, C2 confirmed by who runs it."""

    async def story(room: ControlRoom) -> None:
        run = await begun(room)
        assert run_fact(room, run).state is S.WAITING
        assert steps(room, run) == ["done", "done", "done", "active", "open"]
        assert [c.value for c in room.field.sent] == [1.0]
        confirm = room.confirm(KIM)
        assert confirm.command_id == run_fact(room, run).steps[3].command_id
        assert await act(room, run, "execute", token="wrong") != ""
        assert run_fact(room, run).state is S.HELD
        assert await act(room, run, "retry") == ""
        assert await act(room, run, "execute", token=room.confirm(KIM).token) == ""
        assert steps(room, run) == ["done", "done", "done", "done", "active"]
        assert await act(room, run, "note", text="") == R.REASON_REQUIRED
        assert await act(room, run, "note", text="내수위 3.0 m") == ""
        fact = run_fact(room, run)
        assert (fact.state, fact.steps[4].text) == (S.DONE, "내수위 3.0 m")
        records = list(reversed(room.journal.query("drain", 100)))
        done = [r.fields["step"] for r in records if r.what in ("RUN_STEP_DONE", "RUN_NOTE")]
        assert done == ["look", "start", "running", "open", "say"]
        assert {r.fields["run"] for r in records if "run" in r.fields} == {run}
        last = [h.message for h in room.ring.after(0) or [] if isinstance(h.message, RunsChanged)][-1]
        assert last.runs == (fact,)

    told(tmp_path, story, Obedient(), site(LOOK, START, RUNNING, OPEN, SAY))


def test_a_step_that_fails_holds_the_run_until_a_person_decides(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        room.feel("g0.level", 5.0)
        run = await begun(room)
        fact = run_fact(room, run)
        assert (fact.state, fact.reason) == (S.HELD, R.CONDITION_FALSE)
        assert room.field.sent == []
        room.clock.move(60.0)
        assert await act(room, run, "retry") == ""
        assert run_fact(room, run).reason == R.CONDITION_UNKNOWN
        assert await act(room, run, "skip") == R.REASON_REQUIRED
        room.fresh()
        assert await act(room, run, "skip", text="현장 확인함") == ""
        assert [c.value for c in room.field.sent] == [1.0]
        assert await act(room, run, "dance") == R.NOT_APPLICABLE
        assert await act(room, run, "abort", text="그만") == ""
        assert await act(room, run, "resume") == R.RUN_OVER
        assert await act(room, "없음", "resume") == R.UNKNOWN_RUN

    told(tmp_path, story, Obedient(), site(LOOK, START, SAY))


def test_a_wait_ends_by_itself_or_by_its_time(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        run = await begun(room)
        assert steps(room, run) == ["active", "open"]
        room.clock.move(29.9)
        room.fresh()
        await settle(room)
        assert run_fact(room, run).state is S.WAITING
        room.clock.move(0.2)
        await settle(room)
        assert run_fact(room, run).reason == R.CONDITION_FALSE
        await act(room, run, "retry")
        room.feel("g0.run", 1.0)
        await settle(room)
        assert steps(room, run) == ["done", "active"]

    told(tmp_path, story, site=site(RUNNING, SAY))


@pytest.mark.parametrize("hindrance", ["tag", "interlock", "authority"])
def test_a_command_of_a_procedure_is_judged_like_any(tmp_path: Path, hindrance: str) -> None:
    """CMD-07, CMD-08, CMD-09: a procedure is no way round."""

    async def story(room: ControlRoom) -> None:
        reasons = {
            "tag": R.BLOCKED_BY_TAG,
            "interlock": R.BLOCKED_BY_INTERLOCK,
            "authority": R.AUTHORITY_HELD_BY_OTHER,
        }
        if hindrance == "tag":
            await room.tags.place(TagOrder(asset="g0", kind=TagKind.INHIBIT_ALL, text="점검"), LEE)
        elif hindrance == "interlock":
            room.feel("g0.level", 5.0)
        else:
            await room.desk.areas.take("a", LEE)
        run = await begun(room)
        assert (run_fact(room, run).state, run_fact(room, run).reason) == (S.HELD, reasons[hindrance])
        assert room.field.sent == []

    told(tmp_path, story, Obedient(), site(OPEN))


def test_a_dry_run_sends_nothing_and_says_what_would_hold_it(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        room.feel("g0.level", 5.0)
        run = await begun(room, dry=True)
        fact = run_fact(room, run)
        assert fact.state is S.DONE
        found = [(s.state, s.reason) for s in fact.steps]
        assert found == [
            (StepState.FAILED, R.CONDITION_FALSE),
            (StepState.DONE, ""),
            (StepState.DONE, R.CONDITION_FALSE),
            (StepState.FAILED, R.BLOCKED_BY_INTERLOCK),
            (StepState.DONE, ""),
        ]
        assert room.field.sent == []
        assert room.broker.facts() == []
        assert room.desk.areas.facts() == []

    told(tmp_path, story, Obedient(), site(LOOK, START, RUNNING, OPEN, SAY))


def test_a_procedure_runs_once_at_a_time_and_runs_are_bounded(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        procedures = room.desk.procedures
        await begun(room)
        assert (await procedures.start("drain", False, LEE)).reason == R.ALREADY_IN_EXECUTION
        assert (await procedures.start("없음", False, LEE)).reason == R.UNKNOWN_PROCEDURE
        for _ in range(OPEN_MAX - 1):
            assert (await procedures.start("drain", True, LEE)).reason == ""
        assert (await procedures.start("drain", True, LEE)).reason == R.TOO_MANY_OPS

    told(tmp_path, story, site=site(RUNNING, SAY))


def test_a_restart_leaves_a_run_paused_and_sends_nothing_again(tmp_path: Path) -> None:
    """CMD-02: the fate of its command is that of the broker; a person goes on."""

    async def story() -> None:
        plan = site(START, SAY)
        clock = SetClock()
        async with control_room(tmp_path, Field(), plan, clock) as room:
            run = await begun(room)
            assert len(room.field.sent) == 1
        field = Obedient()
        async with control_room(tmp_path, field, plan, clock) as room:
            field.room = room
            fact = run_fact(room, run)
            assert (fact.state, fact.steps[0].state) == (S.PAUSED, StepState.FAILED)
            assert fact.reason == R.HUB_RESTARTED_AFTER_SEND
            await settle(room)
            assert field.sent == []
            assert await act(room, run, "resume") == ""
            assert run_fact(room, run).state is S.HELD
            assert field.sent == []
            assert await act(room, run, "retry") == ""
            assert len(field.sent) == 1
            assert steps(room, run) == ["done", "active"]

    asyncio.run(story())


def test_a_run_that_waited_goes_on_where_it_was(tmp_path: Path) -> None:
    async def story() -> None:
        clock = SetClock()
        async with control_room(tmp_path, Obedient(), site(LOOK, SAY), clock) as room:
            run = await begun(room)
        async with control_room(tmp_path, Obedient(), site(LOOK, SAY), clock) as room:
            assert run_fact(room, run).reason == R.HUB_RESTARTED_BEFORE_SEND
            assert await act(room, run, "note", text="x") == R.NOT_APPLICABLE
            assert await act(room, run, "resume") == ""
            assert await act(room, run, "note", text="x") == ""
            assert run_fact(room, run).state is S.DONE
        async with control_room(tmp_path, Obedient(), site(LOOK, SAY), clock) as room:
            assert run_fact(room, run).state is S.DONE

    asyncio.run(story())


def test_a_run_whose_procedure_has_changed_is_given_up(tmp_path: Path) -> None:
    async def story() -> None:
        clock = SetClock()
        async with control_room(tmp_path, site=site(LOOK, SAY), clock=clock) as room:
            run = await begun(room)
        async with control_room(tmp_path, site=site(LOOK, START, SAY), clock=clock) as room:
            fact = run_fact(room, run)
            assert (fact.state, fact.reason) == (S.ABORTED, R.UNKNOWN_PROCEDURE)
            await room.desk.settled()
            assert room.journal.query("drain", 1)[0].who == "system:config"

    asyncio.run(story())


def test_a_lost_session_of_the_runner_holds_the_run(tmp_path: Path) -> None:
    """The command that waited for its confirmation is withdrawn, and another person takes the run on."""

    async def story(room: ControlRoom) -> None:
        run = await begun(room)
        room.desk.session_ended(KIM.session)
        await settle(room)
        assert (run_fact(room, run).state, run_fact(room, run).reason) == (S.HELD, R.SESSION_LOST)
        done = await room.desk.procedures.act(run, RunAct(act="retry"), LEE)
        assert done.reason == ""
        await settle(room)
        token = room.confirm(LEE).token
        assert (await room.desk.procedures.act(run, RunAct(act="execute", token=token), LEE)).reason == ""
        await settle(room)
        assert len(room.field.sent) == 1

    told(tmp_path, story, Obedient(), site(OPEN, SAY))
