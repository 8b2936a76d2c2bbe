"""How well the feeds delivered: outages from the journal, stored samples from the history."""

from __future__ import annotations

import msgspec

from console.core.batch import NS
from console.core.feed import FeedState
from console.core.journal import Record, RecordKind
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Column, ColumnKind, Figure, Source, Table

_K = ColumnKind
_UP = frozenset({FeedState.LIVE, FeedState.LATE, FeedState.GAP})
_FEEDS = (
    Column(name="feed", kind=_K.LABEL, share=2.4),
    Column(name="feed_id", share=1.4),
    Column(name="state_end", kind=_K.CODE, words="feeds.state", share=1.4),
    Column(name="outages", kind=_K.NUMBER),
    Column(name="down_s", kind=_K.NUMBER, share=1.2),
    Column(name="up_share", kind=_K.NUMBER, decimals=2, share=1.2),
)
_OUTAGES = (
    Column(name="feed", kind=_K.LABEL, share=2.4),
    Column(name="start", kind=_K.TIME, share=2),
    Column(name="end", kind=_K.TIME, share=2),
    Column(name="down_s", kind=_K.NUMBER),
    Column(name="state", kind=_K.CODE, words="feeds.state", share=1.3),
    Column(name="why", kind=_K.CODE, words="feeds.why", share=2.6),
    Column(name="detail", share=3),
)
_TYPES = (
    Column(name="type", kind=_K.LABEL, share=2.4),
    Column(name="tags", kind=_K.NUMBER),
    Column(name="silent", kind=_K.NUMBER, share=1.3),
    Column(name="samples", kind=_K.NUMBER, share=1.3),
    Column(name="good_share", kind=_K.NUMBER, decimals=2, share=1.2),
    Column(name="usable_share", kind=_K.NUMBER, decimals=2, share=1.2),
)


class Outage(msgspec.Struct, frozen=True):
    """A stretch without data of a feed: UTC ns within the span, and the record that began it."""

    feed: str
    start: int
    end: int
    over: bool
    record: Record


class FeedStretch(msgspec.Struct, frozen=True):
    """What is known of one feed in the span; `known_s` is the time in which its state is on record."""

    feed: str
    state: str
    outages: tuple[Outage, ...]
    known_s: float

    @property
    def down_s(self) -> float:
        """Seconds without data."""
        return sum((outage.end - outage.start) / NS for outage in self.outages)


def stretches(ground: Ground) -> list[FeedStretch]:
    """Every feed with a record, in the order of the profile, then by id."""
    records: dict[str, list[Record]] = {}
    for record in (*ground.holdings.earlier, *ground.holdings.records):
        if record.kind is RecordKind.FEED:
            records.setdefault(record.subject, []).append(record)
    order = {feed.id: index for index, feed in enumerate(ground.site.feeds)}
    names = sorted(records, key=lambda feed: (order.get(feed, len(order)), feed))
    return [_stretch(feed, records[feed], ground) for feed in names]


def _stretch(feed: str, records: list[Record], ground: Ground) -> FeedStretch:
    # Nothing is said of the time after the last thing that was written.
    end = max(ground.start, min(ground.end, ground.holdings.until))
    known = max(ground.start, records[0].at)
    outages: list[Outage] = []
    began: Record | None = None
    for record in records:
        up = record.new in _UP
        if began is not None and up:
            outages.append(Outage(feed, max(began.at, ground.start), min(record.at, end), True, began))
            began = None
        elif began is None and not up:
            began = record
    if began is not None:
        outages.append(Outage(feed, max(began.at, ground.start), end, False, began))
    within = tuple(outage for outage in outages if outage.end > outage.start)
    return FeedStretch(feed, records[-1].new, within, max(0.0, (end - known) / NS))


def feed_figures(ground: Ground) -> list[Figure]:
    """Outages and the share of time with data."""
    found = stretches(ground)
    source = ground.source(RecordKind.FEED)
    known, down = sum(one.known_s for one in found), sum(one.down_s for one in found)
    share = 100.0 * (1.0 - down / known) if known else None
    return [
        Figure(name="feeds", value=len(found), source=source),
        Figure(name="feeds_down", value=sum(one.state not in _UP for one in found), source=source),
        Figure(name="outages", value=sum(len(one.outages) for one in found), source=source),
        Figure(name="feed_down", value=down, unit="s", source=source),
        Figure(name="feed_up", value=share, unit="%", decimals=2, source=source),
    ]


def feed_table(ground: Ground) -> Table:
    """One row a feed."""
    rows = tuple(
        (
            _label(one.feed, ground),
            one.feed,
            one.state,
            len(one.outages),
            one.down_s,
            100.0 * (1.0 - one.down_s / one.known_s) if one.known_s else None,
        )
        for one in stretches(ground)
    )
    return Table(name="feeds", columns=_FEEDS, rows=rows, source=ground.source(RecordKind.FEED))


def outage_table(ground: Ground) -> Table:
    """One row an outage, in order of time; one that is not over has no end."""
    found = sorted((o for one in stretches(ground) for o in one.outages), key=lambda o: (o.start, o.feed))
    rows = tuple(
        (
            _label(outage.feed, ground),
            outage.start,
            outage.end if outage.over else None,
            (outage.end - outage.start) / NS,
            outage.record.new,
            outage.record.fields.get("why", ""),
            outage.record.fields.get("detail", "") or outage.record.fields.get("last_error", ""),
        )
        for outage in found
    )
    return Table(name="outages", columns=_OUTAGES, rows=rows, source=ground.source(RecordKind.FEED))


def _label(feed: str, ground: Ground) -> Text:
    return next((known.label for known in ground.site.feeds if known.id == feed), Text(feed, feed))


def sample_source(ground: Ground) -> Source:
    """Counts of stored samples."""
    counts = ground.holdings.quality
    rows, good = sum(one.rows for one in counts), sum(one.good for one in counts)
    return Source(
        query="history count by tag and quality",
        start=ground.start,
        end=ground.end,
        rows=rows,
        digest=ground.quality_digest(),
        good_share=100.0 * good / rows if rows else None,
    )


def sample_figures(ground: Ground) -> list[Figure]:
    """Stored samples and how many of them are good."""
    source = sample_source(ground)
    counts = ground.holdings.quality
    usable = sum(one.usable for one in counts)
    share = 100.0 * usable / source.rows if source.rows else None
    silent = sum(one.rows == 0 for one in counts)
    return [
        Figure(name="samples", value=source.rows, source=source),
        Figure(name="samples_good", value=source.good_share, unit="%", decimals=2, source=source),
        Figure(name="samples_usable", value=share, unit="%", decimals=2, source=source),
        Figure(name="tags_silent", value=silent, source=source),
    ]


def sample_table(ground: Ground) -> Table:
    """One row a type of asset."""
    by_type: dict[str, list[tuple[int, int, int]]] = {}
    for one in ground.holdings.quality:
        asset = ground.catalogue.assets.get(one.tag.partition(".")[0])
        if asset is not None:
            by_type.setdefault(asset.type, []).append((one.rows, one.good, one.usable))
    rows: list[tuple[Cell, ...]] = []
    for kind in sorted(by_type):
        parts = by_type[kind]
        total, good, usable = (sum(part[i] for part in parts) for i in range(3))
        silent = sum(part[0] == 0 for part in parts)
        shares = (100.0 * good / total, 100.0 * usable / total) if total else (None, None)
        rows.append((ground.catalogue.types[kind].label, len(parts), silent, total, *shares))
    return Table(name="samples", columns=_TYPES, rows=tuple(rows), source=sample_source(ground))
