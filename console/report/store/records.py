"""Records of a report with their slice of the ledger, from a journal or from tables that look like one."""

from __future__ import annotations

import sqlite3

from console.core.ledger.chain import Point
from console.core.site import Site
from console.report.holdings import Holdings
from console.report.store import journal_file
from console.report.store.question import Collected, Question


def from_records(base: sqlite3.Connection, site: Site, asked: Question, before: Point) -> Collected:
    """Holdings without samples; `before` is what stands before the first record. Raises sqlite3.Error, MsgspecError."""
    began, until = journal_file.bounds(base)
    span = journal_file.span_of(base, asked.start, asked.end)
    first, last = span if span is not None else (2**62, 0)
    rows = tuple(
        record for record in journal_file.records(base, first, last) if asked.start <= record.at < asked.end
    )
    # A clock that was set may have put a record of the span before others that are older.
    earlier = tuple(journal_file.reaching(base, asked.start, first))
    ledger = b""
    if span is not None:
        last = journal_file.signed_until(base, last)
        # The seal's time is that of the data, so that the same slice has the same bytes.
        ledger = b"".join(journal_file.ledger_slice(base, first, last, rows[-1].at, before))
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
