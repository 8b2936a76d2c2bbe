"""Texts that follow the language: a setter and a key, said again whenever the language changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from console.desk.words import Speech


class Texts(QObject):
    """Keeps (setter, key, fields) of one widget and repeats them on `lang_changed`."""

    def __init__(self, speech: Speech, parent: QObject) -> None:
        super().__init__(parent)
        self._speech = speech
        self._puts: list[tuple[Callable[[str], object], str, dict[str, object]]] = []
        speech.lang_changed.connect(self._say_all)

    def put(self, setter: Callable[[str], object], key: str, **fields: object) -> None:
        """Calls `setter` with the text of `key` now and at every change of language."""
        self._puts.append((setter, key, fields))
        setter(self._speech.say(key, **fields))

    @Slot()
    def _say_all(self) -> None:
        for setter, key, fields in self._puts:
            setter(self._speech.say(key, **fields))
