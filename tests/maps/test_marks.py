"""What a mark's state looks like."""

from __future__ import annotations

import itertools

import pytest

from maps.marks import (
    Mark,
    MarkState,
    Plate,
    Shape,
    alarm_priority,
    flash_is_off,
    is_placed,
    plate_of,
    worst_priority,
)


def mark(**told: object) -> Mark:
    base: dict[str, object] = {
        "id": "P01",
        "kind": "pump",
        "lat": 35.1,
        "lon": 129.0,
        "name": "수영 배수펌프장",
    }
    return Mark(**(base | told))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priority", "shape", "fill", "ink"),
    [
        (1, Shape.SQUARE, "p1", "p1_ink"),
        (2, Shape.UP, "p2", "p2_ink"),
        (3, Shape.DOWN, "p3", "p3_ink"),
        (4, Shape.CIRCLE, "p4", "p4_ink"),
    ],
)
def test_each_priority_has_its_own_shape_number_and_colour(
    priority: int, shape: Shape, fill: str, ink: str
) -> None:
    """HMI-03: shape and number tell priorities apart without colour."""
    plate = plate_of(mark(state=MarkState.ALARM, priority=priority))
    assert (plate.shape, plate.fill, plate.ink, plate.digit) == (shape, fill, ink, str(priority))
    assert plate.double is (priority == 1)
    assert plate.edge == "outline"


def test_a_quiet_mark_uses_no_alarm_colour() -> None:
    """HMI-02: alarm colours are used for nothing else."""
    for kind, moving, state in itertools.product(("pump", "vessel"), (False, True), MarkState):
        plate = plate_of(mark(kind=kind, moving=moving, state=state))
        assert not {plate.fill, plate.ink, plate.edge} & {f"p{n}" for n in range(1, 5)}
        assert plate.digit == ""


def test_stale_data_keeps_its_alarm_and_does_not_flash() -> None:
    """HMI-10: quality does not mask the alarm, and what is not live does not look live."""
    plate = plate_of(mark(state=MarkState.STALE, priority=2, acked=False))
    assert plate.shape is Shape.UP
    assert plate.hatch
    assert plate.flash_ticks == 0
    assert plate.says == ("p2", "unacked", "stale")


def test_a_disconnected_mark_is_hatched_and_crossed() -> None:
    plate = plate_of(mark(state=MarkState.DISCONNECTED))
    assert plate.hatch
    assert plate.cross


def test_a_shelved_alarm_shows_its_ring_and_no_priority() -> None:
    """HMI-05: a shelved alarm never flashes."""
    plate = plate_of(mark(state=MarkState.ALARM, priority=1, acked=False, shelved=True))
    assert plate.shelved
    assert plate.digit == ""
    assert plate.flash_ticks == 0
    assert "shelved" in plate.says


def test_an_alarm_that_went_away_unacknowledged_still_shows() -> None:
    assert alarm_priority(mark(state=MarkState.NORMAL, priority=3, acked=False)) == 3
    assert alarm_priority(mark(state=MarkState.NORMAL, priority=3, acked=True)) is None


def test_only_unacknowledged_marks_flash_and_slow_ones_are_dark_only_with_fast_ones() -> None:
    """HMI-05: 400 ms off in cycles of 800, 1600 and 3200 ms, all phase-locked, at most 3 flashes a second."""
    ticks = {
        n: plate_of(mark(state=MarkState.ALARM, priority=n, acked=False)).flash_ticks for n in range(1, 5)
    }
    assert ticks == {1: 2, 2: 2, 3: 4, 4: 8}
    assert plate_of(mark(state=MarkState.ALARM, priority=1, acked=True)).flash_ticks == 0
    for now in range(0, 6400, 100):
        if flash_is_off(8, now):
            assert flash_is_off(4, now)
        if flash_is_off(4, now):
            assert flash_is_off(2, now)
    assert not flash_is_off(0, 400)
    gone = plate_of(mark(state=MarkState.NORMAL, priority=1, acked=False))
    assert gone.flash_ticks == 8
    off = [flash_is_off(2, now) for now in range(0, 1600, 100)]
    assert off == ([True] * 4 + [False] * 4) * 2


def test_a_mover_without_alarm_is_a_hull_filled_while_under_way() -> None:
    """HMI-04: moving and stopped differ by lightness."""
    under_way = plate_of(mark(kind="vessel", moving=True))
    stopped = plate_of(mark(kind="truck"))
    assert under_way.shape is stopped.shape is Shape.HULL
    assert under_way.fill == "running"
    assert stopped.fill == "plate"
    assert plate_of(mark(kind="vessel", state=MarkState.ALARM, priority=2)).shape is Shape.UP


def test_states_given_as_plain_words_are_the_same() -> None:
    assert plate_of(mark(state="stale")) == plate_of(mark(state=MarkState.STALE))
    assert plate_of(mark(state="normal", priority=1)).digit == ""


def test_equal_states_share_one_plate() -> None:
    assert plate_of(mark()) is plate_of(mark(id="P02", name="x"))


def test_every_plate_says_at_least_one_thing() -> None:
    """HMI-03: the state is also there in words."""
    for state, priority, acked, moving in itertools.product(
        MarkState, (None, 1, 9), (True, False), (True, False)
    ):
        plate: Plate = plate_of(
            mark(state=state, priority=priority, acked=acked, moving=moving, pending=True)
        )
        assert plate.says[-1] == "pending"
        assert len(plate.says) >= 2


def test_worst_priority_of_a_group() -> None:
    alarms = [mark(state="alarm", priority=n) for n in (4, 2, 3)]
    assert worst_priority([mark(), *alarms]) == 2
    assert worst_priority([mark()]) is None


@pytest.mark.parametrize(
    ("lat", "lon"), [(float("nan"), 129.0), (35.0, float("inf")), (91.0, 129.0), (35.0, 181.0)]
)
def test_a_position_that_is_not_on_the_map_is_not_placed(lat: float, lon: float) -> None:
    assert not is_placed(mark(lat=lat, lon=lon))
    assert is_placed(mark())
