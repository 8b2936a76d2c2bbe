"""Sound opened for an office: with what this machine has, and with nothing at all."""

from __future__ import annotations

import builtins
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.app.sounding import Sounding
from console.desk.office import Office, SeatWishes, open_office
from widgets.sound.sheet import SoundSheet


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    return open_office(tmp_path, SeatWishes(lang="en", theme="day"))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_machine_without_an_output_is_told_to_the_views(
    office: Office, window: QWidget, tmp_path: Path
) -> None:
    """HMI-20: the loss case is the machine's own where it has no sound card."""
    made = Sounding(office, tmp_path / "tones", window)
    assert office.annunciator.open
    assert made.speaker is not None
    assert office.annunciator.device is made.speaker.present
    assert office.annunciator.unheard is not made.speaker.present


def test_system_without_sound_libraries_still_opens(
    office: Office, window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> ModuleType:
        if name.startswith("PySide6.QtMultimedia"):
            raise ImportError(name)
        return importing(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    made = Sounding(office, tmp_path / "tones", window)
    assert made.speaker is None
    assert office.annunciator.unheard
    office.annunciator.silence()


def test_action_opens_the_sheet_and_a_wish_to_speak_finds_no_voice_quietly(
    office: Office, window: QWidget, tmp_path: Path
) -> None:
    Sounding(office, tmp_path / "tones", window)
    office.actions.use("alarms.sound")
    assert window.findChild(SoundSheet) is not None
    office.settings.put("spoken_alarms", True)
    assert office.settings.flag("spoken_alarms")
