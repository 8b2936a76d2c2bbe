"""Occurrences of alarms read back from the journal, for the history list and for figures over a time."""

from __future__ import annotations

import msgspec

from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.records import OccurrenceReader
from console.core.catalogue import Catalogue
from console.hub.backbone.base import Part
from console.hub.journal import Journal

MOST_ROWS = 5_000
"""Rows of one answer."""
MOST_RECORDS = 100_000
"""Records that one question reads, newest first."""


class OccurrenceQuery(msgspec.Struct, frozen=True):
    """Occurrences that began in [start, end) UTC ns, of one alarm or (-1) of all; the newest `limit`."""

    start: int
    end: int
    alarm: int
    limit: int


class OccurrencePage(msgspec.Struct, frozen=True):
    """Oldest first; `truncated` says that there are more before the first."""

    rows: tuple[OccurrenceRow, ...]
    truncated: bool


def read_occurrences(journal: Journal, catalogue: Catalogue, query: OccurrenceQuery) -> OccurrencePage:
    """Blocking; for a thread."""
    subject = catalogue.alarms[query.alarm].key if query.alarm >= 0 else ""
    records = journal.newest_since(Part.ALARMS, query.start, subject, MOST_RECORDS)
    index = {point.key: point.index for point in catalogue.alarms}
    reader = OccurrenceReader(index.get)
    for record in records:
        reader.add(record)
    rows = [row for row in reader.rows() if query.start <= row.at_event < query.end]
    truncated = len(rows) > query.limit or len(records) == MOST_RECORDS
    return OccurrencePage(tuple(rows[-query.limit :]), truncated)
