"""The site tree: areas, assets, rolled-up state and search."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.core.batch import batch_of
from console.core.quality import Quality
from console.desk.models.site_tree import Grouping, SiteRole, SiteTreeModel
from console.desk.office import Office
from tests.client.small_city import ACKED, NORMAL, UNACKED, alarm


@pytest.fixture
def tree(office: Office) -> SiteTreeModel:
    """The small city, checked by Qt's own model tester."""
    model = SiteTreeModel(office.catalogue, office.alarms, office.values, office.speech)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def names(model: SiteTreeModel) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in range(model.rowCount()):
        area = model.index(row, 0)
        assets = [str(model.data(model.index(i, 0, area))) for i in range(model.rowCount(area))]
        found[str(model.data(area))] = assets
    return found


def test_assets_stand_below_their_areas(tree: SiteTreeModel) -> None:
    assert names(tree) == {
        "North Port": ["Suyeong station", "Gamcheon station"],
        "Eco Delta City": ["Myeongji station"],
    }
    index = tree.index_of("gamcheon")
    assert tree.data(index, SiteRole.ID) == "gamcheon"
    assert tree.data(tree.parent(index), SiteRole.ID) == "north"
    assert tree.data(index, SiteRole.GLYPH) == "pump"
    assert tree.data(tree.parent(index), SiteRole.IS_AREA) is True


def test_area_shows_the_worst_of_its_assets(office: Office, tree: SiteTreeModel) -> None:
    office.alarms.push([alarm(0, ACKED, 1), alarm(2, UNACKED, 3)])
    area = tree.parent(tree.index_of("suyeong"))
    assert (tree.data(area, SiteRole.PRIORITY), tree.data(area, SiteRole.UNACKED)) == (3, True)
    assert tree.data(tree.index_of("suyeong"), SiteRole.PRIORITY) == 1


def test_alarm_changes_are_told_for_the_asset_and_its_area(office: Office, tree: SiteTreeModel) -> None:
    told: list[str] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        told.append(str(tree.data(first, SiteRole.ID)))

    tree.dataChanged.connect(note)
    office.alarms.push([alarm(4)])
    assert sorted(told) == ["eco", "myeongji"]


def test_quality_is_of_the_headline_and_counted_in_the_area(office: Office, tree: SiteTreeModel) -> None:
    rows = batch_of([0, 1, 2, 3], [5] * 4, [1.0] * 4, [0, 0, 0, Quality.BAD])
    office.values.push(rows)
    assert tree.data(tree.index_of("suyeong"), SiteRole.QUALITY) is Quality.GOOD
    assert tree.data(tree.index_of("gamcheon"), SiteRole.QUALITY) is Quality.BAD
    assert tree.data(tree.parent(tree.index_of("suyeong")), SiteRole.QUALITY) == 1


def test_state_is_in_the_words_for_a_screen_reader(office: Office, tree: SiteTreeModel) -> None:
    """HMI-14, HMI-03: the state is said, not only coloured."""
    office.alarms.push([alarm(0, UNACKED, 1)])
    said = tree.data(tree.index_of("suyeong"), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Suyeong station, critical, unacknowledged, never received"


@pytest.mark.parametrize("query", ["감천", "GAMCHEON", "ㄱㅊ", "북항 감천"])
def test_search_finds_in_both_languages_and_by_initials(tree: SiteTreeModel, query: str) -> None:
    tree.search(query)
    assert names(tree) == {"North Port": ["Gamcheon station"]}
    assert not tree.index_of("suyeong").isValid()
    tree.search("")
    assert len(names(tree)) == 2


def test_names_change_with_the_language(office: Office, tree: SiteTreeModel) -> None:
    office.speech.set_lang("ko")
    assert list(names(tree)) == ["북항", "에코델타시티"]


def test_assets_stand_below_their_types_when_grouped_so(office: Office, tree: SiteTreeModel) -> None:
    """The alarm tree by asset type, rolled up by the order of ALM-28."""
    office.alarms.push([alarm(0, ACKED, 1), alarm(4, UNACKED, 3)])
    tree.group_by(Grouping.TYPE)
    assert list(names(tree)) == ["Pumping station"]
    kind = tree.index(0, 0)
    assert (tree.data(kind, SiteRole.PRIORITY), tree.data(kind, SiteRole.UNACKED)) == (3, True)
    assert tree.data(kind, SiteRole.COUNT) == 2
    tree.group_by(Grouping.AREA)
    assert len(names(tree)) == 2


def test_only_assets_with_alarms_are_shown_and_they_come_and_go(office: Office, tree: SiteTreeModel) -> None:
    tree.show_only_alarmed(True)
    assert names(tree) == {}
    office.alarms.push([alarm(2, UNACKED, 3)])
    assert names(tree) == {"North Port": ["Gamcheon station"]}
    office.alarms.push([alarm(2, NORMAL, 3)])
    assert names(tree) == {}
