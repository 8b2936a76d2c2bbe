"""`main.py feeds discover` and `main.py feeds record`."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import sys
import time
from pathlib import Path

from console.core.errors import ProfileErrors
from console.core.site import FeedDef
from console.core.words import Lang, Words, parse_words
from console.feeds.base import FeedDown
from console.feeds.replay.tape import TapeFrame, TapeHead, frame_line, head_line
from console.feeds.scout import word
from console.feeds.scouts import scout_of
from console.hub.district.draft import STAND_IN, Draft, draft
from console.hub.district.heard import Heard
from console.hub.district.listen import listen, plan
from console.hub.district.write import texts
from console.hub.profile import fault_line, lang_of, load_site
from console.setup.arguments import FeedsDiscoverOptions, FeedsRecordOptions
from resources import read_words_sources

_FILES = ("district.toml", "profile.toml", "feeds.toml")
_FLUSH_S = 1.0
_TOLD_FAULTS = 40


def main(options: FeedsDiscoverOptions | FeedsRecordOptions) -> int:
    """0 if it was done (a profile that is sound, frames that were recorded), 1 if not."""
    sources = read_words_sources()
    speaker = _Speaker(parse_words({name: sources[name] for name in _FILES}), lang_of(os.environ))
    work = _discover if isinstance(options, FeedsDiscoverOptions) else _record
    try:
        return work(options, speaker)  # type: ignore[arg-type]
    except FeedDown as down:
        speaker.tell("down", why=speaker.why(down))
    except ValueError as error:
        speaker.tell("option", detail=error)
    except OSError as error:
        speaker.tell("not_written", why=error.strerror or error)
    return 1


class _Speaker:
    """Lines for whoever typed the command."""

    def __init__(self, words: Words, lang: Lang) -> None:
        self.words = words
        self.lang: Lang = lang

    def tell(self, key: str, **fields: object) -> None:
        """One line."""
        self.line(self.words.say(f"district.{key}", self.lang, **fields))

    def line(self, text: str) -> None:
        """One line as it is, but without what would move the cursor."""
        sys.stdout.write("".join(c if c.isprintable() else "\ufffd" for c in text) + "\n")
        sys.stdout.flush()

    def why(self, down: FeedDown) -> str:
        """A cause in words, and what the network said."""
        key = f"district.why.{down.why}" if down.why == "not_known" else f"feeds.why.{down.why}"
        cause = self.words.say(key, self.lang)
        return f"{cause} ({down.detail})" if down.detail else cause


def _discover(options: FeedsDiscoverOptions, speaker: _Speaker) -> int:
    if options.out.exists() and any(options.out.iterdir()):
        speaker.tell("not_empty", folder=options.out)
        return 1
    speaker.tell("listening", url=options.url, s=f"{options.seconds:g}")
    feed, heard, found, down = asyncio.run(_heard(options))
    speaker.tell("adapter", adapter=feed.adapter)
    if down is not None:
        speaker.tell("ended", why=speaker.why(down))
    _tell_heard(heard, found, speaker)
    site = word(options.out.name)
    for name, text in texts(found, feed, site).items():
        path = options.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    speaker.tell("written", folder=options.out)
    return _checked(options.out, speaker)


async def _heard(options: FeedsDiscoverOptions) -> tuple[FeedDef, Heard, Draft, FeedDown | None]:
    feed, prospect = await plan(options.url, options.adapter, options.options)
    heard, scout = Heard(time.monotonic), scout_of(feed.adapter)
    heard.offered(prospect.offers)

    def look(data: bytes | str, about: str) -> None:
        del about
        heard.places.update({place.source: place for place in scout.places(data)})

    heard.frame_listener = look
    down = await listen(feed, heard, options.seconds, prospect.points())
    return feed, heard, draft(heard, scout, options.seconds, prospect.names), down


def _tell_heard(heard: Heard, found: Draft, speaker: _Speaker) -> None:
    tags = sum(len(kind.tags) for kind in found.types)
    speaker.tell("found", types=len(found.types), assets=found.assets, tags=tags, movers=len(heard.kinds))
    if heard.unreadable:
        speaker.tell("unreadable", n=heard.unreadable, first=heard.first_fault[:120])
    if found.left_out:
        speaker.tell("left_out", n=found.left_out)
    if any(not kind.source for kind in found.types):
        speaker.tell("stand_in", type=STAND_IN)
    if found.unplaced:
        speaker.tell("unplaced", n=found.unplaced)


def _checked(folder: Path, speaker: _Speaker) -> int:
    """Say whether the profile is sound, else what is missing."""
    try:
        load_site(folder)
    except ProfileErrors as errors:
        for fault in errors.faults[:_TOLD_FAULTS]:
            speaker.line(fault_line(fault, speaker.words, speaker.lang))
        speaker.tell("missing", n=len(errors.faults))
        return 1
    speaker.tell("sound")
    speaker.tell("next")
    return 0


def _record(options: FeedsRecordOptions, speaker: _Speaker) -> int:
    speaker.tell("recording", url=options.url, file=options.file)
    heard = Heard(time.monotonic)
    with contextlib.suppress(KeyboardInterrupt):
        # Ctrl+C is how a recording without an end is ended.
        asyncio.run(_recorded(options, heard, speaker))
    if heard.unreadable:
        speaker.tell("unreadable", n=heard.unreadable, first=heard.first_fault[:120])
    if not heard.frames:
        speaker.tell("no_frames")
        return 1
    speaker.tell("recorded", n=heard.frames, file=options.file)
    return 0


async def _recorded(options: FeedsRecordOptions, heard: Heard, speaker: _Speaker) -> None:
    feed, prospect = await plan(options.url, options.adapter, options.options)
    speaker.tell("adapter", adapter=feed.adapter)
    opened = gzip.open if options.file.suffix == ".gz" else open
    with opened(options.file, "wt", encoding="utf-8", newline="\n") as file:
        head = TapeHead(
            adapter=feed.adapter, url=feed.url, started=time.time_ns(), options=dict(feed.options)
        )
        file.write(head_line(head) + "\n")
        flushed = time.monotonic()

        def keep(data: bytes | str, about: str) -> None:
            nonlocal flushed
            file.write(frame_line(TapeFrame(time.time_ns(), data, about)) + "\n")
            if time.monotonic() >= flushed + _FLUSH_S:
                file.flush()
                flushed = time.monotonic()

        heard.frame_listener = keep
        down = await listen(feed, heard, options.seconds, prospect.points())
    if down is not None:
        speaker.tell("ended", why=speaker.why(down))
