"""What a workstation holds of a stretch of time; every number of a report is computed from this and nothing else."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import numpy as np

from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.records import OccurrenceReader
from console.core.catalogue import Catalogue
from console.core.history import Series
from console.core.journal import Record
from console.core.quality import Quality
from console.core.site import Site

_encode = msgspec.msgpack.Encoder().encode


class Trend(msgspec.Struct, frozen=True):
    """Raw samples of one tag in order of time, as little-endian columns: UTC ns, value, quality."""

    tag: str
    """`asset.tag`."""
    at: bytes
    value: bytes
    quality: bytes

    def series(self, index: int = -1) -> Series:
        """The columns; raises ValueError when their lengths do not fit."""
        at = np.frombuffer(self.at, "<i8").astype(np.int64)
        value = np.frombuffer(self.value, "<f8").astype(np.float64)
        quality = np.frombuffer(self.quality, "u1").astype(np.uint8)
        if not len(at) == len(value) == len(quality):
            raise ValueError(self.tag)
        return Series(index, at, value, value, value, quality, raw=True)

    def digest(self) -> str:
        """SHA-256 of tag and columns, hex."""
        total = sha256(self.tag.encode() + b"\0")
        for column in (self.at, self.value, self.quality):
            total.update(column)
        return total.hexdigest()


class QualityCount(msgspec.Struct, frozen=True):
    """How many samples of a tag were stored, how many of them good, and how many usable."""

    tag: str
    rows: int
    good: int
    usable: int


class Gap(msgspec.Struct, frozen=True):
    """A stretch of time, UTC ns, of which no samples are held."""

    start: int
    end: int


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of [start, end) UTC ns, and what is known not to be among them."""

    site: Site
    """Without addresses, accounts and receivers."""
    start: int
    end: int
    began: int
    """Time of the oldest record held, 0 for none."""
    until: int
    """Time of the newest record or sample held, 0 for none."""
    records: tuple[Record, ...] = ()
    """Of the span, in the order of the journal."""
    earlier: tuple[Record, ...] = ()
    """Older ones that reach into it: alarms that still stood, the state each feed was in."""
    trends: tuple[Trend, ...] = ()
    quality: tuple[QualityCount, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Where samples are missing altogether, in order of time."""
    missing: tuple[str, ...] = ()
    """Codes of the words `reports.missing`."""


def occurrences(holdings: Holdings, catalogue: Catalogue) -> list[OccurrenceRow]:
    """Every occurrence that the records tell of, also those that began before the span."""
    index = {point.key: point.index for point in catalogue.alarms}
    reader = OccurrenceReader(index.get)
    for record in (*holdings.earlier, *holdings.records):
        reader.add(record)
    return reader.rows()


def records_digest(records: tuple[Record, ...] | list[Record]) -> str:
    """SHA-256 over the records, hex."""
    total = sha256()
    for record in records:
        total.update(_encode(record))
    return total.hexdigest()


def good_share(trend: Trend) -> float | None:
    """Percent of the samples that are good; None without samples."""
    quality = np.frombuffer(trend.quality, "u1")
    return 100.0 * int((quality == Quality.GOOD).sum()) / len(quality) if len(quality) else None
