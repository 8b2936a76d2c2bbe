"""Sound joined to the seat: boards in, loudspeaker and voice out, F3, and what is said without a loudspeaker."""

from __future__ import annotations

import io
import logging
import math
import wave
from array import array
from pathlib import Path

import pytest
from PySide6.QtMultimedia import QMediaDevices
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import FloodFact
from console.desk.annunciator import Annunciator
from console.desk.office import Office
from console.desk.sound import Call, CallKind
from console.desk.speaker import Speaker, said_quietly
from console.desk.tones import RATE, TONES, wave_bytes
from console.desk.voice import Voice
from tests.client.small_city import ACKED, alarm
from tests.desk.heard import heard


class Ear:
    """A loudspeaker and a voice that write down what they were told."""

    def __init__(self, *, present: bool = True) -> None:
        self.present = present
        self.name = "Test speaker"
        self.heard: list[str] = []
        self.volume = 0.0

    def play(self, priority: int) -> None:
        self.heard.append(f"p{priority}")

    def say(self, text: str) -> None:
        self.heard.append(text)

    def stop(self) -> None:
        self.heard.append("stop")

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def set_lang(self, lang: str) -> bool:
        self.heard.append(lang)
        return True


class Timed:
    """An annunciator with a clock of its own."""

    def __init__(self, office: Office) -> None:
        self.now = 0.0
        boards = (office.alarms, office.modes, office.catalogue)
        self.made = Annunciator(boards, office.speech, office.settings, office.actions, self.clock)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def timed(office: Office) -> Timed:
    return Timed(office)


def test_new_alarm_is_played_and_f3_silences_it(office: Office, timed: Timed) -> None:
    """ALM-21, item 7: silence is not acknowledge."""
    ear = Ear()
    timed.made.attach(ear)
    office.alarms.push([alarm(3, priority=2)])
    assert ear.heard == ["p2"]
    assert timed.made.sounding == 2
    office.actions.use("alarms.silence")
    assert ear.heard == ["p2", "stop"]
    assert timed.made.sounding is None
    assert not office.alarms.facts[3].state.acked


def test_sound_ends_with_the_last_acknowledgement(office: Office, timed: Timed) -> None:
    ear = Ear()
    timed.made.attach(ear)
    office.alarms.push([alarm(3, priority=2)])
    office.alarms.push([alarm(3, ACKED)])
    assert ear.heard == ["p2", "stop"]


def test_tone_comes_again_by_itself(office: Office, timed: Timed, qtbot: QtBot) -> None:
    ear = Ear()
    timed.made.attach(ear)
    office.alarms.push([alarm(3, priority=1)])
    timed.now = 100.0
    office.modes.push()
    assert ear.heard == ["p1", "p1"]
    timed.now = 200.0
    qtbot.waitUntil(lambda: len(ear.heard) >= 3, timeout=5000)


def test_flood_is_summed_up_in_words(office: Office, timed: Timed) -> None:
    ear, mouth = Ear(), Ear()
    timed.made.attach(ear)
    timed.made.attach_voice(mouth)
    office.modes.push(flood=FloodFact(active=True, count=20))
    office.alarms.push([alarm(index, priority=3) for index in range(5)])
    assert ear.heard == ["p3"]
    assert mouth.heard == ["5 more alarms"]


def test_words_name_asset_and_alarm_and_follow_the_language(office: Office, timed: Timed) -> None:
    call = Call(CallKind.ALARM, 1, alarm=0)
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    point = catalogue.alarms[0]
    assert point.asset.name.en in timed.made.words(call)
    assert point.alarm.label.en in timed.made.words(call)
    mouth = Ear()
    timed.made.attach_voice(mouth)
    office.speech.set_lang("ko")
    assert mouth.heard == ["ko"]
    assert "긴급" in timed.made.words(call)
    assert "7" in timed.made.words(Call(CallKind.REMINDER, 2, 7))


def test_views_are_told_when_nothing_can_be_heard(office: Office, timed: Timed) -> None:
    """HMI-20: loss of the audio device is known to the screen."""
    told: list[bool] = []
    timed.made.state_changed.connect(lambda: told.append(timed.made.unheard))
    assert not timed.made.unheard
    ear = Ear()
    timed.made.attach(ear)
    assert told == [False]
    ear.present = False
    timed.made.device_changed()
    ear.present = True
    timed.made.device_changed()
    assert told == [False, True, False]
    office.settings.put("sound", False)
    assert told[-1] is True
    office.alarms.push([alarm(3)])
    assert ear.heard == ["stop"]


def test_volume_follows_its_setting_and_never_falls_below_the_floor(office: Office, timed: Timed) -> None:
    """HMI-20: volume floor."""
    ear = Ear()
    timed.made.attach(ear)
    office.settings.put("sound_volume", 0.3)
    assert ear.volume == 0.3
    with pytest.raises(ValueError, match="sound_volume"):
        office.settings.put("sound_volume", 0.1)


def test_key_that_is_held_down_acts_once(office: Office) -> None:
    """ALM-22: a stuck key acknowledges and silences nothing new."""
    for action in ("alarms.ack", "alarms.silence", "alarms.shelve"):
        assert not office.actions.action(action).autoRepeat()


def test_each_priority_has_a_figure_of_its_own() -> None:
    """HMI-20: told apart by rhythm, not only by pitch."""
    rhythms = {tuple(round(note.s, 2) for note in notes) for notes in TONES.values()}
    assert len(rhythms) == len(TONES) == 5
    lengths: list[float] = []
    for priority in TONES:
        with wave.open(io.BytesIO(wave_bytes(priority))) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
            samples = array("h", file.readframes(file.getnframes()))
        lengths.append(len(samples) / RATE)
        assert 0.2 * 32767 < max(samples) < 32767
        assert math.sqrt(sum(one * one for one in samples) / len(samples)) > 1000
        assert abs(samples[0]) < 200
        assert abs(samples[-1]) < 400
    assert max(lengths) < 1.5


def test_loudspeaker_is_what_the_system_says(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """HMI-20: with no output it is absent, plays nothing and complains to nobody."""
    with said_quietly():
        known = not QMediaDevices.defaultAudioOutput().isNull()
    with caplog.at_level(logging.WARNING):
        speaker = Speaker(tmp_path / "tones")
        speaker.set_volume(0.7)
        speaker.play(1)
        speaker.stop()
    assert speaker.present is known
    assert bool(speaker.name) is known
    assert caplog.records == []
    assert sorted(path.name for path in tmp_path.glob("tones/*")) == (
        [f"p{priority}.wav" for priority in TONES] if known else []
    )


def test_loudspeaker_that_goes_is_told_once(qtbot: QtBot, tmp_path: Path) -> None:
    speaker = Speaker(tmp_path / "tones")
    speaker._present = True
    told = heard(speaker.presence_changed)
    with said_quietly():
        gone = QMediaDevices.defaultAudioOutput().isNull()
    if not gone:
        pytest.skip("this machine has a sound output that cannot be taken away")
    speaker._devices.audioOutputsChanged.emit()
    speaker._devices.audioOutputsChanged.emit()
    assert told == [False]


def test_system_without_a_voice_stays_silent(qtbot: QtBot) -> None:
    voice = Voice("en")
    voice.set_volume(0.5)
    voice.say("one")
    voice.stop()
    assert voice.set_lang("xx") is False
    assert not voice.speaks
