"""The loudspeaker of this seat and its loss; the audio library is loaded when the first speaker is opened."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLoggingCategory,
    QMessageLogContext,
    QObject,
    QtMsgType,
    QUrl,
    Signal,
    Slot,
    qInstallMessageHandler,
)

from console.desk.tones import TONES, wave_bytes

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

log = logging.getLogger("ui")


class Speaker(QObject):
    """Plays the tones on the output the system prefers; `present` is false while there is none.

    The tones are written to `folder`, for the player reads files. Loading takes about 0.1 s, so open it behind
    the first paint.
    """

    presence_changed = Signal(bool)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._volume = 1.0
        self._effects: dict[int, QSoundEffect] = {}
        self._present = False
        with said_quietly():
            from PySide6.QtMultimedia import QMediaDevices

            self._devices: QMediaDevices = QMediaDevices(self)
            self._look()
        self._devices.audioOutputsChanged.connect(self._outputs_changed)
        log.info("sound output: %s", self.name or "none")

    @property
    def present(self) -> bool:
        """Whether there is an output that can play."""
        return self._present

    @property
    def name(self) -> str:
        """Name of the output, empty without one."""
        return self._devices.defaultAudioOutput().description() if self._present else ""

    def set_volume(self, volume: float) -> None:
        """Loudness from 0 to 1 as a person hears it."""
        from PySide6.QtMultimedia import QtAudio

        scale = QtAudio.VolumeScale
        self._volume = QtAudio.convertVolume(volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        for effect in self._effects.values():
            effect.setVolume(self._volume)

    def play(self, priority: int) -> None:
        """Play a tone now; one that still plays gives way."""
        self.stop()
        effect = self._effects.get(priority)
        if effect is not None:
            effect.play()

    def stop(self) -> None:
        """Be quiet at once."""
        for effect in self._effects.values():
            if effect.isPlaying():
                effect.stop()

    @Slot()
    def _outputs_changed(self) -> None:
        was = self._present
        with said_quietly():
            self._look()
        if was != self._present:
            log.info("sound output: %s", self.name or "none")
            self.presence_changed.emit(self._present)

    def _look(self) -> None:
        """Take the present output, or let go of the one that is gone."""
        self.stop()
        for effect in self._effects.values():
            effect.deleteLater()
        self._effects = {}
        device = self._devices.defaultAudioOutput()
        self._present = not device.isNull() and self._write()
        if not self._present:
            return
        from PySide6.QtMultimedia import QSoundEffect

        for priority in TONES:
            effect = QSoundEffect(device, self)
            effect.setVolume(self._volume)
            effect.setSource(QUrl.fromLocalFile(str(self._file(priority))))
            effect.statusChanged.connect(self._failed)
            self._effects[priority] = effect

    @Slot()
    def _failed(self) -> None:
        from PySide6.QtMultimedia import QSoundEffect

        if self._present and any(e.status() is QSoundEffect.Status.Error for e in self._effects.values()):
            self._present = False
            log.info("sound output cannot play the tones")
            self.presence_changed.emit(False)

    def _file(self, priority: int) -> Path:
        return self._folder / f"p{priority}.wav"

    def _write(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for priority in TONES:
                self._file(priority).write_bytes(wave_bytes(priority))
        except OSError as error:
            log.warning("tones cannot be written: %s", error)
            return False
        return True


@contextmanager
def said_quietly() -> Generator[None]:
    """What Qt says meanwhile goes to the log as information: missing codecs and sound servers are no fault here."""
    # What the audio plug-in cannot find of the system is said later, too, and is no news to anyone.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")
    before = qInstallMessageHandler(_note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _note(_kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
    log.info("audio: %s", text)
