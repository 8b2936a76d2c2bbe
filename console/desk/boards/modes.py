"""Modes of the alarm system: which areas are in maintenance, and whether there is a flood."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.alarm.facts import FloodFact, MaintenanceFact


class ModesBoard(QObject):
    """Maintenance by area id, and the flood of this position."""

    modes_changed = Signal()

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def maintenance(self) -> dict[str, MaintenanceFact]:
        """Areas in maintenance mode (ALM-30). Look, do not write."""
        return self._mirror.maintenance

    @property
    def flood(self) -> FloodFact:
        """The flood, active or not."""
        return self._mirror.flood

    def of_area(self, area: str) -> MaintenanceFact | None:
        """The maintenance of one area, None when it is not in maintenance."""
        return self._mirror.maintenance.get(area)

    def push(self, maintenance: Sequence[MaintenanceFact] = (), flood: FloodFact | None = None) -> None:
        """Take the whole of both and tell of them at once."""
        self._mirror.maintenance = {fact.area: fact for fact in maintenance}
        self._mirror.flood = flood or FloodFact()
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.modes_changed.emit()
