"""Colours mixed from tokens; the only arithmetic on colours in the program's widgets."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from console.desk.themes import Tokens

_ALARM_FILLS = ("p1", "p2", "p3", "p4")


def mix(one: str | QColor, other: str | QColor, share: float) -> QColor:
    """`one` with a share (0 to 1) of `other`."""
    a, b = QColor(one), QColor(other)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(x + (y - x) * share) for x, y in pairs)
    return QColor(red, green, blue)


def faded(colour: str | QColor, alpha: float) -> QColor:
    """The colour with opacity `alpha` (0 to 1)."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


def hairline(tokens: Tokens) -> QColor:
    """Row line: text at 8 % over the panel."""
    return mix(tokens.panel, tokens.text, 0.08)


def selection(tokens: Tokens) -> QColor:
    """Ground of a selected row: a breath of accent on which secondary text still has 4.5:1; an edge says the rest."""
    return mix(tokens.panel, tokens.accent, 0.10 if tokens.dark else 0.20)


def hover(tokens: Tokens) -> QColor:
    """Ground of the row or button under the pointer."""
    return QColor(tokens.raised)


def alarm_fill(tokens: Tokens, priority: int) -> QColor:
    """Fill of an alarm symbol; a priority outside 1 to 4 is a diagnostic and has the diagnostic colour."""
    return QColor(getattr(tokens, f"p{priority}")) if 1 <= priority <= 4 else QColor(tokens.diag)


def alarm_glyph(tokens: Tokens, priority: int) -> QColor:
    """Colour of the number on an alarm symbol."""
    return QColor(getattr(tokens, f"p{priority}_glyph")) if 1 <= priority <= 4 else QColor(tokens.diag)


def palette_of(tokens: Tokens) -> QPalette:
    """Every role Fusion draws with, in all three groups; the platform's colour scheme is not asked."""
    made = QPalette()
    role = QPalette.ColorRole
    plain = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.panel,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text2,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.text,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.accent,
        role.Highlight: selection(tokens).name(),
        role.HighlightedText: tokens.text,
        role.Light: tokens.raised,
        role.Midlight: tokens.raised,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.line,
    }
    for key, value in plain.items():
        made.setColor(key, QColor(value))
    dim = mix(tokens.panel, tokens.text, 0.45)
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, dim)
    return made
