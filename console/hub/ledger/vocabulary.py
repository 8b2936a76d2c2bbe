"""What a typed word may mean: the text itself, an asset or alarm by its name, an act by its words (ko and en)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from console.core.catalogue import Catalogue
from console.core.journal import Record
from console.core.words import Words, parse_words
from resources import read_words_sources

_decode = msgspec.msgpack.Decoder(Record).decode
_ACTS = ("log.what.",)


class Word:
    """One word of a search."""

    def __init__(self, text: str, subjects: frozenset[str], codes: tuple[str, ...]) -> None:
        self._text = text.casefold()
        self._raw = text.lower().encode()
        self._subjects = subjects
        # In msgpack a text of up to 31 bytes stands behind its length, so that SENT is not found in UNSENT.
        lengths = [bytes((0xA0 | len(code),)) + code.encode() for code in codes if len(code) < 32]
        self._codes = re.compile(b"|".join(map(re.escape, lengths))) if lengths else None

    def matches(self, subject: str, body: bytes) -> bool:
        """Whether the word stands anywhere in the record, or in what its asset, alarm or act is called."""
        if self._subjects and (subject in self._subjects or subject.partition(".")[0] in self._subjects):
            return True
        if self._codes is not None and self._codes.search(body):
            return True
        if self._raw in body.lower():
            # Also names of fields stand in the bytes; only what they hold counts.
            return self._text in _haystack(_decode(body))
        return False


def _haystack(record: Record) -> str:
    parts = (record.who, record.station, record.subject, record.what, record.old, record.new, record.result)
    return "\n".join((*parts, *record.fields.values())).casefold()


def log_words() -> Words:
    """The words that the console shows records in."""
    return parse_words({"ledger.toml": read_words_sources()["ledger.toml"]})


class Vocabulary:
    """Names of a site and words of acts, for searching."""

    def __init__(self, catalogue: Catalogue, words: Words) -> None:
        self._names = _names(catalogue)
        self._acts = {
            key.rpartition(".")[2]: f"{words.text(key).ko}\n{words.text(key).en}".casefold()
            for key in words.keys()  # noqa: SIM118 - it is no mapping
            if key.startswith(_ACTS)
        }

    def word(self, text: str) -> Word:
        """One typed word."""
        folded = text.casefold()
        subjects = frozenset(subject for subject, names in self._names.items() if folded in names)
        codes = tuple(code for code, names in self._acts.items() if folded in names)
        return Word(text, subjects, codes)


def _names(catalogue: Catalogue) -> Mapping[str, str]:
    """Names of assets, alarms, commands, areas and feeds in both languages, by the subject of their records."""
    found: dict[str, str] = {}
    for asset in catalogue.site.assets:
        found[asset.id] = f"{asset.name.ko}\n{asset.name.en}".casefold()
        kind = catalogue.types[asset.type]
        for alarm in kind.alarms:
            found[f"{asset.id}.{alarm.name}"] = f"{alarm.label.ko}\n{alarm.label.en}".casefold()
        for command in kind.commands:
            found[f"{asset.id}.{command.name}"] = f"{command.label.ko}\n{command.label.en}".casefold()
    for area in catalogue.site.areas:
        found[area.id] = f"{area.name.ko}\n{area.name.en}".casefold()
    for feed in catalogue.site.feeds:
        found[feed.id] = f"{feed.label.ko}\n{feed.label.en}".casefold()
    return found
