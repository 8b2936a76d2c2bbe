"""Site profiles on disk: read for a hub, and checked for a person (`main.py site check`)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.core.catalogue import Catalogue
from console.core.errors import ProfileError, ProfileErrors
from console.core.profile.faults import ProfileFault
from console.core.profile.lines import Lines
from console.core.profile.parse import FEEDS, SITE, parse_site
from console.core.site import Site
from console.core.words import Lang, Words, parse_words
from console.feeds.discovery import discovery_of
from console.feeds.registry import Registry
from console.setup.arguments import SiteCheckOptions
from resources import read_words_sources

MAX_BYTES = 16 * 1024 * 1024
"""A file of a profile larger than this is not read."""
_READ = (
    "site.toml",
    "assets.csv",
    "relations.csv",
    "feeds.toml",
    "inhibitions.toml",
    "notify.toml",
    "procedures.toml",
    "reports.toml",
    "zones.toml",
    "roles.toml",
    "types/*.toml",
)
_TARGET_SHARE = {1: "< 1", 2: "5", 3: "15", 4: "80"}
"""Share of alarms by priority in percent, after EEMUA 191 and ISA-18.2 (ALM-50)."""


def load_site(folder: Path) -> Site:
    """The site of a profile folder. Raises ProfileErrors with every fault."""
    files, faults = _texts(folder)
    site: Site | None = None
    try:
        site = parse_site(files)
    except ProfileErrors as errors:
        unread = {fault.file for fault in faults}
        faults += [fault for fault in errors.faults if fault.file not in unread]
    else:
        faults += _surroundings(site, files)
    if site is None or faults:
        raise ProfileErrors(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return site


def check(options: SiteCheckOptions) -> int:
    """Prints every fault as `file:line: words`, or what the site holds; 0 if it is sound, 1 if not."""
    lang = lang_of(os.environ)
    words = _words()
    try:
        site = load_site(options.site)
    except ProfileErrors as errors:
        for fault in errors.faults:
            print(fault_line(fault, words, lang))  # noqa: T201 - the answer of the command line
        print(words.say("profile.check.faults", lang, n=len(errors.faults)))  # noqa: T201
        return 1
    for line in summary(site, words, lang):
        print(line)  # noqa: T201
    return 0


def fault_line(fault: ProfileError, words: Words, lang: Lang) -> str:
    """One fault as compilers write it: file, line and words."""
    fields = {"field": "", **fault.fields}
    return f"{fault.file}:{fault.line}: {words.say(f'profile.fault.{fault.reason}', lang, **fields)}"


def summary(site: Site, words: Words, lang: Lang) -> Iterator[str]:
    """What a sound site holds, with its alarms by priority against the recommended shares."""
    catalogue = Catalogue(site)
    yield words.say("profile.check.sound", lang, site=site.name.of(lang))
    yield words.say(
        "profile.check.holds",
        lang,
        areas=len(site.areas),
        types=len(site.types),
        assets=len(site.assets),
        tags=len(catalogue.tags),
        alarms=len(catalogue.alarms),
        commands=sum(len(catalogue.types[asset.type].commands) for asset in site.assets),
        feeds=len(site.feeds),
        procedures=len(site.procedures),
    )
    # Each level of an alarm is one thing that an operator may be told.
    alarms = [point.alarm for point in catalogue.alarms]
    counts = Counter(step.priority for alarm in alarms for step in (alarm, *alarm.levels))
    for priority, target in _TARGET_SHARE.items():
        share = 100.0 * counts[priority] / max(1, counts.total())
        yield words.say(
            "profile.check.share",
            lang,
            priority=priority,
            n=counts[priority],
            share=f"{share:.1f}",
            target=target,
        )
    unreviewed = _unreviewed(site)
    if unreviewed:
        yield words.say("profile.check.unreviewed", lang, n=unreviewed)


def _unreviewed(site: Site) -> int:
    """Definitions that nobody answers for, that were never reviewed, or whose consequence is not weighed."""
    alarms = [alarm for kind in site.types for alarm in kind.alarms]
    return sum(not (alarm.owner and alarm.reviewed and alarm.severity) for alarm in alarms)


def lang_of(environment: Mapping[str, str]) -> Lang:
    """Language of a terminal: LC_ALL before LC_MESSAGES before LANG; Korean only where it says so."""
    chosen = next((environment[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(k)), "")
    return Lang.KO if chosen.lower().startswith("ko") else Lang.EN


def _texts(folder: Path) -> tuple[dict[str, str], list[ProfileError]]:
    """Texts of the files a profile is made of, by name relative to `folder`, and what could not be read."""
    files: dict[str, str] = {}
    faults: list[ProfileError] = []
    for path in sorted(p for pattern in _READ for p in folder.glob(pattern) if p.is_file()):
        name = path.relative_to(folder).as_posix()
        size = path.stat().st_size
        files[name] = ""
        if size > MAX_BYTES:
            faults.append(
                ProfileError(name, 0, ProfileFault.TOO_LARGE, found=str(size), limit=str(MAX_BYTES))
            )
            continue
        data = path.read_bytes()
        try:
            files[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            faults.append(ProfileError(name, line, ProfileFault.NOT_UTF8))
    return files, faults


def _surroundings(site: Site, files: Mapping[str, str]) -> Iterator[ProfileError]:
    """Faults that only the machine it runs on can tell: time zones and adapters there are."""
    try:
        ZoneInfo(site.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        line = Lines(files[SITE]).of(("time_zone",))
        yield ProfileError(SITE, line, ProfileFault.UNKNOWN_TIME_ZONE, found=site.time_zone[:60])
    registry = Registry()
    known = {info.name for info in registry.adapters()}
    for index, feed in enumerate(site.feeds):
        line = Lines(files[FEEDS]).of(("feed", index, "adapter"))
        if feed.adapter not in known:
            yield ProfileError(FEEDS, line, ProfileFault.UNKNOWN_ADAPTER, found=feed.adapter[:60])
            continue
        try:
            registry.make(feed)
            area = discovery_of(feed).area
        except ValueError as error:
            yield ProfileError(FEEDS, line, ProfileFault.ADAPTER_OPTION, detail=str(error)[:200])
            continue
        if area and area not in {one.id for one in site.areas}:
            yield ProfileError(FEEDS, line, ProfileFault.UNKNOWN_AREA, found=area[:60])


def _words() -> Words:
    return parse_words({"profile.toml": read_words_sources()["profile.toml"]})
