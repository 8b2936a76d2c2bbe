"""The latest value of every tag."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.batch import batch_of
from console.core.quality import Quality
from console.core.values import LatestValues


def test_nothing_is_known_at_first() -> None:
    values = LatestValues(2)
    assert len(values) == 2
    assert math.isnan(values.value[1])
    assert values.quality.tolist() == [Quality.NEVER] * 2
    assert len(values.changed_since(0)[0]) == 0


def test_the_last_row_of_a_tag_is_its_value() -> None:
    values = LatestValues(3)
    applied = values.apply(batch_of([2, 0, 2], [5, 5, 6], [1.0, 2.0, 3.0], [0, 0, Quality.UNCERTAIN]))
    assert applied.late is None
    assert len(applied.fresh) == 3
    assert (values.value[2], values.at[2], values.quality[2]) == (3.0, 6, Quality.UNCERTAIN)
    assert values.revision == 3


def test_late_rows_change_nothing_and_are_handed_back() -> None:
    """ALM-08: to history, flagged."""
    values = LatestValues(2)
    values.apply(batch_of([0, 1], [10, 10], [1.0, 1.0], [0, 0]))
    applied = values.apply(batch_of([0, 1], [9, 11], [2.0, 2.0], [0, 0]))
    assert applied.late is not None
    assert applied.late.tag.tolist() == [0]
    assert applied.late.value.tolist() == [2.0]
    assert applied.fresh.tag.tolist() == [1]
    assert values.value.tolist() == [1.0, 2.0]


def test_a_seat_gets_what_changed_since_it_was_served() -> None:
    values = LatestValues(4)
    values.apply(batch_of([0, 1, 2], [1, 1, 1], [1.0, 2.0, 3.0], [0, 0, 0]))
    batch, revision = values.changed_since(0)
    assert batch.tag.tolist() == [0, 1, 2]
    assert revision == 3
    values.apply(batch_of([1, 1], [2, 3], [5.0, 6.0], [0, 0]))
    batch, newer = values.changed_since(revision)
    assert (batch.tag.tolist(), batch.value.tolist()) == ([1], [6.0])
    assert newer - revision == 2
    assert len(values.changed_since(newer)[0]) == 0


def test_a_seat_gets_only_what_it_wants() -> None:
    values = LatestValues(4)
    values.apply(batch_of([0, 1, 2], [1, 1, 1], [1.0, 2.0, 3.0], [0, 0, 0]))
    mask = np.array([False, True, False, True])
    assert values.changed_since(0, mask)[0].tag.tolist() == [1]
    assert values.changed_since(0, np.array([3, 2, 0], np.uint32))[0].tag.tolist() == [2, 0]
    assert values.changed_since(0, np.array([], np.uint32))[0].tag.tolist() == []


def test_a_mark_keeps_the_value_and_makes_no_sample_late() -> None:
    """HMI-10: stale is a quality; a source whose clock is behind the hub's is heard again after it."""
    values = LatestValues(3)
    values.apply(batch_of([0, 1], [10, 10], [1.0, 2.0], [0, Quality.STALE]))
    rows = values.mark(np.array([0, 1, 2], np.uint32), Quality.STALE, 99)
    assert (rows.tag.tolist(), rows.at.tolist(), rows.value.tolist()) == ([0], [99], [1.0])
    assert values.quality.tolist() == [Quality.STALE, Quality.STALE, Quality.NEVER]
    assert values.revision == 3
    applied = values.apply(batch_of([0], [11], [4.0], [0]))
    assert applied.late is None
    assert (values.value[0], values.at[0], values.quality[0]) == (4.0, 11, Quality.GOOD)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.floats(0, 9)), max_size=6), max_size=6
    )
)
def test_a_seat_served_at_any_moments_ends_with_the_full_state(
    batches: list[list[tuple[int, int, float]]],
) -> None:
    """Snapshot and deltas are the full state."""
    values = LatestValues(4)
    seat: dict[int, tuple[int, float]] = {}
    revision = 0
    for index, rows in enumerate(batches):
        columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
        tags, ats, numbers = columns
        values.apply(batch_of([int(t) for t in tags], [int(a) for a in ats], list(numbers), [0] * len(rows)))
        if index % 2:
            changed, revision = values.changed_since(revision)
            seat |= {t: (a, v) for t, a, v in zip(changed.tag, changed.at, changed.value, strict=True)}
    changed, _ = values.changed_since(revision)
    seat |= {t: (a, v) for t, a, v in zip(changed.tag, changed.at, changed.value, strict=True)}
    known = [tag for tag in range(4) if values.quality[tag] != Quality.NEVER]
    assert seat == {tag: (values.at[tag], values.value[tag]) for tag in known}
