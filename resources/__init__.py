"""Data of the program: icons, themes, words, sites and map layers; this file only tells where they are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent
"""Folder that holds the data."""


def read_words_sources() -> dict[str, str]:
    """Every file of `i18n/` by name, for `console.core.words.parse_words`."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "i18n").glob("*.toml"))}
