"""The dock and the sheets of the handover walked over: names, sizes, clipping, in both languages and at both sizes."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from console.core.handover.facts import HandoverFact, HandoverState
from tests.widgets.conftest import Seat
from tests.widgets.handover_desk import ITEMS, KIM, LEE, NOW, accepted, handover, sheet_of, sit
from tests.widgets.test_sweeps import INTERACTIVE, clipped, described, on_screen
from widgets.handover.panel import HandoverPanel
from widgets.kit.buttons import ActButton

S = HandoverState
NARROW, WIDE = (762, 230), (1180, 440)
"""What a dock in the middle has on a screen of 1366 x 768, and on one of 1920 x 1080."""


def _facts() -> dict[str, tuple[str, HandoverFact]]:
    asked = msgspec.structs.replace(ITEMS[0], question="왜 그렇습니까?", remark="부품 내일 도착")
    seat = msgspec.structs.replace(KIM, who="op", human="name:kim", passwordless=True)
    done = tuple(accepted(one) for one in ITEMS)
    signed = msgspec.structs.replace(KIM, signed_at=NOW, proof="password")
    over = handover(
        S.SIGNED,
        *done,
        outgoing=signed,
        incoming=msgspec.structs.replace(LEE, signed_at=NOW, proof="step_up"),
    )
    return {
        "drafted": ("kim", handover(S.DRAFTED, *ITEMS)),
        "offered": ("op", handover(S.OFFERED, *ITEMS, outgoing=seat, until=NOW, left_at=NOW)),
        "accepting": ("lee", handover(S.ACCEPTING, asked, *ITEMS[1:], until=NOW, since=NOW)),
        "to sign": ("lee", handover(S.ACCEPTING, *done, outgoing=signed)),
        "over": ("kim", msgspec.structs.replace(over, moved=("a",), kept=("b",), runs=("r",), locked=3, ended_at=NOW)),
    }  # fmt: skip


@pytest.fixture(params=["drafted", "offered", "accepting", "to sign", "over"])
def panel(request: pytest.FixtureRequest, seat: Seat, qtbot: QtBot, qapp: QApplication) -> HandoverPanel:
    user, fact = _facts()[request.param]
    seat.office.handover_acts.attach(seat.sent.append)
    sit(seat, user, passwordless=user == "op")
    made = HandoverPanel(seat.office)
    qtbot.addWidget(made)
    seat.office.handovers.push([fact])
    made.show()
    made.table.choose(ITEMS[0].key)
    qapp.processEvents()
    return made


def test_everything_here_has_a_name_and_is_big_enough(panel: HandoverPanel) -> None:
    """HMI-12, HMI-13, HMI-14."""
    for widget in on_screen(INTERACTIVE):
        inside = isinstance(widget.parentWidget(), QLineEdit) or widget.objectName().startswith("qt_")
        named = widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip()
        assert named or inside, described(widget)
    assert all(view.accessibleName() for view in on_screen(QTableView))
    for widget in on_screen(QAbstractButton):
        if not widget.objectName().startswith("qt_"):
            least = 44 if isinstance(widget, ActButton) else 24
            assert widget.height() >= least, (described(widget), widget.size())
            assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus or not isinstance(widget, ActButton)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_nothing_here_is_clipped(
    panel: HandoverPanel, seat: Seat, qtbot: QtBot, lang: str, size: tuple[int, int]
) -> None:
    """HMI-15."""
    panel.resize(*size)
    seat.office.speech.set_lang(lang)

    def nothing_clipped() -> None:
        assert panel.size().toTuple() == size
        assert clipped() == []

    qtbot.waitUntil(nothing_clipped, timeout=20_000)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_sheets_show_their_whole_texts(
    panel: HandoverPanel, seat: Seat, qapp: QApplication, lang: str
) -> None:
    """HMI-15: wrapped lines need their height too."""
    seat.office.speech.set_lang(lang)
    for act in [name for name, button in panel.head.acts.items() if button.isVisible()]:
        panel.do(act)
        qapp.processEvents()
        if panel.sheet is None:
            continue
        sheet = sheet_of(panel)
        assert clipped() == [], act
        for label in (sheet.why, sheet.title):
            assert label.height() >= label.heightForWidth(label.width()) - 1, (act, label.text())
        sheet.close()


@pytest.mark.parametrize("theme", ["night", "bright"])
def test_a_change_of_theme_keeps_what_is_chosen(panel: HandoverPanel, seat: Seat, theme: str) -> None:
    """HMI-18."""
    seat.office.themes.set_theme(theme)
    assert [one.key for one in panel.table.chosen()] == [ITEMS[0].key]
