"""What is discovered at run time: marked in the tree, whole on the faceplate, on the chart, found by the palette."""

from __future__ import annotations

import msgspec
from PySide6.QtWidgets import QLabel

from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.site import Asset, AssetType, TagDef, TagKind
from console.core.words import Text
from console.desk.models.site_tree import SiteRole
from tests.widgets.conftest import Screen
from widgets.assets.values import MOST_ROWS
from widgets.charts.trend import TrendPanel
from widgets.shell.palette import find_hits

KIND = AssetType(id="~device", label=Text("발견된 장치", "Discovered device"), glyph="device", tags=())
HOSTILE = "${fetch('x')}<b>press"


def first(screen: Screen) -> int:
    """Number of the first grown tag."""
    catalogue = screen.seat.office.catalogue.catalogue
    assert catalogue is not None
    return catalogue.declared


def tag(index: int, name: str, **more: object) -> GrownTag:
    made = TagDef(name=name, label=Text(name, name), low=0.0, high=0.0)
    return GrownTag(index=index, asset="~press", path=name, tag=msgspec.structs.replace(made, **more))


def grow(screen: Screen, *tags: GrownTag) -> None:
    """The press with some of its points, as the bridge tells it."""
    office = screen.seat.office
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    area = next(iter(catalogue.areas))
    press = Asset(id="~press", type="~device", name=Text(HOSTILE, HOSTILE), area=area, lat=35.1, lon=129.1)
    assets = (
        () if "~press" in catalogue.assets else (GrownAsset(asset=press, feed="plant", source="City/Press"),)
    )
    office.mirror.grow(Growth(types=(KIND,), assets=assets, tags=tags))
    office.catalogue.tell_growth(frozenset({"~press"}))


def test_it_stands_in_the_tree_with_its_name_as_plain_text(screen: Screen) -> None:
    grow(screen, tag(first(screen), "temp"))
    index = screen.tree.model.index_of("~press")
    assert index.data(SiteRole.DISCOVERED) is True
    assert index.data() == HOSTILE
    assert screen.tree.view.isExpanded(index.parent())


def test_faceplate_and_chart_follow_as_points_are_found(screen: Screen) -> None:
    """A source that tells its points one by one fills what is open already."""
    grow(screen, tag(first(screen), "temp", unit="Cel"))
    screen.seat.office.selection.select_asset("~press")
    screen.seat.put(first(screen), 41.5)
    trend = screen.panels["trend"]
    assert isinstance(trend, TrendPanel)
    (row,) = screen.faceplate.values.rows
    # Nobody knows the range: a bar would say something that is not so.
    assert row.bar is None
    assert row.value is not None
    assert [point.key for point in trend.points] == ["~press.temp"]
    assert trend.title.text.endswith("· discovered")
    assert "Discovered device" in screen.faceplate.kind.text()
    assert "City/Press" in screen.faceplate.kind.text()
    states = (Text("auto", "auto"),)
    grow(screen, tag(first(screen) + 1, "mode", kind=TagKind.DISCRETE, states=states))
    screen.seat.put(first(screen) + 1, 0.0)
    assert [row.point.tag.name for row in screen.faceplate.values.rows] == ["temp", "mode"]
    assert screen.faceplate.values.rows[1].state is not None
    assert screen.faceplate.values.rows[1].state.shown == "auto"


def test_a_point_that_is_no_longer_offered_says_so_and_steps_back(screen: Screen) -> None:
    grow(screen, tag(first(screen), "temp"), tag(first(screen) + 1, "load"))
    screen.seat.office.selection.select_asset("~press")
    grow(screen, msgspec.structs.replace(tag(first(screen), "temp"), gone=True))
    assert [row.point.tag.name for row in screen.faceplate.values.rows] == ["load"]
    (gone,) = screen.faceplate.others.rows
    assert "no longer offered" in gone.label.text


def test_thousands_of_points_do_not_make_thousands_of_rows(screen: Screen) -> None:
    grow(screen, *(tag(first(screen) + n, f"m{n}") for n in range(2_000)))
    screen.seat.office.selection.select_asset("~press")
    assert len(screen.faceplate.others.rows) == MOST_ROWS
    told = [label.text() for label in screen.faceplate.others.findChildren(QLabel)]
    assert any(f"{2_000 - 3 - MOST_ROWS} more" in text for text in told)


def test_the_palette_finds_it_by_what_it_is_called_and_by_its_mark(screen: Screen) -> None:
    grow(screen, tag(first(screen), "temp"))
    for typed in ("press", "discovered", "발견"):
        assert "~press" in [hit.id for hit in find_hits(screen.seat.office, typed)]
