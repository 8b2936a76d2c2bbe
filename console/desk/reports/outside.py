"""What the system does with a report: show it in the file manager, open it, print it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QRectF, QSize, QSizeF, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QImage, QPageLayout, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

_DOTS = 150
"""Per inch, where pages are printed as pictures."""
_STRIP = 300
"""Rows of a picture that go to the printer in one turn of the window."""
_POINTS = 72.0


def reveal_words(path: Path, platform: str = sys.platform) -> tuple[str, ...]:
    """The command that shows a file in the system's file manager; empty where the folder can only be opened."""
    if platform == "win32":
        return ("explorer", "/select,", str(path))
    if platform == "darwin":
        return ("open", "-R", str(path))
    call = shutil.which("gdbus")
    if call is None:
        return ()
    place = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    address = ("--dest", "org.freedesktop.FileManager1", "--object-path", "/org/freedesktop/FileManager1")
    method = ("--method", "org.freedesktop.FileManager1.ShowItems")
    return (call, "call", "--session", *address, *method, f"['{place.replace(chr(39), '%27')}']", "")


class Reveal(QObject):
    """Shows a file where it lies; the folder is opened where no file manager can point at a file."""

    failed = Signal(str)
    """A path that nothing could show."""

    def show(self, path: Path) -> None:
        """Ask the file manager; returns at once."""
        words = reveal_words(path)
        if not words:
            self._open_folder(path)
            return
        process = QProcess(self)
        process.setProperty("path", str(path))
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._error)
        process.start(words[0], list(words[1:]))

    def open(self, path: Path) -> None:
        """Open a file with what the system opens such files with."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.failed.emit(str(path))

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        process = self.sender()
        assert isinstance(process, QProcess)
        path = str(process.property("path"))
        process.deleteLater()
        # The file manager of Windows ends with 1 although it has shown the file.
        if code and sys.platform != "win32":
            self._open_folder(Path(path))

    @Slot(QProcess.ProcessError)
    def _error(self, error: QProcess.ProcessError) -> None:
        process = self.sender()
        if error is QProcess.ProcessError.FailedToStart and isinstance(process, QProcess):
            self._open_folder(Path(str(process.property("path"))))
            process.deleteLater()

    def _open_folder(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))):
            self.failed.emit(str(path.parent))


def spool_words(printer: QPrinter, path: Path) -> tuple[str, ...]:
    """The command that hands the file as it is to the system's spooler; empty where there is none."""
    spool = shutil.which("lp")
    if spool is None or printer.outputFormat() is not QPrinter.OutputFormat.NativeFormat:
        return ()
    words = [spool, "-n", str(max(1, printer.copyCount()))]
    if printer.printerName():
        words += ["-d", printer.printerName()]
    if printer.printRange() is QPrinter.PrintRange.PageRange and printer.fromPage():
        words += ["-P", f"{printer.fromPage()}-{max(printer.fromPage(), printer.toPage())}"]
    return (*words, "--", str(path))


class Printing(QObject):
    """Prints one PDF: through the spooler as it is, else page by page, with the window alive between the pages."""

    ended = Signal(str)
    """Empty when it is printed, else what went wrong, as the system says it."""
    paged = Signal(int, int)
    """Pages that are done, and how many there are."""

    def __init__(self, printer: QPrinter, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._printer = printer
        self._path = path
        self._document = QPdfDocument(self)
        self._painter: QPainter | None = None
        self._pages: Sequence[int] = ()
        self._next = 0
        self._picture: QImage | None = None
        self._row = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)
        self._spool = QProcess(self)
        self._spool.finished.connect(self._spooled)
        self._spool.errorOccurred.connect(self._spool_failed)

    def start(self) -> None:
        """Begin; `ended` comes once."""
        words = spool_words(self._printer, self._path)
        if words:
            self._spool.start(words[0], list(words[1:]))
            return
        if self._document.load(str(self._path)) is not QPdfDocument.Error.None_:
            self._end(self._document.error().name)
            return
        first = self._printer.fromPage() or 1
        last = self._printer.toPage() or self._document.pageCount()
        self._pages = range(first - 1, min(last, self._document.pageCount()))
        self._printer.setResolution(_DOTS)
        if self._pages:
            self._lay(self._pages[0])
        painter = QPainter()
        if not self._pages or not painter.begin(self._printer):
            self._end(self._printer.outputFileName() or self._printer.printerName() or "?")
            return
        self._painter = painter
        self._timer.start()

    @Slot()
    def _turn(self) -> None:
        """A page takes some turns of the window: it is drawn in one and handed on in strips in the next ones."""
        if self._picture is None:
            self._lay(self._pages[self._next])
            self._picture, self._row = self._drawn(self._pages[self._next]), 0
            if self._next and not self._printer.newPage():
                self._close("newPage")
            return
        self._hand_on(self._picture)
        if self._row >= self._picture.height():
            self._picture = None
            self._next += 1
            self.paged.emit(self._next, len(self._pages))
            if self._next == len(self._pages):
                self._close("")

    def _lay(self, page: int) -> None:
        """The paper lies as the page does; takes effect with the next page that begins."""
        points: QSizeF = self._document.pagePointSize(page)
        wide = points.width() > points.height()
        lies = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
        self._printer.setPageOrientation(lies)

    def _drawn(self, page: int) -> QImage:
        points: QSizeF = self._document.pagePointSize(page)
        whole = QSize(round(points.width() * _DOTS / _POINTS), round(points.height() * _DOTS / _POINTS))
        paper = QImage(whole, QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        # Without transparency a page costs the printer half.
        painter = QPainter(paper)
        painter.drawImage(0, 0, self._document.render(page, whole))
        painter.end()
        return paper

    def _hand_on(self, picture: QImage) -> None:
        painter = self._painter
        assert painter is not None
        paper = self._printer.pageRect(QPrinter.Unit.DevicePixel)
        fit = picture.size().toSizeF().scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rows = min(_STRIP, picture.height() - self._row)
        scale = fit.height() / picture.height()
        strip = picture.copy(0, self._row, picture.width(), rows)
        painter.drawImage(QRectF(0, self._row * scale, fit.width(), rows * scale), strip)
        self._row += rows

    def _close(self, fault: str) -> None:
        self._timer.stop()
        painter, self._painter = self._painter, None
        if painter is not None and not painter.end() and not fault:
            fault = "end"
        self._end(fault)

    @Slot(int, QProcess.ExitStatus)
    def _spooled(self, code: int, _status: QProcess.ExitStatus) -> None:
        said = bytes(self._spool.readAllStandardError().data()).decode(errors="replace").strip()
        self._end((said or f"lp: {code}")[:300] if code else "")

    @Slot(QProcess.ProcessError)
    def _spool_failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(self._spool.errorString())

    def _end(self, fault: str) -> None:
        self._document.close()
        self.ended.emit(fault)
