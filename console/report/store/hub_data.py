"""Holdings from the data directory of a hub on this computer; nothing is written, and no hub need run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.core.catalogue import Catalogue
from console.core.ledger.chain import Point
from console.core.site import Site
from console.report.errors import ReportError
from console.report.facts.build import needs_counts, tags_wanted
from console.report.holdings import Holdings
from console.report.store import history_file, journal_file
from console.report.store.question import Collected, Question
from console.report.store.records import from_records


def collect(data: Path, site: Site, asked: Question) -> Collected:
    """What the directory holds for a report.

    Raises ReportError `no_store`, `old_store`, `unreadable` or `unknown_subject`.
    """
    path = data / journal_file.FILE
    if not path.is_file():
        raise ReportError("no_store", name=str(path))
    try:
        found = _from_journal(path, site, asked)
        holdings = _with_history(data / history_file.FILE, found.holdings, asked)
    except (sqlite3.Error, msgspec.MsgspecError, OSError) as error:
        raise ReportError("unreadable", name=str(data), detail=str(error)) from error
    return Collected(holdings, found.ledger)


def _from_journal(path: Path, site: Site, asked: Question) -> Collected:
    with journal_file.read_only(path) as base:
        if not journal_file.is_present(base):
            raise ReportError("old_store", name=str(path))
        return from_records(base, site, asked, Point())


def _with_history(path: Path, holdings: Holdings, asked: Question) -> Holdings:
    wanted = tags_wanted(asked.kind, holdings, asked.about)
    counted = needs_counts(asked.kind)
    if not wanted and not counted:
        return holdings
    if not path.is_file():
        return msgspec.structs.replace(holdings, missing=(*holdings.missing, "no_history"))
    catalogue = Catalogue(holdings.site)
    with journal_file.read_only(path) as base:
        samples = history_file.Samples(base, asked.start, asked.end)
        names = [point.key for point in catalogue.tags]
        trends = samples.trends(wanted, names) if wanted else []
        counts = samples.counts(names) if counted else []
        return msgspec.structs.replace(
            holdings,
            until=max(holdings.until, samples.newest()),
            trends=tuple(trends),
            quality=tuple(counts),
            missing=tuple(
                _history_faults(holdings.missing, samples, [t.tag for t in trends if not t.quality])
            ),
        )


def _history_faults(known: Iterable[str], samples: history_file.Samples, empty: list[str]) -> Iterable[str]:
    yield from known
    if samples.damaged:
        yield "damaged_history"
    if empty:
        yield "empty_trends"
