"""What every adapter is asked for, as checks that a package with an adapter of its own can run as well.

A test of such a package, with pytest or any other runner:

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_it_conforms(check):
        asyncio.run(check(MyPeer()))

A `Peer` is a small real server of the protocol: nothing of the adapter is replaced. A check raises AssertionError.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec

from console.core.feed import FeedState
from console.core.quality import Quality
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, Feed, FeedDown
from console.feeds.conformance_line import FLOW, LEVEL, Line, feed_of, line, until
from console.feeds.replay.adapter import make as make_replay
from console.feeds.replay.tape import TapeFrame, TapeHead, frame_line, head_line
from console.feeds.tap import FrameTaker

PATIENCE_S = 20.0
TOLERANCE = 0.01
Option = str | float | bool


class Stage(Protocol):
    """A peer that runs."""

    url: str

    async def say(self, path: str, value: float) -> None:
        """The source tells a value of one of its two points; one that is asked has it from now on."""
        ...

    async def rubbish(self) -> None:
        """The source sends what its protocol does not allow, on the same connection."""
        ...

    async def drop(self) -> None:
        """Every connection is cut; who connects again is served again."""
        ...


class Peer(Protocol):
    """A source of one protocol with one thing that has two points."""

    adapter: str
    source: str
    """Name of the thing, as the source writes it."""
    level: str
    flow: str
    """Paths of its two points."""
    values: tuple[float, float, float]
    """Three values that the source can tell, more than `TOLERANCE` apart."""
    options: Mapping[str, Option]

    def make(self, feed: FeedDef) -> Feed:
        """The adapter, as its package offers it."""
        ...

    def serve(self) -> AbstractAsyncContextManager[Stage]:
        """The source, running on loopback."""
        ...


Check = Callable[[Peer], Coroutine[Any, Any, None]]


async def it_connects_and_delivers(peer: Peer) -> None:
    """A value arrives as it was told, good, and the feed is live."""
    first, *_ = peer.values
    async with peer.serve() as stage, _on(peer, stage) as made:
        await _told(peer, stage, made, first)
        fact = made.runner.fact()
        assert fact.state is FeedState.LIVE, fact
        assert made.rows(LEVEL)[-1][1] == Quality.GOOD, made.rows(LEVEL)
        assert (fact.updates > 0, fact.malformed) == (True, 0), fact.last_error


async def what_cannot_be_read_is_counted_with_its_bytes(peer: Peer) -> None:
    """Rubbish costs itself only: it is counted and shown, and the next value comes on the same connection."""
    first, second, _ = peer.values
    async with peer.serve() as stage, _on(peer, stage) as made:
        await _told(peer, stage, made, first)
        await stage.rubbish()
        await until(lambda: made.runner.fact().malformed > 0, PATIENCE_S, "rubbish is counted")
        page = made.runner.page()
        assert page.last_error, "where and why is not told"
        assert page.offending is not None, f"no bytes of {page.last_error}"
        assert page.offending.text.strip(), page.offending
        await _told(peer, stage, made, second)
        assert not made.book.losses, made.book.facts


async def what_no_profile_maps_harms_nobody(peer: Peer) -> None:
    """A point that is not mapped brings no row; the mapped one does."""
    first, second, _ = peer.values
    async with peer.serve() as stage, _on(peer, stage, only=LEVEL) as made:
        await stage.say(peer.flow, first)
        await _told(peer, stage, made, second)
        await stage.say(peer.flow, second)
        await _told(peer, stage, made, first)
        assert not made.rows(FLOW), made.rows(FLOW)
        assert not made.runner.fact().malformed, made.runner.fact().last_error


async def a_loss_is_told_once_and_ends_with_the_return(peer: Peer) -> None:
    """A cut connection is a loss with a cause; what comes after it is a return, counted as a gap."""
    first, second, _ = peer.values
    async with peer.serve() as stage, _on(peer, stage) as made:
        await _told(peer, stage, made, first)
        await stage.drop()
        await until(lambda: made.book.losses > 0, PATIENCE_S, "the loss is told")
        assert made.book.downs[0].why, made.book.downs
        await _told(peer, stage, made, second)
        await until(lambda: made.runner.fact().gaps > 0, PATIENCE_S, "the return is told")
        assert made.book.returns == made.book.losses == made.runner.fact().gaps, made.book.facts


async def a_source_that_is_not_there_has_a_cause_and_is_tried_again(peer: Peer) -> None:
    """The cause is a key of the words `feeds.why`; it is no defect of the adapter."""
    async with peer.serve() as stage:
        url = stage.url
    async with line(peer.make, _feed(peer, url)) as made:
        await until(lambda: made.attempts > 0, PATIENCE_S, "it is told and will be tried again")
        causes = {fact.why for fact in made.book.downs}
        assert "" not in causes, made.book.downs
        assert "adapter_fault" not in causes, made.book.downs


async def nothing_of_it_runs_on_when_it_has_ended(peer: Peer) -> None:
    """It is cancelled in good time and leaves no task behind."""
    first, *_ = peer.values
    async with peer.serve() as stage:
        before = asyncio.all_tasks()
        async with _on(peer, stage) as made:
            await _told(peer, stage, made, first)
            asked = asyncio.get_running_loop().time()
        took = asyncio.get_running_loop().time() - asked
        assert took < PATIENCE_S, f"{took:.1f} s"
        await until(lambda: not (asyncio.all_tasks() - before), PATIENCE_S, "its tasks have ended")


async def raw_frames_are_shown_while_somebody_looks(peer: Peer) -> None:
    """What comes goes to the tap as it is, and to nobody when nobody looks."""
    first, second, third = peer.values
    async with peer.serve() as stage, _on(peer, stage) as made:
        await _told(peer, stage, made, first)
        seen: list[bytes | str] = []
        end = made.runner.tap(lambda data, about: seen.append(data))
        await _told(peer, stage, made, second)
        await until(lambda: bool(seen), PATIENCE_S, "a frame is shown")
        end()
        count = len(seen)
        await _told(peer, stage, made, third)
        assert len(seen) == count, "frames are shown although nobody looks"


async def a_recording_of_it_plays_the_same_values(peer: Peer) -> None:
    """Frames of its tap bring the same values again, in `played` or over a WebSocket of the replay."""
    first, second, _ = peer.values
    frames: list[TapeFrame] = []
    async with peer.serve() as stage:
        url = stage.url
        clock = asyncio.get_running_loop().time

        def keep(data: bytes | str, about: str) -> None:
            frames.append(TapeFrame(10**18 + round(clock() * 1e9), data, about))

        async with _on(peer, stage, keep) as made:
            await _told(peer, stage, made, first)
            await _told(peer, stage, made, second)
    feed = _feed(peer, url)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tape.jsonl"
        head = TapeHead(adapter=peer.adapter, url=url, started=10**18, options=dict(feed.options))
        file.write_text("\n".join([head_line(head), *map(frame_line, frames), ""]), encoding="utf-8")
        replay = msgspec.structs.replace(
            feed, adapter="replay", url=file.as_uri(), options={"speed": 1000.0, "late_s": 60.0}
        )
        async with line(partial(make_replay, inner=peer.make), replay) as again:
            for value in (first, second):
                await until(partial(_heard, again, value), PATIENCE_S, f"{value} is played")


async def a_command_without_a_connection_is_refused(peer: Peer) -> None:
    """FeedDown at once, before anything is written, and no answer ever."""
    answers: list[DeviceAnswer] = []
    async with peer.serve() as stage:
        feed = peer.make(_feed(peer, stage.url))
    why = ""
    try:
        await feed.send(DeviceCommand("01JD", peer.source, peer.level, 1.0), answers.append)
    except FeedDown as down:
        why = down.why
    assert why, "it was sent without a connection, or refused without a cause"
    assert not answers, answers


async def an_option_that_nobody_knows_is_refused_by_its_name(peer: Peer) -> None:
    """A typing error in a profile is no option that is silently not there."""
    async with peer.serve() as stage:
        feed = _feed(peer, stage.url)
    wrong = msgspec.structs.replace(feed, options={**feed.options, "no_such_option": 1.0})
    said = ""
    try:
        peer.make(wrong)
    except ValueError as error:
        said = str(error)
    assert "no_such_option" in said, said or "an unknown option was taken"


CHECKS: tuple[Check, ...] = (
    it_connects_and_delivers,
    what_cannot_be_read_is_counted_with_its_bytes,
    what_no_profile_maps_harms_nobody,
    a_loss_is_told_once_and_ends_with_the_return,
    a_source_that_is_not_there_has_a_cause_and_is_tried_again,
    nothing_of_it_runs_on_when_it_has_ended,
    raw_frames_are_shown_while_somebody_looks,
    a_recording_of_it_plays_the_same_values,
    a_command_without_a_connection_is_refused,
    an_option_that_nobody_knows_is_refused_by_its_name,
)


def _feed(peer: Peer, url: str, only: str = "") -> FeedDef:
    paths = {LEVEL: peer.level, FLOW: peer.flow}
    wanted = {name: path for name, path in paths.items() if only in ("", name)}
    return feed_of(peer.adapter, url, peer.options, peer.source, wanted)


def _on(
    peer: Peer, stage: Stage, tap: FrameTaker | None = None, *, only: str = ""
) -> AbstractAsyncContextManager[Line]:
    return line(peer.make, _feed(peer, stage.url, only), tap)


def _heard(made: Line, value: float) -> bool:
    return any(abs(row - value) <= TOLERANCE for row, _ in made.rows(LEVEL))


async def _told(peer: Peer, stage: Stage, made: Line, value: float) -> None:
    """The source says it until it has arrived: who is not connected yet misses what was said before."""
    begun = len(made.rows(LEVEL))

    def arrived() -> bool:
        return any(abs(row - value) <= TOLERANCE for row, _ in made.rows(LEVEL)[begun:])

    ends = asyncio.get_running_loop().time() + PATIENCE_S
    while not arrived():
        assert asyncio.get_running_loop().time() < ends, f"{value} did not arrive: {made.runner.fact()}"
        await stage.say(peer.level, value)
        for _ in range(30):
            if arrived():
                return
            await asyncio.sleep(0.01)
