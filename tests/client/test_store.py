"""The mirror after every message that the hub can send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from console.client.catalogue_cache import CatalogueCache
from console.client.mirror import Mirror
from console.client.store import KEPT_COMMANDS, Store
from console.core.batch import batch_of
from console.core.command.facts import CommandState
from console.core.feed import FeedFact, FeedState
from console.core.mover import MoverFact, PositionBatch
from console.core.quality import Quality
from console.wire.messages import (
    AlarmsChanged,
    CommandsChanged,
    FeedsChanged,
    Heartbeat,
    MoversChanged,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    ToConsole,
    Welcome,
)
from tests.client.small_city import ACKED, NORMAL, SITE, alarm, command


def welcome(*, full: bool = True, digest: str = "digest-one") -> Welcome:
    return Welcome(resume="r", sequence=1, full=full, at=1, user="u", hub="h", catalogue=digest)


def site_parts() -> Iterator[ToConsole]:
    yield SiteHead(site=msgspec.structs.replace(SITE, types=(), assets=()))
    yield SiteTypes(types=SITE.types)
    yield SiteAssets(assets=SITE.assets[:2])
    yield SiteAssets(assets=SITE.assets[2:])
    yield SiteDone()


def filled(cache: CatalogueCache | None = None) -> Store:
    store = Store(Mirror(), cache)
    for message in (welcome(), *site_parts()):
        store.apply(message)
    return store


def mover(index: int) -> MoverFact:
    return MoverFact(mover=index, id=f"m{index}", kind="vessel", feed="logistics")


def positions(*movers: int, heading: float = float("nan")) -> PositionBatch:
    n = len(movers)
    return PositionBatch(
        np.array(movers, np.uint32),
        np.full(n, 9, np.int64),
        np.full(n, 35.0),
        np.full(n, 129.0),
        np.full(n, heading, np.float32),
        np.full(n, 2.0, np.float32),
    )


def test_catalogue_is_put_together_from_its_parts() -> None:
    store = filled()
    catalogue = store.mirror.catalogue
    assert catalogue is not None
    assert [asset.id for asset in catalogue.site.assets] == ["suyeong", "gamcheon", "myeongji"]
    assert store.mirror.digest == "digest-one"
    assert store.take_changes().catalogue
    assert store.mirror.latest.qualities.tolist() == [Quality.NEVER] * 6


def test_known_digest_keeps_the_catalogue_and_its_values() -> None:
    store = filled()
    store.apply(batch_of([0], [1], [2.5], [0]))
    store.take_changes()
    before = store.mirror.catalogue
    for message in (welcome(), *site_parts()):
        store.apply(message)
    assert store.mirror.catalogue is before
    assert store.mirror.latest.values[0] == 2.5
    assert not store.take_changes().catalogue


def test_catalogue_of_a_known_digest_comes_from_the_cache_at_once(tmp_path: Path) -> None:
    filled(CatalogueCache(tmp_path))
    store = Store(Mirror(), CatalogueCache(tmp_path))
    store.apply(welcome())
    assert store.mirror.catalogue is not None
    assert store.mirror.catalogue.site == SITE


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "x", "a/b/c/d/e/f"])
def test_digest_never_becomes_a_path_of_its_own(tmp_path: Path, digest: str) -> None:
    cache = CatalogueCache(tmp_path / "sites")
    cache.save(digest, SITE)
    assert list(tmp_path.rglob("*")) == []
    assert cache.load(digest) is None


def test_broken_cache_file_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    (tmp_path / "site-digest-one.msgpack").write_bytes(b"\xc1broken")
    assert CatalogueCache(tmp_path).load("digest-one") is None


def test_last_row_of_a_tag_wins_and_unknown_tags_are_counted() -> None:
    store = filled()
    store.apply(batch_of([0, 0, 99], [1, 2, 3], [1.0, 1.5, 7.0], [0, 1, 0]))
    latest = store.mirror.latest
    assert (latest.values[0], latest.ats[0], latest.qualities[0]) == (1.5, 2, Quality.UNCERTAIN)
    assert latest.unknown == 1
    rows = store.take_changes().rows
    assert [row.tag.tolist() for row in rows] == [[0, 0]]
    assert store.take_changes().rows == []


def test_new_occurrence_is_told_apart_from_a_change_of_an_old_one() -> None:
    store = filled()
    store.apply(AlarmsChanged(sequence=2, alarms=(alarm(0, occurrence="A"),)))
    assert store.take_changes().new_occurrence
    store.apply(AlarmsChanged(sequence=3, alarms=(alarm(0, ACKED, occurrence="A"),)))
    changes = store.take_changes()
    assert not changes.new_occurrence
    assert changes.alarms[0].state is ACKED
    store.apply(AlarmsChanged(sequence=4, alarms=(alarm(0, occurrence="B"),)))
    assert store.take_changes().new_occurrence


def test_full_snapshot_takes_away_what_it_does_not_name() -> None:
    """I5: snapshot = full state; what is gone is gone, and is told as normal."""
    store = filled()
    store.apply(AlarmsChanged(sequence=2, alarms=(alarm(0), alarm(1))))
    store.apply(CommandsChanged(sequence=2, commands=(command(1), command(2))))
    store.apply(FeedsChanged(sequence=2, feeds=(feed("sensors"), feed("old"))))
    store.apply(MoversChanged(sequence=2, movers=(mover(0), mover(1))))
    store.apply(positions(0, 1))
    store.take_changes()
    store.apply(welcome())
    store.apply(AlarmsChanged(sequence=9, alarms=(alarm(1, ACKED),)))
    store.apply(CommandsChanged(sequence=9, commands=(command(2),)))
    store.apply(FeedsChanged(sequence=9, feeds=(feed("sensors"),)))
    store.apply(MoversChanged(sequence=9, movers=(mover(1),)))
    assert set(store.mirror.alarms) == {0, 1}
    store.apply(SnapshotDone(sequence=9))
    mirror, changes = store.mirror, store.take_changes()
    assert mirror.alarms[0].state == NORMAL
    assert set(changes.alarms) == {0, 1}
    assert set(mirror.commands) == {command(2).request.command_id}
    assert set(mirror.feeds) == {"sensors"}
    assert set(mirror.movers) == set(mirror.positions) == {1}


def test_resumption_keeps_what_it_does_not_name() -> None:
    store = filled()
    store.apply(AlarmsChanged(sequence=2, alarms=(alarm(0),)))
    store.apply(welcome(full=False))
    store.apply(SnapshotDone(sequence=3))
    assert store.mirror.alarms[0].state.listed


def test_position_without_heading_has_none() -> None:
    store = filled()
    store.apply(positions(4))
    store.apply(positions(5, heading=90.0))
    assert store.mirror.positions[4].heading is None
    assert store.mirror.positions[5].heading == 90.0
    assert store.take_changes().movers


def test_messages_without_state_change_nothing() -> None:
    store = filled()
    store.take_changes()
    store.apply(Heartbeat(at=1, sequence=1))
    changes = store.take_changes()
    told = (changes.alarms, changes.commands, changes.rows, changes.feeds, changes.movers)
    assert not any(told)


@pytest.mark.expects_log("link")
def test_site_that_contradicts_itself_is_not_adopted() -> None:
    store = Store()
    store.apply(welcome())
    store.apply(SiteHead(site=msgspec.structs.replace(SITE, types=(), assets=())))
    store.apply(SiteAssets(assets=SITE.assets))
    store.apply(SiteDone())
    assert store.mirror.catalogue is None


def feed(name: str) -> FeedFact:
    return FeedFact(feed=name, state=FeedState.LIVE, since=1)


def test_of_commands_that_are_over_the_newest_are_kept_and_of_those_that_are_not_every_one() -> None:
    """A link may stand for weeks, and each command of each seat comes over it (CMD-02)."""
    store, told = Store(), 3 * KEPT_COMMANDS
    store.apply(CommandsChanged(sequence=1, commands=(command(0),)))
    for number in range(1, told + 1):
        fact = command(number, state=CommandState.SUCCEEDED)
        store.apply(CommandsChanged(sequence=1 + number, commands=(fact,)))
    kept = store.mirror.commands
    assert len(kept) <= KEPT_COMMANDS + 60
    assert command(0).request.command_id in kept
    newest = {command(number).request.command_id for number in range(told - KEPT_COMMANDS + 1, told + 1)}
    assert newest <= kept.keys()
