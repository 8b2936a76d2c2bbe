"""Text that a spreadsheet must not take for a formula (SEC-31)."""

from __future__ import annotations

_BEGINNINGS = frozenset("=+-@\t\r\0＝＋－＠")


def guarded(text: str) -> str:
    """The text, behind an apostrophe where it could begin a formula; without NUL, which no format can hold."""
    safe = "'" + text if text and text[0] in _BEGINNINGS else text
    return safe.replace("\0", "�")


_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HIDDEN = dict.fromkeys((*map(ord, _DIRECTION), *range(0x20), *range(0x7F, 0xA0)), "�")
for _kept in "\t\n\r":
    del _HIDDEN[ord(_kept)]


def visible(text: str) -> str:
    """The text with a sign in place of what would turn its direction or steer a program, so that it reads as it is."""
    return text.translate(_HIDDEN)


def shortened(text: str, most: int) -> str:
    """At most so many characters; a cut is marked."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
