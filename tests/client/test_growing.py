"""The console's catalogue grows with the hub's, whatever it knew before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from console.client.mirror import Mirror
from console.client.store import Store
from console.core.batch import batch_of
from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.quality import Quality
from console.core.site import Asset, AssetType, TagDef
from console.core.words import Text
from console.wire.codec import console_codec, hub_codec
from console.wire.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from console.wire.messages import (
    CatalogueGrew,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    ToConsole,
    Welcome,
)
from tests.client.small_city import SITE

KIND = AssetType(id="~device", label=Text("장치", "Device"), glyph="device", tags=())
FIRST = 6


def asset(name: str) -> GrownAsset:
    made = Asset(id=name, type="~device", name=Text(name, name), area="north", lat=35.1, lon=129.0)
    return GrownAsset(asset=made, feed="plant", source=name)


def tag(index: int, name: str, owner: str = "~press", *, gone: bool = False) -> GrownTag:
    made = TagDef(name=name, label=Text(name, name))
    return GrownTag(index=index, asset=owner, tag=made, path=name, gone=gone)


def grew(tags: Sequence[GrownTag], total: int, assets: Sequence[str] = ()) -> CatalogueGrew:
    grown = Growth(types=(KIND,), assets=tuple(map(asset, assets)), tags=tuple(tags))
    return CatalogueGrew(sequence=2, growth=grown, total=total)


def snapshot(*growth: CatalogueGrew) -> list[ToConsole]:
    """All a hub sends at first: site, growth, and the end."""
    return [
        Welcome(resume="r", sequence=1, full=True, at=1, user="u", hub="h", catalogue="digest-one"),
        SiteHead(site=SITE),
        SiteTypes(types=SITE.types),
        SiteAssets(assets=SITE.assets),
        SiteDone(),
        *growth,
        SnapshotDone(sequence=1),
    ]


def told(store: Store, *messages: ToConsole) -> Store:
    for message in messages:
        store.apply(message)
    return store


@pytest.fixture
def store() -> Store:
    """A console that has been told of two points, in two parts."""
    made = told(
        Store(Mirror()),
        *snapshot(grew((), 2, ["~press"]), grew([tag(FIRST, "temp"), tag(FIRST + 1, "run")], 2)),
    )
    made.take_changes()
    return made


def keys(store: Store) -> list[str]:
    catalogue = store.mirror.catalogue
    assert catalogue is not None
    return [point.key for point in catalogue.tags[FIRST:]]


def test_a_snapshot_brings_what_has_grown_with_room_for_its_values(store: Store) -> None:
    assert keys(store) == ["~press.temp", "~press.run"]
    told_rows = batch_of([FIRST], [3], [41.5], [0])
    store.apply(told_rows)
    assert store.mirror.latest.values[FIRST] == 41.5
    assert store.mirror.latest.unknown == 0


def test_later_growth_changes_nothing_else(store: Store) -> None:
    store.apply(batch_of([0, FIRST], [3, 3], [1.0, 41.5], [0, 0]))
    before = store.mirror.catalogue
    store.apply(grew([tag(FIRST + 2, "speed", "~drill"), tag(FIRST, "temp", gone=True)], 3, ["~drill"]))
    changes = store.take_changes()
    assert not changes.catalogue
    assert changes.grown == {"~drill", "~press"}
    assert store.mirror.catalogue is before
    assert store.mirror.latest.values.tolist()[:1] == [1.0]
    assert store.mirror.latest.values[FIRST] == 41.5
    assert store.mirror.latest.qualities[FIRST + 2] == Quality.NEVER
    assert not np.isfinite(store.mirror.latest.values[FIRST + 2])


def test_a_snapshot_of_what_is_known_keeps_values_and_catalogue(store: Store) -> None:
    store.apply(batch_of([FIRST], [3], [41.5], [0]))
    store.take_changes()
    told(store, *snapshot(grew([tag(FIRST, "temp"), tag(FIRST + 1, "run")], 2, ["~press"])))
    changes = store.take_changes()
    assert (changes.catalogue, changes.grown) == (False, set())
    assert store.mirror.latest.values[FIRST] == 41.5


def test_a_snapshot_with_more_goes_on_from_what_is_known(store: Store) -> None:
    told(
        store,
        *snapshot(grew([tag(FIRST, "temp"), tag(FIRST + 1, "run"), tag(FIRST + 2, "new")], 3, ["~press"])),
    )
    assert not store.take_changes().catalogue
    assert keys(store)[2] == "~press.new"


@pytest.mark.parametrize(
    "growth", [grew([tag(FIRST, "run")], 1, ["~press"]), grew([], 0)], ids=["renumbered", "nothing"]
)
def test_a_hub_that_numbers_otherwise_is_believed(store: Store, growth: CatalogueGrew) -> None:
    store.apply(batch_of([0, FIRST], [3, 3], [1.0, 41.5], [0, 0]))
    store.take_changes()
    told(store, *snapshot(growth))
    assert store.take_changes().catalogue
    assert keys(store) == [f"~press.{one.tag.name}" for one in growth.growth.tags]
    # No value may stand under a number that is another tag's now.
    assert not np.isfinite(store.mirror.latest.values).any()


@pytest.mark.expects_log("link")
def test_growth_that_does_not_fit_is_left_out_and_said(store: Store) -> None:
    store.apply(grew([tag(FIRST + 9, "far")], 10))
    assert keys(store) == ["~press.temp", "~press.run"]
    assert not store.take_changes().grown


def test_growth_is_the_same_in_both_sub_protocols() -> None:
    message = grew([tag(FIRST, "temp", gone=True)], 1, ["~press"])
    for name in (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON):
        assert console_codec(name).decode(hub_codec(name).encode(message)) == message
