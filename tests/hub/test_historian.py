"""History: what is asked equals what was written, whatever was flushed, rolled up, merged or cut short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.batch import NS, Batch, batch_of, joined
from console.core.history import Series
from console.core.quality import Quality
from console.hub.clock import SetClock
from console.hub.failure import StoreDamaged
from console.hub.historian.historian import Historian
from console.hub.historian.upkeep import WIDTHS, Retention

T0 = 1_800_000_000 * NS
_ROW = st.tuples(
    st.integers(0, 3),
    st.integers(0, 4000),
    st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))),
    st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.DISCONNECTED, Quality.BAD]),
)
_STEP = st.sampled_from(["write", "flush", "upkeep"])


def _batch(rows: list[tuple[int, int, float, Quality]]) -> Batch:
    return batch_of(
        [r[0] for r in rows], [T0 + r[1] * NS for r in rows], [r[2] for r in rows], [int(r[3]) for r in rows]
    )


def _kept(rows: Batch, tag: int, start: int, end: int) -> Batch:
    rows = rows.take((rows.tag == tag) & (rows.at >= start) & (rows.at <= end))
    return rows.take(np.argsort(rows.at, kind="stable"))


def _assert_rolled(found: Series, rows: Batch, tag: int, span: tuple[int, int], points: int) -> None:
    start, end = span
    ideal = -(-(end - start) // points) or 1
    width = max((w for w in WIDTHS if w <= ideal), default=0)
    bucket = -(-ideal // width) * width if width else ideal
    rows = _kept(rows, tag, start // bucket * bucket, (end // bucket + 1) * bucket - 1)
    expected: dict[tuple[int, bool], list[int]] = {}
    for row in range(len(rows)):
        usable = Quality(int(rows.quality[row])).usable
        expected.setdefault((int(rows.at[row]) // bucket, usable), []).append(row)
    groups = sorted(expected.values(), key=lambda group: (rows.at[group[0]], rows.quality[group[0]]))
    assert len(found) == len(groups)
    assert sorted(found.at.tolist()) == found.at.tolist()
    by_key = {
        (int(found.at[i]) // bucket, Quality(int(found.quality[i])).usable): i for i in range(len(found))
    }
    for key, group in expected.items():
        i = by_key[key]
        values = rows.value[group]
        finite = values[np.isfinite(values)]
        assert found.at[i] == rows.at[group].min()
        if len(finite):
            assert found.low[i] == finite.min()
            assert found.high[i] == finite.max()
            assert found.mean[i] == pytest.approx(finite.mean(), rel=1e-9, abs=1e-6)
        else:
            assert np.isnan(found.low[i])
            assert np.isnan(found.mean[i])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(_STEP, st.lists(_ROW, max_size=40)), max_size=12),
    span=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    points=st.sampled_from([1, 2, 7, 50, 1000]),
    tag=st.integers(0, 3),
)
def test_any_query_equals_a_search_through_all_that_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, list[tuple[int, int, float, Quality]]]],
    span: tuple[int, int],
    points: int,
    tag: int,
) -> None:
    historian = Historian(tmp_path_factory.mktemp("h") / "history.db", SetClock(), flush_s=3600)
    written: list[Batch] = []
    for step, rows in steps:
        historian.write(_batch(rows))
        written.append(_batch(rows))
        if step != "write":
            historian.flush()
        if step == "upkeep":
            historian.upkeep()
    start, end = T0 + min(span) * NS, T0 + max(span) * NS
    found = historian.query(tag, start, end, points)
    historian.close()
    rows = joined(written)
    expected = _kept(rows, tag, start, end)
    assert found.raw == (len(expected) <= points)
    if not found.raw:
        _assert_rolled(found, rows, tag, (start, end), points)
        return
    assert found.at.tolist() == expected.at.tolist()
    np.testing.assert_array_equal(found.mean, expected.value)
    assert found.quality.tolist() == expected.quality.tolist()


def test_many_small_flushes_are_merged_and_read_the_same(tmp_path: Path) -> None:
    clock = SetClock(at=T0)
    historian = Historian(tmp_path / "h.db", clock, flush_s=3600)
    for second in range(150):
        historian.write(batch_of([0, 1], [T0 + second * NS] * 2, [second * 1.5, -second], [0, 0]))
        historian.flush()
        if second % 10 == 9:
            historian.upkeep()
    found = historian.query(0, T0, T0 + 1000 * NS, 1000)
    historian.close()
    assert found.raw
    assert found.mean.tolist() == [second * 1.5 for second in range(150)]
    again = Historian(tmp_path / "h.db", clock)
    assert len(again._store.all_segments()) < 60
    again.close()


def test_history_is_there_after_a_restart_with_its_late_sample_in_place(tmp_path: Path) -> None:
    historian = Historian(tmp_path / "h.db", SetClock(), flush_s=3600)
    historian.write(batch_of([5, 5], [T0, T0 + 2 * NS], [1.0, 3.0], [0, 0]))
    historian.flush()
    historian.write(batch_of([5], [T0 + NS], [2.0], [0]))
    historian.close()
    again = Historian(tmp_path / "h.db", SetClock(), flush_s=3600)
    assert again.query(5, T0, T0 + 10 * NS, 10).mean.tolist() == [1.0, 2.0, 3.0]
    again.close()


def test_a_gap_shorter_than_a_bucket_is_still_a_row_of_unusable_quality(tmp_path: Path) -> None:
    historian = Historian(tmp_path / "h.db", SetClock(), flush_s=3600)
    seconds = np.arange(0, 2000)
    quality = np.where((seconds >= 1003) & (seconds < 1006), int(Quality.DISCONNECTED), 0).astype(np.uint8)
    historian.write(Batch(np.zeros(2000, np.uint32), T0 + seconds * NS, seconds.astype(np.float64), quality))
    found = historian.query(0, T0, T0 + 2000 * NS, 100)
    historian.close()
    assert not found.raw
    gaps = found.at[found.quality == int(Quality.DISCONNECTED)]
    assert gaps.tolist() == [T0 + 1003 * NS]


def test_what_is_too_old_or_too_large_is_forgotten_oldest_first(tmp_path: Path) -> None:
    clock = SetClock(at=T0)
    keep = Retention(days={0: 1.0, **dict.fromkeys(WIDTHS, 10.0)}, max_bytes=10_000_000)
    historian = Historian(tmp_path / "h.db", clock, keep, flush_s=3600)
    historian.write(batch_of([0], [T0], [1.0], [0]))
    historian.flush()
    historian.upkeep()
    clock.move(2 * 86_400)
    historian.upkeep()
    rolled = historian.query(0, T0 - 3600 * NS, T0 + 3600 * NS, 0)
    assert historian.query(0, T0, T0 + NS, 10).raw
    assert len(historian.query(0, T0, T0 + NS, 10)) == 0
    assert historian._store.segments(0, 0, 2 * T0) == []
    assert [s.width for s in historian._store.all_segments()] == list(WIDTHS)
    assert len(rolled) == 0
    historian.close()


def test_what_is_forgotten_gives_its_room_back_to_the_disk(tmp_path: Path) -> None:
    clock, path = SetClock(), tmp_path / "h.db"
    keep = Retention(days=dict.fromkeys((0, *WIDTHS), 1.0), max_bytes=100_000_000)
    historian = Historian(path, clock, keep, flush_s=3600)
    noise = np.random.default_rng(1).normal(size=200_000)
    at = T0 + np.arange(200_000, dtype=np.int64) * 10**6
    historian.write(Batch(np.zeros(200_000, np.uint32), at, noise, np.zeros(200_000, np.uint8)))
    historian.flush()
    historian._store.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    full = path.stat().st_size
    clock.move(3 * 86_400)
    historian.upkeep()
    historian._store.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert full > 1_000_000
    assert path.stat().st_size < full // 5
    historian.close()


@pytest.mark.expects_log("history")
def test_a_damaged_block_is_left_out_and_the_rest_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    historian = Historian(tmp_path / "h.db", SetClock(), flush_s=3600)
    historian.write(batch_of([0], [T0], [1.0], [0]))
    historian.flush()
    historian._store.base.execute("UPDATE block SET body = zeroblob(length(body))")
    historian.write(batch_of([0], [T0 + NS], [2.0], [0]))
    historian.flush()
    assert historian.query(0, T0, T0 + 9 * NS, 10).mean.tolist() == [2.0]
    historian.close()
    assert [r.levelname for r in caplog.records] == ["ERROR"]
    assert "left out" in caplog.text


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "h.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreDamaged) as refused:
        Historian(tmp_path / "h.db", SetClock())
    assert refused.value.fields["file"].endswith("h.db")


_WRITER = """
import sys
from pathlib import Path
from console.core.batch import batch_of
from console.hub.clock import SetClock
from console.hub.historian.historian import Historian
historian = Historian(Path(sys.argv[1]), SetClock(), flush_s=3600)
n = 0
while True:
    historian.write(batch_of(list(range(500)), [1_800_000_000_000_000_000 + n] * 500, [float(n)] * 500, [0] * 500))
    historian.flush()
    if n % 7 == 6:
        historian.upkeep()
    n += 1
    print(n, flush=True)
"""


def test_a_kill_loses_nothing_that_was_flushed_and_tears_nothing(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path / "h.db")], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    flushed = 0
    while flushed < 40:
        flushed = int(writer.stdout.readline())
    writer.kill()
    rest = writer.stdout.read().split()
    writer.stdout.close()
    writer.wait()
    flushed = int(rest[-1]) if rest else flushed
    historian = Historian(tmp_path / "h.db", SetClock(), flush_s=3600)
    for tag in (0, 250, 499):
        values = historian.query(tag, T0, T0 + 10 * NS, 100_000).mean.tolist()
        assert values[:flushed] == [float(n) for n in range(flushed)]
        assert values == [float(n) for n in range(len(values))]
    historian.upkeep()
    assert historian.query(0, T0 - 9000 * NS, T0 + 9000 * NS, 1).high.max() >= flushed - 1
    historian.close()
