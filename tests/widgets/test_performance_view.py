"""The performance view: empty, counting, counted, and a change that is tried (ALARMS.md 1.7, items 9 and 10)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.client.trials import TrialPlan
from console.core.alarm.facts import OccurrenceRow
from console.wire.messages import OccurrencesReply, QueryOccurrences
from tests.widgets.conftest import NS, Seat
from widgets.performance.band import BANDS, band_of, place_of
from widgets.performance.panel import PerformancePanel

_CHILD = """
import json, sys
setting = sys.argv[sys.argv.index("--set") + 1]
key = setting.partition("=")[0].rpartition(".")[0]
print(json.dumps({"summary": {"rows": 3600, "changed": [{"alarm": key, "before": 24, "after": 2}]}}))
"""


def chatter(alarm: int = 0, n: int = 24) -> tuple[OccurrenceRow, ...]:
    """An alarm that comes every 20 s and stands for 6 s."""
    begin = time.time_ns() - 3600 * NS
    return tuple(
        OccurrenceRow(
            alarm=alarm,
            occurrence=f"o{alarm}-{i}",
            priority=2,
            at_event=begin + i * 20 * NS,
            at_annunciated=begin + i * 20 * NS,
            at_returned=begin + (i * 20 + 6) * NS,
        )
        for i in range(n)
    )


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot, tmp_path: Path) -> PerformancePanel:
    """Shown, with a back-test of its own beside it."""
    script = tmp_path / "main.py"
    script.write_text(_CHILD, encoding="utf-8")
    seat.office.occurrences.attach(seat.sent.append)
    made = PerformancePanel(seat.office, TrialPlan((sys.executable, str(script)), tmp_path, tmp_path))
    qtbot.addWidget(made)
    made.resize(1400, 600)
    made.show()
    return made


def answer(seat: Seat, rows: tuple[OccurrenceRow, ...], reason: str = "") -> None:
    """The hub answers the last question."""
    asked = seat.sent_of(QueryOccurrences)[-1]
    seat.office.occurrences.receive(OccurrencesReply(request=asked.request, rows=rows, reason=reason))


def cell(panel: PerformancePanel, row: int, column: int) -> str:
    """Text of a figure."""
    return str(panel.figures.index(row, column).data())


def test_it_asks_when_it_is_first_shown_and_says_what_it_waits_for(
    panel: PerformancePanel, seat: Seat
) -> None:
    assert len(seat.sent_of(QueryOccurrences)) == 1
    assert panel.empty.isVisible()
    assert "Gathering" in panel.empty.sentence.text()
    assert not panel.empty.act.isVisible()
    panel.hide()
    panel.show()
    assert len(seat.sent_of(QueryOccurrences)) == 1


def test_quiet_record_is_a_designed_state_with_its_act(panel: PerformancePanel, seat: Seat) -> None:
    answer(seat, ())
    assert "No alarm is on record" in panel.empty.sentence.text()
    panel.empty.act.click()
    assert len(seat.sent_of(QueryOccurrences)) == 2
    answer(seat, (), "BUSY")
    assert "busy" in panel.empty.sentence.text()


def test_figures_say_target_and_verdict_and_how_much_data_there_is(
    panel: PerformancePanel, seat: Seat, qtbot: QtBot
) -> None:
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    assert panel.verdict.isVisible()
    assert panel.verdict.text() == "Insufficient: needs 30 days, has 0.0"
    names = [cell(panel, row, 0) for row in range(panel.figures.rowCount())]
    peak = names.index("most in any 10 min")
    assert [cell(panel, peak, column) for column in (1, 2, 3)] == [
        "24",
        "≤ 10",
        "so far off target",
    ]
    right = panel.figures.index(peak, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight
    seat.office.speech.set_lang("ko")
    assert cell(panel, peak, 3) == "지금까지 목표 초과"
    assert panel.verdict.text().startswith("판정 보류")


def test_scope_shows_an_area_by_itself(panel: PerformancePanel, seat: Seat, qtbot: QtBot) -> None:
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    data = [panel.scope.itemData(index) for index in range(panel.scope.count())]
    area = next(one for one in data if one.startswith("area:"))
    panel.scope.setCurrentIndex(data.index(area))
    assert panel.figures.figures[0].value > 0
    seat.office.speech.set_lang("ko")
    assert panel.scope.currentData() == area


def test_change_is_proposed_and_proved_on_the_record(
    panel: PerformancePanel, seat: Seat, qtbot: QtBot, qapp: QApplication
) -> None:
    """Item 10: the view calls the back-test and shows before and after."""
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    assert "Choose an alarm" in panel.proof.why.text()
    panel.offender_view.selectRow(0)
    assert panel.offenders.entries[0].change is not None
    assert "→" in panel.proof.why.text()
    assert panel.proof.act.text() == "Prove the change"
    panel.proof.act.click()
    assert panel.proof.act.text() == "Stop the proof"
    qtbot.waitUntil(lambda: "24 → 2" in panel.proof.outcome.text(), timeout=20_000)
    assert panel.proof.act.text() == "Prove the change"


def test_record_elsewhere_says_where_to_prove(seat: Seat, qtbot: QtBot) -> None:
    seat.office.occurrences.attach(seat.sent.append)
    panel = PerformancePanel(seat.office)
    qtbot.addWidget(panel)
    panel.show()
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    panel.offender_view.selectRow(0)
    assert not panel.proof.act.isVisible()
    assert "backtest --set " in panel.proof.outcome.text()


def test_opening_an_entry_leads_to_its_asset(panel: PerformancePanel, seat: Seat, qtbot: QtBot) -> None:
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    panel.offender_view.selectRow(0)
    panel.offender_view.activated.emit(panel.offenders.index(0, 0))
    catalogue = seat.office.catalogue.catalogue
    assert catalogue is not None
    assert seat.office.selection.asset == catalogue.alarms[0].asset.id


@pytest.mark.parametrize(
    ("rate", "band"),
    [
        (0.0, "acceptable"),
        (1.0, "acceptable"),
        (1.5, "manageable"),
        (4.0, "demanding"),
        (60.0, "unacceptable"),
    ],
)
def test_rate_stands_in_its_band(rate: float, band: str) -> None:
    """EEMUA 191: below 1 per 10 min, 1 in 5 min, 1 in 2 min, more."""
    assert band_of(rate) == band
    place = place_of(rate)
    index = [name for name, _ in BANDS].index(band)
    assert index / 4 <= place <= (index + 1) / 4


def test_proof_ends_with_its_view(seat: Seat, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    """No child outlives the pane that asked for it."""
    script = tmp_path / "main.py"
    script.write_text("import time\ntime.sleep(120)\n", encoding="utf-8")
    seat.office.occurrences.attach(seat.sent.append)
    panel = PerformancePanel(seat.office, TrialPlan((sys.executable, str(script)), tmp_path, tmp_path))
    panel.show()
    answer(seat, chatter())
    qtbot.waitUntil(lambda: panel.shown is not None)
    panel.offender_view.selectRow(0)
    panel.proof.act.click()
    trial = panel.desk._trial
    assert trial is not None
    qtbot.waitUntil(lambda: trial._process is not None)
    process = trial._process
    assert process is not None
    panel.close()
    panel.deleteLater()
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=5000)
