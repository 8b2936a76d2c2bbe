"""Signs beside an asset's symbol: a command that waits for its outcome, and tags that hang on it (CMD-08, CMD-13)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from console.core.command.facts import CommandFact
from console.desk.boards.commands import CommandBoard
from console.desk.boards.tags import INHIBITS, TagBoard
from console.desk.words import Speech


class AssetSigns(QObject):
    """Kept ready, for trees and maps ask at every repaint."""

    signs_changed = Signal(object)
    """Frozen set of the assets concerned."""

    def __init__(
        self, commands: CommandBoard, tags: TagBoard, speech: Speech, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._tags = tags
        self._speech = speech
        self._pending: set[str] = set()
        commands.commands_changed.connect(self._take_commands)
        tags.tags_changed.connect(self.signs_changed)

    def pending(self, asset: str) -> bool:
        """Whether a command to the asset has no final outcome yet."""
        return asset in self._pending

    def tagged(self, asset: str) -> bool:
        """Whether any tag hangs on the asset."""
        return bool(self._tags.of_asset(asset))

    def inhibited(self, asset: str) -> bool:
        """Whether one of its tags forbids something."""
        return any(tag.kind in INHIBITS for tag in self._tags.of_asset(asset))

    def in_words(self, asset: str) -> list[str]:
        """The signs for a screen reader."""
        said = [self._speech.say(f"commands.tag_kind.{tag.kind.value}") for tag in self._tags.of_asset(asset)]
        if self.pending(asset):
            said.append(self._speech.say("assets.command.pending"))
        return said

    @Slot(object)
    def _take_commands(self, facts: Sequence[CommandFact]) -> None:
        before, self._pending = self._pending, self._commands.pending_assets()
        changed = (before ^ self._pending) | {fact.request.asset for fact in facts}
        self.signs_changed.emit(frozenset(changed))
