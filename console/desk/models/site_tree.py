"""The site as a tree of areas and their assets, each with the worst state below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum, StrEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from console.core.alarm.facts import AlarmFact
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import Asset
from console.desk.asset_state import asset_quality
from console.desk.boards.alarms import AlarmBoard
from console.desk.boards.values import ValueBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.initials import matches
from console.desk.models.site_nodes import Branch, SiteNode, SiteNodes
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SiteRole(IntEnum):
    """What delegates ask a node for besides its name."""

    ID = Qt.ItemDataRole.UserRole + 1
    """Area or asset id."""
    IS_AREA = Qt.ItemDataRole.UserRole + 2
    """Whether it is a branch: an area, or a type where assets are grouped by type."""
    PRIORITY = Qt.ItemDataRole.UserRole + 3
    """Worst listed priority below, or None."""
    UNACKED = Qt.ItemDataRole.UserRole + 4
    """Whether that priority waits for an acknowledgement."""
    QUALITY = Qt.ItemDataRole.UserRole + 5
    """Quality of an asset; of an area the number of assets that are not usable."""
    GLYPH = Qt.ItemDataRole.UserRole + 6
    """Name of an icon of `resources/icons/marks`; empty for a branch."""
    COUNT = Qt.ItemDataRole.UserRole + 7
    """Listed alarms below a branch."""
    DISCOVERED = Qt.ItemDataRole.UserRole + 8
    """Whether the asset was declared by its source and not by the profile."""


class Grouping(StrEnum):
    """What stands on the first level."""

    AREA = "area"
    TYPE = "type"


def _no_signs(_asset: str) -> Sequence[str]:
    return ()


class SiteTreeModel(QAbstractItemModel):
    """Areas or types above their assets, discovered devices below their edge nodes; an index carries the number of its
    node.
    """

    found_changed = Signal(int)
    """How many assets the search has found."""

    def __init__(
        self,
        catalogue: CatalogueBoard,
        alarms: AlarmBoard,
        values: ValueBoard,
        speech: Speech,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._alarms = alarms
        self._values = values
        self._speech = speech
        self._query = ""
        self._grouping = Grouping.AREA
        self._alarmed = False
        self._signs: Callable[[str], Sequence[str]] = _no_signs
        self._tree = SiteNodes()
        self._of_asset: dict[int, Callable[[Asset], object]] = {
            SiteRole.ID: self._id,
            SiteRole.IS_AREA: self._is_area,
            SiteRole.QUALITY: self._quality,
            SiteRole.GLYPH: self._glyph,
            SiteRole.DISCOVERED: self._is_discovered,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }
        self.growing = False
        """Whether the model is being reset only because more was found: what is in view shall stay there."""
        catalogue.catalogue_changed.connect(self._rebuild)
        catalogue.catalogue_grew.connect(self._take_growth)
        alarms.alarms_changed.connect(self._take_alarms)
        speech.lang_changed.connect(self.refresh)
        self._rebuild()

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Index of a node."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._below(parent)[row])

    def parent(self, child: Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """What a node stands below; nothing above a branch."""
        above = self._node(child).above if child.isValid() else -1
        return self._index(above) if above >= 0 else QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Branches, or what stands below a node."""
        return len(self._below(parent))

    def _node(self, index: Index) -> SiteNode:
        return self._tree.nodes[int(index.internalId())]

    def _below(self, index: Index) -> list[int]:
        return self._node(index).below if index.isValid() else self._tree.top

    def _index(self, number: int) -> QModelIndex:
        return self.createIndex(self._tree.nodes[number].row, 0, number)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One column."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, state and ids."""
        if not index.isValid():
            return None
        node = self._node(index)
        if isinstance(node.what, Branch):
            return self._branch_data(node, node.what, role)
        return self._asset_data(node.what, role)

    # What views tell and ask

    def set_signs(self, signs: Callable[[str], Sequence[str]]) -> None:
        """What else is said of an asset to a screen reader: tags, commands that wait."""
        self._signs = signs

    @property
    def query(self) -> str:
        """The present search text."""
        return self._query

    def search(self, query: str) -> None:
        """Show only assets whose names, ids or types (or whose area) match; an empty text shows all."""
        if query.strip() != self._query:
            self._query = query.strip()
            self._rebuild()

    @property
    def grouping(self) -> Grouping:
        """What stands on the first level."""
        return self._grouping

    def group_by(self, grouping: Grouping) -> None:
        """Put areas or types on the first level."""
        if grouping is not self._grouping:
            self._grouping = grouping
            self._rebuild()

    def show_only_alarmed(self, only: bool) -> None:
        """Show only assets that have listed alarms, or all."""
        if only != self._alarmed:
            self._alarmed = only
            self._rebuild()

    def index_of(self, asset: str) -> QModelIndex:
        """Index of an asset, invalid when the search hides it."""
        place = self._tree.places.get(asset)
        return QModelIndex() if place is None else self._index(place)

    @Slot()
    def refresh(self) -> None:
        """Everything may look different: language, qualities or the link changed."""
        self._changed(self._tree.top)
        for node in self._tree.nodes:
            self._changed(node.below)

    def _changed(self, neighbours: Sequence[int]) -> None:
        if neighbours:
            self.dataChanged.emit(self._index(neighbours[0]), self._index(neighbours[-1]))

    @Slot(object)
    def _take_growth(self, assets: frozenset[str]) -> None:
        """New assets change the tree, new points only how its rows look."""
        catalogue = self._catalogue.catalogue
        if catalogue is not None and any(asset not in self._tree.places for asset in assets):
            self.growing = True
            self._rebuild()
            self.growing = False
        else:
            self.refresh()

    @Slot(object)
    def _take_alarms(self, facts: Sequence[AlarmFact]) -> None:
        catalogue = self._catalogue.catalogue
        if catalogue is None:
            return
        assets = {catalogue.alarms[fact.alarm].asset.id for fact in facts}
        if self._alarmed and any((asset in self._tree.places) != self._is_alarmed(asset) for asset in assets):
            self._rebuild()
            return
        changed = [
            self._tree.nodes[place] for place in map(self._tree.places.get, assets) if place is not None
        ]
        for number in {self._tree.branch_of(node).number for node in changed} | {n.number for n in changed}:
            self._changed((number,))

    @Slot()
    def _rebuild(self) -> None:
        catalogue = self._catalogue.catalogue
        self.beginResetModel()
        self._tree = SiteNodes() if catalogue is None else self._grow(catalogue)
        self.endResetModel()
        self.found_changed.emit(len(self._tree.places))

    def _grow(self, catalogue: Catalogue) -> SiteNodes:
        by_type = self._grouping is Grouping.TYPE
        names = (
            {kind.id: kind.label for kind in catalogue.types.values()}
            if by_type
            else {area.id: area.name for area in catalogue.areas.values()}
        )
        assets: dict[str, list[Asset]] = {branch: [] for branch in names}
        for asset in catalogue.assets.values():
            if self._finds(catalogue, asset) and (not self._alarmed or self._is_alarmed(asset.id)):
                assets.setdefault(asset.type if by_type else asset.area, []).append(asset)
        tree = SiteNodes()
        for key, name in names.items():
            if assets[key]:
                tree.add(Branch(key, name), assets[key], catalogue.grown_assets)
        return tree

    def _is_alarmed(self, asset: str) -> bool:
        return self._alarms.asset_priority(asset)[0] is not None

    def _finds(self, catalogue: Catalogue, asset: Asset) -> bool:
        names = [asset.name, catalogue.types[asset.type].label]
        if asset.area in catalogue.areas:
            names.append(catalogue.areas[asset.area].name)
        return matches(self._query, (asset.id, *(word for name in names for word in (name.ko, name.en))))

    def _branch_data(self, node: SiteNode, branch: Branch, role: int) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._speech.of(branch.name)
        if role == SiteRole.ID:
            return branch.id
        if role == SiteRole.IS_AREA:
            return True
        if role in (SiteRole.PRIORITY, SiteRole.UNACKED):
            return self._worst(node, branch)[role == SiteRole.UNACKED]
        if role == SiteRole.QUALITY:
            return sum(not self._quality(asset).usable for asset in self._tree.assets_below(node))
        if role == SiteRole.COUNT:
            return sum(self._alarms.asset_count(asset.id) for asset in self._tree.assets_below(node))
        return "" if role == SiteRole.GLYPH else None

    def _worst(self, node: SiteNode, branch: Branch) -> tuple[int | None, bool]:
        """Any unacknowledged outranks any acknowledged (ALM-28), of all assets, also of those not shown."""
        if self._grouping is Grouping.AREA:
            return self._alarms.area_priority(branch.id)
        found = (self._alarms.asset_priority(asset.id) for asset in self._tree.assets_below(node))
        worst = min(((not unacked, priority) for priority, unacked in found if priority), default=None)
        return (None, False) if worst is None else (worst[1], not worst[0])

    def _asset_data(self, asset: Asset, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._speech.of(asset.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._in_words(asset)
        if role in (SiteRole.PRIORITY, SiteRole.UNACKED):
            return self._alarms.asset_priority(asset.id)[role == SiteRole.UNACKED]
        found = self._of_asset.get(role)
        return None if found is None else found(asset)

    @staticmethod
    def _id(asset: Asset) -> str:
        return asset.id

    @staticmethod
    def _is_area(_asset: Asset) -> bool:
        return False

    def _is_discovered(self, asset: Asset) -> bool:
        return self._catalogue.discovered(asset.id) is not None

    def _tip(self, asset: Asset) -> str | None:
        return self._speech.say("discovered.mark.long") if self._is_discovered(asset) else None

    def _glyph(self, asset: Asset) -> str:
        catalogue = self._catalogue.catalogue
        return catalogue.types[asset.type].glyph if catalogue else ""

    def _quality(self, asset: Asset) -> Quality:
        catalogue = self._catalogue.catalogue
        return asset_quality(catalogue, self._values, asset.id) if catalogue else Quality.NEVER

    def _in_words(self, asset: Asset) -> str:
        said = [self._speech.of(asset.name)]
        priority, unacked = self._alarms.asset_priority(asset.id)
        if priority is not None:
            said.append(self._speech.say(f"alarm_priority.p{priority}"))
        if unacked:
            said.append(self._speech.say("alarm_state.B_UNACK"))
        quality = self._quality(asset)
        if not quality.usable:
            said.append(self._speech.say(f"quality.{quality.name}"))
        if self._is_discovered(asset):
            said.append(self._speech.say("discovered.mark.short"))
        return ", ".join([*said, *self._signs(asset.id)])
