"""The hub's state as this console knows it: plain data, read by the boards, changed by `client.store`.

numpy is imported when the first catalogue comes, for it may not cost time before the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.core.alarm.facts import AlarmFact, FloodFact, MaintenanceFact, MuteFact, RedefinedFact
from console.core.catalogue import Catalogue
from console.core.command.control_facts import LeaseFact, RunFact, TagFact
from console.core.command.facts import CommandFact
from console.core.feed import FeedFact
from console.core.growth import Growth
from console.core.handover.facts import Duty, HandoverFact
from console.core.identity.facts import SessionFact
from console.core.ledger.facts import LedgerFact
from console.core.words import Text

if TYPE_CHECKING:
    from console.core.batch import Batch, QualityColumn, TimeColumn, ValueColumn
    from console.core.mover import MoverFact, PositionBatch

NEVER = 7
"""`Quality.NEVER` as the byte of a column."""


class MoverPosition(NamedTuple):
    """Where a mover is: UTC ns, WGS 84 degrees, heading in degrees true, speed in m/s (None: unknown)."""

    at: int
    lat: float
    lon: float
    heading: float | None
    speed: float | None


class Latest:
    """Latest value, time and quality of every tag, as columns by tag index."""

    def __init__(self, n: int = 0) -> None:
        import numpy as np

        self.values: ValueColumn = np.full(n, np.nan)
        self.ats: TimeColumn = np.zeros(n, np.int64)
        self.qualities: QualityColumn = np.full(n, NEVER, np.uint8)
        self.unknown = 0
        """Rows whose tag the catalogue does not have."""

    def grow(self, n: int) -> None:
        """There are so many tags now; the new ones have no value yet."""
        import numpy as np

        more = n - len(self.values)
        self.values = np.concatenate((self.values, np.full(more, np.nan)))
        self.ats = np.concatenate((self.ats, np.zeros(more, np.int64)))
        self.qualities = np.concatenate((self.qualities, np.full(more, NEVER, np.uint8)))

    def put(self, batch: Batch) -> Batch:
        """Take the rows of a batch in order, and give back those whose tag is known."""
        n = len(self.values)
        if len(batch) and int(batch.tag.max()) >= n:
            known = batch.tag < n
            self.unknown += len(batch) - int(known.sum())
            batch = batch.take(known)
        # numpy keeps the last of several rows of one tag, which is the newest.
        self.values[batch.tag] = batch.value
        self.ats[batch.tag] = batch.at
        self.qualities[batch.tag] = batch.quality
        return batch


class Mirror:
    """Everything the hub has told; facts by their key, positions by mover index."""

    def __init__(self) -> None:
        self.catalogue: Catalogue | None = None
        self.digest = ""
        self.alarms: dict[int, AlarmFact] = {}
        self.commands: dict[str, CommandFact] = {}
        self.feeds: dict[str, FeedFact] = {}
        self.movers: dict[int, MoverFact] = {}
        self.positions: dict[int, MoverPosition] = {}
        self.maintenance: dict[str, MaintenanceFact] = {}
        self.flood = FloodFact()
        self.mute: tuple[MuteFact, ...] = ()
        self.redefined: dict[int, RedefinedFact] = {}
        self.tags: dict[str, TagFact] = {}
        """Only those that hang, by id."""
        self.leases: dict[str, LeaseFact] = {}
        self.runs: dict[str, RunFact] = {}
        self.handovers: dict[str, HandoverFact] = {}
        """By id; those that are over come without their items."""
        self.duties: dict[str, Duty] = {}
        """Who answers for an area since its last shift handover."""
        self.session: SessionFact | None = None
        self.notice = Text("", "")
        """What the site says before sign-in."""
        """None until the hub has said who is signed in at this seat."""
        self.ledger = LedgerFact()
        self._latest: Latest | None = None

    @property
    def latest(self) -> Latest:
        """The value columns; empty before the first catalogue."""
        if self._latest is None:
            self._latest = Latest()
        return self._latest

    def set_catalogue(self, catalogue: Catalogue, digest: str = "") -> None:
        """A new site: values, alarms, modes and movers of the old one are gone with its numbering."""
        self.catalogue = catalogue
        self.digest = digest
        self._latest = Latest(len(catalogue.tags))
        self.alarms.clear()
        self.movers.clear()
        self.positions.clear()
        self.maintenance.clear()
        self.flood = FloodFact()
        self.mute = ()
        self.redefined.clear()

    def grow(self, growth: Growth) -> None:
        """The catalogue gains assets and tags: all else stays as it is. Raises ValueError for what does not fit."""
        if self.catalogue is None:
            raise ValueError("no catalogue")
        self.catalogue.grow(growth)
        self.latest.grow(len(self.catalogue.tags))

    def put_positions(self, batch: PositionBatch) -> set[int]:
        """Take positions in order, and give back the movers they are of."""
        columns = (batch.mover, batch.at, batch.lat, batch.lon, batch.heading, batch.speed)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for mover, at, lat, lon, heading, speed in rows:
            self.positions[mover] = MoverPosition(at, lat, lon, _known(heading), _known(speed))
        return set(batch.mover.tolist())


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 - only NaN differs from itself
