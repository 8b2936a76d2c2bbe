"""Samples from a hub's history: all of them, in order of time, without a trace in the folder."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.batch import NS, Batch, batch_of, joined
from console.hub.backtest import history
from console.hub.backtest.history import HistoryFile
from console.hub.clock import SetClock
from console.hub.historian.historian import Historian
from console.hub.historian.numbers import TagNumbers

T0 = 1_793_491_200 * NS
EVER = (0, 2**63 - 1)
TAGS = [f"a{n}.level" for n in range(4)]
_ROW = st.tuples(st.integers(0, 3), st.integers(0, 400), st.floats(-1e6, 1e6), st.sampled_from([0, 1, 2, 4]))
Row = tuple[int, int, float, int]


def _batch(rows: list[Row]) -> Batch:
    return batch_of(
        [r[0] for r in rows], [T0 + r[1] * NS for r in rows], [r[2] for r in rows], [r[3] for r in rows]
    )


def _written(data: Path, flushes: list[list[Row]], upkeep: bool = False) -> Historian:
    (data / "hub").mkdir(parents=True, exist_ok=True)
    historian = Historian(data / history.FILE, SetClock(at=T0), flush_s=3600.0)
    for rows in flushes:
        historian.write(_batch(rows))
        historian.flush()
    if upkeep:
        historian.upkeep()
    return historian


def _rows(batch: Batch) -> list[tuple[int, int, float, int]]:
    columns = (batch.tag, batch.at, batch.value, batch.quality)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_ROW, min_size=1, max_size=8), min_size=1, max_size=14), st.booleans())
def test_every_row_comes_once_in_order_of_time(
    tmp_path_factory: pytest.TempPathFactory, flushes: list[list[Row]], upkeep: bool
) -> None:
    data = tmp_path_factory.mktemp("data")
    _written(data, flushes, upkeep).close()
    file = HistoryFile(data, TAGS, *EVER)
    found = joined(list(file.batches()))
    assert sorted(_rows(found)) == sorted(_rows(_batch([row for rows in flushes for row in rows])))
    assert bool((np.diff(found.at) >= 0).all())
    assert (file.rows, file.damaged, file.unknown) == (len(found), 0, 0)


def test_rows_are_of_the_tags_whose_names_they_were_kept_under(tmp_path: Path) -> None:
    _written(tmp_path, [[(0, 1, 1.0, 0), (3, 2, 3.0, 0), (4, 3, 4.0, 0)]]).close()
    numbers = TagNumbers(tmp_path / history.FILE)
    numbers.of([*TAGS, "~found.temp"])
    numbers.close()
    file = HistoryFile(tmp_path, ["new.level", *reversed(TAGS)], *EVER)
    rows = joined(list(file.batches()))
    assert list(zip(rows.tag.tolist(), rows.value.tolist(), strict=True)) == [(4, 1.0), (1, 3.0)]
    assert file.unknown == 1


def test_only_the_range_that_was_asked_for_is_read(tmp_path: Path) -> None:
    _written(tmp_path, [[(0, second, float(second), 0) for second in range(100)]]).close()
    file = HistoryFile(tmp_path, TAGS, T0 + 10 * NS, T0 + 20 * NS)
    assert joined(list(file.batches())).value.tolist() == [float(second) for second in range(10, 20)]


def test_a_running_hub_is_not_disturbed(tmp_path: Path) -> None:
    historian = _written(tmp_path, [[(0, 1, 1.0, 0)]])
    try:
        reading = HistoryFile(tmp_path, TAGS, *EVER).batches()
        assert _rows(next(reading)) == [(0, T0 + NS, 1.0, 0)]
        historian.write(_batch([(0, 2, 2.0, 0)]))
        historian.flush()
        assert list(reading) == []
        assert len(joined(list(HistoryFile(tmp_path, TAGS, *EVER).batches()))) == 2
    finally:
        historian.close()


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    _written(tmp_path, [[(0, 1, 1.0, 0)]]).close()
    folder = tmp_path / "hub"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    os.chmod(folder, 0o500)
    try:
        assert len(joined(list(HistoryFile(tmp_path, TAGS, *EVER).batches()))) == 1
    finally:
        os.chmod(folder, 0o700)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rows_of_tags_the_profile_does_not_have_are_counted(tmp_path: Path) -> None:
    _written(tmp_path, [[(0, 1, 1.0, 0), (3, 1, 1.0, 0), (3, 2, 1.0, 0)]]).close()
    file = HistoryFile(tmp_path, TAGS[:2], *EVER)
    assert len(joined(list(file.batches()))) == 1
    assert file.unknown == 2


@pytest.mark.expects_log("history")
def test_a_damaged_block_is_left_out_and_counted(tmp_path: Path) -> None:
    _written(tmp_path, [[(0, 1, 1.0, 0)], [(0, 2, 2.0, 0)]]).close()
    base = sqlite3.connect(tmp_path / history.FILE)
    base.execute("UPDATE block SET body = x'00' WHERE id = (SELECT min(id) FROM block)")
    base.commit()
    base.close()
    file = HistoryFile(tmp_path, TAGS, *EVER)
    assert joined(list(file.batches())).value.tolist() == [2.0]
    assert file.damaged == 1


def test_no_history_and_no_database_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(HistoryFile(tmp_path, TAGS, *EVER).batches())
    (tmp_path / "hub").mkdir()
    (tmp_path / history.FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        list(HistoryFile(tmp_path, TAGS, *EVER).batches())


def test_a_batch_has_no_more_than_its_most_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "ROWS", 3)
    _written(tmp_path, [[(0, second, 0.0, 0) for second in range(8)]]).close()
    assert [len(batch) for batch in HistoryFile(tmp_path, TAGS, *EVER).batches()] == [3, 3, 2]
