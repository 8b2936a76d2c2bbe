"""The nodes of the site tree in the order they are shown: branches, assets, devices below their edge nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from console.core.site import Asset
from console.core.words import Text


@dataclass(frozen=True, slots=True)
class Branch:
    """An area, or a type where assets are grouped by type."""

    id: str
    name: Text


@dataclass(slots=True)
class SiteNode:
    """A branch or an asset; `number`, `above` and `below` are places in the list of nodes, `row` the one among its
    neighbours.
    """

    number: int
    what: Branch | Asset
    above: int
    row: int
    below: list[int] = field(default_factory=list[int])


class SiteNodes:
    """All nodes; those of the first level are `top`."""

    def __init__(self) -> None:
        self.nodes: list[SiteNode] = []
        self.top: list[int] = []
        self.places: dict[str, int] = {}
        """Nodes of assets by id."""

    def add(self, branch: Branch, assets: Iterable[Asset], nested: Iterable[str]) -> None:
        """A branch with its assets; those named in `nested` stand below the asset they belong to, if that is there."""
        place = self._put(branch, -1)
        of_parent: dict[str, list[Asset]] = {}
        shown = {asset.id: asset for asset in assets}
        deeper = set(nested)
        for asset in shown.values():
            inside = asset.id in deeper and asset.parent in shown and asset.parent != asset.id
            of_parent.setdefault(asset.parent if inside else "", []).append(asset)
        self._put_all(of_parent, "", place)

    def _put_all(self, of_parent: dict[str, list[Asset]], parent: str, above: int) -> None:
        for asset in of_parent.pop(parent, ()):
            place = self.places[asset.id] = self._put(asset, above)
            self._put_all(of_parent, asset.id, place)

    def _put(self, what: Branch | Asset, above: int) -> int:
        number = len(self.nodes)
        neighbours = self.top if above < 0 else self.nodes[above].below
        self.nodes.append(SiteNode(number, what, above, len(neighbours)))
        neighbours.append(number)
        return number

    def assets_below(self, node: SiteNode) -> Iterator[Asset]:
        """All assets below a node, however deep."""
        for number in node.below:
            below = self.nodes[number]
            if isinstance(below.what, Asset):
                yield below.what
            yield from self.assets_below(below)

    def branch_of(self, node: SiteNode) -> SiteNode:
        """The node of the first level above a node, or itself."""
        while node.above >= 0:
            node = self.nodes[node.above]
        return node
