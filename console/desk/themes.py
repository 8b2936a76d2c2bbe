"""Themes as tokens: every colour of the console by its name in `resources/themes/<theme>.toml`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from resources import ROOT

Colour = str
"""`#rrggbb`."""


class ThemeName(StrEnum):
    """The four themes."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    BRIGHT = "bright"


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of one theme. P1 to P4 are for alarms and nothing else (HMI-02)."""

    name: str
    dark: bool
    window: Colour
    panel: Colour
    raised: Colour
    line: Colour
    text: Colour
    text2: Colour
    idle: Colour
    running: Colour
    accent: Colour
    water: Colour
    land: Colour
    p1: Colour
    p1_glyph: Colour
    p2: Colour
    p2_glyph: Colour
    p3: Colour
    p3_glyph: Colour
    p4: Colour
    p4_glyph: Colour
    outline: Colour
    """2 px around every alarm symbol."""
    diag: Colour
    """Diagnostic and system conditions, outline only."""
    trend: tuple[Colour, ...]
    """Eight line colours of charts."""

    def priority(self, priority: int) -> tuple[Colour, Colour]:
        """Fill and glyph colour of an alarm priority 1 to 4."""
        return (
            (self.p1, self.p1_glyph),
            (self.p2, self.p2_glyph),
            (self.p3, self.p3_glyph),
            (self.p4, self.p4_glyph),
        )[priority - 1]

    def colours(self) -> dict[str, Colour]:
        """Colour by token name, without the trend lines."""
        named = msgspec.structs.asdict(self).items()
        return {name: value for name, value in named if isinstance(value, str) and name != "name"}


def load_tokens(name: str, folder: Path = ROOT / "themes") -> Tokens:
    """The tokens of a theme; raises OSError without its file and ValueError naming what is wrong in it."""
    path = folder / f"{ThemeName(name).value}.toml"
    try:
        tokens = msgspec.toml.decode(path.read_bytes(), type=Tokens)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path.name}: {error}") from error
    for token, colour in [*tokens.colours().items(), *(("trend", c) for c in tokens.trend)]:
        if len(colour) != 7 or colour[0] != "#" or not all(c in "0123456789abcdefABCDEF" for c in colour[1:]):
            raise ValueError(f"{path.name}: {token} is not #rrggbb: {colour}")
    return tokens


class Themes(QObject):
    """The present theme; changing it resets nothing else (HMI-18)."""

    theme_changed = Signal(object)

    def __init__(
        self, theme: str = ThemeName.DAY, folder: Path = ROOT / "themes", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._theme = ThemeName(theme)
        self._tokens = load_tokens(theme, folder)

    @property
    def theme(self) -> ThemeName:
        """Name of the present theme."""
        return self._theme

    @property
    def tokens(self) -> Tokens:
        """Colours of the present theme."""
        return self._tokens

    def set_theme(self, name: str) -> None:
        """Change the theme of every view; raises ValueError for an unknown one."""
        wanted = ThemeName(name)
        if wanted is self._theme:
            return
        self._tokens = load_tokens(wanted, self._folder)
        self._theme = wanted
        self.theme_changed.emit(self._tokens)
