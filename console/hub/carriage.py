"""Commands on their way to the device and what it says: written once, selected, released, cancelled.

Nothing here is called before the intent is durable (CMD-02).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from console.core.command.answers import Said
from console.core.command.events import CommandEvent
from console.core.errors import CommandRefused
from console.feeds.base import DeviceAnswer, FeedDown
from console.hub.clock import Clock
from console.hub.jobs import Job, JobBook

log = logging.getLogger("command")

SEND_S = 10.0
"""Longest wait for bytes to go out; the machine has given up long before."""


class Carriage:
    """Talks to the feeds. `run` keeps the tasks."""

    def __init__(self, book: JobBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self.group: asyncio.TaskGroup | None = None
        """The broker's tasks; None while it does not run, and then nothing is sent."""
        self.last_look: Callable[[Job], None] = lambda _job: None
        """Asked in the moment before the first byte: raises CommandRefused if it is not permitted any more."""
        book.listeners.append(self._happened)

    def send(self, job: Job, durable: bool) -> None:
        """Write the command unless its intent is not on disk or it is too late (CMD-02, CMD-03)."""
        now = self._clock.now()
        late = job.machine.is_late(now)
        if durable and not late and self.group is not None:
            self.group.create_task(self._send(job), name=f"send {job.command_id}")
            return
        job.machine.not_sent("late" if late else "not recorded", now, self._clock.at())
        self._book.drain(job)

    def cancel(self, job: Job) -> None:
        """Ask the device to stop; the outcome stays open until it says something."""
        self._task(self._cancel(job), f"cancel {job.command_id}")

    async def select(self, job: Job) -> float | None:
        """Reserve the target; seconds until the device lets go, or None: reserved by the hub, or not at all.

        Whether it is reserved is told by the machine, which is still SELECTING if it may be.
        """
        route = job.route
        selecting = None if route is None else route.sender.selecting()
        if route is None or selecting is None:
            return None

        def released() -> None:
            job.machine.device_unselected(self._clock.now(), self._clock.at())
            self._book.drain(job)

        now = self._clock.now
        try:
            async with asyncio.timeout(SEND_S):
                answer = await selecting.select(route.device, released)
        except FeedDown as down:
            job.machine.comms_lost(now(), self._clock.at())
            log.warning("%s could not be selected: %s %s", job.command_id, down.why, down.detail)
        except TimeoutError:
            # The machine's own timer has ended the selection.
            log.warning("%s: no answer to the selection in %.0f s", job.command_id, SEND_S)
        else:
            if not answer.ok:
                job.machine.select_refused(answer.detail, now(), self._clock.at())
            elif not answer.echoes(route.device):
                echo = f"{answer.source} {answer.path} {answer.value}"
                job.machine.select_mismatch(echo, now(), self._clock.at())
            elif job.machine.state.terminal:
                # It was withdrawn while the device was thinking.
                self._task(self._release(job), f"release {job.command_id}")
            return answer.lasts_s or None
        return None

    def _happened(self, job: Job, event: CommandEvent) -> None:
        if event.resend:
            self._task(self._send(job), f"send again {event.command_id}")
        if event.releases and job.route is not None and job.route.sender.selecting() is not None:
            self._task(self._release(job), f"release {event.command_id}")

    async def _send(self, job: Job) -> None:
        route = job.route
        assert route is not None
        if not self._still_permitted(job):
            return

        def answered(answer: DeviceAnswer) -> None:
            said = Said(
                kind=answer.kind,
                progress=answer.progress,
                detail=answer.detail,
                cause=answer.cause,
                test=answer.test,
            )
            job.machine.answer(said, self._clock.now(), self._clock.at())
            self._book.drain(job)

        try:
            async with asyncio.timeout(SEND_S):
                await route.sender.send(route.device, answered)
            job.machine.sent(self._clock.now())
        except FeedDown as down:
            if job.machine.fact.attempt <= 1:
                job.machine.not_sent(f"{down.why} {down.detail}", self._clock.now(), self._clock.at())
                self._book.drain(job)
        except TimeoutError:
            log.warning("command to %s was not written in %.0f s", route.feed, SEND_S)

    def _still_permitted(self, job: Job) -> bool:
        """While the intent was being recorded a tag may have been hung, or the area taken (CMD-07, CMD-08)."""
        try:
            self.last_look(job)
        except CommandRefused as refused:
            log.warning("%s is held in the last moment: %s", job.command_id, refused.reason_code)
            # One that was written before is not written again, and its outcome stays open.
            if job.machine.fact.attempt <= 1:
                detail, now, at = refused.fields.get("detail", ""), self._clock.now(), self._clock.at()
                job.machine.not_sent(detail, now, at, refused.reason_code)
                self._book.drain(job)
            return False
        return True

    async def _release(self, job: Job) -> None:
        assert job.route is not None
        selecting = job.route.sender.selecting()
        if selecting is None:
            return
        try:
            async with asyncio.timeout(SEND_S):
                await selecting.release(job.route.device)
        except (FeedDown, TimeoutError) as fault:
            log.warning("%s: the device keeps its selection until it ends: %s", job.command_id, fault)

    async def _cancel(self, job: Job) -> None:
        cancelling = None if job.route is None else job.route.sender.cancelling()
        if cancelling is None or job.route is None:
            return
        try:
            async with asyncio.timeout(SEND_S):
                await cancelling.cancel(job.route.device)
        except (FeedDown, TimeoutError) as fault:
            log.warning("%s: the cancel could not be written: %s", job.command_id, fault)

    def _task(self, work: Coroutine[Any, Any, None], name: str) -> None:
        if self.group is None:
            work.close()
        else:
            self.group.create_task(work, name=name)
