"""What is on the map now: batches go in as they come, one frame of changes comes out when the view is ready
for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import msgspec

from maps.marks import MOVER_KINDS, Mark, MarkBatch, is_placed
from maps.projection import EARTH_CIRCUMFERENCE_M

TRAIL_LENGTH = 20
TRAIL_STEP_M = 25.0
"""A mover leaves a trail position after moving this far, so that a trail tells a way and not a jitter."""
FRAME_MS = 100
"""Shortest time between two frames (10 Hz)."""

Trail = tuple[tuple[float, float], ...]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What changed since the last frame; with `whole` everything before it is void."""

    upserts: tuple[Mark, ...]
    removed: tuple[str, ...]
    trails: Mapping[str, Trail]
    """New places of each mover whose trail grew, oldest first; in a whole frame the whole trails."""
    selected: str | None
    whole: bool = False


class MarkBoard:
    """Coalesces batches per mark: however many come between two frames,
    each mark is in the next frame once."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}
        self._changed: dict[str, None] = {}
        self._removed: dict[str, None] = {}
        self._trails: dict[str, deque[tuple[float, float]]] = {}
        self._grown: dict[str, list[tuple[float, float]]] = {}
        self._selected: str | None = None
        self._selection_moved = False

    @property
    def marks(self) -> Mapping[str, Mark]:
        """Every mark by id."""
        return self._marks

    @property
    def selected(self) -> str | None:
        """Id of the selected mark; it may not be on the map (yet)."""
        return self._selected

    @property
    def waiting(self) -> bool:
        """Whether a frame would say anything."""
        return bool(self._changed or self._removed or self._selection_moved)

    def trail(self, mark_id: str) -> Trail:
        """Past positions (lat, lon) of a mover, oldest first."""
        return tuple(self._trails.get(mark_id, ()))

    def apply(self, batch: MarkBatch) -> None:
        """Takes a batch; a mark whose position cannot be drawn is not on the map."""
        for mark_id in batch.removed:
            self._drop(mark_id)
        for mark in batch.upserts:
            if is_placed(mark):
                self._put(mark)
            else:
                self._drop(mark.id)

    def select(self, mark_id: str | None) -> bool:
        """Moves the selection; says whether it changed."""
        if mark_id == self._selected:
            return False
        self._selected = mark_id
        self._selection_moved = True
        return True

    def take_frame(self) -> Frame:
        """The changes since the last frame, which are then told."""
        frame = Frame(
            upserts=tuple(self._marks[mark_id] for mark_id in self._changed),
            removed=tuple(self._removed),
            trails={mark_id: tuple(places[-TRAIL_LENGTH:]) for mark_id, places in self._grown.items()},
            selected=self._selected,
        )
        self._told()
        return frame

    def take_whole(self) -> Frame:
        """Everything, for a view that starts or starts again."""
        self._told()
        return Frame(
            upserts=tuple(self._marks.values()),
            removed=(),
            trails={mark_id: tuple(trail) for mark_id, trail in self._trails.items()},
            selected=self._selected,
            whole=True,
        )

    def _told(self) -> None:
        self._changed.clear()
        self._removed.clear()
        self._grown.clear()
        self._selection_moved = False

    def _put(self, mark: Mark) -> None:
        before = self._marks.get(mark.id)
        if mark.selected:
            self.select(mark.id)
        elif before is not None and before.selected and self._selected == mark.id:
            self.select(None)
        if mark == before:
            return
        self._marks[mark.id] = mark
        self._changed[mark.id] = None
        self._removed.pop(mark.id, None)
        if mark.kind in MOVER_KINDS:
            self._leave_trail(mark)

    def _drop(self, mark_id: str) -> None:
        if self._marks.pop(mark_id, None) is None:
            return
        self._changed.pop(mark_id, None)
        self._trails.pop(mark_id, None)
        self._grown.pop(mark_id, None)
        self._removed[mark_id] = None

    def _leave_trail(self, mark: Mark) -> None:
        trail = self._trails.get(mark.id)
        if trail is None:
            trail = self._trails[mark.id] = deque(maxlen=TRAIL_LENGTH)
        here = (mark.lat, mark.lon)
        if not trail or _far_apart(trail[-1], here):
            trail.append(here)
            self._grown.setdefault(mark.id, []).append(here)


def _far_apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    # Degrees of latitude for both axes: east-west steps count a little more, which a trail does not notice.
    step = TRAIL_STEP_M / EARTH_CIRCUMFERENCE_M * 360.0
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) >= step
