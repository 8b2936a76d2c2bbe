"""Rows that come too late (ALM-08)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.arrival import ArrivalOrder
from console.core.batch import Batch, batch_of, empty_batch
from console.core.quality import Quality


def late_rows(order: ArrivalOrder, batch: Batch) -> list[bool]:
    mask = order.late(batch)
    return [False] * len(batch) if mask is None else mask.tolist()


def rows(*pairs: tuple[int, int], quality: Quality = Quality.GOOD) -> Batch:
    """Rows of (tag, at)."""
    return batch_of([p[0] for p in pairs], [p[1] for p in pairs], [0.0] * len(pairs), [quality] * len(pairs))


def test_older_than_the_newest_of_its_tag_is_late() -> None:
    order = ArrivalOrder(3)
    assert late_rows(order, rows((0, 10), (1, 10))) == [False, False]
    assert late_rows(order, rows((0, 9), (1, 11))) == [True, False]
    assert late_rows(order, rows((0, 10), (1, 10))) == [False, True]


def test_a_late_row_does_not_move_the_newest() -> None:
    order = ArrivalOrder(1)
    order.late(rows((0, 10)))
    order.late(rows((0, 5)))
    assert late_rows(order, rows((0, 7))) == [True]


def test_rows_of_one_tag_in_one_batch_are_in_order_too() -> None:
    order = ArrivalOrder(2)
    assert late_rows(order, rows((0, 5), (1, 3), (0, 4), (1, 3), (0, 6))) == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert late_rows(order, rows((0, 7), (0, 8))) == [False, False]


def test_times_may_lie_as_far_apart_as_they_can() -> None:
    order = ArrivalOrder(3)
    far = 2**62
    assert late_rows(order, rows((2, far), (0, 1), (2, -far), (0, 0))) == [False, False, True, True]
    assert late_rows(order, rows((2, far), (2, far - 1), (1, -far))) == [False, True, False]


def test_qualities_of_the_hub_are_never_late_and_make_nothing_late() -> None:
    order = ArrivalOrder(1)
    order.late(rows((0, 10)))
    for quality in (Quality.STALE, Quality.DISCONNECTED, Quality.NEVER):
        assert order.late(rows((0, 3), quality=quality)) is None
        assert order.late(rows((0, 99), quality=quality)) is None
    assert late_rows(order, rows((0, 11))) == [False]
    mixed = batch_of([0, 0], [5, 6], [0.0, 0.0], [Quality.STALE, Quality.GOOD])
    assert late_rows(order, mixed) == [False, True]


def test_an_empty_batch_is_in_order() -> None:
    assert ArrivalOrder(1).late(empty_batch()) is None


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 2),
                st.integers(0, 9),
                st.sampled_from([Quality.GOOD, Quality.BAD, Quality.STALE]),
            ),
            max_size=8,
        ),
        max_size=5,
    )
)
def test_columns_agree_with_one_row_after_another(batches: list[list[tuple[int, int, Quality]]]) -> None:
    order = ArrivalOrder(3)
    newest = [-1, -1, -1]
    for batch in batches:
        expected: list[bool] = []
        for tag, at, quality in batch:
            sample = quality is not Quality.STALE
            expected.append(sample and at < newest[tag])
            if sample:
                newest[tag] = max(newest[tag], at)
        columns = [list(column) for column in zip(*batch, strict=True)] or [[], [], []]
        assert late_rows(order, batch_of(columns[0], columns[1], [0.0] * len(batch), columns[2])) == expected
