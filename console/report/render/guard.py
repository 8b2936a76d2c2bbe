"""Text that a spreadsheet must not take for a formula (SEC-31)."""

from __future__ import annotations

_BEGINNINGS = frozenset("=+-@\t\r\0＝＋－＠")


def guarded(text: str) -> str:
    """The text, behind an apostrophe where it could begin a formula; without NUL, which no format can hold."""
    safe = "'" + text if text and text[0] in _BEGINNINGS else text
    return safe.replace("\0", "�")
