"""The performance view: how the alarm system does against its targets, and what to do about it (ALARMS.md 1.7)."""

from __future__ import annotations

import time
from enum import IntEnum

from PySide6.QtCore import QItemSelection, Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.core.alarm.kpi import KpiName, Kpis
from console.core.alarm.nuisance import Nuisance
from console.desk.formats import number, stamp
from console.desk.office import Office
from console.desk.performance import ENOUGH_DAYS, Performance, PerformanceDesk, TrialPlan, last_days
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import Chip, ElideLabel, PlainLabel, SectionTitle
from widgets.kit.rows import QuietRows
from widgets.kit.space import PAD_CELL, PAD_PANEL, ROW
from widgets.kit.texts import Texts
from widgets.performance.band import RateBand
from widgets.performance.figures import FigureRows
from widgets.performance.offenders import OffenderRows
from widgets.performance.proof import ProofBar

SPANS = (("d1", 1.0), ("d7", 7.0), ("d30", 30.0))
_FIRST_SPAN = "d30"
_FIGURE_WIDTHS = (250, 80, 70)
_NARROW = 1300
_LESS = (3, 4)
"""Columns of the worklist that a narrow pane does without: kinds and share."""
_OFFENDER_WIDTHS = (300, 60, 190, 170)


class _Page(IntEnum):
    FIGURES = 0
    EMPTY = 1


class PerformancePanel(QWidget):
    """Counts when it is first shown, and when a person asks; the record is big, so it is not counted all the time."""

    def __init__(self, office: Office, plan: TrialPlan | None = None) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.desk = PerformanceDesk(office, plan, self)
        self._shown: Performance | None = None
        self._reason = ""
        self._busy = False
        self._asked = False
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.figures = FigureRows(office, self)
        self.offenders = OffenderRows(office, self)
        self.figure_view = self._table(self.figures, _FIGURE_WIDTHS)
        self.offender_view = self._table(self.offenders, _OFFENDER_WIDTHS)
        self.proof = ProofBar(office, self.desk, self.offenders)
        self.band = RateBand(office)
        self.empty = EmptyState(office.themes, "performance")
        self.scope = QComboBox()
        self.span_buttons = {name: QToolButton() for name, _ in SPANS}
        self.refresh = QuietButton(office.themes, "reset")
        self.verdict = Chip()
        self.covers = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self._arrange()
        self._connect()
        self._put_texts()
        self._say()

    def _table(self, model: FigureRows | OffenderRows, widths: tuple[int, ...]) -> QTableView:
        view = QTableView()
        view.setModel(model)
        view.setItemDelegate(QuietRows(self._office.themes, view))
        view.setShowGrid(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW)
        header = view.horizontalHeader()
        header.setFont(font(Role.CAPTION))
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate(widths):
            view.setColumnWidth(column, width)
        return view

    def _arrange(self) -> None:
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setChildrenCollapsible(False)
        self.figures_title, self.worklist_title = SectionTitle(), SectionTitle()
        body.addWidget(_column(self.figures_title, self.band, self.figure_view))
        body.addWidget(_column(self.worklist_title, self.offender_view, self.proof))
        body.setStretchFactor(0, 2)
        body.setStretchFactor(1, 3)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._head())
        self._stack = QStackedLayout()
        # Before it has pages: a stack without a parent shows its first page as a window of its own.
        box.addLayout(self._stack, 1)
        self._stack.addWidget(body)
        self._stack.addWidget(self.empty)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, 0)
        head.setSpacing(PAD_CELL)
        self.scope_label = PlainLabel(Role.CAPTION, muted=True)
        for button in self.span_buttons.values():
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty("kind", "choice")
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMinimumHeight(ROW)
            head.addWidget(button)
        self.span_buttons[_FIRST_SPAN].setChecked(True)
        self.scope.setFont(font(Role.CAPTION))
        self.scope.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        head.addSpacing(PAD_CELL)
        for widget in (self.scope_label, self.scope, self.verdict):
            head.addWidget(widget)
        head.addWidget(self.covers, 1)
        head.addWidget(self.refresh)
        return head

    def _connect(self) -> None:
        for button in self.span_buttons.values():
            button.clicked.connect(self.look)
        self.refresh.clicked.connect(self.look)
        self.empty.act.clicked.connect(self.look)
        self.scope.currentIndexChanged.connect(self._show_scope)
        self.desk.progressed.connect(self._progressed)
        self.desk.computed.connect(self._computed)
        self.desk.failed.connect(self._failed)
        self.proof.prove_requested.connect(self._prove)
        self.offender_view.selectionModel().selectionChanged.connect(self._selected)
        self.offender_view.activated.connect(self._open)
        self._office.speech.lang_changed.connect(self._say_again)
        self._office.link.link_changed.connect(self._link_changed)
        self._office.catalogue.catalogue_changed.connect(self._forget)
        self.destroyed.connect(self.desk.stop_trial)

    def _put_texts(self) -> None:
        put = self._texts.put
        for name, button in self.span_buttons.items():
            put(button.setText, f"performance.span.{name}")
        put(self.refresh.say, "performance.refresh")
        put(self.scope_label.setText, "performance.scope")
        put(self.scope.setAccessibleName, "performance.scope")
        put(self.figures_title.setText, "performance.figures")
        put(self.figure_view.setAccessibleName, "performance.figures")
        put(self.worklist_title.setText, "performance.worklist")
        put(self.offender_view.setAccessibleName, "performance.worklist")

    @property
    def shown(self) -> Performance | None:
        """What is shown, None while there is nothing."""
        return self._shown

    @Slot()
    def look(self) -> None:
        """Count the chosen period anew."""
        self._asked = self._busy = True
        self._reason = ""
        days = next(days for name, days in SPANS if self.span_buttons[name].isChecked())
        self.desk.look(*last_days(days, time.time_ns()))
        self._say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        for column in _LESS:
            self.offender_view.setColumnHidden(column, narrow)
        self.offender_view.setColumnWidth(0, 230 if narrow else _OFFENDER_WIDTHS[0])
        self.figure_view.setColumnWidth(0, 180 if narrow else _FIGURE_WIDTHS[0])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._asked and self._office.link.live:
            self.look()

    @Slot(object)
    def _link_changed(self, _fact: object) -> None:
        if self.isVisible() and not self._asked and self._office.link.live:
            self.look()

    @Slot()
    def _forget(self) -> None:
        self._asked = False
        self._take(None)

    @Slot(int)
    def _progressed(self, rows: int) -> None:
        if self._shown is None:
            self.empty.set_sentence(self._office.speech.say("performance.counting", n=number(rows, 0)))

    @Slot(object)
    def _computed(self, found: Performance | None) -> None:
        self._busy = False
        self._take(found)

    @Slot(str)
    def _failed(self, reason: str) -> None:
        self._busy = False
        self._reason = reason
        self._take(None)

    def _take(self, found: Performance | None) -> None:
        self._shown = found
        self.offenders.show_worklist(found.worklist if found is not None else ())
        self.proof.show_entry(None)
        self._fill_scopes()
        self._say()

    def _fill_scopes(self) -> None:
        chosen = self.scope.currentData()
        self.scope.blockSignals(True)
        self.scope.clear()
        speech, found = self._office.speech, self._shown
        self.scope.addItem(speech.say("performance.whole"), "")
        if found is not None:
            for area in found.report.by_area:
                self.scope.addItem(speech.say("performance.area", name=self._area(area)), f"area:{area}")
            for shift in found.report.by_shift:
                self.scope.addItem(speech.say("performance.shift", name=self._shift(shift)), f"shift:{shift}")
        self.scope.setCurrentIndex(max(0, self.scope.findData(chosen)))
        self.scope.blockSignals(False)
        self._show_scope()

    def _area(self, area: str) -> str:
        catalogue = self._office.catalogue.catalogue
        names = {one.id: one.name for one in catalogue.site.areas} if catalogue is not None else {}
        return self._office.speech.of(names[area]) if area in names else area

    def _shift(self, shift: str) -> str:
        catalogue = self._office.catalogue.catalogue
        names = {one.id: one.name for one in catalogue.site.shifts} if catalogue is not None else {}
        return self._office.speech.of(names[shift]) if shift in names else shift

    def _kpis(self) -> Kpis | None:
        found = self._shown
        if found is None:
            return None
        kind, _, name = str(self.scope.currentData() or "").partition(":")
        groups = {"area": found.report.by_area, "shift": found.report.by_shift}
        return groups[kind].get(name) if kind in groups else found.report.whole

    @Slot()
    def _show_scope(self) -> None:
        kpis = self._kpis()
        self.figures.show_kpis(kpis)
        if kpis is not None:
            self.band.show_rates(kpis.figure(KpiName.PER_TEN_MIN).value, kpis.figure(KpiName.PEAK).value)

    @Slot()
    def _say_again(self) -> None:
        self._fill_scopes()
        self._say()

    def _say(self) -> None:
        speech, found = self._office.speech, self._shown
        self._stack.setCurrentIndex(_Page.EMPTY if found is None else _Page.FIGURES)
        self.refresh.setEnabled(not self._busy)
        self.verdict.setVisible(found is not None and found.days < ENOUGH_DAYS)
        if found is None:
            self.covers.set_text("")
            self._say_empty()
            return
        need, have = ENOUGH_DAYS, f"{found.days:.1f}"
        self.verdict.setText(speech.say("performance.insufficient", need=need, have=have))
        covers = speech.say(
            "performance.covers",
            n=number(found.rows, 0),
            start=stamp(found.start, found.end),
            end=stamp(found.end, found.end),
        )
        cut = speech.say("performance.cut", n=number(found.rows, 0)) if found.cut else ""
        self.covers.set_text(" · ".join(part for part in (covers, cut) if part))

    def _say_empty(self) -> None:
        speech = self._office.speech
        if self._busy:
            self.empty.set_sentence(speech.say("performance.counting", n=0))
        elif self._reason:
            self.empty.set_sentence(speech.say("performance.failed", why=speech.reason(self._reason)))
        else:
            self.empty.set_sentence(speech.say("performance.empty"))
        self.empty.set_act("" if self._busy else speech.say("performance.refresh"))

    def _entry(self) -> Nuisance | None:
        rows = self.offender_view.selectionModel().selectedRows()
        return self.offenders.entries[rows[0].row()] if rows else None

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self.proof.show_entry(self._entry())

    @Slot()
    def _open(self) -> None:
        entry = self._entry()
        point = self.offenders.point(entry) if entry is not None else None
        if point is not None:
            self._office.selection.select_asset(point.asset.id, "performance")
            self._office.actions.use("asset.faceplate")

    @Slot(object)
    def _prove(self, entry: Nuisance) -> None:
        point, found = self.offenders.point(entry), self._shown
        if point is not None and entry.change is not None and found is not None:
            self.desk.try_change(entry.change.setting(point.key), (found.start, found.end))


def _column(title: SectionTitle, *widgets: QWidget) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    title.setContentsMargins(PAD_PANEL, 8, PAD_PANEL, 2)
    box.addWidget(title)
    for widget in widgets:
        box.addWidget(widget, 1 if isinstance(widget, QTableView) else 0)
    return made
