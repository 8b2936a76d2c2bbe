"""The feeds for one seat: their pages, and one tap of raw frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from console.core.feed import TapFrame
from console.core.identity.facts import SessionState
from console.core.identity.roles import Permission
from console.feeds.runner import FeedRunner
from console.feeds.tap import plain, shown
from console.hub.clerks.handlers import Handlers
from console.hub.visit import Visit
from console.wire.messages import CloseTap, FeedReply, OpenTap, QueryFeed, TapFrames

TAP_S = 0.25
"""A turn: frames of this time go in one message."""
TAP_MOST = 40
"""Frames of one turn that are told; the rest is counted."""


class FeedClerk:
    """Answers about feeds, and sends a tap until it is closed, replaced, or the right to it has gone."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tap: asyncio.Task[None] | None = None

    def handlers(self) -> Handlers:
        """What it takes."""
        return {QueryFeed: self._page, OpenTap: self._open, CloseTap: self._close}

    async def _page(self, query: QueryFeed) -> None:
        page = self._visit.hub.feeds.runner(query.feed).page()
        await self._visit.say(FeedReply(request=query.request, page=page))

    async def _open(self, message: OpenTap) -> None:
        runner = self._visit.hub.feeds.runner(message.feed)
        self._end()
        flow = self._flow(message, runner)
        self._tap = self._visit.group.create_task(flow, name=f"tap {message.feed}")

    async def _close(self, _message: CloseTap) -> None:
        self._end()

    def _end(self) -> None:
        if self._tap is not None:
            self._tap.cancel()
            self._tap = None

    async def _flow(self, message: OpenTap, runner: FeedRunner) -> None:
        bucket = TapBucket(self._visit.hub.clock.at, runner.explain)
        end = runner.tap(bucket.take)
        try:
            await self._visit.say(TapFrames(request=message.request, feed=message.feed))
            while True:
                await asyncio.sleep(TAP_S)
                frames, skipped = bucket.empty()
                ended = not self._allowed()
                if ended:
                    frames = ()
                if frames or skipped or ended:
                    told = TapFrames(
                        request=message.request,
                        feed=message.feed,
                        frames=frames,
                        skipped=skipped,
                        ended=ended,
                    )
                    await self._visit.say(told)
                if ended:
                    return
        finally:
            end()

    def _allowed(self) -> bool:
        session = self._visit.session
        return (
            session is not None
            and session.machine.state is SessionState.ACTIVE
            and session.principal.may_somewhere(Permission.CONFIGURE)
        )


class TapBucket:
    """Frames of one turn, the first `TAP_MOST` of them; `clock` gives UTC ns, `explain` a binary frame in words."""

    def __init__(
        self, clock: Callable[[], int], explain: Callable[[bytes | str, str], str] = lambda data, about: ""
    ) -> None:
        self._clock = clock
        self._explain = explain
        self._frames: list[TapFrame] = []
        self._skipped = 0

    def take(self, data: bytes | str, about: str) -> None:
        """One raw frame."""
        if len(self._frames) >= TAP_MOST:
            self._skipped += 1
            return
        frame = shown(data, self._clock(), about)
        if frame.binary:
            frame = msgspec.structs.replace(frame, note=plain(self._explain(data, about)))
        self._frames.append(frame)

    def empty(self) -> tuple[tuple[TapFrame, ...], int]:
        """What was taken since the last call, and how many frames were left out."""
        frames, skipped = self._frames, self._skipped
        self._frames, self._skipped = [], 0
        return tuple(frames), skipped
