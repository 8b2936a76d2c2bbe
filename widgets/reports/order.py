"""Order a report: what, of which time, in which form; how far it is; and what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from console.desk.formats import zone
from console.desk.office import Office
from console.desk.reports.desk import Ended, ReportDesk
from console.desk.reports.jobs import Job, JobKind
from console.desk.reports.outside import Reveal
from console.desk.reports.wish import Span, Wish, WishFault, fault_of, stretch
from widgets.kit.buttons import ActButton, QuietButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, ROW, STEP
from widgets.reports.choices import ReportChoices

_FIRST_SPAN = {"shift": Span.LAST_SHIFT, "day": Span.YESTERDAY, "alarm_performance": Span.MONTH}
_FAULTS = {
    WishFault.RANGE: "reportpage.range_bad",
    WishFault.ABOUT: "reportpage.about_none",
    WishFault.FORMATS: "reportpage.no_formats",
}
_SECOND = 1_000_000_000


class OrderForm(QWidget):
    """The form and the state of the work below it."""

    def __init__(self, office: Office, desk: ReportDesk, reveal: Reveal) -> None:
        super().__init__()
        self._office = office
        self._desk = desk
        self._reveal = reveal
        self._fault = ""
        form = QFormLayout()
        form.setHorizontalSpacing(PAD_CELL)
        form.setVerticalSpacing(STEP + 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.choices = ReportChoices(office, form, self)
        self.span = QComboBox()
        self.start, self.end = QDateTimeEdit(), QDateTimeEdit()
        self.folder = ElideLabel(office.themes)
        self.choose, self.open = QuietButton(office.themes, "folder"), QuietButton(office.themes, "undock")
        self.preview, self.make = ActButton(office.themes, "search"), ActButton(office.themes, "report")
        self.make.set_first()
        self.bar, self.doing = QProgressBar(), ElideLabel(office.themes, Role.CAPTION)
        self.cancel = QuietButton(office.themes, "close")
        self.told = PlainLabel(Role.BODY)
        self._told: tuple[str, dict[str, object]] | None = None
        self._set_up(form)
        self._arrange(form)
        self._connect()
        self._say()

    def _set_up(self, form: QFormLayout) -> None:
        for span in Span:
            self.span.addItem("", span.value)
        for widget in (self.span, self.start, self.end):
            widget.setFont(font(Role.BODY))
            widget.setMinimumHeight(ROW)
        for edit in (self.start, self.end):
            edit.setDisplayFormat("yyyy-MM-dd HH:mm")
            edit.setCalendarPopup(True)
        self.choices.row(form, "span", self.span)
        self._own = [
            (self.choices.row(form, name, edit), edit)
            for name, edit in (("from", self.start), ("to", self.end))
        ]
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.folder, 1)
        line.addWidget(self.choose)
        line.addWidget(self.open)
        self.choices.row(form, "folder", place)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.told.setWordWrap(True)

    def _arrange(self, form: QFormLayout) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.preview)
        acts.addWidget(self.make, 1)
        self.work = QWidget()
        work = QVBoxLayout(self.work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(2)
        line = QHBoxLayout()
        line.addWidget(self.doing, 1)
        line.addWidget(self.cancel)
        work.addLayout(line)
        work.addWidget(self.bar)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_CELL)
        box.setSpacing(PAD_CELL)
        box.addLayout(form)
        box.addLayout(acts)
        box.addWidget(self.work)
        box.addWidget(self.told)
        box.addStretch(1)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _connect(self) -> None:
        self.choices.changed.connect(self._check)
        self.choices.kind.currentIndexChanged.connect(self._fit_span)
        self.span.currentIndexChanged.connect(self._span_chosen)
        self.start.dateTimeChanged.connect(self._check)
        self.end.dateTimeChanged.connect(self._check)
        self.choose.clicked.connect(self._choose_folder)
        self.open.clicked.connect(self._open_folder)
        self.preview.clicked.connect(self._preview)
        self.make.clicked.connect(self._make)
        self.cancel.clicked.connect(self._cancel)
        self._desk.jobs_changed.connect(self._show_work)
        self._desk.job_ended.connect(self._ended)
        self._desk.shelf_changed.connect(self._show_folder)
        self._office.speech.lang_changed.connect(self._say)
        self._office.catalogue.catalogue_changed.connect(self._check)

    @property
    def wish(self) -> Wish | None:
        """What the form asks for; None while the site is unknown or has no such stretch."""
        found = self._stretch()
        if found is None:
            return None
        return Wish(
            kind=str(self.choices.kind.currentData()),
            start=found[0],
            end=found[1],
            about=self.choices.subject,
            lang=str(self.choices.lang.currentData()),
            formats=self.choices.wanted_formats,
        )

    def _stretch(self) -> tuple[int, int] | None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return None
        span = Span(str(self.span.currentData()))
        if span is Span.OWN:
            return self._at(self.start), self._at(self.end)
        site = catalogue.site
        return stretch(span, site, self._office.clock.now_ns(), zone(site.time_zone))

    def site_zone(self) -> QTimeZone:
        """The zone in which times are given here."""
        catalogue = self._office.catalogue.catalogue
        name = catalogue.site.time_zone if catalogue is not None else "Asia/Seoul"
        return QTimeZone(name.encode())

    def _at(self, edit: QDateTimeEdit) -> int:
        moment = QDateTime(edit.date(), edit.time(), self.site_zone())
        return moment.toSecsSinceEpoch() * _SECOND

    @Slot()
    def _fit_span(self) -> None:
        wanted = _FIRST_SPAN.get(str(self.choices.kind.currentData()), Span.TODAY)
        if Span(str(self.span.currentData())) is not Span.OWN:
            self.span.setCurrentIndex(self.span.findData(wanted.value))

    @Slot()
    def _span_chosen(self) -> None:
        own = str(self.span.currentData()) == Span.OWN
        if own and self.start.dateTime() >= self.end.dateTime():
            self._begin_own()
        self._check()

    def _begin_own(self) -> None:
        now = QDateTime.fromSecsSinceEpoch(self._office.clock.now_ns() // _SECOND, self.site_zone())
        for edit, moment in ((self.start, now.addSecs(-8 * 3600)), (self.end, now)):
            edit.setDateTime(QDateTime(moment.date(), moment.time()))

    @Slot()
    def _check(self) -> None:
        own = str(self.span.currentData()) == Span.OWN
        for label, edit in self._own:
            label.setVisible(own)
            edit.setVisible(own)
        wish = self.wish
        if self._office.catalogue.catalogue is None:
            self._fault = "reportpage.no_site"
        elif wish is None:
            self._fault = "reportpage.no_shift"
        else:
            wrong = fault_of(wish)
            self._fault = "" if wrong is None else _FAULTS.get(wrong, "reportpage.range_bad")
        for button in (self.preview, self.make):
            button.setEnabled(not self._fault)
        self._show_told()

    @Slot()
    def _preview(self) -> None:
        self._order(JobKind.PREVIEW)

    @Slot()
    def _make(self) -> None:
        self._order(JobKind.MAKE)

    def _order(self, kind: JobKind) -> None:
        wish = self.wish
        if wish is None or self._fault:
            return
        self.choices.remember()
        taken = self._desk.preview(wish) if kind is JobKind.PREVIEW else self._desk.make(wish)
        self._told = None if taken else ("reportpage.too_many", {})
        self._show_told()

    @Slot()
    def _cancel(self) -> None:
        if self._desk.job is not None:
            self._desk.cancel(self._desk.job.number)

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self._office.speech.say("reportpage.choose_folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        near = next(one for one in (self._desk.folder, *self._desk.folder.parents) if one.is_dir())
        dialog.setDirectory(str(near))
        dialog.fileSelected.connect(self._folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _folder_chosen(self, folder: str) -> None:
        self._desk.set_folder(Path(folder))

    @Slot()
    def _open_folder(self) -> None:
        self._reveal.open(self._desk.folder)

    @Slot()
    def _show_folder(self) -> None:
        self.folder.set_text(str(self._desk.folder))
        self.open.setEnabled(self._desk.folder.is_dir())

    @Slot()
    def _show_work(self) -> None:
        job, step, say = self._desk.job, self._desk.step, self._office.speech.say
        self.work.setVisible(job is not None)
        if job is None:
            return
        what = self.name_of(job)
        if job.kind is JobKind.VERIFY:
            text = say("reportpage.checking", what=what)
        elif step is None:
            text = say("reportpage.begun", what=what)
        else:
            key = f"reportpage.steps.{step.doing}"
            doing = say(key) if self._office.speech.knows(key) else step.doing.upper()
            text = say("reportpage.doing", what=what, step=step.step, of=step.of, doing=doing)
        waiting = len(self._desk.waiting)
        self.doing.set_text(f"{text} · {say('reportpage.queue', n=waiting)}" if waiting else text)
        self.bar.setRange(0, step.of if step is not None else 0)
        self.bar.setValue(step.step if step is not None else 0)

    def name_of(self, job: Job) -> str:
        """What a job makes, in words."""
        if job.wish is not None:
            return self._office.speech.say(f"reports.kind.{job.wish.kind}")
        return job.file.name if job.file is not None else ""

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        outcome, say = ended.outcome, self._office.speech.say
        if outcome.cancelled:
            self._told = ("reportpage.cancelled", {})
        elif ended.job.kind is JobKind.VERIFY:
            head = say("reportpage.sound" if outcome.ok else "reportpage.differs")
            self._told = ("", {"text": "\n".join((head, outcome.words))})
        elif not outcome.ok:
            self._told = ("reportpage.failed", {"why": outcome.words or say("reportpage.unsaid")})
        elif ended.job.kind is JobKind.PREVIEW:
            self._told = ("reportpage.previewed", {})
        else:
            text = say("reportpage.made", n=len(outcome.files), name=ended.stem)
            if outcome.missing:
                text += "\n" + say("reportpage.more_missing", what=" · ".join(outcome.missing))
            self._told = ("", {"text": text})
        self._show_told()

    def tell(self, key: str, **fields: object) -> None:
        """Say something about the work here."""
        self._told = (key, fields)
        self._show_told()

    def _show_told(self) -> None:
        say = self._office.speech.say
        if self._fault:
            text = say(self._fault)
        elif self._told is None:
            text = ""
        else:
            key, fields = self._told
            text = say(key, **fields) if key else str(fields["text"])
        self.told.setText(text)
        self.told.setVisible(bool(text))

    @Slot()
    def _say(self) -> None:
        say = self._office.speech.say
        for place, span in enumerate(Span):
            self.span.setItemText(place, say(f"reportpage.spans.{span.value}"))
        self.preview.setText(say("reportpage.preview"))
        self.make.setText(say("reportpage.make"))
        self.choose.say(say("reportpage.choose_folder"))
        self.open.say(say("reportpage.open_folder"))
        self.cancel.say(say("reportpage.cancel"))
        self._show_folder()
        self._show_work()
        self._check()
