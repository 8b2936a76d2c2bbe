"""The factories of the demo city through Sparkplug B: orders end verified, a dead node's values are stale at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from typing import Any

import msgspec
import pytest
from people_seat import PersonSeat
from script_seat import ScriptSeat
from town import Town

from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.mqtt_link import open_link
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options
from console.feeds.sparkplug.payload import DataType, Metric, Payload, write_payload
from console.wire.messages import CancelCommand

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

LINE, WELDING = "hwajeon-auto-1", "noksan-ship-1"
SENT = (CommandState.SENT, CommandState.EXECUTING, CommandState.VERIFYING)
DONE = (CommandState.SUCCEEDED, CommandState.FAILED, CommandState.REJECTED, CommandState.INDETERMINATE)


class Seat(PersonSeat):
    """A seat of a hub without accounts."""

    def begin(self) -> None:
        """As a script does."""
        ScriptSeat.begin(self)

    def carried_out(self, order: CommandRequest) -> CommandFact:
        """Ask, confirm where that is wanted, and wait for the end."""
        self.sent(order)
        return self.until_state(order, *DONE)

    def sent(self, order: CommandRequest) -> None:
        """Ask and confirm."""
        assert self.request(order).reason == ""
        self.until_state(order, CommandState.SELECTED, *SENT, *DONE)
        if self.commands[order.command_id].state is CommandState.SELECTED:
            assert self.execute(self.confirm(order)).reason == ""

    def quality(self, key: str) -> int:
        """Quality of a tag."""
        return self.value(key)[2]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"), speed=2.0)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(town: Town) -> Generator[Seat, None, None]:
    """One seat for all: it holds the area of what it has ordered."""
    with Seat(town.url, town.secret, "kim", "", "seat-1") as made:
        made.until("the lines are known", lambda: made.quality(f"{LINE}.state") == Quality.GOOD)
        yield made


def say(town: Town, topic: str, payload: bytes) -> None:
    """Publish to the city's broker as anybody could."""

    nobody: Any = object()
    text = Text("가", "a")
    feed = FeedDef(
        id="x", adapter="mqtt", url=town.feeds["factory"], label=text, options={"watch_drops": False}
    )

    async def story() -> None:
        options = link_options(feed, Options(feed, LINK_OPTIONS))
        taken = asyncio.Event()
        async with asyncio.timeout(20), open_link(options, nobody) as link:
            await link.publish(Message(topic, payload, 1), lambda _code: taken.set())
            await taken.wait()

    asyncio.run(story())


def test_an_order_ends_verified_by_its_feedback(seat: Seat) -> None:
    """CMD-20: the next data confirm it, the tag proves it."""
    fact = seat.carried_out(seat.order(LINE, "speed_set", 90.0))
    assert (fact.state, fact.verified, fact.reason) == (CommandState.SUCCEEDED, True, "")
    seat.until("its speed", lambda: seat.value(f"{LINE}.speed_override")[1] == 90.0)
    held = seat.carried_out(seat.order(LINE, "hold"))
    assert (held.state, held.verified) == (CommandState.SUCCEEDED, True)
    again = seat.carried_out(seat.order(LINE, "run"))
    assert (again.state, again.verified) == (CommandState.SUCCEEDED, True)


def test_a_step_that_is_too_large_is_refused_by_the_hub(seat: Seat) -> None:
    order = seat.order(LINE, "speed_set", 50.0)
    reply = seat.request(order)
    assert reply.reason == "STEP_LIMIT" or seat.until_state(order, *DONE).reason == "STEP_LIMIT"


def test_a_test_is_answered_as_one_and_nothing_moves(seat: Seat) -> None:
    """CMD-15."""
    order = msgspec.structs.replace(seat.order(LINE, "hold"), test=True)
    fact = seat.carried_out(order)
    assert (fact.state, fact.verified) == (CommandState.SUCCEEDED, False)
    assert seat.value(f"{LINE}.state")[1] != 3.0


def test_a_machine_that_is_busy_says_so_and_a_cancel_comes_too_late(seat: Seat, town: Town) -> None:
    """Somebody beside us has ordered it to hold; the welding line takes eight seconds of the city for it."""
    rival = Metric(name="Command/State", datatype=DataType.STRING, value="HOLD")
    at = time.time_ns() // 1_000_000
    order = seat.order(WELDING, "hold")
    assert seat.request(order).reason == ""
    confirm = seat.confirm(order)
    payload = write_payload(Payload(at=at, metrics=[rival]))
    say(town, f"spBv1.0/Busan/DCMD/Factory/{WELDING}", payload)
    assert seat.execute(confirm).reason == ""
    fact = seat.until_state(order, *DONE)
    assert fact.state in (CommandState.FAILED, CommandState.REJECTED)
    assert "an earlier order is still running" in fact.detail
    assert seat.ask(CancelCommand(request="late", command_id=order.command_id)).reason == "ALREADY_FINISHED"


def test_a_killed_node_makes_its_points_stale_at_once_and_a_rebirth_brings_them_back(
    seat: Seat, town: Town
) -> None:
    tags = [tag.index for tag in seat.catalogue.tags if tag.asset.type.endswith("-line")]
    assert len(tags) > 90
    say(town, "city/factory/node", b"down 4")
    began = time.monotonic()
    seat.until("all stale", lambda: {seat.values[tag][2] for tag in tags} == {Quality.STALE})
    assert time.monotonic() - began < 3.0
    # The connection to the broker holds: only the node is dead.
    assert seat.feeds["factory"].state in (FeedState.LIVE, FeedState.LATE)
    order = seat.order(LINE, "speed_set", 80.0)
    assert seat.request(order).reason == "STALE_FEEDBACK" or (
        seat.until_state(order, *DONE).state is CommandState.REJECTED
    )
    seat.until("all good", lambda: {seat.values[tag][2] for tag in tags} == {Quality.GOOD})
    assert seat.feeds["factory"].state is FeedState.LIVE


def test_a_broker_that_restarts_is_found_again(seat: Seat, town: Town) -> None:
    say(town, "city/factory/broker", b"down 1")
    seat.until("down", lambda: seat.feeds["factory"].state is FeedState.DOWN)
    # What was said meanwhile is lost, and that is shown for a while.
    seat.until("back", lambda: seat.feeds["factory"].state in (FeedState.LIVE, FeedState.GAP))
    seat.until("good", lambda: seat.quality(f"{LINE}.vibration") == Quality.GOOD)
    fact = seat.carried_out(seat.order(LINE, "speed_set", 100.0))
    assert (fact.state, fact.verified) == (CommandState.SUCCEEDED, True)


def test_the_host_that_leaves_takes_the_node_with_it_and_the_next_one_brings_it_back(town: Town) -> None:
    """Sparkplug 3.0 clause 6.3.11: what the node says when nobody waits for it would be lost."""
    town.kill_hub()
    time.sleep(0.5)
    town.start_hub()
    with Seat(town.url, town.secret, "kim", "", "seat-1") as seat:
        seat.until("good", lambda: seat.quality(f"{LINE}.vibration") == Quality.GOOD)
        assert seat.feeds["factory"].state is FeedState.LIVE
