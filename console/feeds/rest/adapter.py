"""A source asked over HTTP by its schedule; it takes no commands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.rest.body import read_body
from console.feeds.rest.codec import Items, ItemShape, find_fault, read_items
from console.feeds.rest.keeping import BudgetBook
from console.feeds.rest.line import Answer, Line
from console.feeds.rest.options import RestOptions, rest_options
from console.feeds.rest.played import charset_of, frame_about, reader
from console.feeds.rest.request import Redactor, address, encoded_key, filled, retry_after_s, same_place
from console.feeds.rest.schedule import back_off_s, day_end, next_time
from console.feeds.secrets import find_secret
from console.feeds.tap import FrameReader, Frames, frames_of

MAX_REDIRECTS = 3
LONGEST_SLEEP_S = 30.0
"""Looks at the wall clock at least this often: a schedule follows it when it is set."""
REFUSED_S = 600.0
"""A service that refuses a key is not asked again sooner: every try costs one of the day's requests."""
_NOTHING = (204, 304)
"""The source is there, and has nothing new."""
_STATUS = {401: "credentials", 403: "credentials", 404: "not_found", 410: "not_found", 429: "too_many"}


class RestFeed:
    """One address that is asked again and again."""

    def __init__(self, options: RestOptions, shape: ItemShape) -> None:
        self._options = options
        self._shape = shape
        self._line = Line(options.line)
        self._book = BudgetBook(options.daily)
        self.due = 0.0
        """UTC seconds before which nothing is asked."""
        self._failures = 0
        self._again = 0
        self._pages = 1
        self._validators: dict[str, str] = {}
        self._newest = 0
        self._redactor = Redactor()
        self._frames = Frames(None)
        self._threads: ThreadPoolExecutor | None = None

    @property
    def budget_left(self) -> int:
        """Requests that may still be made today."""
        return self._book.budget.left(time.time(), self._options.schedule.zone)

    def keep_in(self, folder: Path) -> None:
        """Where the count of today's requests is kept over restarts."""
        self._book.keep_in(folder)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """A source that is only asked takes no commands: always FeedDown."""
        raise FeedDown("no_commands", command.path)

    async def run(self, sink: FeedSink) -> None:
        """One life: ask by the schedule until something goes wrong, which is a FeedDown."""
        # What was lost with the last life is asked for in full: "not modified" would leave it lost.
        self._validators, self._newest = {}, 0
        self._frames = frames_of(sink)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="rest")
        try:
            while True:
                await self._until_due()
                await self._poll(sink)
        except FeedDown as down:
            self._fail(down)
            raise
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def ask_once(self) -> Answer:
        """The first page, for who wants to know what a source answers. Raises FeedDown, DecodeError."""
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="rest")
        try:
            loop = asyncio.get_running_loop()
            key = await loop.run_in_executor(self._threads, find_secret, self._options.secret)
            self._redactor = Redactor(key)
            return await self._page(key, 1, time.time())
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _until_due(self) -> None:
        while (left := self.due - time.time()) > 0:
            await asyncio.sleep(min(left, LONGEST_SLEEP_S))

    def _fail(self, down: FeedDown) -> None:
        """Leave the source alone for longer each time, and as long as it asked for."""
        self._failures += 1
        wait = max(back_off_s(self._failures), REFUSED_S if down.refused else 0.0)
        now, zone = time.time(), self._options.schedule.zone
        self.due = max(self.due, now + wait)
        if down.why == "quota" and not self._book.budget.left(now, zone):
            self.due = day_end(now, zone)

    async def _poll(self, sink: FeedSink) -> None:
        """Ask for all pages and plan the next time."""
        options = self._options
        key = await asyncio.get_running_loop().run_in_executor(self._threads, find_secret, options.secret)
        self._redactor = Redactor(key)
        asked_at = time.time()
        fresh, pages, seen = False, 0, 0
        while pages < options.max_pages:
            pages += 1
            try:
                answer = await self._page(key, pages, asked_at)
            except DecodeError as error:
                sink.malformed(error.where, error.reason, error.offending)
                break
            if answer.status in _NOTHING:
                sink.state(FeedState.LIVE)
                break
            items = await self._take(answer, sink)
            if items is None:
                break
            fresh = fresh or items.newest > self._newest or not items.newest
            self._newest = max(self._newest, items.newest)
            seen += items.count
            if not options.page_param or not items.count or seen >= items.total:
                break
        else:
            sink.malformed(options.page_param, "too_many")
        self._pages, self._failures = pages, 0
        self._plan(fresh)

    def _plan(self, fresh: bool) -> None:
        """Ask by the schedule, or sooner if a publication that was due is not there yet."""
        options, now = self._options, time.time()
        due = next_time(options.schedule, self._book.budget, now, self._pages) + options.spread_s
        late = options.schedule.align_s is not None and not fresh and self._again < options.retries
        self._again = self._again + 1 if late else 0
        self.due = min(due, now + options.retry_s) if late else due

    async def _page(self, key: str, page: int, asked_at: float) -> Answer:
        """One page, also where it has moved to within the same host. Raises FeedDown."""
        options = self._options
        query = {options.key_param: encoded_key(key)} if key and options.key_param else {}
        if options.page_param:
            query[options.page_param] = str(page)
        if options.size_param:
            query[options.size_param] = str(options.page_size)
        template = filled(
            options.url, asked_at, options.schedule.zone, options.base_back_s, options.base_step_s
        )
        url = address(template, query)
        headers = {"Accept": options.accept}
        if key and options.key_header:
            headers[options.key_header] = f"{options.key_prefix}{key}"
        if not options.page_param and template == options.url:
            headers |= self._validators
        status = 0
        for _ in range(MAX_REDIRECTS):
            answer = await self._ask(url, headers)
            self._show(url, answer)
            status = answer.status
            if status not in (301, 302, 303, 307, 308):
                return self._checked(answer)
            url = same_place(url, answer.headers.get("location", ""))
            if not url:
                break
        raise FeedDown("redirected", f"HTTP {status}", refused=True)

    async def _ask(self, url: str, headers: dict[str, str]) -> Answer:
        """One request out of the day's budget. Raises FeedDown."""
        options = self._options
        if not self._book.budget.spend(time.time(), options.schedule.zone):
            raise FeedDown("quota", f"{options.daily}", refused=True)
        loop = asyncio.get_running_loop()
        asking = loop.run_in_executor(self._threads, self._count_and_ask, url, headers)
        try:
            async with asyncio.timeout(options.line.connect_s + options.line.total_s):
                return await asyncio.shield(asking)
        except TimeoutError:
            await self._hang_up(asking)
            raise FeedDown("timeout", f"{options.line.total_s:g} s") from None
        except asyncio.CancelledError:
            await self._hang_up(asking)
            raise

    async def _hang_up(self, asking: asyncio.Future[Answer]) -> None:
        """End the request under way, and see that its thread has ended with it."""
        self._line.hang_up()
        done, _ = await asyncio.wait((asking,), timeout=1.0)
        for one in done:
            if not one.cancelled():
                one.exception()  # looked at, so that nobody reports it as forgotten

    def _count_and_ask(self, url: str, headers: dict[str, str]) -> Answer:
        self._book.write()  # before the request: what was asked and not counted would be asked twice
        return self._line.ask(url, headers)

    def _checked(self, answer: Answer) -> Answer:
        """The answer if it is one. Raises FeedDown."""
        if answer.status in (200, *_NOTHING):
            return answer
        now = time.time()
        wait = retry_after_s(answer.headers.get("retry-after", ""), now)
        self.due = max(self.due, now + wait)
        why = _STATUS.get(answer.status, "unavailable" if answer.status >= 500 else "request")
        detail = f"HTTP {answer.status}" + (f", Retry-After {wait:g} s" if wait else "")
        raise FeedDown(why, detail, refused=why == "credentials")

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed."""
        return reader(self._shape, self._options.line.max_bytes, sink)

    def _show(self, url: str, answer: Answer) -> None:
        """Put an answer where raw frames go, without the key."""
        if self._frames.wanted:
            about = frame_about(self._redactor.clean(url), answer)
            self._frames(self._redactor.clean_bytes(answer.body), about)

    async def _take(self, answer: Answer, sink: FeedSink) -> Items | None:
        """Hand over a page; None for one that cannot be read. Raises FeedDown for a refusal inside an answer."""
        limit, loop = self._options.line.max_bytes, asyncio.get_running_loop()
        try:
            charset = charset_of(answer.headers.get("content-type", ""))
            # In the thread: a page of megabytes must not hold up the hub.
            tree = await loop.run_in_executor(self._threads, read_body, answer.body, charset, limit)
            fault = find_fault(tree)
            if fault is not None:
                refused = fault.why in ("credentials", "quota", "request", "not_found")
                raise FeedDown(fault.why, self._redactor.clean(fault.detail), refused=refused)
            items = read_items(tree, self._shape)
        except DecodeError as error:
            sink.malformed(error.where, error.reason, self._redactor.clean_bytes(answer.body[:400])[:200])
            return None
        for where, reason in items.faults:
            sink.malformed(where, reason, self._redactor.clean_bytes(answer.body[:400])[:200])
        self._validators = _validators(answer)
        sink.state(FeedState.LIVE)
        sink.readings(items.readings)
        return items


def _validators(answer: Answer) -> dict[str, str]:
    """What makes the next request a conditional one (RFC 9110, 13.1)."""
    pairs = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
    return {ours: answer.headers[theirs] for theirs, ours in pairs if answer.headers.get(theirs)}


def make(feed: FeedDef) -> RestFeed:
    """Adapter `rest`; options are those of `rest.options`. Raises ValueError naming the option at fault."""
    options, shape = rest_options(feed)
    return RestFeed(options, shape)
