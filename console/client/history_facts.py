"""What is asked of history and what answers it; light to import, for views name it before the first paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.core.history import Series

NO_ANSWER = "NO_ANSWER"
LINK_LOST = "LINK_LOST"


@dataclass(frozen=True, slots=True)
class Span:
    """What was asked of one tag."""

    tag: int
    start: int
    end: int
    points: int


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Answer to a query: the series that came, in the order asked, and why the rest did not."""

    request: int
    series: tuple[Series, ...]
    reason: str = ""
