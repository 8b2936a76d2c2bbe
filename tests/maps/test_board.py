"""Batches in, frames out."""

from __future__ import annotations

import msgspec

from maps.board import TRAIL_LENGTH, MarkBoard
from maps.frames import FrameCoder
from maps.marks import Mark, MarkBatch


def mark(mark_id: str = "a", **told: object) -> Mark:
    base: dict[str, object] = {"id": mark_id, "kind": "pump", "lat": 35.1, "lon": 129.0, "name": mark_id}
    return Mark(**(base | told))  # type: ignore[arg-type]


def batch(*marks: Mark, removed: tuple[str, ...] = ()) -> MarkBatch:
    return MarkBatch(upserts=marks, removed=removed)


def test_many_batches_between_two_frames_are_one_change_a_mark() -> None:
    board = MarkBoard()
    for n in range(50):
        board.apply(batch(mark("a", label=f"{n}"), mark("b")))
    frame = board.take_frame()
    assert [(one.id, one.label) for one in frame.upserts] == [("a", "49"), ("b", "")]
    assert not board.waiting


def test_a_mark_that_did_not_change_makes_no_frame() -> None:
    board = MarkBoard()
    board.apply(batch(mark()))
    board.take_frame()
    board.apply(batch(mark()))
    assert not board.waiting


def test_a_removed_mark_is_told_once_and_may_come_back() -> None:
    board = MarkBoard()
    board.apply(batch(mark()))
    board.take_frame()
    board.apply(batch(removed=("a", "never-seen")))
    assert board.take_frame().removed == ("a",)
    board.apply(batch(removed=("a",)))
    assert not board.waiting
    board.apply(batch(mark()))
    frame = board.take_frame()
    assert (frame.removed, len(frame.upserts)) == ((), 1)


def test_a_mark_without_a_position_leaves_the_map() -> None:
    board = MarkBoard()
    board.apply(batch(mark()))
    board.take_frame()
    board.apply(batch(mark(lat=float("nan"))))
    assert board.take_frame().removed == ("a",)
    assert not board.marks


def test_a_mover_leaves_a_trail_of_its_last_twenty_places() -> None:
    board = MarkBoard()
    for n in range(60):
        board.apply(batch(mark("v", kind="vessel", lat=35.0 + n * 0.001)))
    trail = board.trail("v")
    assert len(trail) == TRAIL_LENGTH
    assert trail[-1] == (35.059, 129.0)
    assert board.take_frame().trails["v"] == trail
    board.apply(batch(mark("v", kind="vessel", lat=35.1)))
    assert board.take_frame().trails == {"v": ((35.1, 129.0),)}


def test_a_mover_that_swings_at_anchor_leaves_no_trail() -> None:
    board = MarkBoard()
    for n in range(30):
        board.apply(batch(mark("v", kind="vessel", lat=35.0 + (n % 2) * 0.00005)))
    assert len(board.trail("v")) == 1


def test_an_asset_leaves_no_trail() -> None:
    board = MarkBoard()
    board.apply(batch(mark()))
    board.apply(batch(mark(lat=35.2)))
    assert board.trail("a") == ()


def test_selection_comes_from_the_desk_or_from_a_mark() -> None:
    board = MarkBoard()
    assert board.select("a")
    assert not board.select("a")
    assert board.take_frame().selected == "a"
    board.apply(batch(mark("b", selected=True)))
    assert board.selected == "b"
    board.apply(batch(mark("b", selected=False)))
    assert board.selected is None


def test_a_whole_frame_tells_everything_again() -> None:
    """A renderer that was killed is told the whole state."""
    board = MarkBoard()
    board.apply(batch(mark("a"), mark("v", kind="vessel")))
    board.select("a")
    board.take_frame()
    frame = board.take_whole()
    assert frame.whole
    assert {one.id for one in frame.upserts} == {"a", "v"}
    assert frame.selected == "a"
    assert set(frame.trails) == {"v"}


def test_each_look_is_sent_to_the_page_once() -> None:
    board, coder = MarkBoard(), FrameCoder()
    board.apply(batch(mark("a"), mark("b"), mark("c", state="alarm", priority=1)))
    first = msgspec.json.decode(coder.encode(board.take_frame()))
    assert (first["firstPlate"], len(first["plates"])) == (0, 2)
    board.apply(batch(mark("a", label="2.31 m"), mark("b", state="stale")))
    second = msgspec.json.decode(coder.encode(board.take_frame()))
    assert (second["firstPlate"], len(second["plates"])) == (2, 1)
    again = msgspec.json.decode(coder.encode(board.take_whole()))
    assert again["firstPlate"] == 0
    assert len(again["plates"]) == 3


def test_numbers_that_are_not_numbers_reach_the_page_as_nothing() -> None:
    board, coder = MarkBoard(), FrameCoder()
    board.apply(batch(mark("v", kind="vessel", heading_deg=float("nan"), speed_mps=float("inf"))))
    row = msgspec.json.decode(coder.encode(board.take_frame()))["rows"][0]
    assert row[7:9] == [None, None]
