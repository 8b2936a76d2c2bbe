"""Sound for an office, opened behind the first paint: loudspeaker, and a voice when one is wanted."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from console.desk.office import Office
from console.desk.seat_sound import LinkTone, SoundReport
from console.desk.speaker import Speaker
from console.desk.voice import Voice
from widgets.sound.sheet import SoundSheet

log = logging.getLogger("app")


class NoSpeaker:
    """Stands for a loudspeaker where the system lacks what plays sound."""

    present = False
    name = ""

    def play(self, priority: int) -> None:
        """Nothing is heard."""

    def stop(self) -> None:
        """Nothing is heard."""

    def set_volume(self, volume: float) -> None:
        """Nothing is heard."""


class Sounding(QObject):
    """Keeps loudspeaker and voice of one seat; the tones are written to `folder`, the sheet opens over `window`."""

    def __init__(self, office: Office, folder: Path, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self.speaker: Speaker | None = None
        self._voice: Voice | None = None
        annunciator = office.annunciator
        try:
            self.speaker = Speaker(folder, self)
        except ImportError as error:
            log.info("no sound on this system: %s", error)
            annunciator.attach(NoSpeaker())
        else:
            self.speaker.presence_changed.connect(annunciator.device_changed)
            annunciator.attach(self.speaker)
        self._report = SoundReport(office, self)
        self._link = LinkTone(office, self)
        office.settings.setting_changed.connect(self._setting_changed)
        office.actions.triggered_action.connect(self._acted)
        self._give_voice()

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key == "spoken_alarms":
            self._give_voice()

    @Slot(str)
    def _acted(self, action: str) -> None:
        if action == "alarms.sound":
            SoundSheet(self._office, self._window).show()

    def _give_voice(self) -> None:
        wanted = self._office.settings.flag("spoken_alarms") and self.speaker is not None
        if wanted and self._voice is None:
            try:
                self._voice = Voice(self._office.speech.lang, self)
            except ImportError as error:
                log.info("no voice on this system: %s", error)
        voice = self._voice if wanted and self._voice is not None and self._voice.speaks else None
        self._office.annunciator.attach_voice(voice)
