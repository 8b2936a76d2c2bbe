"""The desk where reports are ordered: one is made at a time, and the folder they go to is watched."""

from __future__ import annotations

import logging
import shutil
from collections import deque
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QStandardPaths, QTimer, Signal, Slot

from console.desk.office import Office
from console.desk.reports.jobs import Job, JobKind, Tools, words_of
from console.desk.reports.run import Outcome, ReportRun, Step
from console.desk.reports.shelf import Made, scan, stem_of_name
from console.desk.reports.wish import Wish, fault_of

log = logging.getLogger("app")

_SETTLE_MS = 300
_WAITING = 50


@dataclass(frozen=True, slots=True)
class Ended:
    """A job and how it ended; `stem` is the name of the report that was made."""

    job: Job
    outcome: Outcome
    stem: str = ""


class ReportDesk(QObject):
    """One for the window. Everything that takes time is in a process of its own."""

    jobs_changed = Signal()
    """Something was ordered, has begun, is further or has ended."""
    job_ended = Signal(object)
    """Ended."""
    shelf_changed = Signal()

    def __init__(self, office: Office, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._tools = tools
        self._numbers = count(1)
        self.waiting: deque[Job] = deque()
        self.job: Job | None = None
        """What is being made."""
        self.step: Step | None = None
        self._run: ReportRun | None = None
        self.shelf: tuple[Made, ...] = ()
        self.shelf_fault = ""
        """Why the folder cannot be read, as the system says it; empty while it can, or is not there yet."""
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._watcher.directoryChanged.connect(self._settle.start)
        self._settle.timeout.connect(self.look)
        self.look()

    # --- the folder

    @property
    def folder(self) -> Path:
        """Where reports go: the one that was chosen, else a folder of the documents of this user."""
        chosen = self._office.settings.text("report_folder")
        return Path(chosen) if chosen else default_folder()

    def set_folder(self, folder: Path) -> None:
        """Another folder; it is made when the first report is."""
        self._office.settings.put("report_folder", str(folder))
        self.look()

    @Slot()
    def look(self) -> None:
        """Read the folder again and watch it; until it is there, the nearest folder above is watched."""
        folder, self.shelf_fault = self.folder, ""
        try:
            self.shelf = scan(folder)
        except FileNotFoundError:
            self.shelf = ()
        except OSError as error:
            self.shelf, self.shelf_fault = (), error.strerror or str(error)
        watched = next((one for one in (folder, *folder.parents) if one.is_dir()), None)
        old = self._watcher.directories()
        if watched is not None and old != [str(watched)]:
            if old:
                self._watcher.removePaths(old)
            self._watcher.addPath(str(watched))
        self.shelf_changed.emit()

    # --- jobs

    def make(self, wish: Wish, folder: Path | None = None, plan: str = "", due: int = 0) -> bool:
        """Order a report; False for one that cannot be or when too much waits already."""
        return self._order(JobKind.MAKE, wish, folder or self.folder, plan, due)

    def preview(self, wish: Wish) -> bool:
        """Order a look at a report that is not filed: only the page, in a folder of its own."""
        shutil.rmtree(self._tools.preview, ignore_errors=True)
        return self._order(JobKind.PREVIEW, wish, self._tools.preview)

    def verify(self, made: Made) -> bool:
        """Have the numbers of a filed report computed again from its data."""
        if not made.evidence:
            return False
        return self._queue(
            Job(next(self._numbers), JobKind.VERIFY, self.folder, file=self.folder / made.evidence)
        )

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is being made, then what waits."""
        return (*((self.job,) if self.job is not None else ()), *self.waiting)

    def cancel_plan(self, plan_id: str) -> None:
        """Do without what a plan has ordered."""
        for job in self.jobs:
            if job.plan == plan_id:
                self.cancel(job.number)

    def cancel(self, number: int) -> None:
        """Do without a job; files that it has begun are removed by it."""
        self.waiting = deque(job for job in self.waiting if job.number != number)
        if self.job is not None and self.job.number == number and self._run is not None:
            self._run.cancel()
        self.jobs_changed.emit()

    def stop(self) -> None:
        """The window closes."""
        self.waiting.clear()
        if self._run is not None:
            self._run.stop()
        shutil.rmtree(self._tools.preview, ignore_errors=True)

    def _order(self, kind: JobKind, wish: Wish, folder: Path, plan: str = "", due: int = 0) -> bool:
        if fault_of(wish) is not None:
            return False
        return self._queue(Job(next(self._numbers), kind, folder, wish=wish, plan=plan, due=due))

    def _queue(self, job: Job) -> bool:
        if len(self.waiting) >= _WAITING:
            return False
        self.waiting.append(job)
        self._next()
        return True

    def _next(self) -> None:
        if self.job is None and self.waiting:
            self.job, self.step = self.waiting.popleft(), None
            run = ReportRun(words_of(self.job, self._tools), self._office.speech.lang, self)
            self._run = run
            run.stepped.connect(self._stepped)
            run.ended.connect(self._ended)
            run.start()
        self.jobs_changed.emit()

    @Slot(object)
    def _stepped(self, step: Step) -> None:
        self.step = step
        self.jobs_changed.emit()

    @Slot(object)
    def _ended(self, outcome: Outcome) -> None:
        job, run = self.job, self._run
        assert job is not None
        assert run is not None
        self.job, self._run, self.step = None, None, None
        run.deleteLater()
        stem = _stem_of(outcome)
        if not outcome.ok and not outcome.cancelled:
            log.warning("report job %s %s failed: %s", job.kind, job.number, outcome.error or outcome.words)
        self.look()
        self.job_ended.emit(Ended(job, outcome, stem))
        self._next()


def default_folder() -> Path:
    """`Gwanje` below the documents of this user."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Gwanje"


def _stem_of(outcome: Outcome) -> str:
    return next((stem for name in outcome.files if (stem := stem_of_name(Path(name).name))), "")
