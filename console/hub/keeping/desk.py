"""Both readers of one hub, opened when a console first asks."""

from __future__ import annotations

from pathlib import Path

from console.hub.keeping.ledger import LedgerParts
from console.hub.keeping.samples import SampleParts


class KeepingDesk:
    """Gives the stores of consoles what they ask for; `close` once."""

    def __init__(self, journal: Path, history: Path) -> None:
        self.ledger = LedgerParts(journal)
        self.samples = SampleParts(history)

    def close(self) -> None:
        """Close the files."""
        self.ledger.close()
        self.samples.close()
