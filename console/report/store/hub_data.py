"""Holdings from the data directory of a hub on this computer; nothing is written, and no hub need run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.core.catalogue import Catalogue
from console.core.site import Site
from console.report.errors import ReportError
from console.report.facts.build import needs_counts, tags_wanted
from console.report.facts.record import Kind
from console.report.holdings import Holdings
from console.report.store import history_file, journal_file


class Collected(msgspec.Struct, frozen=True):
    """Holdings, and the slice of the ledger that holds their records as lines; empty without a ledger."""

    holdings: Holdings
    ledger: bytes = b""


class Question(msgspec.Struct, frozen=True):
    """Which report of [start, end) UTC ns is wanted."""

    kind: Kind
    start: int
    end: int
    about: str = ""


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
        began, until = journal_file.bounds(base)
        span = journal_file.span_of(base, asked.start, asked.end)
        first, last = span if span is not None else (2**62, 0)
        rows = tuple(
            record
            for record in journal_file.records(base, first, last)
            if asked.start <= record.at < asked.end
        )
        # A clock that was set may have put a record of the span before others that are older.
        earlier = tuple(journal_file.reaching(base, asked.start, first))
        ledger = b""
        if span is not None:
            last = journal_file.signed_until(base, last)
            # The seal's time is that of the data, so that the same slice has the same bytes.
            ledger = b"".join(journal_file.ledger_slice(base, first, last, rows[-1].at))
    holdings = Holdings(
        site=site,
        start=asked.start,
        end=asked.end,
        began=began,
        until=until,
        records=rows,
        earlier=earlier,
    )
    return Collected(holdings, ledger)


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
