"""Sound for an office, opened behind the first paint: loudspeaker, and a voice when one is wanted."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from console.desk.office import Office
from console.desk.speaker import Speaker
from console.desk.voice import Voice

log = logging.getLogger("app")


class NoSpeaker:
    """Stands for a loudspeaker where the system lacks what plays sound."""

    present = False

    def play(self, priority: int) -> None:
        """Nothing is heard."""

    def stop(self) -> None:
        """Nothing is heard."""

    def set_volume(self, volume: float) -> None:
        """Nothing is heard."""


class Sounding(QObject):
    """Keeps loudspeaker and voice of one seat; the tones are written to `folder`."""

    def __init__(self, office: Office, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
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
        office.settings.setting_changed.connect(self._setting_changed)
        self._give_voice()

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key == "spoken_alarms":
            self._give_voice()

    def _give_voice(self) -> None:
        wanted = self._office.settings.flag("spoken_alarms") and self.speaker is not None
        if wanted and self._voice is None:
            try:
                self._voice = Voice(self._office.speech.lang, self)
            except ImportError as error:
                log.info("no voice on this system: %s", error)
        voice = self._voice if wanted and self._voice is not None and self._voice.speaks else None
        self._office.annunciator.attach_voice(voice)
