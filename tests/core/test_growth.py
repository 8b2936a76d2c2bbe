"""A catalogue that grows keeps the numbers of everything it had, and columns grow with it."""

from __future__ import annotations

import numpy as np
import pytest

from console.core.batch import batch_of
from console.core.catalogue import Catalogue
from console.core.freshness import Freshness
from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.quality import Quality
from console.core.site import Asset, AssetType, TagDef
from console.core.values import LatestValues
from console.core.words import Text
from tests.client.small_city import SITE

KIND = AssetType(id="~device", label=Text("장치", "Device"), glyph="device", tags=())
FIRST = 6
"""Tags of the small city."""


def asset(name: str = "~press", kind: str = "~device") -> GrownAsset:
    made = Asset(id=name, type=kind, name=Text(name, name), area="north", lat=35.1, lon=129.0)
    return GrownAsset(asset=made, feed="plant", source=name)


def tag(
    index: int, name: str = "temp", owner: str = "~press", *, unit: str = "", gone: bool = False
) -> GrownTag:
    made = TagDef(name=name, label=Text(name, name), unit=unit)
    return GrownTag(index=index, asset=owner, tag=made, path=name, gone=gone)


def grown() -> Catalogue:
    catalogue = Catalogue(SITE)
    catalogue.grow(Growth(types=(KIND,), assets=(asset(),), tags=(tag(FIRST), tag(FIRST + 1, "run"))))
    return catalogue


def test_what_is_grown_stands_after_the_profile_and_is_found_as_everything_else() -> None:
    before, catalogue = Catalogue(SITE), grown()
    assert catalogue.tags[:FIRST] == before.tags
    assert catalogue.declared == FIRST
    assert catalogue.tag_index("~press.run") == FIRST + 1
    assert [point.key for point in catalogue.tags_of("~press")] == ["~press.temp", "~press.run"]
    assert catalogue.alarms_of("~press") == []
    assert catalogue.command("~press", "start") is None
    assert catalogue.types[catalogue.assets["~press"].type] == KIND
    again = Catalogue(SITE)
    again.grow(catalogue.growth())
    assert again.growth() == catalogue.growth()


def test_a_tag_that_is_told_anew_keeps_its_number() -> None:
    catalogue = grown()
    catalogue.grow(Growth(tags=(tag(FIRST, unit="Cel", gone=True),)))
    assert catalogue.tags[FIRST].tag.unit == "Cel"
    assert catalogue.tags_of("~press")[0].tag.unit == "Cel"
    assert not catalogue.offers(FIRST)
    assert catalogue.offers(FIRST + 1)
    assert catalogue.offers(0)
    assert len(catalogue.tags) == FIRST + 2


@pytest.mark.parametrize(
    "wrong",
    [
        Growth(tags=(tag(FIRST + 3),)),
        Growth(tags=(tag(0),)),
        Growth(tags=(tag(FIRST + 2, owner="~none"),)),
        Growth(tags=(tag(FIRST + 2, owner="suyeong"),)),
        Growth(tags=(tag(FIRST + 2, "temp"),)),
        Growth(assets=(asset("suyeong"),)),
        Growth(assets=(asset("~other", "~none"),)),
    ],
)
def test_what_does_not_fit_is_refused_whole(wrong: Growth) -> None:
    catalogue = grown()
    before = catalogue.growth()
    with pytest.raises(ValueError, match=r"\w"):
        catalogue.grow(Growth(assets=(asset("~fresh"), *wrong.assets), tags=wrong.tags))
    assert catalogue.growth() == before
    assert "~fresh" not in catalogue.assets


def test_values_grow_and_an_older_wish_says_nothing_of_what_is_new() -> None:
    latest = LatestValues(2)
    latest.apply(batch_of([0], [5], [1.0], [0]))
    latest.grow(4)
    latest.apply(batch_of([3, 1], [6, 6], [9.0, 2.0], [0, 0]))
    assert latest.value.tolist()[3] == 9.0
    assert latest.quality.tolist() == [0, 0, int(Quality.NEVER), 0]
    changed, _ = latest.changed_since(0, np.array([True, True]))
    assert changed.tag.tolist() == [0, 1]
    late = latest.apply(batch_of([3], [5], [7.0], [0])).late
    assert late is not None
    assert late.tag.tolist() == [3]


def test_a_grown_tag_without_a_period_is_never_stale_by_silence() -> None:
    freshness = Freshness([1.0])
    freshness.grow([0.0, 100.0])
    freshness.seen(np.array([0, 1, 2], np.uint32), 0.0)
    assert freshness.expire(31.0).tolist() == [0]
    assert freshness.expire(1e9).tolist() == [2]
