"""Glyphs of tags: the same in faceplate, tree and sheets."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QPixmap

from console.core.command.control_facts import TagKind
from widgets.kit.icons import pixmap

TAG_ICONS: Final = {
    TagKind.INHIBIT_ALL: "tag_all",
    TagKind.INHIBIT_ON: "tag_on",
    TagKind.INHIBIT_OFF: "tag_off",
    TagKind.CAUTION: "warning",
    TagKind.INFO: "info",
}


def tag_pixmap(kind: TagKind, colour: str | QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """The glyph of a kind of tag."""
    return pixmap(TAG_ICONS[kind], colour, side, ratio)
