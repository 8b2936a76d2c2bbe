"""One back-test: the same samples through the definitions as they are and, if asked, through those to be tried."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from console.core.alarm.comparison import Comparison
from console.core.alarm.kpi import KpiReport, report
from console.core.alarm.nuisance import Nuisance, worklist
from console.core.alarm.occurrences import OccurrenceLog
from console.core.alarm.playback import Playback, Played
from console.core.alarm.shifts import shift_windows
from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.hub.backtest.lines import LineWriter
from console.hub.ulid import UlidMaker


class HubTime:
    """A clock that stands at the time being played."""

    def __init__(self) -> None:
        self.standing_at = 0

    def now(self) -> float:
        """Seconds of the same time; nothing here waits for it."""
        return self.standing_at / 1e9

    def at(self) -> int:
        """UTC ns."""
        return self.standing_at


class CountedIds:
    """Occurrence ids made of hub time and a counter alone: the same samples always give the same ids."""

    def __init__(self) -> None:
        self._time = HubTime()
        self._ulid = UlidMaker(self._time, lambda _bits: 0)

    def __call__(self, at: int) -> str:
        """The next id at hub time `at`."""
        self._time.standing_at = at
        return self._ulid()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a back-test found; times are UTC ns, reports None when there were no samples."""

    start: int
    end: int
    rows: int
    backward: int
    kpis: KpiReport | None
    kpis_after: KpiReport | None
    worklist: tuple[Nuisance, ...]


class Session:
    """Feeds batches to one or two engines and writes what they do."""

    def __init__(self, catalogue: Catalogue, tried: Catalogue | None, writer: LineWriter) -> None:
        self._catalogue = catalogue
        self._playback = Playback(catalogue, CountedIds())
        self._tried = Playback(tried, CountedIds()) if tried is not None else None
        self._log = OccurrenceLog(catalogue.alarms)
        self._log_after = OccurrenceLog(catalogue.alarms)
        self._writer = writer
        self._start: int | None = None
        self.comparison = Comparison() if tried is not None else None

    def play(self, batches: Iterable[Batch], start: int, end: int) -> Result:
        """Plays the rows of [start, end) (UTC ns) in their order."""
        for batch in batches:
            chosen = (batch.at >= start) & (batch.at < end)
            rows = batch if chosen.all() else batch.take(chosen)
            if len(rows):
                self._start = int(rows.at[0]) if self._start is None else self._start
                after = self._tried.feed(rows) if self._tried is not None else []
                self._write(self._playback.feed(rows), after)
        self._write(self._playback.finish(), self._tried.finish() if self._tried is not None else [])
        return self._result()

    def _write(self, before: list[Played], after: list[Played]) -> None:
        for played in before:
            self._log.add(played.event)
        for played in after:
            self._log_after.add(played.event)
        if self.comparison is None:
            for played in before:
                self._writer.transition(played.event)
        elif before or after:
            for run, event in self.comparison.pair(before, after):
                self._writer.transition(event, run)

    def _result(self) -> Result:
        if self._start is None:
            return Result(start=0, end=0, rows=0, backward=0, kpis=None, kpis_after=None, worklist=())
        span = (self._start, self._playback.at + 1)
        columns = self._log.columns()
        site = self._catalogue.site
        shifts = shift_windows(site.shifts, *span, ZoneInfo(site.time_zone))
        return Result(
            start=span[0],
            end=span[1],
            rows=self._playback.rows,
            backward=self._playback.backward,
            kpis=report(columns, *span, shifts),
            kpis_after=report(self._log_after.columns(), *span, shifts) if self._tried is not None else None,
            worklist=tuple(worklist(columns, self._catalogue, span)),
        )
