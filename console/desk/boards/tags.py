"""Lock-out and caution tags that hang on equipment (CMD-08)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.command.control_facts import TagFact, TagKind

__all__ = ["INHIBITS", "TagBoard", "TagFact", "TagKind"]

INHIBITS = frozenset({TagKind.INHIBIT_ALL, TagKind.INHIBIT_ON, TagKind.INHIBIT_OFF})


class TagBoard(QObject):
    """Tags by id; only those that hang."""

    tags_changed = Signal(object)
    """Frozen set of the assets concerned."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._by_asset: dict[str, list[TagFact]] = {}

    @property
    def facts(self) -> dict[str, TagFact]:
        """Every tag. Look, do not write."""
        return self._mirror.tags

    def of_asset(self, asset: str) -> list[TagFact]:
        """Tags of one asset: what blocks most first, then the oldest."""
        return self._by_asset.get(asset, [])

    def tagged(self) -> set[str]:
        """Assets on which a tag hangs."""
        return {*self._by_asset}

    def push(self, tags: Sequence[TagFact]) -> None:
        """Take tags and tell of them at once."""
        for tag in tags:
            if tag.removed:
                self._mirror.tags.pop(tag.id, None)
            else:
                self._mirror.tags[tag.id] = tag
        self.tell(frozenset(tag.asset for tag in tags))

    def tell(self, assets: frozenset[str]) -> None:
        """Announce what is in the mirror already."""
        found: dict[str, list[TagFact]] = {}
        for tag in sorted(self._mirror.tags.values(), key=_rank):
            found.setdefault(tag.asset, []).append(tag)
        self._by_asset = found
        self.tags_changed.emit(assets)


_ORDER = [*TagKind]


def _rank(tag: TagFact) -> tuple[int, int]:
    return _ORDER.index(tag.kind), tag.at
