"""The pages of a report as they will be printed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from console.desk.office import Office
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, STEP

_STEP = 1.2
_LEAST, _MOST = 0.3, 4.0


class PagePreview(QWidget):
    """Scrolls through the pages of one PDF; the file is free again as soon as another is shown."""

    print_wanted = Signal(str)
    """Path of the PDF that is shown."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._path: Path | None = None
        self._hint = "reportpage.pick"
        self._why = ""
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.document)
        self.view.setFrameShape(QPdfView.Shape.NoFrame)
        self.before, self.after = (
            QuietButton(office.themes, "chevron_up"),
            QuietButton(office.themes, "chevron_down"),
        )
        self.smaller, self.larger = QuietButton(office.themes, "minus"), QuietButton(office.themes, "plus")
        self.fit, self.print = QuietButton(office.themes, "zoom_reset"), QuietButton(office.themes, "print")
        self.place = PlainLabel(Role.CAPTION, muted=True)
        self.empty = EmptyState(office.themes, "report")
        self._arrange()
        self._connect()
        self._say()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        head.setSpacing(STEP)
        for widget in (self.before, self.after, self.place):
            head.addWidget(widget)
        head.addStretch(1)
        for widget in (self.smaller, self.larger, self.fit, self.print):
            head.addWidget(widget)
        shown = QWidget()
        box = QVBoxLayout(shown)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.view, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect(self) -> None:
        self.before.clicked.connect(self._page_before)
        self.after.clicked.connect(self._page_after)
        self.smaller.clicked.connect(self._zoom_out)
        self.larger.clicked.connect(self._zoom_in)
        self.fit.clicked.connect(self._fit)
        self.print.clicked.connect(self._print)
        self.view.pageNavigator().currentPageChanged.connect(self._show_place)
        self._office.speech.lang_changed.connect(self._say)

    @property
    def path(self) -> Path | None:
        """What is shown."""
        return self._path

    def show_file(self, path: Path) -> None:
        """Show a PDF from its first page; what cannot be shown is said."""
        fault = self.document.load(str(path))
        self._path = path if fault is QPdfDocument.Error.None_ else None
        self._hint, self._why = "reportpage.unreadable", fault.name
        self.view.pageNavigator().jump(0, QPointF(), 0.0)
        self._say()

    def show_hint(self, key: str) -> None:
        """Show no page but a sentence."""
        self.document.close()
        self._path, self._hint = None, key
        self._say()

    @Slot()
    def _page_before(self) -> None:
        self._jump(-1)

    @Slot()
    def _page_after(self) -> None:
        self._jump(1)

    def _jump(self, by: int) -> None:
        at = self.view.pageNavigator().currentPage() + by
        if 0 <= at < self.document.pageCount():
            self.view.pageNavigator().jump(at, QPointF(), 0.0)

    @Slot()
    def _zoom_in(self) -> None:
        self._zoom(_STEP)

    @Slot()
    def _zoom_out(self) -> None:
        self._zoom(1 / _STEP)

    def _zoom(self, factor: float) -> None:
        old = self.view.zoomFactor()
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            points = self.document.pagePointSize(self.view.pageNavigator().currentPage()).width()
            dots = self.view.logicalDpiX() / 72.0
            old = self.view.viewport().width() / (points * dots) if points else 1.0
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(_MOST, max(_LEAST, old * factor)))

    @Slot()
    def _fit(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    @Slot()
    def _print(self) -> None:
        if self._path is not None:
            self.print_wanted.emit(str(self._path))

    @Slot()
    def _show_place(self) -> None:
        pages, at = self.document.pageCount(), self.view.pageNavigator().currentPage()
        self.place.setText(
            self._office.speech.say("reportpage.page", page=at + 1, pages=pages) if pages else ""
        )
        self.before.setEnabled(at > 0)
        self.after.setEnabled(at + 1 < pages)

    @Slot()
    def _say(self) -> None:
        say = self._office.speech.say
        names = {
            self.before: "page_before",
            self.after: "page_after",
            self.smaller: "smaller",
            self.larger: "larger",
            self.fit: "fit",
            self.print: "print",
        }
        for button, name in names.items():
            button.say(say(f"reportpage.{name}"))
        self.view.setAccessibleName(say("reportpage.preview"))
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.empty.set_sentence(say(self._hint, why=self._why))
        self._stack.setCurrentIndex(0 if self._path is None else 1)
        self._show_place()
