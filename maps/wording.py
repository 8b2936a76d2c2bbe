"""The map's own words, gathered for one language so that page and native map say the same."""

from __future__ import annotations

from console.core.words import Words

KEYS = (
    "title",
    "loading",
    "frozen",
    "cluster",
    "more",
    "controls.zoom_in",
    "controls.zoom_out",
    "controls.fit",
    "controls.layers",
    "controls.close",
    "layers.areas",
    "layers.trunk",
    "layers.labels",
    "layers.vessels",
    "layers.trucks",
    "state.p1",
    "state.p2",
    "state.p3",
    "state.p4",
    "state.normal",
    "state.moving",
    "state.unacked",
    "state.stale",
    "state.disconnected",
    "state.shelved",
    "state.tagged",
    "state.pending",
    "speed",
    "heading",
    "credit",
    "help",
)
"""Keys below `map`; every one of them is on the screen somewhere."""


def map_words(words: Words, lang: str) -> dict[str, str]:
    """Texts by key without the leading `map.`; places such as `{n}` are filled where the number is known."""
    return {key: words.say(f"map.{key}", lang) for key in KEYS}


def fill(pattern: str, **fields: object) -> str:
    """A text with its places filled; only our own patterns come here, values may be anything."""
    for name, value in fields.items():
        pattern = pattern.replace("{" + name + "}", str(value))
    return pattern
