"""What happens between the broker and the device: what is not written, written again, or said of a test."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from control_room import KIM, LEE, ControlRoom, Field, SelectingField, gate_site, told

from console.core.command.facts import CommandState as S
from console.core.site import Site
from console.feeds.base import DeviceAnswer, DeviceCommand, DeviceSelection, FeedDown
from console.hub.carriage import Carriage
from console.hub.jobs import KEPT_NS


def idempotent_site() -> Site:
    site = gate_site()
    gate = site.types[0]
    start = msgspec.structs.replace(gate.commands[0], idempotent=True)
    return msgspec.structs.replace(
        site, types=(msgspec.structs.replace(gate, commands=(start, *gate.commands[1:])),)
    )


class BrokenField(SelectingField):
    """A line that breaks whenever something is written."""

    async def send(self, command: DeviceCommand, answer: object) -> None:
        raise FeedDown("closed", "cable")

    async def release(self, command: DeviceCommand) -> None:
        raise FeedDown("closed", "cable")

    async def cancel(self, command: DeviceCommand) -> None:
        raise FeedDown("closed", "cable")


def _nothing(*_given: object) -> None:
    """Does not send."""


def test_what_could_not_be_written_is_a_failure_and_nothing_unknown(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        request = room.request(command="start")
        assert await room.broker.submit(request, KIM) == ""
        await room.quiet()
        fact = room.fact(request)
        assert (fact.state, fact.reason, fact.detail) == (S.FAILED, "TARGET_OFFLINE", "closed cable")

    told(tmp_path, story, BrokenField())


@pytest.mark.expects_log("command")
def test_a_device_that_cannot_be_told_keeps_its_selection_and_the_command_ends(tmp_path: Path) -> None:
    """The cancel of something under way is no claim that it has stopped."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        assert await room.broker.cancel(request.command_id, KIM) == ""
        await room.quiet()
        assert room.state(request) is S.CANCELLED

    told(tmp_path, story, BrokenField())


def test_an_intent_that_is_not_on_disk_or_too_late_is_not_sent(tmp_path: Path) -> None:
    """CMD-02, CMD-03."""

    async def story(room: ControlRoom) -> None:
        first, second = room.request(command="start"), room.request("g1", "start")
        carriage = room.broker._carriage
        for request, durable, seconds, detail in (
            (first, False, 0.0, "not recorded"),
            (second, True, 10.5, "late"),
        ):
            setattr(room.broker._carriage, "send", _nothing)  # noqa: B010 - a method gives way on purpose
            assert await room.broker.submit(request, KIM) == ""
            job = room.broker.book.get(request.command_id)
            assert job is not None
            room.clock.move(seconds)
            Carriage.send(carriage, job, durable)
            fact = room.fact(request)
            assert (fact.state, fact.reason, fact.detail) == (S.FAILED, "TARGET_OFFLINE", detail)
        await room.quiet()
        assert room.field.sent == []

    told(tmp_path, story)


@pytest.mark.expects_log("command")
def test_what_may_be_repeated_is_repeated_with_the_same_id_three_times_in_all(tmp_path: Path) -> None:
    """CV-12 at the device."""

    async def story(room: ControlRoom) -> None:
        request = room.request(command="start")
        await room.broker.submit(request, KIM)
        for _ in range(5):
            await room.quiet()
            room.move(3.0)
        assert [command.command_id for command in room.field.sent] == [request.command_id] * 3
        assert room.state(request) is S.INDETERMINATE
        records = room.journal.query("g0.start", 20)
        assert [r.what for r in records if r.kind == "system"] == ["OUTCOME_UNKNOWN"]

    told(tmp_path, story, site=idempotent_site())


@pytest.mark.parametrize(
    ("honest", "state", "reason"), [(True, S.SUCCEEDED, ""), (False, S.FAILED, "TEST_NOT_REPORTED")]
)
def test_a_test_travels_to_the_device_and_needs_its_word(
    tmp_path: Path, honest: bool, state: S, reason: str
) -> None:
    """CMD-15."""

    async def story(room: ControlRoom) -> None:
        request = room.request(command="start", test=True)
        assert await room.broker.submit(request, KIM) == ""
        await room.quiet()
        assert [command.test for command in room.field.sent] == [True]
        room.field.answers[request.command_id](DeviceAnswer("done", test=honest))
        assert (room.state(request), room.fact(request).reason) == (state, reason)
        await room.quiet()
        found = [r.what for r in room.journal.query("g0.start", 20) if r.kind == "system"]
        assert found == ([] if honest else ["OUTCOME_CONTRADICTED"])
        assert await room.broker.submit(room.request(test=True), KIM) == "NO_TEST_MODE"

    told(tmp_path, story)


def test_local_mode_is_told_by_its_own_reason(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        refusal = DeviceAnswer("rejected", detail="423 local", cause="BLOCKED_BY_MODE")
        room.field.device = lambda command, answer: answer(refusal)
        request = room.request(command="start")
        await room.broker.submit(request, KIM)
        await room.quiet()
        assert (room.state(request), room.fact(request).reason) == (S.FAILED, "BLOCKED_BY_MODE")

    told(tmp_path, story)


def test_the_hub_as_a_whole_may_hold_commands_and_the_ledger_only_dangerous_ones(tmp_path: Path) -> None:
    """SEC-18; an emergency stop waits for no ledger."""

    async def story(room: ControlRoom) -> None:
        permits = room.desk.permits
        permits.ledger = lambda: False
        room.feel("g1.opening", 50.0)
        assert await room.broker.submit(room.request(), KIM) == "LEDGER_FAULT"
        assert await room.broker.submit(room.request("g1", "stop"), KIM) == ""
        assert await room.broker.submit(room.request("g2", "start"), KIM) == ""
        await room.quiet()
        assert [command.source for command in room.field.sent] == ["g1", "g2"]
        permits.hindrances.append(lambda: "CLOCK_SKEW")
        assert await room.broker.submit(room.request("g3", "start"), KIM) == "CLOCK_SKEW"

    told(tmp_path, story)


def test_an_id_is_remembered_for_a_day_after_its_command(tmp_path: Path) -> None:
    """CMD-01."""

    async def story(room: ControlRoom) -> None:
        unknown = room.request("g1", "start")
        await room.broker.submit(unknown, KIM)
        room.move(3.0)
        assert room.state(unknown) is S.INDETERMINATE
        room.fresh()
        request = await room.selected()
        await room.broker.cancel(request.command_id, KIM)
        room.move(KEPT_NS / 1e9 - 1.0)
        assert await room.broker.submit(request, KIM) == "BY_REQUESTER"
        room.move(60.0)
        assert room.broker.fact(request.command_id) is None
        # What is unknown is over only when somebody has said what became of it.
        assert room.state(unknown) is S.INDETERMINATE

    told(tmp_path, story)


def test_what_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    """CMD-14."""

    async def story(room: ControlRoom) -> None:
        nobody = "01JD0000000000000000000000"
        assert await room.broker.execute(nobody, "0" * 32, KIM) == "UNKNOWN_COMMAND"
        assert await room.broker.resolve(nobody, "DONE", "seen", KIM) == "UNKNOWN_COMMAND"
        request = await room.selected()
        assert await room.broker.resolve(request.command_id, "DONE", "seen", LEE) == "NOT_INDETERMINATE"
        assert room.broker.judged(room.request("g1"), KIM) == ""
        assert room.broker.judged(request, KIM) == "REPLAY"
        assert room.broker.judged(room.request("g1", value=500.0), KIM) == "OUT_OF_RANGE"
        assert room.broker.fact(room.request("g1").command_id) is None

    told(tmp_path, story)


@pytest.mark.expects_log("command")
def test_a_selection_that_comes_when_it_is_wanted_no_more_is_given_back(tmp_path: Path) -> None:
    field = SelectingField()

    async def story(room: ControlRoom) -> None:
        field.silent.clear()
        request = room.request()
        asking = asyncio.create_task(room.broker.submit(request, KIM))
        while not field.selected:
            await asyncio.sleep(0)
        assert await room.broker.cancel(request.command_id, KIM) == ""
        field.silent.set()
        assert await asking == "BY_REQUESTER"
        await room.quiet()
        assert field.released == [request.command_id] * 2
        assert room.told == {}

    told(tmp_path, story, field)


@pytest.mark.expects_log("command")
def test_a_line_that_breaks_during_the_selection_ends_it(tmp_path: Path) -> None:
    class Breaking(SelectingField):
        async def select(self, command: DeviceCommand, released: object) -> DeviceSelection:
            raise FeedDown("closed", "cable")

    async def story(room: ControlRoom) -> None:
        request = room.request()
        assert await room.broker.submit(request, KIM) == "TARGET_OFFLINE"
        assert room.state(request) is S.REJECTED

    told(tmp_path, story, Breaking())


def test_a_source_without_a_route_or_a_word_for_the_value_gets_nothing(tmp_path: Path) -> None:
    class Wordless(Field):
        def command(
            self, command_id: str, asset: str, command: str, value: float, *, test: bool = False
        ) -> None:
            if asset == "g1":
                raise ValueError("no word")

    async def story(room: ControlRoom) -> None:
        assert await room.broker.submit(room.request("g0"), KIM) == "UNSUPPORTED"
        assert await room.broker.submit(room.request("g1"), KIM) == "OUT_OF_RANGE"

    told(tmp_path, story, Wordless())
