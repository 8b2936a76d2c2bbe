"""The dock of reports: order and plans at the left, what lies in the folder beside it, and its pages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, QTimeZone, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.desk.models.report_rows import ReportColumn, ReportRows, lang_of
from console.desk.office import Office
from console.desk.reports.desk import Ended, ReportDesk
from console.desk.reports.jobs import JobKind, Tools
from console.desk.reports.keeper import PlanKeeper
from console.desk.reports.outside import Printing, Reveal
from console.desk.reports.plans import ReportPlan
from console.desk.reports.shelf import Made
from console.desk.reports.wish import Wish
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.rows import QuietRows
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.tables import dress_list
from widgets.kit.veil import NEEDS_NO_HUB
from widgets.reports.order import OrderForm
from widgets.reports.plans import PlanList
from widgets.reports.preview import PagePreview

_LEFT = 370
_NARROW = 1050
"""Below this the pages give way until one is opened."""
_WIDTHS = {ReportColumn.WHAT: 210, ReportColumn.PERIOD: 190}
_SECOND = 1_000_000_000


class ReportPanel(QWidget):
    """Everything here works without a hub, from what this computer holds."""

    def __init__(self, office: Office, tools: Tools) -> None:
        super().__init__()
        self._office = office
        self._preview_folder = tools.preview
        self._printing: Printing | None = None
        self._printer: QPrinter | None = None
        self._to_print = Path()
        self.setObjectName(NEEDS_NO_HUB)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk = ReportDesk(office, tools, self)
        self.keeper = PlanKeeper(office, self.desk, tools.plans, self)
        self.reveal = Reveal(self)
        self.order = OrderForm(office, self.desk, self.reveal)
        self.plans = PlanList(office, self.keeper)
        self.order_button, self.plans_button = QToolButton(), QToolButton()
        self.rows = ReportRows(office.speech, office.clock.now_ns, self._about_of, self)
        self.view = QTableView()
        self.pages = PagePreview(office)
        self.title = PlainLabel(Role.CAPTION, strong=True, muted=True)
        self.show_file, self.print = QuietButton(office.themes, "folder"), QuietButton(office.themes, "print")
        self.check, self.again = QuietButton(office.themes, "ack"), QuietButton(office.themes, "reset")
        self.more = QuietButton(office.themes, "more")
        self.empty = EmptyState(office.themes, "report")
        self._arrange()
        self._connect()
        self._say()
        self._fill()

    def _arrange(self) -> None:
        self.view.setModel(self.rows)
        self.view.setItemDelegate(QuietRows(self._office.themes, self.view))
        dress_list(self.view, _WIDTHS)
        left = self._left()
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        for button in (self.show_file, self.print, self.check, self.again, self.more):
            head.addWidget(button)
        shelf, table = QWidget(), QWidget()
        self._stack = QStackedLayout(table)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(shelf)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(table, 1)
        self.body = QSplitter(Qt.Orientation.Horizontal, self)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(shelf)
        self.body.addWidget(self.pages)
        self.body.setStretchFactor(0, 2)
        self.body.setStretchFactor(1, 3)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(left)
        whole.addWidget(self.body, 1)

    def _left(self) -> QWidget:
        """Order and plans behind two buttons: the page is often low."""
        left, choice = QWidget(), QHBoxLayout()
        choice.setContentsMargins(PAD_CELL, STEP, PAD_CELL, 0)
        choice.setSpacing(0)
        for button in (self.order_button, self.plans_button):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty("kind", "choice")
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMaximumHeight(ROW)
            choice.addWidget(button)
        choice.addStretch(1)
        self.order_button.setChecked(True)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addLayout(choice)
        self._halves = QStackedLayout()
        # Before it has pages: a stack without a parent shows its first page as a window of its own.
        column.addLayout(self._halves, 1)
        scroll = QScrollArea()
        scroll.setWidget(self.order)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._halves.addWidget(scroll)
        self._halves.addWidget(self.plans)
        left.setFixedWidth(_LEFT)
        return left

    @Slot()
    def _turn(self) -> None:
        self._halves.setCurrentIndex(0 if self.order_button.isChecked() else 1)

    def _connect(self) -> None:
        self.order_button.clicked.connect(self._turn)
        self.plans_button.clicked.connect(self._turn)
        self.desk.shelf_changed.connect(self._fill)
        self.desk.job_ended.connect(self._ended)
        self.keeper.given_up.connect(self._given_up)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.doubleClicked.connect(self._open)
        self.pages.print_wanted.connect(self._print_path)
        self.show_file.clicked.connect(self._reveal)
        self.print.clicked.connect(self._print)
        self.check.clicked.connect(self._check)
        self.again.clicked.connect(self._make_again)
        self.more.clicked.connect(self._offer)
        self.reveal.failed.connect(self._reveal_failed)
        self._office.speech.lang_changed.connect(self._say)

    @property
    def chosen(self) -> Made | None:
        """The report that is selected."""
        rows = self.view.selectionModel().selectedRows()
        return self.rows.rows[rows[0].row()] if rows and rows[0].row() < len(self.rows.rows) else None

    @property
    def printing(self) -> bool:
        """Whether pages are on their way to a printer."""
        return self._printing is not None

    def _about_of(self, made: Made) -> str:
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return ""
        about = made.middle.removeprefix(catalogue.site.id).lstrip("-")
        asset = catalogue.assets.get(about)
        return self._office.speech.of(asset.name) if asset is not None else about

    @Slot()
    def _fill(self) -> None:
        chosen = self.chosen
        self.rows.put(self.desk.shelf)
        row = self.rows.row_of(chosen.stem) if chosen is not None else -1
        if row >= 0:
            self.view.selectRow(row)
        self._stack.setCurrentIndex(0 if self.rows.rows else 1)
        say = self._office.speech.say
        fault = self.desk.shelf_fault
        self.empty.set_sentence(
            say("reportpage.list_fault", why=fault) if fault else say("reportpage.list_none")
        )
        self._enable()

    def _enable(self) -> None:
        made = self.chosen
        self.show_file.setEnabled(made is not None)
        self.again.setEnabled(made is not None)
        self.print.setEnabled(made is not None and bool(made.name_of("pdf")))
        self.check.setEnabled(made is not None and bool(made.evidence))
        self.more.setEnabled(made is not None)

    @Slot()
    def _choose(self) -> None:
        made = self.chosen
        self._enable()
        if made is None:
            return
        if not made.name_of("pdf"):
            self.pages.show_hint("reportpage.no_pdf")
            return
        self._show(self.desk.folder / made.name_of("pdf"))

    def _show(self, path: Path) -> None:
        self.pages.show_file(path)
        self._fit_width(opened=True)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        if not ended.outcome.ok:
            return
        if ended.job.kind is JobKind.PREVIEW and ended.stem:
            self.view.clearSelection()
            self._show(self._preview_folder / f"{ended.stem}.pdf")
        elif ended.job.kind is JobKind.MAKE and not ended.job.plan:
            row = self.rows.row_of(ended.stem)
            if row >= 0:
                self.view.clearSelection()
                self.view.selectRow(row)
                self.view.scrollTo(self.rows.index(row, 0))

    @Slot(object)
    def _given_up(self, plan: ReportPlan) -> None:
        what = self._office.speech.say(f"reports.kind.{plan.kind}")
        self.order.tell("reportpage.given_up", what=what)

    @Slot()
    def _open(self) -> None:
        made = self.chosen
        if made is not None and made.names:
            self.reveal.open(self.desk.folder / (made.name_of("pdf") or made.names[0]))

    @Slot()
    def _reveal(self) -> None:
        made = self.chosen
        if made is not None and made.names:
            self.reveal.show(self.desk.folder / (made.name_of("pdf") or made.names[0]))

    @Slot(str)
    def _reveal_failed(self, path: str) -> None:
        self.order.tell("reportpage.reveal_failed", path=path)

    @Slot()
    def _check(self) -> None:
        made = self.chosen
        if made is not None and not self.desk.verify(made):
            self.order.tell("reportpage.no_evidence")

    @Slot()
    def _make_again(self) -> None:
        """The same question once more: the same bytes, but for the stamp."""
        made, catalogue = self.chosen, self._office.catalogue.catalogue
        if made is None or catalogue is None:
            return
        tz = QTimeZone(catalogue.site.time_zone.encode())
        wish = Wish(
            kind=made.kind,
            start=_moment(made.start, tz),
            end=_moment(made.end, tz),
            about=made.middle.removeprefix(catalogue.site.id).lstrip("-"),
            lang=lang_of(made),
            formats=made.formats or ("pdf",),
        )
        self.desk.make(wish)

    @Slot()
    def _offer(self) -> None:
        made = self.chosen
        if made is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in made.names:
            menu.addAction(name).setData(str(self.desk.folder / name))
        menu.triggered.connect(self._open_named)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @Slot(QAction)
    def _open_named(self, action: QAction) -> None:
        self.reveal.open(Path(str(action.data())))

    @Slot()
    def _print(self) -> None:
        made = self.chosen
        if made is not None and made.name_of("pdf"):
            self._print_path(str(self.desk.folder / made.name_of("pdf")))

    @Slot(str)
    def _print_path(self, path: str) -> None:
        if self._printing is not None:
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setDocName(Path(path).stem)
        self._to_print = Path(path)
        dialog = QPrintDialog(self._printer, self.window())
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, max(1, self.pages.document.pageCount()))
        dialog.finished.connect(self._print_answered)
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    @Slot(int)
    def _print_answered(self, answer: int) -> None:
        if answer == QPrintDialog.DialogCode.Accepted and self._printer is not None:
            self.send_to(self._printer, self._to_print)

    def send_to(self, printer: QPrinter, path: Path) -> None:
        """Print a PDF; how far it is and what came of it is said below the form."""
        self._printing = Printing(printer, path, self)
        self._printing.paged.connect(self._paged)
        self._printing.ended.connect(self._printed)
        self._printing.start()

    @Slot(int, int)
    def _paged(self, page: int, pages: int) -> None:
        self.order.tell("reportpage.printing", page=page, pages=pages)

    @Slot(str)
    def _printed(self, fault: str) -> None:
        if self._printing is not None:
            self._printing.deleteLater()
        self._printing = None
        if fault:
            self.order.tell("reportpage.print_failed", why=fault)
        else:
            self.order.tell("reportpage.printed")

    @Slot()
    def _say(self) -> None:
        say = self._office.speech.say
        self.order_button.setText(say("reportpage.new"))
        self.plans_button.setText(say("reportpage.plans"))
        self.title.setText(say("reportpage.list"))
        self.view.setAccessibleName(say("reportpage.list"))
        names = {
            self.show_file: "reveal",
            self.print: "print",
            self.check: "check",
            self.again: "again",
            self.more: "open_other",
        }
        for button, name in names.items():
            button.say(say(f"reportpage.{name}"))
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_width(opened=self.pages.path is not None)

    def _fit_width(self, *, opened: bool) -> None:
        narrow = self.width() < _NARROW
        self.pages.setVisible(not narrow or opened)
        self.view.setColumnHidden(ReportColumn.MADE, narrow)


def _moment(text: str, tz: QTimeZone) -> int:
    moment = QDateTime.fromString(text, "yyyyMMdd'T'HHmmss")
    return QDateTime(moment.date(), moment.time(), tz).toSecsSinceEpoch() * _SECOND
