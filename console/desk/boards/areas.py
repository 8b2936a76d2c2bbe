"""Who holds which area (CMD-09)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.command.control_facts import LeaseFact

__all__ = ["AreaBoard", "LeaseFact"]


class AreaBoard(QObject):
    """Leases by area id; the hub's word alone counts."""

    leases_changed = Signal(object)
    """Frozen set of the areas concerned."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def facts(self) -> dict[str, LeaseFact]:
        """What is known of each area. Look, do not write."""
        return self._mirror.leases

    def of_area(self, area: str) -> LeaseFact:
        """The lease of one area; nobody's when the hub has told nothing."""
        return self._mirror.leases.get(area) or LeaseFact(area=area)

    def held_by(self, user: str) -> list[str]:
        """Areas an account holds, in order of their ids."""
        return sorted(area for area, fact in self._mirror.leases.items() if user and fact.holder == user)

    def push(self, leases: Sequence[LeaseFact]) -> None:
        """Take leases and tell of them at once."""
        self._mirror.leases.update({lease.area: lease for lease in leases})
        self.tell(frozenset(lease.area for lease in leases))

    def tell(self, areas: frozenset[str]) -> None:
        """Announce what is in the mirror already."""
        self.leases_changed.emit(areas)
