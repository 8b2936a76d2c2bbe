"""The head of the ledger, and how far it was verified."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.ledger.facts import LedgerFact

__all__ = ["LedgerBoard", "LedgerFact"]


class LedgerBoard(QObject):
    """One fact."""

    ledger_changed = Signal(object)

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def fact(self) -> LedgerFact:
        """The present fact; all zero before the hub has said anything."""
        return self._mirror.ledger

    def push(self, fact: LedgerFact) -> None:
        """Take the fact and tell of it."""
        self._mirror.ledger = fact
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.ledger_changed.emit(self._mirror.ledger)
