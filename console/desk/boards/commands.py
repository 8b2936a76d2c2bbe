"""Present facts of commands, newest first by asset."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.command.facts import CommandFact


class CommandBoard(QObject):
    """Facts by command id."""

    commands_changed = Signal(object)
    """Tuple of the changed facts."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def facts(self) -> dict[str, CommandFact]:
        """Every command the hub has told of. Look, do not write."""
        return self._mirror.commands

    def of_asset(self, asset: str) -> list[CommandFact]:
        """Commands of one asset, newest first: ids are ULIDs, which sort by time."""
        found = (fact for fact in self.facts.values() if fact.request.asset == asset)
        return sorted(found, key=lambda fact: fact.request.command_id, reverse=True)

    def pending(self) -> list[CommandFact]:
        """Commands without a final outcome, newest first; an unknown outcome is not final."""
        found = (fact for fact in self.facts.values() if not fact.state.terminal)
        return sorted(found, key=lambda fact: fact.request.command_id, reverse=True)

    def pending_assets(self) -> set[str]:
        """Assets that wait for the outcome of a command."""
        return {fact.request.asset for fact in self.facts.values() if not fact.state.terminal}

    def push(self, facts: Sequence[CommandFact]) -> None:
        """Take facts and tell of them at once."""
        for fact in facts:
            self._mirror.commands[fact.request.command_id] = fact
        self.tell(facts)

    def tell(self, facts: Sequence[CommandFact]) -> None:
        """Announce facts that are in the mirror already."""
        self.commands_changed.emit(tuple(facts))
