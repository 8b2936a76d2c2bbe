"""The one error of the set-up: a phrase key with fields, and where the details are."""

from __future__ import annotations

from pathlib import Path

from console.setup.phrases import phrase

NOT_SET_UP = 4
"""Exit code of a set-up that is not whole."""


class SetupError(Exception):
    """Set-up stopped; `str()` is one sentence in the terminal's language that names what and where."""

    def __init__(
        self, key: str, log: Path | None = None, *, code: int = NOT_SET_UP, **fields: object
    ) -> None:
        super().__init__(key)
        self.key = key
        self.code = code
        self.log = log
        self.fields = fields

    def __str__(self) -> str:
        sentence = phrase(self.key, **self.fields)
        return sentence if self.log is None else f"{sentence}\n{phrase('error.log', where=self.log)}"
