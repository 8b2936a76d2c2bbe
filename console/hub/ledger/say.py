"""What the ledger's command line says, in the language of the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from console.core.errors import GwanjeError
from console.core.words import Words


class BadLedgerArgument(GwanjeError):
    """What cannot be carried out as it was asked: a key of `ledger.cli.bad` and its fields."""

    def __init__(self, key: str, **fields: str) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Say:
    """Texts of the ledger in one language."""

    words: Words
    lang: str

    def __call__(self, key: str, /, **fields: object) -> str:
        """One text."""
        return self.words.say(key, self.lang, **fields)

    @staticmethod
    def line(text: str) -> None:
        """One line of the answer."""
        sys.stdout.write(text + "\n")
