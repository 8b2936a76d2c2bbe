"""Words of a text as a full-text index can find them, in Korean and in English.

A Korean word is found by any part of it (펌프 in 배수펌프장을): particles are glued to words, and words to one
another. So a run of Hangul (or of other letters that are written without blanks) becomes its pairs of letters, and its
last letter alone: `배수펌프` is `배수 수펌 펌프 프`. A word of two letters is then one token, which three-letter
indices cannot find; a longer one is a phrase of tokens that stand side by side; one letter is the beginning of a token.
Other words are themselves, letters alike, and are found by their beginning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_WORDS: Final = 12

_RUNS = (
    (0x1100, 0x11FF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3006),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x3400, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Letters of scripts that are searched by parts: Hangul, Han, Kana."""


def tokens(text: str) -> str:
    """Tokens of a text, with a blank between them, for the index."""
    return " ".join(token for run in _runs(text) for token in _tokens(run))


def question(text: str) -> str:
    """What to ask the index for texts in which every word of `text` stands; empty when there is nothing to ask."""
    parts = [phrase for word in text.split()[:MOST_WORDS] if (phrase := _phrase(word))]
    return " AND ".join(parts)


def _phrase(word: str) -> str:
    runs = [*_runs(word)]
    asked = [token for run in runs[:-1] for token in _tokens(run)] + _last(runs[-1]) if runs else []
    if not asked:
        return ""
    # The end of the last word may be missing: `pum` finds pump, 펌 finds 펌프.
    whole = len(runs[-1]) > 1 and _by_parts(runs[-1][0])
    return f'"{" ".join(asked)}"{"" if whole else " *"}'


def _tokens(run: str) -> list[str]:
    if not _by_parts(run[0]):
        return [run]
    return [run[i : i + 2] for i in range(len(run))]


def _last(run: str) -> list[str]:
    """Of the last run its pairs alone: what follows it is not known."""
    if not _by_parts(run[0]) or len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _runs(text: str) -> Iterator[str]:
    """Runs of letters and digits of one way of searching, letters alike."""
    run = ""
    for sign in unicodedata.normalize("NFKC", text).casefold():
        if not sign.isalnum():
            if run:
                yield run
            run = ""
        elif run and _by_parts(run[0]) != _by_parts(sign):
            yield run
            run = sign
        else:
            run += sign
    if run:
        yield run


def _by_parts(sign: str) -> bool:
    code = ord(sign)
    return code >= 0x1100 and any(first <= code <= last for first, last in _RUNS)
