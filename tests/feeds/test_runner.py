"""The life of a feed: losses, back-off, defects, commands."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping

import pytest
from feed_stage import CATALOGUE, HandClock, HubBook, feed_def, run
from hypothesis import given
from hypothesis import strategies as st

from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, Feed, FeedDown, FeedSink, Position, Reading
from console.feeds.mapping import FeedMapping
from console.feeds.runner import FeedRunner, Timing, wait_s

LEVEL = Reading("p1", "level", 1.0)
Life = Callable[[FeedSink], Awaitable[None]]


class ScriptedFeed:
    """An adapter whose lives are written beforehand; after the last it stays connected."""

    def __init__(self, *lives: Life) -> None:
        self._lives = list(lives)
        self.sent: list[DeviceCommand] = []
        self.over = asyncio.Event()

    async def run(self, sink: FeedSink) -> None:
        """As Feed."""
        if not self._lives:
            self.over.set()
            await asyncio.Event().wait()
        await self._lives.pop(0)(sink)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """As Feed."""
        self.sent.append(command)
        answer(DeviceAnswer("accepted_final"))


async def deliver_then_close(sink: FeedSink) -> None:
    sink.readings([LEVEL])
    raise FeedDown("closed", "1001 going away")


async def refuse_connection(sink: FeedSink) -> None:
    raise FeedDown("unreachable", "connection refused")


async def refuse_credentials(sink: FeedSink) -> None:
    raise FeedDown("credentials", "HTTP 401", refused=True)


async def break_down(sink: FeedSink) -> None:
    raise KeyError("a defect")


async def deliver_and_end(sink: FeedSink) -> None:
    sink.readings([LEVEL])


class Stage:
    """A runner with a hand-moved clock whose waits pass at once and are remembered."""

    def __init__(self, *lives: Life, definition: FeedDef | None = None, random: float = 0.5) -> None:
        self.clock = HandClock()
        self.book = HubBook()
        self.waits: list[float] = []
        self.feed = ScriptedFeed(*lives)
        made = definition or feed_def("columns", "ws://127.0.0.1:1")
        timing = Timing(self.clock, lambda: random, self._sleep)
        feed: Feed = self.feed
        self.runner = FeedRunner(made, feed, FeedMapping(CATALOGUE, made), self.book, timing)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.move(seconds)
        await asyncio.sleep(0)

    async def play(self) -> None:
        """Run until all written lives are over."""
        task = asyncio.create_task(self.runner.run())
        async with asyncio.timeout(5):
            await self.feed.over.wait()
        await self.stop(task)

    async def stop(self, task: asyncio.Task[None]) -> None:
        """End the runner as the hub does."""
        task.cancel()
        await asyncio.wait((task,))


@pytest.mark.expects_log("feed")
def test_a_loss_marks_all_tags_at_its_moment_and_its_end() -> None:
    """Feeds that drop reconnect; a gap is recorded and shown as a gap."""

    async def scene() -> None:
        stage = Stage(deliver_then_close, deliver_then_close)
        await stage.play()
        began = 1_800_000_000_000_000_000
        assert stage.book.events[:6] == [
            "live", "batch", f"lost [0, 1] {began}", "down", f"back [0, 1] {began + 250_000_000}", "gap"
        ]  # fmt: skip
        assert stage.runner.fact().gaps == 1

    run(scene())


@pytest.mark.expects_log("feed")
def test_waiting_grows_to_half_a_minute() -> None:
    async def scene() -> list[float]:
        stage = Stage(*[refuse_connection] * 10, random=1.0)
        await stage.play()
        return stage.waits

    assert run(scene()) == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_jitter_takes_the_whole_of_the_wait(attempt: int, random: float) -> None:
    assert 0 <= wait_s(attempt, random) <= min(30.0, 0.5 * 2.0 ** min(attempt, 16))
    assert wait_s(attempt, 0.0) == 0.0


@pytest.mark.expects_log("feed")
def test_a_refused_feed_is_asked_rarely_and_says_so() -> None:
    async def scene() -> None:
        stage = Stage(refuse_credentials)
        await stage.play()
        assert stage.waits == [45.0]
        fact = stage.runner.fact()
        assert (fact.state, fact.why, fact.detail) == (FeedState.REFUSED, "credentials", "HTTP 401")

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_connection_that_lived_long_starts_the_back_off_anew() -> None:
    async def scene() -> None:
        stage = Stage(random=1.0)

        async def live_long(sink: FeedSink) -> None:
            sink.readings([LEVEL])
            stage.clock.move(31.0)
            raise FeedDown("closed")

        stage = Stage(refuse_connection, refuse_connection, live_long, random=1.0)
        await stage.play()
        assert stage.waits == [0.5, 1.0, 0.5]

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_defect_of_an_adapter_is_a_state_and_not_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """DESIGN 10: `except Exception` of the feed runner; logged with its traceback once, retried."""

    async def scene() -> None:
        stage = Stage(break_down, break_down, break_down)
        await stage.play()
        fact = stage.runner.fact()
        assert (fact.state, fact.why) == (FeedState.DOWN, "adapter_fault")
        assert "a defect" in fact.detail

    with caplog.at_level(logging.INFO, "feed"):
        run(scene())
    traces = [record for record in caplog.records if record.exc_info]
    assert len(traces) == 1


@pytest.mark.expects_log("feed")
def test_an_adapter_that_just_returns_is_taken_for_a_closed_connection() -> None:
    async def scene() -> None:
        stage = Stage(deliver_and_end)
        await stage.play()
        assert stage.runner.fact().why == "closed"

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_loss_is_logged_once_and_so_is_the_return(caplog: pytest.LogCaptureFixture) -> None:
    """DESIGN 10: a feed that goes away is logged once, and once when it is back."""

    async def scene() -> None:
        lives = (deliver_then_close, *[refuse_connection] * 8, deliver_then_close)
        await Stage(*lives).play()

    with caplog.at_level(logging.INFO, "feed"):
        run(scene())
    assert [record.getMessage() for record in caplog.records] == [
        "feed feed is live",
        "feed feed is down: closed '1001 going away'",
        "feed feed is live",
        "feed feed is down: closed '1001 going away'",
    ]


def test_a_source_that_is_still_starting_is_no_warning() -> None:
    async def scene() -> None:
        stage = Stage(*[refuse_connection] * 3)
        await stage.play()
        assert stage.runner.fact().state is FeedState.DOWN

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_source_that_never_comes_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    run(Stage(*[refuse_connection] * 9).play())
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_readings_of_one_moment_travel_as_one_batch() -> None:
    async def scene() -> None:
        stage = Stage()

        async def many_frames(sink: FeedSink) -> None:
            for value in range(50):
                sink.readings([Reading("p1", "level", float(value))])
            await asyncio.sleep(0.05)
            stage.feed.over.set()
            await asyncio.Event().wait()

        stage = Stage(many_frames)
        await stage.play()
        assert [len(batch) for batch in stage.book.batches] == [50]

    run(scene())


@pytest.mark.expects_log("feed")
def test_what_came_before_the_loss_is_handed_over_before_it() -> None:
    async def scene() -> None:
        stage = Stage(deliver_then_close)
        await stage.play()
        events = stage.book.events
        assert events.index("batch") < next(n for n, e in enumerate(events) if e.startswith("lost"))

    run(scene())


@pytest.mark.expects_log("feed")
def test_bad_values_unknown_names_and_positions_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Counted in the feed's state; the log has one line for many faults."""

    async def scene() -> None:
        stage = Stage()

        async def mixed(sink: FeedSink) -> None:
            rows = [Reading("p1", "level", math.nan)] * 5 + [Reading("x", "y", 1.0)] * 3 + [LEVEL]
            sink.readings(rows)
            sink.positions([Position("v", 35.0, 129.0, at=stage.clock.at())])
            raise FeedDown("closed")

        stage = Stage(mixed)
        await stage.play()
        fact = stage.runner.fact()
        assert (fact.malformed, fact.unknown, fact.updates) == (5, 3, 7)
        assert fact.last_error == "p1 level: not_finite"
        assert list(stage.book.batches[0].quality) == [Quality.BAD] * 5 + [Quality.GOOD]

    run(scene())
    assert sum("unreadable" in record.getMessage() for record in caplog.records) == 1


@pytest.mark.expects_log("feed")
def test_a_stranger_cannot_forge_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """SEC-42."""

    async def forge(sink: FeedSink) -> None:
        sink.malformed("a\nERROR hub: all is lost", "not_json", b"x\n\x1b[31mERROR")
        raise FeedDown("closed", "bye\nWARNING feed: forged")

    run(Stage(*[forge] * 5).play())
    assert caplog.records
    assert not any("\n" in record.getMessage() or "\x1b" in record.getMessage() for record in caplog.records)


def test_a_command_is_sent_only_over_a_live_feed() -> None:
    async def scene() -> None:
        stage = Stage()
        answers: list[DeviceAnswer] = []
        command = stage.runner.command("01J", "p1", "start", 1.0)
        assert command == DeviceCommand("01J", "p1", "state", "on")
        assert command is not None
        assert stage.runner.command("01J", "p1", "stop", 1.0) is None
        with pytest.raises(FeedDown) as caught:
            await stage.runner.send(command, answers.append)
        assert (caught.value.why, stage.feed.sent) == ("not_connected", [])

        async def live(sink: FeedSink) -> None:
            sink.readings([LEVEL])
            stage.feed.over.set()
            await asyncio.Event().wait()

        stage = Stage(live)
        task = asyncio.create_task(stage.runner.run())
        await stage.feed.over.wait()
        await stage.runner.send(command, answers.append)
        assert (stage.feed.sent, answers) == ([command], [DeviceAnswer("accepted_final")])
        await stage.stop(task)

    run(scene())


def test_a_feed_is_late_after_three_periods_or_as_the_profile_says() -> None:
    async def scene(definition: FeedDef, seconds: float) -> FeedState:
        stage = Stage()

        async def live(sink: FeedSink) -> None:
            sink.readings([LEVEL])
            stage.feed.over.set()
            await asyncio.Event().wait()

        stage = Stage(live, definition=definition)
        await stage.play()
        stage.clock.move(seconds)
        return stage.runner.fact().state

    by_period = feed_def("columns", "ws://127.0.0.1:1")
    by_option = feed_def("columns", "ws://127.0.0.1:1", {"late_s": 2.0})
    assert run(scene(by_period, 14.9)) is FeedState.LIVE
    assert run(scene(by_period, 15.1)) is FeedState.LATE
    assert run(scene(by_option, 2.1)) is FeedState.LATE


def test_a_wrong_option_of_the_runner_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="option late_s"):
        Stage(definition=feed_def("columns", "ws://127.0.0.1:1", {"late_s": "soon"}))


class AskingFeed(ScriptedFeed):
    """An adapter that asks for single points."""

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[tuple[str, str], float] = {}

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed."""
        self.expected = dict(points)


def test_an_adapter_that_asks_for_single_points_is_told_them_with_their_periods() -> None:
    made = feed_def("columns", "ws://127.0.0.1:1")
    feed = AskingFeed()
    timing = Timing(HandClock(), lambda: 0.5)
    FeedRunner(made, feed, FeedMapping(CATALOGUE, made), HubBook(), timing)
    assert feed.expected == {("p1", "level"): 5.0, ("p1", "state"): 5.0}
