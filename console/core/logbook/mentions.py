"""Who is meant by @name in a text."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

MENTIONS_MAX: Final = 20
# Not in the middle of a word, so that an address of mail names nobody.
_AT = re.compile(r"(?<![\w.@-])@([^\s@/,;:!?()\[\]{}<>\"']+)")
_LETTER = re.compile(r"[0-9A-Za-z_.\-]")


def mentions_in(text: str, accounts: Collection[str]) -> tuple[str, ...]:
    """Accounts named in the text, in their order, each once. A Korean particle may follow: `@kim에게` is kim."""
    found: dict[str, None] = {}
    for match in _AT.finditer(text):
        name = _longest(match[1].casefold(), accounts)
        if name:
            found[name] = None
    return tuple(found)[:MENTIONS_MAX]


def _longest(run: str, accounts: Collection[str]) -> str:
    for end in range(len(run), 0, -1):
        whole = end == len(run) or not _LETTER.match(run[end]) or not run[end:].strip(".-")
        if whole and run[:end] in accounts:
            return run[:end]
    return ""
