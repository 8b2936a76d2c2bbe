"""The sound sheet: what it changes holds at once, and what cannot be heard cannot be tried."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.conftest import Seat
from widgets.sound.sheet import SoundSheet


class Speaker:
    """Writes down what it was told to play."""

    name = "Desk speaker"

    def __init__(self, *, present: bool) -> None:
        self.present = present
        self.played: list[int] = []
        self.volume = 0.0

    def play(self, priority: int) -> None:
        self.played.append(priority)

    def stop(self) -> None:
        self.played.append(0)

    def set_volume(self, volume: float) -> None:
        self.volume = volume


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_priority_can_be_listened_to(seat: Seat, window: QWidget) -> None:
    """HMI-20: a distinct tone per priority that a person can learn."""
    speaker = Speaker(present=True)
    seat.office.annunciator.attach(speaker)
    sheet = SoundSheet(seat.office, window)
    sheet.show()
    for button in sheet.tones.values():
        button.click()
    assert speaker.played == [1, 2, 3, 4]
    assert "Desk speaker" in sheet.device.text()


def test_volume_has_a_floor_and_is_kept_when_the_hand_rests(
    seat: Seat, window: QWidget, qtbot: QtBot
) -> None:
    """HMI-20: volume floor."""
    speaker = Speaker(present=True)
    seat.office.annunciator.attach(speaker)
    sheet = SoundSheet(seat.office, window)
    sheet.volume.setValue(0)
    assert sheet.volume.value() == 20
    sheet.volume.setValue(45)
    qtbot.waitUntil(lambda: speaker.volume == 0.45)
    assert seat.office.settings.number("sound_volume") == 0.45


def test_turning_off_and_speaking_are_settings(seat: Seat, window: QWidget) -> None:
    seat.office.annunciator.attach(Speaker(present=True))
    sheet = SoundSheet(seat.office, window)
    sheet.show()
    assert sheet.on.isChecked()
    assert not sheet.spoken.isChecked()
    assert not sheet.voice.isVisible()
    sheet.on.click()
    sheet.spoken.click()
    assert not seat.office.settings.flag("sound")
    assert seat.office.settings.flag("spoken_alarms")
    assert sheet.voice.isVisible()


def test_without_a_device_nothing_can_be_tried_and_it_says_so(seat: Seat, window: QWidget) -> None:
    seat.office.annunciator.attach(Speaker(present=False))
    sheet = SoundSheet(seat.office, window)
    assert not any(button.isEnabled() for button in sheet.tones.values())
    assert sheet.device.text() == "No sound device"
    seat.office.speech.set_lang("ko")
    assert sheet.device.text() == "소리 장치 없음"
    assert "긴급" in sheet.tones[1].text()
