"""What comes out of the link, besides the messages of `wire.messages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from console.client.keeping.facts import KeepFact
from console.client.link_fact import LinkFact
from console.core.batch import Batch
from console.core.history import Series
from console.core.mover import PositionBatch
from console.wire.messages import ToConsole


@dataclass(frozen=True, slots=True, eq=False)
class SeriesAnswer:
    """One series of a history query."""

    request: int
    series: Series


Inbound: TypeAlias = ToConsole | Batch | PositionBatch | SeriesAnswer | LinkFact | KeepFact
