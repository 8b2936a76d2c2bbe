"""The page of reports: what it asks for, what it says, its pages, printing, plans; alive without a hub."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from report_room import END, T0, catalogue, shift_data

from console.desk.models.report_rows import ReportColumn
from console.desk.reports.jobs import JobKind, Tools
from console.desk.reports.outside import reveal_words
from console.desk.reports.wish import Span
from console.setup.bootstrap import ROOT
from tests.widgets.conftest import Seat
from widgets.reports.panel import ReportPanel

LIMIT = 60_000
HOUR = 3600 * 10**9


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 12)


@pytest.fixture
def panel(qtbot: QtBot, seat: Seat, tmp_path: Path, data: Path) -> ReportPanel:
    """The city of the recorded shift, an hour after it, and no hub."""
    office = seat.office
    office.catalogue.push(catalogue(), "busan")
    office.settings.override("report_folder", str(tmp_path / "out"))
    office.settings.override("report_lang", "en")
    office.clock.heard(END + HOUR)
    seat.lose_link()
    program = (sys.executable, str(ROOT / "main.py"))
    made = ReportPanel(office, Tools(program, data, tmp_path / "preview", tmp_path / "plans.json"))
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def choose(panel: ReportPanel, kind: str, span: Span) -> None:
    panel.order.choices.kind.setCurrentIndex(panel.order.choices.kind.findData(kind))
    panel.order.span.setCurrentIndex(panel.order.span.findData(span.value))


def the_recorded_shift(panel: ReportPanel) -> None:
    choose(panel, "shift", Span.OWN)
    for edit, at in ((panel.order.start, T0), (panel.order.end, END)):
        moment = QDateTime.fromSecsSinceEpoch(at // 10**9, panel.order.site_zone())
        edit.setDateTime(QDateTime(moment.date(), moment.time()))


def test_it_begins_with_the_last_shift_and_each_kind_has_its_own_stretch(panel: ReportPanel) -> None:
    wish = panel.order.wish
    assert wish is not None
    assert (wish.kind, wish.lang, wish.formats) == ("shift", "en", ("pdf", "xlsx"))
    assert wish.end <= END + HOUR
    choices = panel.order.choices
    choices.kind.setCurrentIndex(choices.kind.findData("day"))
    assert panel.order.span.currentData() == Span.YESTERDAY
    choices.kind.setCurrentIndex(choices.kind.findData("alarm_performance"))
    assert panel.order.span.currentData() == Span.MONTH
    assert not panel.order.start.isVisible()


def test_what_is_missing_is_said_before_anything_is_pressed(panel: ReportPanel, seat: Seat) -> None:
    choose(panel, "incident", Span.TODAY)
    assert not panel.order.make.isEnabled()
    assert "Select an asset" in panel.order.told.text()
    asset = next(iter(catalogue().assets))
    seat.office.selection.select_asset(asset)
    assert panel.order.make.isEnabled()
    for box in panel.order.choices.formats.values():
        box.setChecked(False)
    assert panel.order.told.text() == "Choose at least one format"
    choose(panel, "shift", Span.OWN)
    assert panel.order.start.isVisible()


def test_a_report_is_made_shown_checked_and_made_again_without_a_hub(
    qtbot: QtBot, panel: ReportPanel, tmp_path: Path
) -> None:
    the_recorded_shift(panel)
    panel.order.choices.formats["xlsx"].setChecked(False)
    panel.order.make.click()
    assert panel.order.work.isVisible()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    assert "files made" in panel.order.told.text()
    assert panel.rows.cell(panel.rows.rows[0], ReportColumn.PERIOD) == "2026-11-22 07:00 – 15:00"
    assert panel.pages.path is not None
    assert panel.pages.document.pageCount() > 1
    assert panel.pages.place.text().startswith("Page 1 of")
    first = panel.pages.path.read_bytes()
    panel.check.click()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    assert panel.order.told.text().startswith("Checked: sound")
    qtbot.wait(1100)  # the stamp is the second it was made in
    panel.again.click()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    assert len(panel.rows.rows) == 1
    assert panel.pages.path.read_bytes() != first
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".pdf", ".zip"]


def test_a_preview_is_shown_and_cancelled_work_leaves_no_file(
    qtbot: QtBot, panel: ReportPanel, tmp_path: Path
) -> None:
    the_recorded_shift(panel)
    panel.order.preview.click()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    assert panel.order.told.text() == "This is a preview; nothing has been filed"
    assert panel.pages.path is not None
    assert panel.rows.rows == ()
    panel.order.make.click()
    job = panel.desk.job
    assert job is not None
    assert job.kind is JobKind.MAKE
    qtbot.waitUntil(lambda: panel.desk.step is not None, timeout=LIMIT)
    panel.order.cancel.click()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    assert panel.order.told.text() == "Cancelled; no file is left"
    folder = tmp_path / "out"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_pages_are_printed_where_no_spooler_takes_the_file(
    qtbot: QtBot, panel: ReportPanel, tmp_path: Path
) -> None:
    the_recorded_shift(panel)
    panel.order.preview.click()
    qtbot.waitUntil(lambda: panel.desk.job is None, timeout=LIMIT)
    path = panel.pages.path
    assert path is not None
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    panel.send_to(printer, path)
    qtbot.waitUntil(lambda: panel.order.told.text() == "Sent to the printer", timeout=LIMIT)
    from pypdf import PdfReader

    printed, read = PdfReader(tmp_path / "printed.pdf").pages, PdfReader(path).pages
    assert len(printed) == panel.pages.document.pageCount()
    lies = [[page.mediabox.width > page.mediabox.height for page in pages] for pages in (printed, read)]
    assert lies[0] == lies[1]
    gone = QPrinter()
    gone.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    gone.setOutputFileName(str(tmp_path / "no" / "such" / "folder.pdf"))
    panel.send_to(gone, path)
    qtbot.waitUntil(lambda: panel.order.told.text().startswith("Not printed"), timeout=LIMIT)


def test_a_pdf_that_cannot_be_read_is_said(panel: ReportPanel, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    stem = "day-busan-20261121T000000-20261122T000000-ko-en"
    (folder / f"{stem}.pdf").write_bytes(b"this is no PDF")
    panel.desk.look()
    panel.view.selectRow(0)
    assert panel.pages.path is None
    assert panel.pages.empty.sentence.text().startswith("The PDF cannot be shown")
    assert panel.rows.cell(panel.rows.rows[0], ReportColumn.WHAT) == "Daily report · Both side by side"
    assert not panel.check.isEnabled()
    assert panel.print.isEnabled()


def test_a_plan_is_added_changed_and_removed_without_a_hub(panel: ReportPanel, seat: Seat) -> None:
    assert "every day 07:00" in panel.plans.empty.sentence.text()
    panel.plans.add_plan()
    sheet = panel.plans.sheet
    assert sheet is not None
    assert sheet.do.isEnabled()
    sheet.days[0].setChecked(False)
    sheet.keep.setValue(30)
    sheet.do.click()
    (plan,) = panel.keeper.plans
    assert (plan.kind, plan.at, plan.days, plan.keep) == ("shift", "07:00", (1, 2, 3, 4, 5, 6), 30)
    item = panel.plans.list.item(0).text()
    assert "Tue Wed Thu Fri Sat Sun 07:00 · keep 30 · next 11-24 07:00" in item
    panel.plans.list.setCurrentRow(0)
    panel.plans.edit.click()
    sheet = panel.plans.sheet
    assert sheet is not None
    for button in sheet.days:
        button.setChecked(False)
    assert not sheet.do.isEnabled()
    assert sheet.fault.text() == "Choose at least one day"
    sheet.close()
    seat.office.speech.set_lang("ko")
    assert "30개 보관" in panel.plans.list.item(0).text()
    panel.plans.list.setCurrentRow(0)
    panel.plans.remove.click()
    assert panel.keeper.plans == ()


def test_no_raw_word_stands_on_the_page_in_either_language(panel: ReportPanel, seat: Seat) -> None:
    for lang in ("ko", "en"):
        seat.office.speech.set_lang(lang)
        shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
        shown += [panel.order.choices.kind.itemText(n) for n in range(panel.order.choices.kind.count())]
        assert not [text for text in shown if "None" in text.split() or "reportpage." in text or "_" in text]


def test_the_file_manager_of_each_system_is_asked_in_its_own_way() -> None:
    path = Path("/tmp/it's here.pdf")
    assert reveal_words(path, "win32") == ("explorer", "/select,", str(path))
    assert reveal_words(path, "darwin") == ("open", "-R", str(path))
    words = reveal_words(path, "linux")
    assert not words or "%27" in words[-2]
