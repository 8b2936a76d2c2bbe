"""Garbage is collected by the main thread while the link's thread works."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator

import pytest
from pytestqt.qtbot import QtBot

from console.desk.collector import FULL_S, SETTLED_S, Collector


class Knot:
    """Hangs in a cycle with itself; notes the thread that ends it."""

    def __init__(self, ended: list[int]) -> None:
        self.itself = self
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def collector(watch: Watch, qtbot: QtBot) -> Generator[Collector]:
    """Started; its turns are the test's."""
    made = Collector(clock=watch)
    made.start()
    made._timer.stop()
    yield made
    made.stop()


def _allocate_elsewhere() -> list[list[int]]:
    """So much in another thread that Python would collect there; it is still alive when it comes back."""
    kept: list[list[int]] = []

    def work() -> None:
        kept.extend([] for _ in range(200_000))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return kept


def test_what_hangs_in_a_cycle_is_ended_by_the_main_thread(collector: Collector) -> None:
    """A Qt object that dies in another thread ends the process."""
    ended: list[int] = []
    Knot(ended)
    made = _allocate_elsewhere()
    assert ended == []
    collector.turn()
    assert ended == [threading.get_ident()]
    assert made


def test_python_collects_by_itself_again_afterwards(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_what_was_there_when_the_window_had_settled_is_not_looked_at_again_until_the_end(
    collector: Collector, watch: Watch
) -> None:
    watch.now += SETTLED_S
    collector.turn()
    assert gc.get_freeze_count() > 10_000
    ended: list[int] = []
    Knot(ended)
    watch.now += FULL_S
    collector.turn()
    assert len(ended) == 1
    collector.stop()
    assert gc.get_freeze_count() == 0


def test_another_site_is_put_aside_anew(collector: Collector, watch: Watch) -> None:
    watch.now += SETTLED_S
    ended: list[int] = []
    knot = Knot(ended)
    collector.turn()
    del knot
    watch.now += FULL_S
    collector.turn()
    assert ended == []
    collector.settle()
    watch.now += SETTLED_S
    collector.turn()
    assert len(ended) == 1


def test_costly_collections_come_less_often(collector: Collector, watch: Watch) -> None:
    """A city of a hundred thousand alarms may not stall every minute."""

    class Slow(Knot):
        def __del__(self) -> None:
            super().__del__()
            watch.now += 0.5

    ended: list[int] = []
    Slow(ended)
    watch.now += SETTLED_S
    collector.turn()
    Knot(ended)
    # Older than what the small turns look through.
    gc.collect(1)
    assert len(ended) == 2
    stays = Knot(ended)
    gc.collect(1)
    del stays
    watch.now += 499.0
    collector.turn()
    assert len(ended) == 2
    watch.now += 1.0
    collector.turn()
    assert len(ended) == 3
