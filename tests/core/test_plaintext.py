"""Characters with no place in a one-line text (SEC-26)."""

from __future__ import annotations

import pytest

from console.core.plaintext import first_forbidden


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Pump 2",
        "배수펌프 2호",
        "${fetch('x')}",
        "<script>alert(1)</script>",
        "`\\",
        "µg/m³",
        "한\u1112\u1161",
    ],
)
def test_printable_text_of_any_kind_is_text(text: str) -> None:
    """Markup is text too: it is harmless where it is shown as text (SEC-28)."""
    assert first_forbidden(text) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\nb", "U+000A"),
        ("\x00", "U+0000"),
        ("\x7f", "U+007F"),
        ("x\u202ey", "U+202E"),
        ("x\u2066y", "U+2066"),
        ("zero\u200bwidth", "U+200B"),
        ("\ufeffbom", "U+FEFF"),
        ("half\ud800", "U+D800"),
        ("\u2028", "U+2028"),
        ("\ue000", "U+E000"),
    ],
)
def test_control_bidi_and_zero_width_characters_are_named(text: str, found: str) -> None:
    assert first_forbidden(text) == found
