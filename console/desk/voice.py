"""Spoken announcements, where the system has a voice for the language."""

from __future__ import annotations

import logging

from PySide6.QtCore import QLocale, QObject

from console.desk.speaker import said_quietly

log = logging.getLogger("ui")

_TRIAL_ENGINES = frozenset({"mock"})
"""Engines that say nothing."""


class Voice(QObject):
    """A voice of the system; `speaks` is false when there is none for the language."""

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        with said_quietly():
            from PySide6.QtTextToSpeech import QTextToSpeech

            engines = [name for name in QTextToSpeech.availableEngines() if name not in _TRIAL_ENGINES]
            self._engine = QTextToSpeech(engines[0], self) if engines else None
        if self._engine is not None and self._engine.state() is QTextToSpeech.State.Error:
            self._engine.deleteLater()
            self._engine = None
        self.speaks = self._engine is not None and self.set_lang(lang)
        log.info("voice: %s", "found" if self.speaks else "none")

    def set_lang(self, lang: str) -> bool:
        """Speak this language from now on; False without a voice for it."""
        if self._engine is None:
            return False
        locale = QLocale(lang)
        known = any(one.language() == locale.language() for one in self._engine.availableLocales())
        if known:
            self._engine.setLocale(locale)
        self.speaks = known
        return known

    def set_volume(self, volume: float) -> None:
        """Loudness from 0 to 1."""
        if self._engine is not None:
            self._engine.setVolume(volume)

    def say(self, text: str) -> None:
        """Speak now; what is being said gives way."""
        if self._engine is not None and self.speaks:
            self._engine.stop()
            self._engine.say(text)

    def stop(self) -> None:
        """Be quiet at once."""
        if self._engine is not None:
            self._engine.stop()
