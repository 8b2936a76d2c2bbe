"""`main.py feeds adopt`: a copy of a profile into which discovered points are written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path

import msgspec

from console.core.catalogue import Catalogue
from console.core.discovery import DiscoveryBook
from console.core.errors import ProfileErrors
from console.core.site import Site
from console.core.words import Lang, Words, parse_words
from console.hub.discovered.adopting import (
    Adoption,
    adoption,
    area_for,
    map_text,
    type_text,
    with_assets,
    with_maps,
)
from console.hub.discovered.shapes import FILE, saying
from console.hub.discovered.store import read_book
from console.hub.profile import fault_line, lang_of, load_site
from console.setup.arguments import FeedsAdoptOptions
from resources import read_words_sources

_FILES = (FILE, "profile.toml")
_TOLD_FAULTS = 40


def main(options: FeedsAdoptOptions) -> int:
    """0 if a sound profile was written, 1 if not."""
    sources = read_words_sources()
    teller = _Teller(parse_words({name: sources[name] for name in _FILES}), lang_of(os.environ))
    try:
        return _adopt(options, teller)
    except ProfileErrors as errors:
        teller.faults(errors)
    except (OSError, sqlite3.Error, msgspec.DecodeError) as error:
        teller.tell("unreadable", why=error)
    return 1


class _Teller:
    """Lines for whoever typed the command."""

    def __init__(self, words: Words, lang: Lang) -> None:
        self.words = words
        self.lang: Lang = lang

    def say(self, key: str, **fields: object) -> str:
        """Words of this command."""
        return self.words.say(f"discovered.adopt.{key}", self.lang, **fields)

    def tell(self, key: str, **fields: object) -> None:
        """One line, without what would move the cursor."""
        self._line(self.say(key, **fields))

    def faults(self, errors: ProfileErrors) -> None:
        """What is wrong with a profile."""
        for fault in errors.faults[:_TOLD_FAULTS]:
            self._line(fault_line(fault, self.words, self.lang))
        self.tell("faults", n=len(errors.faults))

    @staticmethod
    def _line(text: str) -> None:
        sys.stdout.write("".join(c if c.isprintable() else "\ufffd" for c in text) + "\n")


def _adopt(options: FeedsAdoptOptions, teller: _Teller) -> int:
    if options.out.exists() and any(options.out.iterdir()):
        teller.tell("not_empty", folder=options.out)
        return 1
    site, book = load_site(options.directory), read_book(options.data)
    known = [feed.id for feed in site.feeds]
    if options.feed and options.feed not in known:
        teller.tell("no_feed", feed=options.feed, known=", ".join(known))
        return 1
    shutil.copytree(options.directory, options.out, dirs_exist_ok=True)
    written = sum(_write(site, book, feed, options, teller) for feed in known if options.feed in ("", feed))
    if not written:
        teller.tell("nothing")
    load_site(options.out)
    teller.tell("written", folder=options.out)
    return 0


def _write(site: Site, book: DiscoveryBook, feed: str, options: FeedsAdoptOptions, teller: _Teller) -> int:
    """Write what was discovered of one feed into the copy, which may hold that of others already."""
    # Names of what was written for other feeds are taken.
    catalogue = Catalogue(msgspec.structs.replace(load_site(options.out), feeds=site.feeds))
    found = adoption(catalogue, book, feed, area_for(catalogue, feed, options.area))
    if found.left_out:
        teller.tell("left_out", feed=feed, n=found.left_out)
    if found.types:
        _put(options.out, [one.id for one in site.feeds], found, teller)
        assets = sum(len(kind.assets) for kind in found.types)
        teller.tell("found", feed=feed, points=found.points, assets=assets, types=len(found.types))
    return found.points


def _put(out: Path, order: list[str], found: Adoption, teller: _Teller) -> None:
    said = saying(teller.words)
    (out / "types").mkdir(exist_ok=True)
    for kind in found.types:
        text = type_text(kind, said, teller.say)
        (out / "types" / f"{kind.id}.toml").write_text(text, encoding="utf-8")
    sheet, feeds = out / "assets.csv", out / "feeds.toml"
    sheet.write_text(with_assets(sheet.read_text(encoding="utf-8"), found.types), encoding="utf-8")
    text = with_maps(feeds.read_text(encoding="utf-8"), order, found.feed, map_text(found.types))
    feeds.write_text(text, encoding="utf-8")
