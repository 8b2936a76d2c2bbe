"""Types of things that are dragged between panes; whatever is dragged can also be done by menu (WCAG 2.5.7)."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

TAG_MIME = "application/x-gwanje-tag"
"""UTF-8 tag keys (`asset.tag`), one a line."""


def tag_mime(key: str) -> QMimeData:
    """What is dragged when a tag is."""
    made = QMimeData()
    made.setData(TAG_MIME, key.encode())
    made.setText(key)
    return made
