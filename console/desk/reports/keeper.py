"""Keeps the plans of this seat: orders what is due, tries again what failed, takes away what is no longer kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.desk.formats import zone
from console.desk.office import Office
from console.desk.reports.desk import Ended, ReportDesk
from console.desk.reports.jobs import Job
from console.desk.reports.plan_file import PlanFile
from console.desk.reports.plans import ReportPlan, after_made, dues, plan_fault, wish_of
from console.desk.reports.shelf import remove

log = logging.getLogger("app")

PLANS_MS = 20_000
AGAIN_NS = 600 * 10**9
TRIES = 12
"""How often a report of a plan is tried before it is given up."""
_FINAL = frozenset({"no_data"})
"""Nothing was recorded then, and no later try will find it."""


@dataclass(slots=True)
class _Try:
    count: int = 0
    at: int = 0


class PlanKeeper(QObject):
    """One for the window, beside the desk."""

    plans_changed = Signal()
    given_up = Signal(object)
    """A ReportPlan whose report could not be made, after the last try."""

    def __init__(self, office: Office, desk: ReportDesk, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._desk = desk
        self._file = PlanFile(path)
        self._tries: dict[tuple[str, int], _Try] = {}
        self.plans = self._file.read()
        self.fault = self._file.problem
        """Why the file of plans was set aside at the start; empty for a good one."""
        if self.fault:
            log.warning("plans of reports cannot be read and are set aside: %s", self.fault)
        self._due = QTimer(self)
        self._due.setInterval(PLANS_MS)
        self._due.timeout.connect(self.make_due)
        office.catalogue.catalogue_changed.connect(self.make_due)
        desk.job_ended.connect(self._ended)
        self._due.start()

    def put(self, plan: ReportPlan) -> str:
        """Add a plan or replace the one of its id; what is wrong (as `plan_fault`, or `disk`), else empty."""
        wrong = plan_fault(plan)
        if wrong:
            return wrong
        others = tuple(one for one in self.plans if one.id != plan.id)
        return self._keep((*others, plan))

    def remove(self, plan_id: str) -> str:
        """Forget a plan; the reports it has made stay. `disk` if that cannot be written, else empty."""
        self._desk.cancel_plan(plan_id)
        return self._keep(tuple(one for one in self.plans if one.id != plan_id))

    @Slot()
    def make_due(self) -> None:
        """Order what is due: also what was missed while this computer was off."""
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return
        now, tz = self._office.clock.now_ns(), zone(catalogue.site.time_zone)
        ordered = {(job.plan, job.due) for job in self._desk.jobs}
        for plan in self.plans:
            # One at a time and in order: `done` says that everything up to it is made or given up.
            for due in dues(plan, now, tz)[:1]:
                tried = self._tries.get((plan.id, due))
                if (plan.id, due) in ordered or (tried is not None and now - tried.at < AGAIN_NS):
                    continue
                wish = wish_of(plan, due, catalogue.site, tz)
                if wish is None:
                    self._failed(plan, due, now)
                    continue
                folder = Path(plan.folder) if plan.folder else self._desk.folder
                self._desk.make(wish, folder, plan.id, due)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        job = ended.job
        plan = next((one for one in self.plans if one.id == job.plan), None)
        if plan is None:
            return
        if ended.outcome.ok or ended.outcome.cancelled or ended.outcome.error in _FINAL:
            self._done(plan, job.due, job, ended.stem)
            self.make_due()
        else:
            self._failed(plan, job.due, self._office.clock.now_ns())

    def _failed(self, plan: ReportPlan, due: int, now: int) -> None:
        tried = self._tries.setdefault((plan.id, due), _Try())
        tried.count, tried.at = tried.count + 1, now
        if tried.count >= TRIES:
            log.warning("plan %s: the report due at %s is given up after %s tries", plan.id, due, TRIES)
            self._done(plan, due, None, "")
            self.given_up.emit(plan)

    def _done(self, plan: ReportPlan, due: int, job: Job | None, stem: str) -> None:
        self._tries.pop((plan.id, due), None)
        changed, dropped = after_made(plan, due, stem)
        # First remember, then remove: a file too many is better than one that nobody knows.
        if self._keep(tuple(changed if one.id == plan.id else one for one in self.plans)) or job is None:
            return
        try:
            stuck = remove(job.folder, dropped)
        except OSError as error:
            stuck = [str(error)]
        if stuck:
            log.warning("plan %s: old reports that could not be removed: %s", plan.id, ", ".join(stuck)[:500])

    def _keep(self, plans: tuple[ReportPlan, ...]) -> str:
        try:
            self._file.write(plans)
        except OSError as error:
            log.warning("plans of reports cannot be written: %s", error)
            return "disk"
        self.plans = plans
        self.plans_changed.emit()
        return ""
