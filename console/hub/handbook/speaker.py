"""Words of the handbook and texts of the profile in the language or languages that were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from console.core.words import Lang, Text, Words
from console.hub.handbook.blocks import Block, Facts, Heading, Table

HandbookLang = Literal["ko", "en", "both"]


class Speaker:
    """Says everything in Korean, in English, or in both with a line each."""

    def __init__(self, words: Words, lang: HandbookLang) -> None:
        self._words = words
        self._langs = (Lang.KO, Lang.EN) if lang == "both" else (Lang(lang),)
        self._anchors = 0

    @property
    def page_lang(self) -> str:
        """Language of the page as a whole."""
        return self._langs[0]

    def text(self, text: Text) -> str:
        """A text of the profile on one line."""
        return self._joined((text.of(lang) for lang in self._langs), " / ")

    def lines(self, text: Text) -> str:
        """A long text of the profile, a line each language."""
        return self._joined((text.of(lang) for lang in self._langs), "\n")

    def say(self, key: str, **fields: object) -> str:
        """A word of the handbook."""
        return self._joined((self._words.say(key, lang, **fields) for lang in self._langs), " / ")

    def heading(self, level: int, text: str) -> Heading:
        """A heading with an anchor of its own."""
        self._anchors += 1
        return Heading(level, text, f"s{self._anchors}")

    def table(self, heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> list[Block]:
        """A table with heads by key; nothing if it has no rows."""
        found = tuple(rows)
        return [Table(tuple(self.say(f"handbook.head.{head}") for head in heads), found)] if found else []

    def facts(self, rows: Iterable[tuple[str, str]]) -> Facts:
        """Facts with names by key; empty ones are left out."""
        return Facts(tuple((self.say(f"handbook.head.{name}"), value) for name, value in rows if value))

    @staticmethod
    def _joined(texts: Iterable[str], between: str) -> str:
        return between.join(dict.fromkeys(texts))
