"""One clock for everything that flashes."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmLetter
from widgets.kit.flash import STEP_MS, flash_of, flashes, lit_at


def lit_pattern(priority: int, letter: AlarmLetter) -> str:
    return "".join("#" if lit_at(step, priority, letter) else "." for step in range(8))


def test_off_is_400_ms_and_on_is_400_1200_or_2800_ms():
    """HMI-05."""
    assert STEP_MS == 400
    assert lit_pattern(1, AlarmLetter.B) == ".#.#.#.#"
    assert lit_pattern(2, AlarmLetter.B) == ".#.#.#.#"
    assert lit_pattern(3, AlarmLetter.B) == ".###.###"
    assert lit_pattern(4, AlarmLetter.B) == ".#######"


def test_returned_but_unacknowledged_flashes_at_the_slow_rate():
    """HMI-05, ALM-65."""
    assert lit_pattern(1, AlarmLetter.D) == ".#######"
    assert lit_pattern(2, AlarmLetter.E) == ".#######"


def test_the_fastest_rate_is_below_three_flashes_a_second():
    """HMI-05, WCAG 2.3.1: 1.25 Hz."""
    assert 1000 / (2 * STEP_MS) == 1.25


def test_slower_symbols_go_dark_only_together_with_faster_ones():
    """HMI-05: phase-locked, nested cycles."""
    for step in range(64):
        dark = [priority for priority in (1, 2, 3, 4) if not lit_at(step, priority, AlarmLetter.B)]
        assert dark == [1, 2, 3, 4][: len(dark)]


def test_acknowledged_and_suppressed_never_flash():
    """HMI-05: shelved never flashes."""
    for letter in (AlarmLetter.C, AlarmLetter.F, AlarmLetter.G, AlarmLetter.H, AlarmLetter.I):
        assert not flashes(letter)
        assert all(lit_at(step, 1, letter) for step in range(16))


def test_there_is_one_clock_for_one_seat(qtbot: QtBot):
    """HMI-05: one global timer."""
    owner = QObject()
    assert flash_of(owner) is flash_of(owner)


def test_flashing_can_be_stopped_and_stops_by_itself_when_the_link_is_lost(qtbot: QtBot):
    """HMI-16, ALM-10: nothing that is frozen looks live."""
    owner = QObject()
    clock = flash_of(owner)
    clock.step = 0
    assert not clock.lit(1, AlarmLetter.B)
    clock.set_steady(True)
    assert clock.lit(1, AlarmLetter.B)
    clock.set_steady(False)
    clock.set_frozen(True)
    assert clock.lit(1, AlarmLetter.B)
