"""What a name, a comment or a reason may be made of: text without control, bidi or zero-width characters
(SEC-26).
"""

from __future__ import annotations

import unicodedata

_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def first_forbidden(text: str) -> str:
    """The first character that has no place in a one-line text, as `U+202E`; empty when there is none."""
    if text.isascii() and text.isprintable():
        return ""
    found = next((c for c in text if unicodedata.category(c) in _FORBIDDEN), None)
    return "" if found is None else f"U+{ord(found):04X}"
