"""Texts of the console in the operator's language, which can change at any moment."""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from console.core.words import Lang, Text, Words, parse_words
from resources import read_words_sources

log = logging.getLogger("ui")


def shipped_words() -> Words:
    """The texts of `resources/i18n`; raises ValueError naming file and key of a fault."""
    return parse_words(read_words_sources())


def system_lang() -> Lang:
    """Korean on a Korean system, else English."""
    return Lang.KO if QLocale.system().language() is QLocale.Language.Korean else Lang.EN


class Speech(QObject):
    """Says texts in the present language; also brings Qt's own dialogs into it."""

    lang_changed = Signal(str)

    def __init__(self, words: Words, lang: str = Lang.KO, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._qt = QTranslator(self)
        self._lang = Lang(lang)
        self._bring_qt()

    @property
    def words(self) -> Words:
        """The catalogue of texts, for the map, which knows no desk."""
        return self._words

    @property
    def lang(self) -> str:
        """`ko` or `en`."""
        return self._lang.value

    def set_lang(self, lang: str) -> None:
        """Change the language of every view; raises ValueError for an unknown one."""
        wanted = Lang(lang)
        if wanted is self._lang:
            return
        self._lang = wanted
        self._bring_qt()
        self.lang_changed.emit(self.lang)

    def say(self, key: str, **fields: object) -> str:
        """The text of `key` with its fields filled; raises KeyError for an unknown key."""
        return self._words.say(key, self.lang, **fields)

    def of(self, text: Text) -> str:
        """A text of the site's data."""
        return text.of(self.lang)

    def reason(self, code: str) -> str:
        """Why an act was refused or failed, in words; a code this console does not know is shown as it is."""
        key = f"reasons.{code}"
        return self.say(key) if key in self._words else self.say("reasons.unknown", code=code)

    def knows(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._words

    def _bring_qt(self) -> None:
        QCoreApplication.removeTranslator(self._qt)
        if self._lang is Lang.KO:
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if self._qt.load("qtbase_ko", folder):
                QCoreApplication.installTranslator(self._qt)
            else:
                log.info("Qt's own Korean texts are not installed")
