"""Feeds that are asked over HTTP, with the options the tests share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from feed_stage import Heard, feed_def

from console.feeds.rest.adapter import RestFeed, make

Given = dict[str, str | float | bool]
PLAIN: Given = {
    "items_path": "items",
    "source_path": "id",
    "time_path": "t",
    "every_s": 0.1,
    "zone": "Asia/Seoul",
}


def page(*values: float, total: int = 0, when: str = "2026-11-22 15:00") -> str:
    """A page with one item for each value."""
    items = [{"id": "p1", "level": value, "t": when} for value in values]
    return json.dumps({"items": items, "total": total})


def feed_at(url: str, **options: str | float | bool) -> RestFeed:
    """The adapter by its options."""
    return make(feed_def("rest", url, PLAIN | options))


@asynccontextmanager
async def heard_from(feed: RestFeed) -> AsyncGenerator[tuple[Heard, asyncio.Task[None]]]:
    """What the hub hears of one life of a feed."""
    sink = Heard()
    task = asyncio.create_task(feed.run(sink), name="feed")
    try:
        yield sink, task
    finally:
        task.cancel()
        await asyncio.wait((task,))
