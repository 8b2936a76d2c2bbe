"""Walks over everything on the screen: names, sizes, clipping, literal texts, words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import resources
from console.core.alarm.facts import AlarmState, Shelf
from console.desk.words import shipped_words
from tests.widgets.conftest import ACKED, UNACKED, Screen, alarm_fact
from tests.widgets.payload_city import BOLD, FORMAT, IMG
from widgets.kit.buttons import ActButton
from widgets.kit.icons import icon_names
from widgets.shell.shortcuts import ShortcutSheet

WIDGETS = resources.ROOT.parent / "widgets"
INTERACTIVE = (QAbstractButton, QLineEdit, QComboBox)


@pytest.fixture
def busy(screen: Screen, qapp: QApplication) -> Screen:
    """Alarms of every priority, a selected asset with all its parts, sheets open."""
    shelved = AlarmState(cond=True, shelf=Shelf.TIMED)
    facts = [
        alarm_fact(0, UNACKED, 1),
        alarm_fact(1, ACKED, 3),
        alarm_fact(2, shelved, 2),
        alarm_fact(4, UNACKED, 4),
    ]
    screen.seat.raise_alarms(facts)
    screen.seat.office.selection.select_asset("s1")
    screen.table.view.selectRow(0)
    screen.table.acts.show_guidance()
    screen.table.acts.open_shelve()
    screen.faceplate.commands.buttons[1].click()
    ShortcutSheet(screen.seat.office, screen.window).show()
    qapp.processEvents()
    return screen


def on_screen(kind: type[QWidget] | tuple[type[QWidget], ...]) -> Iterator[QWidget]:
    """Visible widgets of a kind in every window."""
    for top in QApplication.topLevelWidgets():
        for widget in [top, *top.findChildren(QWidget)]:
            if isinstance(widget, kind) and widget.isVisible():
                yield widget


def described(widget: QWidget) -> str:
    """Class and place of a widget, for the message of a failure."""
    names: list[str] = []
    step: QWidget | None = widget
    while step is not None and len(names) < 4:
        names.append(type(step).__name__)
        step = step.parentWidget()
    return " < ".join(names)


def test_everything_a_person_can_use_has_a_name(busy: Screen):
    """HMI-14."""
    nameless = [
        described(widget)
        for widget in on_screen(INTERACTIVE)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), QLineEdit)
    ]
    views = [
        described(view)
        for view in on_screen(QAbstractScrollArea)
        if view.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and type(view).__name__.endswith(("View", "Plot"))
        and not view.accessibleName()
        and view.parentWidget() is not None
        and "Header" not in type(view).__name__
    ]
    assert nameless + views == []


def test_every_target_is_big_enough(busy: Screen):
    """HMI-12: 24 px, acts 44 px high."""
    for widget in on_screen(QAbstractButton):
        if isinstance(widget.parentWidget(), QLineEdit) or widget.objectName().startswith("qt_"):
            continue
        least = 44 if isinstance(widget, ActButton) else 24
        assert widget.height() >= least, (described(widget), widget.size())
        assert widget.width() >= 24, (described(widget), widget.size())


def test_opposite_commands_stand_at_least_eight_pixels_apart(busy: Screen):
    """HMI-12."""
    boxes = [button.geometry() for button in busy.faceplate.commands.buttons]
    for one in boxes:
        for other in boxes:
            if one is not other:
                assert not one.adjusted(-7, -7, 7, 7).intersects(other)


def clipped() -> list[str]:
    """Labels and buttons on the screen that are narrower than their text."""
    found: list[str] = []
    for label in on_screen(QLabel):
        if isinstance(label, QLabel) and label.text() and not label.wordWrap():
            metrics = QFontMetricsF(label.font())
            need = max(metrics.horizontalAdvance(line) for line in label.text().split("\n"))
            if need > label.width() + 1 and "Eliding" not in type(label).__name__:
                found.append(f"{described(label)}: {label.text()} {need} {label.width()}")
    for button in on_screen(QPushButton):
        if isinstance(button, QPushButton) and button.text():
            need = QFontMetricsF(button.font()).horizontalAdvance(button.text())
            if need > button.width() - 8:
                found.append(f"{described(button)}: {button.text()} {need} {button.width()}")
    return found


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_no_label_and_no_button_is_clipped(busy: Screen, qtbot: QtBot, lang: str, size: tuple[int, int]):
    """HMI-15: Korean and English without clipping; what may give way elides and has its whole text as tool tip."""
    busy.window.resize(*size)
    busy.window.reset_layout()
    busy.seat.office.selection.select_asset("s3")
    busy.seat.office.speech.set_lang(lang)

    def nothing_clipped() -> None:
        assert clipped() == []

    qtbot.waitUntil(nothing_clipped, timeout=1500)


def test_hangul_is_never_smaller_than_twelve_pixels(busy: Screen):
    """HMI-15."""
    for label in on_screen(QLabel):
        assert label.font().pointSizeF() < 0 or label.font().pointSizeF() * 96 / 72 >= 12, described(label)


def test_texts_of_the_site_are_shown_literally(busy: Screen):
    """SECURITY 4.1: no name, unit, alarm text or vessel name becomes markup anywhere."""
    for label in on_screen(QLabel):
        if isinstance(label, QLabel) and label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText or "<" not in label.text(), described(label)
    assert busy.faceplate.name.text() == IMG
    assert busy.window.banner.worst.text.text == f"Third pumping station · {IMG}" or IMG in (
        busy.window.banner.worst.text.text
    )
    assert BOLD in [button.text() for button in busy.faceplate.commands.buttons]
    for top in QApplication.topLevelWidgets():
        for widget in top.findChildren(QWidget):
            tip = widget.toolTip()
            assert "<img" not in tip, described(widget)
            assert "<b>" not in tip, described(widget)


def test_a_format_string_as_a_name_stays_a_name(busy: Screen):
    """SECURITY 4.1."""
    busy.seat.office.selection.select_asset("s2")
    assert busy.faceplate.name.text() == FORMAT


def test_every_word_key_of_the_widgets_exists_in_both_languages():
    words = shipped_words()
    pattern = re.compile(r'(?:say|put)\((?:[\w.]+, )?"([a-z_]+(?:\.[\w]+)+)"')
    asked = {
        key for path in WIDGETS.rglob("*.py") for key in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 60
    assert [key for key in sorted(asked) if key not in words] == []


@pytest.mark.parametrize("room", ["shell", "alarms", "areas", "charts", "assets", "commands", "procedures"])
def test_no_text_of_a_room_is_left_over(room: str):
    """A key that nothing says is a text nobody reads."""
    rooms = (WIDGETS, WIDGETS.parent / "console" / "desk")
    source = "\n".join(path.read_text(encoding="utf-8") for folder in rooms for path in folder.rglob("*.py"))
    built = re.findall(r"""f["']([a-z_.]+[._])\{""", source)
    keys = [key for key in list(shipped_words().keys()) if key.startswith(f"{room}.")]
    assert keys
    assert [
        key for key in keys if f'"{key}"' not in source and not any(key.startswith(b) for b in built)
    ] == []


def test_every_icon_that_is_asked_for_is_there():
    have = set(icon_names())
    pattern = re.compile(r'(?:ActButton|QuietButton|EmptyState|SearchLine|HoldButton)\([\w.]+, "(\w+)"')
    asked = {
        name for path in WIDGETS.rglob("*.py") for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= have


def test_icons_are_drawn_in_one_colour_that_the_theme_gives():
    for path in Path(resources.ROOT / "icons" / "ui").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "currentColor" in text
        assert not re.search(r"#[0-9a-fA-F]{3,6}|<script|href", text), path.name


def test_alarm_colours_are_named_only_by_alarm_widgets():
    """HMI-02: palette tokens P1 to P4 only where alarms are drawn."""
    allowed = {"kit/colours.py"}
    users = {
        path.relative_to(WIDGETS).as_posix()
        for path in WIDGETS.rglob("*.py")
        if re.search(r"tokens\.p[1-4]\b|\.priority\(|getattr\(tokens, f\"p", path.read_text(encoding="utf-8"))
    }
    assert users <= allowed


def test_the_quiet_city_is_grey(screen: Screen, qapp: QApplication):
    """HMI-01, HMI-02: at most 1 % of pixels are saturated, and none has an alarm colour."""
    screen.seat.office.selection.select_asset("s3")
    qapp.processEvents()
    image = screen.window.grab().toImage()
    alarm = {getattr(screen.seat.office.themes.tokens, f"p{p}").lower() for p in (1, 2, 3, 4)}
    pixels = [image.pixelColor(x, y) for y in range(0, image.height(), 3) for x in range(0, image.width(), 3)]
    vivid = [c for c in pixels if max(c.red(), c.green(), c.blue()) - min(c.red(), c.green(), c.blue()) > 64]
    assert len(vivid) <= len(pixels) * 0.01
    assert not alarm & {colour.name() for colour in pixels}
