"""Vessels and trucks: who they are and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror, MoverPosition

if TYPE_CHECKING:
    from console.core.mover import MoverFact, PositionBatch


class MoverBoard(QObject):
    """Facts and positions by mover index."""

    movers_changed = Signal()
    """At most five times a second."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def facts(self) -> dict[int, MoverFact]:
        """Every mover the hub has told of, also those gone. Look, do not write."""
        return self._mirror.movers

    def position(self, index: int) -> MoverPosition | None:
        """The last position of a mover, None when none came."""
        return self._mirror.positions.get(index)

    def push(self, facts: Sequence[MoverFact] = (), positions: PositionBatch | None = None) -> None:
        """Take facts and positions and tell of them at once."""
        for fact in facts:
            self._mirror.movers[fact.mover] = fact
        if positions is not None:
            self._mirror.put_positions(positions)
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.movers_changed.emit()
