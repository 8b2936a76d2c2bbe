"""`main.py site handbook`: writes the handbook of a sound profile."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from console.core.errors import ProfileErrors
from console.core.site import Site
from console.core.words import Words, parse_words
from console.hub.handbook import markdown, page, procedures, types
from console.hub.handbook.blocks import Handbook
from console.hub.handbook.speaker import HandbookLang, Speaker
from console.hub.profile import fault_line, lang_of, load_site
from console.hub.snapshot import digest
from console.setup.arguments import SiteHandbookOptions
from resources import read_words_sources

_FILES = ("handbook.toml", "profile.toml")


def main(options: SiteHandbookOptions) -> int:
    """Writes the file and says so, or prints every fault of the profile; 0 if it was written, 1 if not."""
    lang = lang_of(os.environ)
    sources = read_words_sources()
    words = parse_words({name: sources[name] for name in _FILES})
    try:
        site = load_site(options.site)
    except ProfileErrors as errors:
        for fault in errors.faults:
            _tell(fault_line(fault, words, lang))
        _tell(words.say("profile.check.faults", lang, n=len(errors.faults)))
        return 1
    text = written(site, words, options.lang, options.out.suffix == ".html")
    try:
        _put(options.out, text)
    except OSError as error:
        _tell(words.say("handbook.cli.not_written", lang, file=options.out, why=error.strerror or ""))
        return 1
    _tell(words.say("handbook.cli.written", lang, file=options.out))
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def written(site: Site, words: Words, lang: HandbookLang, html: bool) -> str:
    """The handbook as HTML or as Markdown."""
    handbook = handbook_of(site, Speaker(words, lang))
    return page.write(handbook) if html else markdown.write(handbook)


def handbook_of(site: Site, speaker: Speaker) -> Handbook:
    """All chapters; the digest tells which profile a printed copy is of."""
    head = speaker.facts(
        [
            ("site", site.id),
            ("time_zone", site.time_zone),
            ("counts", speaker.say("handbook.counts", types=len(site.types), assets=len(site.assets))),
            ("digest", digest(site)),
        ]
    )
    blocks = (
        head,
        *procedures.areas(site, speaker),
        *types.chapters(site, speaker),
        *procedures.procedures(site, speaker),
        *procedures.inhibitions(site, speaker),
        *procedures.policy(site, speaker),
    )
    title = speaker.say("handbook.title", site=speaker.text(site.name))
    return Handbook(title, speaker.page_lang, speaker.say("handbook.contents"), blocks)


def _put(path: Path, text: str) -> None:
    """All or nothing: a half-written handbook would be read as a whole one."""
    half = path.with_name(f".{path.name}.new")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
