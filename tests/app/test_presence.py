"""Somebody at the seat is noticed by keys, buttons and a moving mouse (SEC-07)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from console.app.presence import Presence


def test_a_key_typed_anywhere_in_the_window_is_noticed_and_still_typed(qtbot: QtBot) -> None:
    window, used = QWidget(), list[int]()
    field = QLineEdit(window)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    Presence(window, lambda: used.append(1))
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_A)
    assert used
    field.setFocus()
    before = len(used)
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    assert len(used) > before


def test_a_mouse_that_moves_is_noticed_and_one_that_lies_still_is_not(qtbot: QtBot) -> None:
    window, used = QWidget(), list[int]()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    presence = Presence(window, lambda: used.append(1))
    presence.look()
    assert used == []
    QCursor.setPos(QCursor.pos() + QPoint(7, 3))
    presence.look()
    assert used == [1]
    presence.look()
    assert used == [1]
    assert not presence.eventFilter(window, QEvent(QEvent.Type.Paint))
    assert used == [1]
