"""What answers a question for occurrences; light to import, for views name it before the first paint."""

from __future__ import annotations

from dataclasses import dataclass

from console.core.alarm.facts import OccurrenceRow

NO_ANSWER = "NO_ANSWER"
LINK_LOST = "LINK_LOST"


@dataclass(frozen=True, slots=True)
class OccurrencePage:
    """Occurrences in order of time; `reason` is empty, or why they are not there."""

    request: str
    rows: tuple[OccurrenceRow, ...] = ()
    truncated: bool = False
    """There are older ones in the span that was asked for."""
    reason: str = ""
