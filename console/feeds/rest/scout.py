"""An address that nobody has described: asked once, and its items, names and times are guessed."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import msgspec

from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.base import FeedDown
from console.feeds.json_guess import guess
from console.feeds.prospect import Prospect
from console.feeds.rest.adapter import RestFeed
from console.feeds.rest.body import read_body
from console.feeds.rest.codec import find_fault
from console.feeds.rest.options import rest_options
from console.feeds.rest.played import charset_of
from console.feeds.scout import Option, PlainScout

_PATHS = ("items_path", "source_path", "source", "time_path", "values_path")


class RestScout(PlainScout):
    """Asks the source once, out of the day's budget of whoever asks."""

    async def prospect(self, feed: FeedDef) -> Prospect:
        """As Prospector; where a path is given nothing is guessed."""
        given = dict(feed.options)
        host = urlsplit(feed.url).hostname or "source"
        if any(name in given for name in _PATHS):
            return Prospect(given)
        # A source has to have a name for the options to be whole; the guess puts its own in place of it.
        asked = msgspec.structs.replace(feed, options={**given, "source": host})
        tree = await _asked(asked)
        return Prospect({**options_for(tree, host), **given})


async def _asked(feed: FeedDef) -> object:
    options, shape = rest_options(feed)
    answer = await RestFeed(options, shape).ask_once()
    try:
        kind = charset_of(answer.headers.get("content-type", ""))
        tree = await asyncio.to_thread(read_body, answer.body, kind, options.line.max_bytes)
    except DecodeError as error:
        raise FeedDown("protocol", f"{error.where}: {error.reason}") from None
    fault = find_fault(tree)
    if fault is not None:
        raise FeedDown(fault.why, fault.detail, refused=True)
    return tree


def options_for(tree: object, host: str) -> dict[str, Option]:
    """Options that read such an answer; `host` names what carries no name of its own."""
    found = guess([tree], texts=True)
    paths = {
        "items_path": "" if found.each == "." else found.each,
        "source_path": found.source,
        "time_path": found.time,
        "values_path": found.values,
        "zone": found.zone,
        "source": "" if found.source else host,
    }
    return {name: path for name, path in paths.items() if path}


SCOUT = RestScout()
