"""Performance of the alarm system: occurrences fetched page by page, figures counted in a thread, changes tried."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from console.client.trials import Trial, TrialPlan, TrialResult
from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.kpi import ENOUGH_DAYS, KpiReport, report
from console.core.alarm.nuisance import Nuisance, worklist
from console.core.alarm.occurrences import Occurrence, in_columns
from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.desk.formats import zone
from console.desk.occurrences import OccurrencePage
from console.desk.office import Office

__all__ = ["ENOUGH_DAYS", "Performance", "PerformanceDesk", "TrialPlan", "TrialResult"]

PAGE = 2000
MOST_ROWS = 200_000
"""More occurrences than this are not fetched: older ones are left out, and the view says so."""
_DAY = 86_400 * NS
_LEAD = 7 * _DAY
"""How far before the span is asked: alarms that stand into it, and whether the record reaches back so far."""
TRIAL_MOST = _DAY
"""Longest stretch that a proof plays."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """Figures and worklist of [start, end) UTC ns; `start` is not before the record begins."""

    start: int
    end: int
    rows: int
    cut: bool
    """There are older occurrences in the span than were fetched."""
    report: KpiReport
    worklist: tuple[Nuisance, ...]

    @property
    def days(self) -> float:
        """How many days the figures cover."""
        return (self.end - self.start) / _DAY


class PerformanceDesk(QObject):
    """Asked with `look`; tells `computed` once for each, or `failed` with the reason."""

    progressed = Signal(int)
    """Occurrences that have come so far."""
    computed = Signal(object)
    """Performance, or None when the record has no alarm in the span."""
    failed = Signal(str)
    tried = Signal(object)
    """TrialResult."""
    _heard = Signal(object)
    """The same from the thread of the trial to ours."""

    def __init__(self, office: Office, plan: TrialPlan | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._plan = plan
        self._request = ""
        self._span = (0, 0)
        self._rows: dict[str, OccurrenceRow] = {}
        self._trial: Trial | None = None
        office.occurrences.page_arrived.connect(self._take)
        self._heard.connect(self._take_tried)

    @property
    def can_try(self) -> bool:
        """Whether changes can be tried here: the record lies beside this console."""
        return self._plan is not None

    @property
    def trying(self) -> str:
        """The setting that is being tried, empty without one."""
        return self._trial.setting if self._trial is not None else ""

    def look(self, start_ns: int, end_ns: int) -> None:
        """Count [start, end) UTC ns; a look that is under way is given up for this one."""
        self._span = (start_ns, end_ns)
        self._rows = {}
        self._request = self._office.occurrences.fetch(start_ns - _LEAD, end_ns, limit=PAGE)

    def try_change(self, setting: str, span: tuple[int, int]) -> None:
        """Play the end of `span` with and without a change; `tried` tells."""
        if self._plan is None:
            return
        self.stop_trial()
        self._trial = Trial(self._plan, setting, (max(span[0], span[1] - TRIAL_MOST), span[1]))
        self._trial.start(self._heard.emit)

    @Slot()
    def stop_trial(self) -> None:
        """Give up what is being tried."""
        trial, self._trial = self._trial, None
        if trial is not None:
            trial.stop()

    @Slot(object)
    def _take_tried(self, result: TrialResult) -> None:
        if self._trial is not None and self._trial.setting == result.setting:
            self._trial = None
        self.tried.emit(result)

    @Slot(object)
    def _take(self, page: OccurrencePage) -> None:
        if page.request != self._request:
            return
        if page.reason:
            self.failed.emit(page.reason)
            return
        known = len(self._rows)
        self._rows.update((row.occurrence, row) for row in page.rows)
        self.progressed.emit(len(self._rows))
        if page.truncated and len(self._rows) > known and len(self._rows) < MOST_ROWS:
            # Rows of one instant may be on both sides of the cut, so it is asked for again.
            self._request = self._office.occurrences.fetch(
                self._span[0] - _LEAD, page.rows[0].at_event + 1, limit=PAGE
            )
            return
        self._request = ""
        catalogue = self._office.catalogue.catalogue
        if catalogue is None or not self._rows:
            self.computed.emit(None)
            return
        rows, self._rows = [*self._rows.values()], {}
        work = (rows, catalogue, self._span, page.truncated)
        threading.Thread(target=self._work, args=work, name="performance", daemon=True).start()

    def _work(
        self, rows: list[OccurrenceRow], catalogue: Catalogue, span: tuple[int, int], cut: bool
    ) -> None:
        self.computed.emit(performance(rows, catalogue, span, cut))


def performance(
    rows: Iterable[OccurrenceRow], catalogue: Catalogue, span: tuple[int, int], cut: bool = False
) -> Performance | None:
    """Figures of [start, end) UTC ns, from the beginning of the record if that is later; None without alarms."""
    records = records_of(rows, catalogue)
    columns = in_columns(records)
    start, end = span
    if len(columns):
        # What is older than the span proves that the record reaches back so far.
        start = max(start, int(columns.annunciated[0]))
    if not len(columns) or start >= end:
        return None
    site = catalogue.site
    shifts = shift_windows(site.shifts, start, end, zone(site.time_zone))
    return Performance(
        start=start,
        end=end,
        rows=int(((columns.annunciated >= start) & (columns.annunciated < end)).sum()),
        cut=cut,
        report=report(columns, start, end, shifts),
        worklist=tuple(worklist(columns, catalogue, (start, end))),
    )


def records_of(rows: Iterable[OccurrenceRow], catalogue: Catalogue) -> list[Occurrence]:
    """Rows of the journal as the figures count them; those of alarms the catalogue lacks are left out."""
    return [
        Occurrence(
            alarm=row.alarm,
            area=catalogue.alarms[row.alarm].asset.area,
            priority=row.priority,
            at_annunciated=row.at_annunciated or row.at_event,
            at_returned=row.at_returned or None,
            at_acked=row.at_acked or None,
            value_returned=row.value_returned if row.at_returned else float("nan"),
            by_operator=row.by_operator,
            suppressed=not row.at_annunciated,
        )
        for row in rows
        if 0 <= row.alarm < len(catalogue.alarms)
    ]


def last_days(days: float, now_ns: int) -> tuple[int, int]:
    """The span of the last `days`, UTC ns."""
    return now_ns - round(days * _DAY), now_ns
