"""A columnar source, known by its declaration of points."""

from __future__ import annotations

from collections.abc import Sequence

from console.core.errors import DecodeError
from console.feeds.columns.codec import read_points
from console.feeds.scout import PlainScout

_MOST = 16 * 1024 * 1024


class ColumnsScout(PlainScout):
    """The first frame names the points."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether the first text frame is a declaration."""
        text = next((frame for frame in frames if isinstance(frame, str)), "")
        try:
            return bool(read_points(text, _MOST))
        except DecodeError:
            return False


SCOUT = ColumnsScout()
