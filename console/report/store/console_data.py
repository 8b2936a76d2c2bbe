"""Holdings from the console's own store: what the seat was told while it was connected; nothing is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from console.core.batch import NS, joined
from console.core.catalogue import Catalogue
from console.core.site import Site
from console.keep import ledger, samples, schema, sites
from console.report.errors import ReportError
from console.report.facts.build import needs_counts, tags_wanted
from console.report.holdings import Gap, Holdings, QualityCount, Trend
from console.report.store import journal_file
from console.report.store.question import Collected, Question
from console.report.store.records import from_records

SHORTEST = 60 * NS
"""Of a hole in the samples that is told: the newest ones are asked for every quarter of a minute."""


def path_of(data: Path) -> Path | None:
    """The store in a folder: the console's own folder, or the data folder around it."""
    return next((path for path in (data / schema.FILE, data / schema.FILE.name) if path.is_file()), None)


def newest(path: Path) -> int:
    """UTC ns up to which the store has every record, 0 for an empty one. Raises sqlite3.Error."""
    with journal_file.read_only(path) as base:
        return ledger.heard(base) if _is_present(base) else 0


def site_of(path: Path, at: int) -> Site | None:
    """The profile that was in force at a time. Raises sqlite3.Error, msgspec.MsgspecError."""
    with journal_file.read_only(path) as base:
        return sites.site_at(base, at) if _is_present(base) else None


def collect(path: Path, site: Site, asked: Question) -> Collected:
    """What the store holds for a report. Raises ReportError `old_store`, `unreadable` or `unknown_subject`."""
    try:
        with journal_file.read_only(path) as base:
            if not _is_present(base):
                raise ReportError("old_store", name=str(path))
            found = from_records(base, site, asked, ledger.anchor(base))
            until = max(ledger.heard(base), found.holdings.until)
            holdings = msgspec.structs.replace(found.holdings, until=until)
            return Collected(_with_samples(base, holdings, asked), found.ledger)
    except (sqlite3.Error, msgspec.MsgspecError, OSError, ValueError) as error:
        raise ReportError("unreadable", name=str(path), detail=str(error)) from error


def _is_present(base: sqlite3.Connection) -> bool:
    return int(base.execute("PRAGMA user_version").fetchone()[0]) == schema.VERSION


def _with_samples(base: sqlite3.Connection, holdings: Holdings, asked: Question) -> Holdings:
    wanted = tags_wanted(asked.kind, holdings, asked.about)
    counted = needs_counts(asked.kind)
    if not wanted and not counted:
        return holdings
    read = samples.Samples(base, asked.start, asked.end)
    missing: list[str] = []
    trends = _trends(read, wanted)
    counts: list[QualityCount] = []
    if counted:
        names = [point.key for point in Catalogue(holdings.site).tags]
        total, beyond = read.tallies(names)
        counts = [QualityCount(name, *row) for name, row in zip(names, total.T.tolist(), strict=True)]
        missing += ["rough_counts"] if beyond else []
    missing += ["damaged_history"] if read.damaged else []
    missing += ["empty_trends"] if any(not trend.quality for trend in trends) else []
    return msgspec.structs.replace(
        holdings,
        trends=tuple(trends),
        quality=tuple(counts),
        gaps=tuple(_gaps(base, holdings)),
        missing=(*holdings.missing, *missing),
    )


def _trends(read: samples.Samples, wanted: Sequence[str]) -> list[Trend]:
    rows = joined(list(read.rows(wanted))) if wanted else joined([])
    found: list[Trend] = []
    for place, name in enumerate(wanted):
        own = rows.take(rows.tag == place)
        own = own.take(np.argsort(own.at, kind="stable"))
        columns = (own.at.astype("<i8"), own.value.astype("<f8"), own.quality.astype("u1"))
        found.append(Trend(name, *(column.tobytes() for column in columns)))
    return found


def _gaps(base: sqlite3.Connection, holdings: Holdings) -> list[Gap]:
    """Where no samples are held, from the first record to the last moment that was told."""
    start, end = max(holdings.start, holdings.began), min(holdings.end, holdings.until)
    if start >= end:
        return []
    held = samples.stretches(base, start, end)
    return [Gap(a, b) for a, b in samples.holes(held, start, end) if b - a >= SHORTEST]
