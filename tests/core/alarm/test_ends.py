"""When shelves end (ALM-43)."""

from __future__ import annotations

from console.core.alarm.ends import Ends, left_s
from console.core.batch import NS


def test_a_shelf_ends_by_either_clock_whichever_comes_first() -> None:
    shelves = Ends[int]()
    assert shelves.next_deadline() is None
    shelves.put(7, 100.0, 1000 * NS, 60.0)
    shelves.put(3, 100.0, 2000 * NS, 90.0)
    assert shelves.next_deadline() == 160.0
    assert shelves.due(159.9, 999 * NS) == []
    assert shelves.due(160.0, 0) == [7]
    assert shelves.due(0.0, 2000 * NS) == [3, 7]
    shelves.take(7)
    shelves.take(7)
    assert len(shelves) == 1


def test_a_clock_set_back_never_extends_a_restored_shelf() -> None:
    assert left_s(100 * NS, 160 * NS, 130 * NS) == 30.0
    assert left_s(100 * NS, 160 * NS, 20 * NS) == 60.0
    assert left_s(100 * NS, 160 * NS, 170 * NS) == 0.0
