"""Colours of the map, taken from the theme's tokens; the map knows no theme by name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

# HMI.md palette: the same in every theme, and used for nothing but alarms (HMI-02).
_PRIORITY = {
    "p1": "#C83A49",
    "p2": "#DC9213",
    "p3": "#FFFF00",
    "p4": "#0078C0",
    "p1_ink": "#FFFFFF",
    "p2_ink": "#000000",
    "p3_ink": "#000000",
    "p4_ink": "#FFFFFF",
}
_DAY = {
    "panel": "#E6E7E9",
    "raised": "#F0F1F2",
    "line": "#C3C5C9",
    "text": "#1C1F23",
    "text_secondary": "#565B62",
    "idle": "#767A80",
    "running": "#4A4F56",
    "accent": "#29627F",
    "water": "#C6CED3",
    "land": "#E1E1DC",
}
# Names a theme may use for the same thing, after spaces, dots and hyphens became underscores.
_OTHER_NAMES = {
    "text_secondary": ("secondary", "text2", "text_muted", "text_dim"),
    "idle": ("equipment_idle",),
    "running": ("equipment_running",),
    "water": ("water_on_map", "map_water"),
    "land": ("land_on_map", "map_land"),
    "raised": ("raised_hover", "hover"),
    "p1_ink": ("p1_glyph",),
    "p2_ink": ("p2_glyph",),
    "p3_ink": ("p3_glyph",),
    "p4_ink": ("p4_glyph",),
}
_MOST_TOKENS = 256


class MapColours(msgspec.Struct, frozen=True, kw_only=True):
    """Every colour the map draws with, as `#rrggbb`."""

    dark: bool
    panel: str
    raised: str
    line: str
    text: str
    text_secondary: str
    idle: str
    running: str
    accent: str
    water: str
    land: str
    shore: str
    """Coastline: land mixed with secondary text."""
    area: str
    """Outline of areas and districts."""
    trunk: str
    plate: str
    """Ground of a plate without alarm."""
    outline: str
    """2 px outline of alarm symbols, which gives them 3:1 on any ground."""
    halo: str
    """Behind texts, so that a line under a name does not cut it."""

    p1: str
    p2: str
    p3: str
    p4: str
    p1_ink: str
    p2_ink: str
    p3_ink: str
    p4_ink: str

    def table(self) -> dict[str, str]:
        """Colour by the names that plates and styles use."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if isinstance(value, str)}


def colours_of(tokens: Mapping[str, str]) -> MapColours:
    """The map's colours of a theme; a token that is missing or not a colour is that of the day theme."""
    told = {_plain(name): value for name, value in list(tokens.items())[:_MOST_TOKENS] if _is_colour(value)}
    base = {name: _find(name, told) or default for name, default in (_DAY | _PRIORITY).items()}
    dark = luminance(base["land"]) < 0.18
    return MapColours(
        dark=dark,
        **base,
        shore=mix(base["land"], base["text_secondary"], 0.62),
        area=mix(base["land"], base["text_secondary"], 0.5),
        trunk=mix(base["land"], base["text_secondary"], 0.42),
        plate=base["raised"],
        outline=_find("outline", told) or ("#ECEDEE" if dark else "#111111"),
        halo=base["land"],
    )


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(one: str, other: str, share: float) -> str:
    """`one` with a share (0-1) of `other`."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _find(name: str, told: Mapping[str, str]) -> str | None:
    return next((told[key] for key in (name, *_OTHER_NAMES.get(name, ())) if key in told), None)


def _plain(name: str) -> str:
    return "_".join(
        name.lower().replace(".", " ").replace("-", " ").replace("/", " ").replace("_", " ").split()
    )


def _is_colour(value: str) -> bool:
    return len(value) == 7 and value[0] == "#" and all(char in "0123456789abcdefABCDEF" for char in value[1:])
