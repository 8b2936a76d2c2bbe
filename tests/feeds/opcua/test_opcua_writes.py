"""Commands as writes that are read back."""

from __future__ import annotations

import asyncio

import pytest
from feed_stage import run
from opcua_feeds import answered, fed, order, points
from opcua_stage import Plant

from console.feeds.base import FeedDown


@pytest.mark.parametrize(
    ("path", "value", "node", "stored"),
    [
        ("level", 7.5, "level", 7.5),
        ("flow", 0.1, "flow", pytest.approx(0.1)),
        ("running", 1.0, "running", True),
        ("running", "off", "running", False),
        ("count", 12.0, "count", 12),
        ("count", "13", "count", 13),
        ("name", "new", "name", "new"),
        ("state", "tripped", "state", 2),
        ("/level", 8.5, "level", 8.5),
    ],
)
def test_a_write_is_accepted_and_done_when_it_is_read_back(
    plant: Plant, path: str, value: float | str, node: str, stored: object
) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("level")) as (feed, _):
            answers = await answered(feed, order(path, value))
            assert [answer.kind for answer in answers] == ["accepted", "done"]

    run(scene())
    assert plant.get(node) == stored


def test_the_servers_word_is_taken_where_the_profile_says_so(plant: Plant) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("level"), readback_s=0.0) as (feed, _):
            answers = await answered(feed, order("level", 7.5), 1)
            assert [answer.kind for answer in answers] == ["accepted_final"]

    run(scene())


def test_a_value_that_does_not_stay_is_a_failure_that_says_what_is_there(plant: Plant) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("level"), readback_s=0.5) as (feed, _):
            stop = False

            async def undo() -> None:
                while not stop:
                    if await plant.nodes["level"].read_value() != 1.5:
                        await plant.nodes["level"].write_value(1.5)
                    await asyncio.sleep(0.0)

            # The device takes a value and falls back at once, as one in local mode does.
            plant_task = asyncio.run_coroutine_threadsafe(undo(), plant._loop)
            answers = await answered(feed, order("level", 99.0))
            stop = True
            await asyncio.wrap_future(plant_task)
            assert [answer.kind for answer in answers] == ["accepted", "failed"]
            assert (answers[-1].detail, answers[-1].cause) == ("1.5", "DEVIATION")

    run(scene())


@pytest.mark.parametrize(
    ("path", "value", "detail"),
    [
        ("locked", 2.0, "BadNotWritable"),
        ("nothing", 2.0, "BadNodeIdUnknown"),
        ("count", 1.5, "not a whole number"),
        ("running", 3.0, "neither true nor false"),
        ("state", "asleep", "not a whole number"),
        ("level", "high", "could not convert"),
        ("many#1", 2.0, "element of an array"),
        ("raw", 2.0, "cannot be written"),
    ],
)
def test_a_write_that_cannot_be_is_rejected_with_its_reason(
    plant: Plant, path: str, value: float | str, detail: str
) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("level")) as (feed, _):
            answers = await answered(feed, order(path, value), 1)
            assert [answer.kind for answer in answers] == ["rejected"]
            assert detail in answers[0].detail or answers[0].detail == "BadUserAccessDenied"

    run(scene())


def test_a_test_or_a_command_without_a_session_is_told_before_anything_is_written(plant: Plant) -> None:
    """CMD-15: a write cannot say what it would do."""

    async def scene() -> None:
        async with fed(plant.url, points("level")) as (feed, _):
            with pytest.raises(FeedDown) as caught:
                await feed.send(order("level", 9.0, test=True), lambda answer: None)
            assert caught.value.why == "no_tests"
        with pytest.raises(FeedDown) as caught:
            await feed.send(order("level", 9.0), lambda answer: None)
        assert caught.value.why == "not_connected"

    run(scene())
    assert plant.get("level") == 1.5
