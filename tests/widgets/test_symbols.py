"""Alarm symbols, bars and marks as they are drawn."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmLetter
from console.core.quality import Quality
from console.desk.themes import ThemeName, Themes, load_tokens
from tests.widgets.colour_science import contrast
from widgets.kit.bar import AnalogBar, LimitBand
from widgets.kit.priority import paint_priority
from widgets.kit.value import ValueText

THEMES = [name.value for name in ThemeName]
SIDE = 20


def drawn(theme: str, priority: int, letter: AlarmLetter, *, lit: bool = True, scale: int = 1) -> QImage:
    tokens = load_tokens(theme)
    image = QImage(SIDE * scale, SIDE * scale, QImage.Format.Format_RGB32)
    image.fill(QColor(tokens.panel))
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint_priority(painter, QRectF(0, 0, SIDE, SIDE), priority, tokens, letter, lit)
    painter.end()
    return image


def grey(image: QImage) -> NDArray[np.float64]:
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width()].astype(float)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("letter", [AlarmLetter.B, AlarmLetter.C, AlarmLetter.D])
def test_priorities_are_told_apart_without_colour(qapp: QApplication, theme: str, letter: AlarmLetter):
    """HMI-03: shape and number alone."""
    pictures = [grey(drawn(theme, priority, letter, scale=2)) for priority in (1, 2, 3, 4)]
    for one, other in combinations(pictures, 2):
        assert (np.abs(one - other) > 40).mean() > 0.10


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_the_off_phase_still_shows_outline_and_number(qapp: QApplication, theme: str, priority: int):
    """HMI-05."""
    ground = QColor(load_tokens(theme).panel)
    lit, dark = (drawn(theme, priority, AlarmLetter.B, lit=lit) for lit in (True, False))
    assert lit != dark
    inked = [
        dark.pixelColor(x, y).name()
        for y in range(SIDE)
        for x in range(SIDE)
        if contrast(dark.pixelColor(x, y).name(), ground.name()) >= 3.0
    ]
    assert len(inked) > 40


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_returned_is_drawn_differently_from_active(qapp: QApplication, priority: int):
    """ALM-65."""
    active = grey(drawn("day", priority, AlarmLetter.B))
    returned = grey(drawn("day", priority, AlarmLetter.D))
    assert (np.abs(active - returned) > 25).mean() > 0.08


@pytest.mark.parametrize("letter", [AlarmLetter.G, AlarmLetter.H, AlarmLetter.I])
def test_shelved_suppressed_and_out_of_service_have_no_colour(qapp: QApplication, letter: AlarmLetter):
    """HMI palette: never-colour states."""
    image = drawn("day", 1, letter)
    spread = [
        max(c.red(), c.green(), c.blue()) - min(c.red(), c.green(), c.blue())
        for c in (image.pixelColor(x, y) for y in range(SIDE) for x in range(SIDE))
    ]
    assert max(spread) <= 24
    assert drawn("day", 1, letter) != drawn("day", 1, AlarmLetter.C)


@pytest.fixture
def themes(qtbot: QtBot) -> Themes:
    return Themes("day")


def bar_with(
    themes: Themes, qtbot: QtBot, bands: tuple[LimitBand, ...], value: float, quality: Quality
) -> QImage:
    bar = AnalogBar(themes)
    qtbot.addWidget(bar)
    bar.resize(200, 20)
    bar.set_range(0, 10)
    bar.set_bands(bands)
    bar.set_value(value, quality)
    return bar.grab().toImage()


def has_colour(image: QImage, colour: str) -> bool:
    return any(
        image.pixelColor(x, y).name() == colour.lower()
        for y in range(image.height())
        for x in range(image.width())
    )


def test_a_limit_has_its_colour_only_while_its_alarm_stands(themes: Themes, qtbot: QtBot):
    """HMI-01: colour means abnormal; a limit that is kept is grey."""
    quiet = (LimitBand(8, math.inf, 1, AlarmLetter.A),)
    raised = (LimitBand(8, math.inf, 1, AlarmLetter.B),)
    assert not has_colour(bar_with(themes, qtbot, quiet, 5.0, Quality.GOOD), themes.tokens.p1)
    assert has_colour(bar_with(themes, qtbot, raised, 9.0, Quality.GOOD), themes.tokens.p1)


def test_the_marker_moves_with_the_value_and_stays_inside_of_the_bar(themes: Themes, qtbot: QtBot):
    """HMI-06."""

    def place(value: float) -> int:
        image = bar_with(themes, qtbot, (), value, Quality.GOOD)
        ink = QColor(themes.tokens.running).name()
        return max((x for x in range(image.width()) if image.pixelColor(x, 5).name() == ink), default=-1)

    assert -1 < place(0.0) < place(5.0) < place(10.0)
    assert place(99.0) == place(10.0)


def test_a_stale_bar_is_hatched(themes: Themes, qtbot: QtBot):
    """HMI-10: an old value never looks live."""
    assert bar_with(themes, qtbot, (), 5.0, Quality.GOOD) != bar_with(themes, qtbot, (), 5.0, Quality.STALE)


def test_numbers_of_a_column_end_at_one_place_whatever_their_units(themes: Themes, qtbot: QtBot):
    """Numbers align, with the unit in lighter weight after them."""
    texts = [ValueText(themes), ValueText(themes)]
    for text, unit in zip(texts, ("m", "mm/h"), strict=True):
        qtbot.addWidget(text)
        text.unit_width = 40
        text.set_value("12.3", unit, Quality.GOOD)
    assert texts[0].sizeHint().width() == texts[1].sizeHint().width()
    texts[0].set_value("", "m", Quality.NEVER, "never received")
    assert texts[0].shown == "\u2014"
    assert texts[0].accessibleName() == "\u2014 never received"
