"""What becomes of an act; light to import, for views name it before the first paint."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.wire.messages import ActResult

NO_ANSWER = "NO_ANSWER"
"""The hub has not said what became of the act: it may have been done."""
LINK_LOST = "LINK_LOST"
"""Nothing was sent, for the link is not live."""


class ActKind(StrEnum):
    """What a person did."""

    ACK = "ack"
    RESET = "reset"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    START_MAINTENANCE = "start_maintenance"
    END_MAINTENANCE = "end_maintenance"
    COMMAND = "command"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """What became of an act, with one result for each of its parts."""

    request: str
    kind: ActKind
    results: tuple[ActResult, ...]

    @property
    def done(self) -> bool:
        """Whether every part was done."""
        return all(not result.reason for result in self.results)
