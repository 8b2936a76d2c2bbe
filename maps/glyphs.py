"""The glyphs of asset kinds: our own SVG files, stroked paths on a 24 x 24 field and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import resources

FOLDER = resources.ROOT / "icons" / "marks"
FALLBACK = "device"
"""Drawn for a kind without a glyph of its own."""

_PATH = re.compile(r'<path d="([MmLlHhVvCcSsQqTtAaZz0-9 ,.\-]+)"/>')


@lru_cache(maxsize=4)
def load_glyphs(folder: Path = FOLDER) -> Mapping[str, tuple[str, ...]]:
    """Path data by glyph name, for `Path2D` in the page and the SVG renderer of the native map."""
    found = {
        file.stem: tuple(_PATH.findall(file.read_text("utf-8"))) for file in sorted(folder.glob("*.svg"))
    }
    return MappingProxyType(found)


def glyph_of(kind: str, glyphs: Mapping[str, tuple[str, ...]]) -> str:
    """The glyph that a kind is drawn with."""
    return kind if kind in glyphs else FALLBACK
