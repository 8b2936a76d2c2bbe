"""What is discovered stands in the tree at once: devices below their edge nodes, marked, without moving the rest."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.site import Asset, AssetType, TagDef
from console.core.words import Text
from console.desk.models.site_tree import Grouping, SiteRole, SiteTreeModel
from console.desk.office import Office

NODE = AssetType(id="~node", label=Text("발견된 에지 노드", "Discovered edge node"), glyph="device", tags=())
DEVICE = AssetType(id="~device", label=Text("발견된 장치", "Discovered device"), glyph="device", tags=())
FIRST = 6


def grow(office: Office, *assets: tuple[str, str], tags: tuple[tuple[int, str], ...] = ()) -> None:
    """Assets with their parents, and tags with their owners, as the bridge tells them."""
    made = [
        GrownAsset(
            asset=Asset(
                id=name,
                type="~device" if parent else "~node",
                name=Text(name[1:], name[1:]),
                area="north",
                lat=35.1,
                lon=129.0,
                parent=parent,
            ),
            feed="plant",
            source=name[1:],
        )
        for name, parent in assets
    ]
    grown = [
        GrownTag(
            index=index, asset=owner, path=f"p{index}", tag=TagDef(name=f"p{index}", label=Text("p", "p"))
        )
        for index, owner in tags
    ]
    office.mirror.grow(Growth(types=(NODE, DEVICE), assets=tuple(made), tags=tuple(grown)))
    office.catalogue.tell_growth(frozenset((*(one.asset.id for one in made), *(one.asset for one in grown))))


@pytest.fixture
def tree(office: Office) -> SiteTreeModel:
    """The small city, checked by Qt's own model tester."""
    model = SiteTreeModel(office.catalogue, office.alarms, office.values, office.speech)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def below(model: SiteTreeModel, index: QModelIndex) -> list[str]:
    return [str(model.index(row, 0, index).data(SiteRole.ID)) for row in range(model.rowCount(index))]


def test_devices_stand_below_their_edge_node_with_a_mark(office: Office, tree: SiteTreeModel) -> None:
    grow(office, ("~line1", ""), ("~press", "~line1"), tags=((FIRST, "~press"),))
    node = tree.index_of("~line1")
    assert below(tree, tree.parent(node))[-1] == "~line1"
    assert below(tree, node) == ["~press"]
    press = tree.index_of("~press")
    assert tree.parent(press) == node
    assert press.data(SiteRole.DISCOVERED) is True
    assert tree.index_of("suyeong").data(SiteRole.DISCOVERED) is False
    office.speech.set_lang("en")
    assert "not in the profile" in str(press.data(Qt.ItemDataRole.ToolTipRole))
    assert tree.index_of("suyeong").data(Qt.ItemDataRole.ToolTipRole) is None
    assert "discovered" in str(press.data(Qt.ItemDataRole.AccessibleTextRole))
    office.speech.set_lang("ko")
    assert "발견됨" in str(press.data(Qt.ItemDataRole.AccessibleTextRole))


def test_new_points_of_known_assets_leave_the_tree_as_it_is(office: Office, tree: SiteTreeModel) -> None:
    resets: list[bool] = []
    tree.modelReset.connect(lambda: resets.append(tree.growing))
    grow(office, ("~line1", ""), tags=((FIRST, "~line1"),))
    assert resets == [True]
    grow(office, tags=((FIRST + 1, "~line1"),))
    assert resets == [True]


def test_search_finds_what_was_discovered_in_both_languages(office: Office, tree: SiteTreeModel) -> None:
    grow(office, ("~line1", ""), ("~press", "~line1"))
    for words in ("발견", "discovered", "press"):
        tree.search(words)
        assert tree.index_of("~press").isValid()
        assert not tree.index_of("suyeong").isValid()
    # A device whose node is not found stands in the branch itself.
    tree.search("press")
    assert tree.parent(tree.index_of("~press")).data(SiteRole.IS_AREA) is True


def test_by_type_they_have_branches_of_their_own(office: Office, tree: SiteTreeModel) -> None:
    grow(office, ("~line1", ""), ("~press", "~line1"))
    tree.group_by(Grouping.TYPE)
    assert tree.parent(tree.index_of("~press")).data(SiteRole.ID) == "~device"
    assert tree.parent(tree.index_of("~line1")).data(SiteRole.ID) == "~node"
