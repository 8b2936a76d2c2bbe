"""Types of things that are dragged between panes; whatever is dragged can also be done by menu (WCAG 2.5.7)."""

from __future__ import annotations

TAG_MIME = "application/x-gwanje-tag"
"""UTF-8 tag keys (`asset.tag`), one a line."""
