"""Texts a person reads, looked up by key and language; parsed from TOML, never written in code.

A file is a set of tables whose leaves are `{ ko = "…", en = "…" }`; the key of a leaf is its dotted path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import cast

import msgspec


class Lang(StrEnum):
    """Languages of the console."""

    KO = "ko"
    EN = "en"


class Text(msgspec.Struct, frozen=True):
    """A text of the site's data in both languages."""

    ko: str
    en: str

    def of(self, lang: str) -> str:
        """The text in `lang`; the other language where this one is empty."""
        return (self.en or self.ko) if lang == "en" else (self.ko or self.en)


class Words:
    """A catalogue of texts by dotted key."""

    def __init__(self, table: Mapping[str, Text]) -> None:
        self._table = dict(table)

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def keys(self) -> Iterable[str]:
        """Every known key."""
        return self._table.keys()

    def text(self, key: str) -> Text:
        """The pair of texts at `key`; raises KeyError naming it."""
        return self._table[key]

    def say(self, key: str, lang: str, **fields: object) -> str:
        """The text of `key` in `lang` with `{name}` places filled; raises KeyError for an unknown key."""
        pattern = self._table[key].of(lang)
        return pattern.format(**fields) if fields else pattern


def parse_words(sources: Mapping[str, str]) -> Words:
    """Words of several TOML documents by file name; raises ValueError naming file and key of a fault."""
    table: dict[str, Text] = {}
    for name, source in sources.items():
        try:
            tree = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{name}: {error}") from error
        for key, text in _leaves(name, "", tree):
            if key in table:
                raise ValueError(f"{name}: {key} is defined twice")
            table[key] = text
    return Words(table)


def _leaves(name: str, prefix: str, tree: Mapping[str, object]) -> Iterable[tuple[str, Text]]:
    for part, node in tree.items():
        key = f"{prefix}{part}"
        if not isinstance(node, dict):
            raise ValueError(f"{name}: {key} is not a table of ko and en")  # noqa: TRY004
        branch = cast("dict[str, object]", node)
        if branch and all(isinstance(value, str) for value in branch.values()):
            if set(branch) != {"ko", "en"}:
                raise ValueError(f"{name}: {key} needs ko and en, and only these")
            yield key, Text(str(branch["ko"]), str(branch["en"]))
        else:
            yield from _leaves(name, f"{key}.", branch)
