"""Plane geometry of a map picture: outlines cut to a box, and names set where there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

Point = tuple[float, float]
_HEIGHT = 9.0


class Box(msgspec.Struct, frozen=True):
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def path(self) -> str:
        """Its outline as SVG."""
        return f"M{self.left:g} {self.top:g}H{self.right:g}V{self.bottom:g}H{self.left:g}Z"

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it or on its edge."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def meets(self, other: Box) -> bool:
        """Whether they have more than an edge in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def inside(self, other: Box) -> bool:
        """Whether the other one holds all of it."""
        return other.holds((self.left, self.top)) and other.holds((self.right, self.bottom))


def cut(ring: Sequence[Point], box: Box) -> list[Point]:
    """A closed outline cut to a box, side by side (Sutherland and Hodgman); empty where it lies outside."""
    sides: tuple[tuple[int, float, bool], ...] = (
        (0, box.left, True),
        (0, box.right, False),
        (1, box.top, True),
        (1, box.bottom, False),
    )
    found = list(ring)
    for axis, limit, above in sides:
        found = list(_half(found, axis, limit, above=above))
        if not found:
            break
    return found


def _half(ring: Sequence[Point], axis: int, limit: float, *, above: bool) -> Iterator[Point]:
    within: Callable[[Point], bool] = (
        (lambda point: point[axis] >= limit) if above else (lambda point: point[axis] <= limit)
    )
    for index, point in enumerate(ring):
        before = ring[index - 1]
        if within(point) != within(before):
            share = (limit - before[axis]) / (point[axis] - before[axis])
            yield (before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1]))
        if within(point):
            yield point


def text_width(text: str, size: float) -> float:
    """About how wide a text is; Hangul is as wide as it is high."""
    return sum(size if ord(c) > 0x2E7F else size * 0.56 for c in text)


def labels(
    wanted: Sequence[tuple[Point, str, bool]], taken: Sequence[Box], frame: Box
) -> Iterator[tuple[Point, str, bool]]:
    """Names with the place where each begins; one that finds no free side of its mark is left out.

    `wanted` has mark, text and whether it is strong, the most important first.
    """
    busy = list(taken)
    for (x, y), text, strong in wanted:
        wide = text_width(text, 8.0 if strong else 7.0)
        own = Box(x - 8, y - 8, x + 8, y + 8)
        for left, base in (
            (x + 13, y + 3),
            (x - 13 - wide, y + 3),
            (x - wide / 2, y + 20),
            (x - wide / 2, y - 12),
        ):
            box = Box(left, base - _HEIGHT + 1, left + wide, base + 2)
            if box.inside(frame) and not any(box.meets(other) for other in busy if other != own):
                busy.append(box)
                yield (left, base), text, strong
                break
