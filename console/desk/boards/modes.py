"""Modes of the alarm system: areas in maintenance, floods, consoles without sound, definitions changed at run time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.alarm.facts import FloodFact, MaintenanceFact, MuteFact, RedefinedFact


class ModesBoard(QObject):
    """Maintenance by area id, the flood of this position, who cannot be heard, and what was redefined."""

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

    @property
    def mute(self) -> tuple[MuteFact, ...]:
        """Consoles that cannot make their alarms heard, this one included (HMI-20)."""
        return self._mirror.mute

    @property
    def redefined(self) -> dict[int, RedefinedFact]:
        """Definitions changed at run time, by alarm (ALM-13). Look, do not write."""
        return self._mirror.redefined

    def push(
        self,
        maintenance: Sequence[MaintenanceFact] = (),
        flood: FloodFact | None = None,
        mute: Sequence[MuteFact] = (),
        redefined: Sequence[RedefinedFact] = (),
    ) -> None:
        """Take the whole of all and tell of them at once."""
        self._mirror.maintenance = {fact.area: fact for fact in maintenance}
        self._mirror.flood = flood or FloodFact()
        self._mirror.mute = tuple(mute)
        self._mirror.redefined = {fact.alarm: fact for fact in redefined}
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.modes_changed.emit()
