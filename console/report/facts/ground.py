"""What all parts of a report stand on: the holdings, read once into occurrences and look-ups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.occurrences import Occurrences, from_rows, in_columns
from console.core.batch import NS
from console.core.catalogue import Catalogue, TagPoint
from console.core.journal import Record, RecordKind
from console.core.quality import Quality
from console.core.site import Site
from console.core.words import Text
from console.report.facts.record import Source
from console.report.facts.samples import Samples, samples_of
from console.report.holdings import Holdings, Trend, occurrences, records_digest


class Ground:
    """Read-only; each part is computed when it is first asked for. `about` leaves out what is of other assets."""

    def __init__(self, holdings: Holdings, about: str = "") -> None:
        self.everything = holdings
        if about:
            mine = tuple(record for record in holdings.records if _concerns(record, about))
            older = tuple(record for record in holdings.earlier if _concerns(record, about))
            holdings = msgspec.structs.replace(holdings, records=mine, earlier=older)
        self.holdings = holdings
        self.about = about
        self.site: Site = holdings.site
        self.start, self.end = holdings.start, holdings.end
        self.zone = ZoneInfo(self.site.time_zone)
        self.catalogue = Catalogue(self.site)
        self._sources: dict[str, Source] = {}

    @cached_property
    def rows(self) -> list[OccurrenceRow]:
        """Every occurrence known, in the order of their beginnings."""
        return occurrences(self.holdings, self.catalogue)

    def begun(self) -> list[OccurrenceRow]:
        """Occurrences that began in the span."""
        return [row for row in self.rows if self.start <= row.at_event < self.end]

    def shown(self) -> list[OccurrenceRow]:
        """Occurrences annunciated in the span: what every count of alarms counts."""
        return [row for row in self.rows if self.start <= row.at_annunciated < self.end]

    @cached_property
    def _columns(self) -> Occurrences:
        columns = in_columns(from_rows(self.rows, self.catalogue.alarms))
        return columns.take(columns.annunciated < self.end)

    def columns(self) -> Occurrences:
        """All occurrences that were annunciated, by time."""
        return self._columns

    def of_kind(self, *kinds: RecordKind) -> list[Record]:
        """Records of the span."""
        return [record for record in self.holdings.records if record.kind in kinds]

    def source(self, *kinds: RecordKind) -> Source:
        """Where numbers made of such records come from; earlier ones that reach into the span are part of it."""
        query = "journal kind=" + ",".join(sorted(kinds)) + (f" about={self.about}" if self.about else "")
        if query not in self._sources:
            both = (*self.holdings.earlier, *self.holdings.records)
            used = [record for record in both if record.kind in kinds]
            self._sources[query] = Source(
                query=query, start=self.start, end=self.end, rows=len(used), digest=records_digest(used)
            )
        return self._sources[query]

    def alarm_source(self) -> Source:
        """Records of alarms."""
        return self.source(RecordKind.ALARM)

    @cached_property
    def trends(self) -> dict[str, Trend]:
        """Samples that are held, by `asset.tag`; a tag without any has none here."""
        return {trend.tag: trend for trend in self.holdings.trends if trend.quality}

    def point(self, tag: str) -> TagPoint:
        """The tag `asset.tag` of the site; raises KeyError."""
        return self.catalogue.tags[self.catalogue.tag_index(tag)]

    def samples(self, tag: str) -> Samples | None:
        """What is held of a tag; None for nothing."""
        trend = self.trends.get(tag)
        return None if trend is None else samples_of(trend, self.point(tag).tag.period_s)

    def tag_source(self, query: str, tags: Iterable[str]) -> Source:
        """Where numbers made of the samples of tags come from."""
        if query not in self._sources:
            used = [self.trends[tag] for tag in tags if tag in self.trends]
            quality = np.frombuffer(b"".join(trend.quality for trend in used), np.uint8)
            good = 100.0 * int((quality == Quality.GOOD).sum()) / len(quality) if len(quality) else None
            total = sha256()
            for trend in used:
                total.update(bytes.fromhex(trend.digest()))
            self._sources[query] = Source(
                query=query,
                start=self.start,
                end=self.end,
                rows=len(quality),
                digest=total.hexdigest(),
                good_share=good,
            )
        return self._sources[query]

    @cached_property
    def alarm_keys(self) -> frozenset[str]:
        """Every `asset.alarm` of the site."""
        return frozenset(point.key for point in self.catalogue.alarms)

    def quality_digest(self) -> str:
        """SHA-256 over the counts of samples, hex."""
        return sha256(msgspec.msgpack.encode(self.holdings.quality)).hexdigest()

    def profile_digest(self, part: msgspec.Struct) -> str:
        """SHA-256 over what the site declares, hex."""
        return sha256(msgspec.msgpack.encode(part)).hexdigest()

    def utc_offset(self) -> int:
        """Local time less UTC at the beginning, ns."""
        moment = datetime.fromtimestamp(self.start // NS, UTC).astimezone(self.zone)
        return (moment.utcoffset() or timedelta()) // timedelta(microseconds=1) * 1000

    def local_day(self, at: int) -> int:
        """Day of the week of a moment, 0 for Monday."""
        return datetime.fromtimestamp(at // NS, self.zone).weekday()

    def area_name(self, area: str) -> Text:
        """The area's name, or its id where the site no longer has it."""
        known = self.catalogue.areas.get(area)
        return known.name if known is not None else Text(area, area)

    def subject_name(self, subject: str) -> Text:
        """What a record is about: alarm, command or asset by name, else as it is written."""
        asset_id, _, part = subject.partition(".")
        asset = self.catalogue.assets.get(asset_id)
        if asset is None:
            feed = next((feed.label for feed in self.site.feeds if feed.id == subject), None)
            return feed or self.area_name(subject)
        label = self._part(asset_id, part)
        if label is None:
            return asset.name if not part else Text(f"{asset.name.ko} {part}", f"{asset.name.en} {part}")
        return Text(f"{asset.name.ko} {label.ko}", f"{asset.name.en} {label.en}")

    def _part(self, asset_id: str, part: str) -> Text | None:
        command = self.catalogue.command(asset_id, part)
        if command is not None:
            return command.label
        points = self.catalogue.alarms_of(asset_id)
        return next((point.alarm.label for point in points if point.alarm.name == part), None)


def _concerns(record: Record, about: str) -> bool:
    """Whether a record is about the alarm, or about the asset or a part of it."""
    return record.subject == about or record.subject.startswith(f"{about}.")
