"""Sound and flood on the frame: what cannot be heard is seen (HMI-20, item 7 of the alarm issue)."""

from __future__ import annotations

import time

import msgspec
from PySide6.QtWidgets import QApplication

from console.core.alarm.facts import FloodFact
from console.core.catalogue import AlarmPoint
from console.core.site import AlarmLevel
from console.core.words import Text
from console.desk.sound import Call, CallKind
from tests.widgets.conftest import ACKED, NS, UNACKED, Screen, alarm_fact
from widgets.shell.banner import AlarmBanner
from widgets.shell.sound_note import SoundNote


class Speaker:
    """A loudspeaker that may be gone."""

    def __init__(self, *, present: bool) -> None:
        self.present = present
        self.name = "Test speaker"

    def play(self, priority: int) -> None:
        assert priority in (1, 2, 3, 4)

    def stop(self) -> None:
        assert self.present is not None

    def set_volume(self, volume: float) -> None:
        assert volume >= 0.2


def banner_of(screen: Screen) -> AlarmBanner:
    found = screen.window.findChild(AlarmBanner)
    assert isinstance(found, AlarmBanner)
    return found


def test_silence_is_offered_only_while_something_sounds(screen: Screen) -> None:
    """ALM-21: an acknowledged alarm cannot be silenced."""
    office, banner = screen.seat.office, banner_of(screen)
    office.annunciator.attach(Speaker(present=True))
    assert not banner.silence.isEnabled()
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 2)])
    assert banner.silence.isEnabled()
    banner.silence.click()
    assert not banner.silence.isEnabled()
    assert not office.alarms.facts[0].state.acked
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3)])
    assert banner.silence.isEnabled()
    screen.seat.raise_alarms([alarm_fact(0, ACKED, 2), alarm_fact(1, ACKED, 3)])
    assert not banner.silence.isEnabled()


def test_missing_loudspeaker_stands_in_the_strip_and_critical_alarms_are_framed(
    screen: Screen, qapp: QApplication
) -> None:
    office, banner = screen.seat.office, banner_of(screen)
    note = screen.window.findChild(SoundNote)
    assert isinstance(note, SoundNote)
    assert not note.isVisible()
    speaker = Speaker(present=False)
    office.annunciator.attach(speaker)
    assert note.isVisible()
    assert note.text() == "No sound device"
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 2)])
    assert not banner.unheard.isVisible()
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 1)])
    assert banner.unheard.isVisible()
    assert banner.unheard.geometry() == banner.worst.rect()
    assert not banner.silence.isEnabled()
    speaker.present = True
    office.annunciator.device_changed()
    qapp.processEvents()
    assert not banner.unheard.isVisible()
    assert note.text() == "Sounding"
    office.settings.put("sound", False)
    assert note.text() == "Sound off"
    assert banner.unheard.isVisible()


def test_flood_says_since_when_how_many_and_what_waits(screen: Screen) -> None:
    banner = banner_of(screen)
    assert not banner.flood.isVisible()
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, ACKED, 3)])
    since = time.time_ns() - 300 * NS
    screen.seat.office.modes.push(flood=FloodFact(active=True, since=since, count=37, peak=22))
    assert banner.flood.isVisible()
    assert banner.flood.headline.text().startswith("Flood since ")
    assert banner.flood.backlog.text() == "37 · 1 unacked"
    assert "at most 22 in 10 min" in banner.flood.accessibleName()
    screen.seat.raise_alarms([alarm_fact(2, UNACKED, 4)])
    assert banner.flood.backlog.text() == "37 · 2 unacked"
    screen.seat.office.speech.set_lang("ko")
    assert banner.flood.headline.text().startswith("경보 폭주")
    assert screen.seat.office.alarms.listed()[0].priority == 1
    screen.seat.office.modes.push()
    assert not banner.flood.isVisible()


def test_banner_names_the_level_that_was_reached(screen: Screen) -> None:
    """A severity that rose is named as what it is now, as in the list."""
    office, banner = screen.seat.office, banner_of(screen)
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    point = catalogue.alarms[0]
    level = AlarmLevel(limit=5.0, priority=1, label=Text("아주 높음", "Extremely high"))
    raised = msgspec.structs.replace(point.alarm, levels=(level,))
    catalogue.alarms[0] = AlarmPoint(point.index, point.key, point.asset, raised, point.tag_index)
    screen.seat.raise_alarms([msgspec.structs.replace(alarm_fact(0, UNACKED, 1), level=1)])
    assert banner.worst.text.text.endswith("Extremely high")
    assert "Extremely high" in office.annunciator.words(Call(CallKind.ALARM, 1, alarm=0))
