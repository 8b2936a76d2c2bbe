"""The veil of a lost link: everything of the hub lies under it, what needs no hub does not."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.conftest import Seat
from widgets.kit.veil import NEEDS_NO_HUB
from widgets.shell.link_overlay import FrozenVeil


def test_a_pane_that_needs_no_hub_stays_clear(qtbot: QtBot, seat: Seat) -> None:
    """ALM-10."""
    target = QWidget()
    qtbot.addWidget(target)
    target.resize(200, 100)
    target.setStyleSheet("QWidget { background: #204060; }")
    pane = QWidget(target)
    pane.setObjectName(NEEDS_NO_HUB)
    pane.setGeometry(100, 0, 100, 100)
    veil = FrozenVeil(seat.office, target)
    target.show()

    def differ(left: int) -> int:
        picture, ground = target.grab().toImage(), QColor("#204060")
        return sum(
            picture.pixelColor(x, y) != ground for x in range(left, left + 100) for y in range(0, 100, 7)
        )

    assert (veil.isVisible(), differ(0), differ(100)) == (False, 0, 0)
    seat.lose_link()
    assert veil.isVisible()
    assert differ(0) == 100 * 15
    assert differ(100) == 0
    pane.hide()
    assert differ(100) == 100 * 15
    seat.go_live()
    assert differ(0) == 0
