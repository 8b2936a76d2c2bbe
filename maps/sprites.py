"""Symbols as lists of strokes and fills around (0, 0) in px: the page and the native map only carry them out.

Colours are token names of `maps.colours`; a `Glyph` is filled in with the kind of the mark.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from maps.marks import Plate, Shape

SPRITE_PX = 64
"""Side of the square that holds any symbol."""
HULL_PX = 28
"""Side of the square that holds a hull in any heading."""
TURN_STEP = 5
"""Headings are drawn in steps of this many degrees, so that a fleet is copied and not turned mark by mark."""


class Stroke(msgspec.Struct, frozen=True, kw_only=True, tag="path", tag_field="op"):
    """A path, filled where `fill` names a colour and drawn where `stroke` does."""

    d: str
    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()


class Glyph(msgspec.Struct, frozen=True, kw_only=True, tag="glyph", tag_field="op"):
    """The glyph of the kind, `size` px wide around a centre."""

    x: float
    y: float
    size: float
    ink: str


class Letter(msgspec.Struct, frozen=True, kw_only=True, tag="letter", tag_field="op"):
    """A bold character around a centre; `size` is its height in px."""

    text: str
    x: float
    y: float
    size: float
    ink: str


Op = Stroke | Glyph | Letter


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:g} {y:g}A{r:g} {r:g} 0 1 1 {x + r:g} {y:g}A{r:g} {r:g} 0 1 1 {x - r:g} {y:g}Z"


def _box(half: float, r: float) -> str:
    e = half - r
    corners = (
        f"M{-e:g} {-half:g}L{e:g} {-half:g}Q{half:g} {-half:g} {half:g} {-e:g}L{half:g} {e:g}",
        f"Q{half:g} {half:g} {e:g} {half:g}L{-e:g} {half:g}Q{-half:g} {half:g} {-half:g} {e:g}",
        f"L{-half:g} {-e:g}Q{-half:g} {-half:g} {-e:g} {-half:g}Z",
    )
    return "".join(corners)


# Shape: outline path, then centre and size of the glyph, then centre of the digit's badge.
_PLATES: dict[Shape, tuple[str, tuple[float, float, float], tuple[float, float]]] = {
    Shape.PLAIN: (_box(12, 4), (0, 0, 17), (0, 0)),
    Shape.SQUARE: (_box(13, 1), (0, 0, 18), (13, 11)),
    Shape.UP: ("M0 -19L20 14L-20 14Z", (0, 4, 16), (16, 10)),
    Shape.DOWN: ("M0 19L20 -14L-20 -14Z", (0, -4.5, 16), (12, 8)),
    Shape.CIRCLE: (_circle(0, 0, 14.5), (0, 0, 18), (12, 11)),
}
# Pointed to the north; drawn turned by the heading. The nose of both lies ahead,
# so a heading is read at once.
HULLS = {
    "vessel": "M0 -10C3.2 -6 4.6 -3 4.6 1L4.6 8.5Q0 10 -4.6 8.5L-4.6 1C-4.6 -3 -3.2 -6 0 -10Z",
    "truck": "M0 -9.5L4.2 -5.5L4.2 7.5L-4.2 7.5L-4.2 -5.5Z M-4.2 -1.5L4.2 -1.5",
    "sar_aircraft": "M0 -10L1.6 -5L10 0L10 2.5L1.6 1L1.2 6L4 8.5L4 10L0 9L-4 10L-4 8.5L-1.2 6L-1.6 1L-10 2.5L-10 0"
    "L-1.6 -5Z",
}
DRIFT = _circle(0, 0, 5)
"""A mover without a heading is round: a made-up direction would be read as a fact."""
NOSE = "M0 -31L4.5 -24.5L-4.5 -24.5Z"
"""Heading of a mover whose plate is an alarm shape."""
SELECTION: tuple[Op, ...] = (
    Stroke(d=_circle(0, 0, 22), stroke="plate", width=5),
    Stroke(d=_circle(0, 0, 22), stroke="accent", width=2.5),
)
_HATCH = "M-8 -2L-2 -8M-8 4L4 -8M-6 8L8 -6M0 8L8 0"
_CROSS = "M-10 10L10 -10"


@lru_cache(maxsize=1024)
def symbol(plate: Plate, off: bool = False) -> tuple[Op, ...]:
    """What to draw for a plate; `off` is the dark phase of its flash,
    which keeps outline and digit (HMI-05)."""
    ops: list[Op] = []
    if plate.shape is not Shape.HULL:
        ops.extend(_plate_ops(plate, off))
    ops.extend(_sign_ops(plate))
    return tuple(ops)


def _plate_ops(plate: Plate, off: bool) -> list[Op]:
    path, (x, y, size), badge = _PLATES[plate.shape]
    alarm = bool(plate.digit)
    fill = "plate" if off else plate.fill
    ink = "text" if off else plate.ink
    ops: list[Op] = []
    if plate.double:
        ops.append(Stroke(d=_box(17, 2), fill="plate", stroke=plate.edge, width=1.5))
    # An edge of dashes says "not live" even where the hatch is lost in a small picture.
    dash = (3.0, 2.5) if plate.hatch and not alarm else ()
    ops.append(Stroke(d=path, fill=fill, stroke=plate.edge, width=2 if alarm else 1.25, dash=dash))
    if plate.hatch:
        ops.append(Stroke(d=_HATCH, stroke="idle" if not alarm else ink, width=0.9))
    ops.append(Glyph(x=x, y=y, size=size, ink=ink))
    if plate.cross:
        ops.append(Stroke(d=_CROSS, stroke="plate" if not alarm else fill, width=4))
        ops.append(Stroke(d=_CROSS, stroke=ink, width=1.75))
    if alarm:
        ops.append(Stroke(d=_circle(*badge, 7), fill=fill, stroke=plate.edge, width=1.25))
        ops.append(Letter(text=plate.digit, x=badge[0], y=badge[1], size=11, ink=ink))
    return ops


def _sign_ops(plate: Plate) -> list[Op]:
    ops: list[Op] = []
    if plate.shelved:
        ops.append(Stroke(d=_circle(0, 0, 18), stroke="text", width=1.5, dash=(3.5, 3)))
        ops.append(Stroke(d=_circle(-14, -13, 6.5), fill="plate", stroke="text", width=1))
        ops.append(Letter(text="S", x=-14, y=-13, size=10, ink="text"))
    if plate.tagged:
        ops.append(Stroke(d="M9.5 -15L18.5 -15L18.5 -8.5L9.5 -8.5Z", fill="text", stroke="plate", width=1))
        ops.append(
            Stroke(d="M11.5 -15L11.5 -17.5A2.5 2.5 0 0 1 16.5 -17.5L16.5 -15", stroke="text", width=1.5)
        )
    if plate.pending:
        ops.extend(
            Stroke(d=_circle(x, 20, 2), fill="text", stroke="plate", width=0.75) for x in (-6.0, 0.0, 6.0)
        )
    return ops


@lru_cache(maxsize=64)
def cluster_symbol(priority: int | None, off: bool = False) -> tuple[Op, ...]:
    """The ground of a cluster, with the symbol of its worst priority at its shoulder;
    the count is written over it."""
    ops: list[Op] = [
        Stroke(d=_circle(0, 0, 16.5), fill="plate", stroke="idle", width=1),
        Stroke(d=_circle(0, 0, 13), fill="plate", stroke="running", width=1.5),
    ]
    if priority is None:
        return tuple(ops)
    paths = {
        1: "M6 -20L20 -20L20 -6L6 -6Z",
        2: "M13 -22L22.5 -5.5L3.5 -5.5Z",
        3: "M13 -4L22.5 -20.5L3.5 -20.5Z",
        4: _circle(13, -13, 8),
    }
    digit_y = {1: -13.0, 2: -10.5, 3: -15.5, 4: -13.0}[priority]
    fill, ink = ("plate", "text") if off else (f"p{priority}", f"p{priority}_ink")
    if priority == 1:
        ops.append(
            Stroke(d="M3.5 -22.5L22.5 -22.5L22.5 -3.5L3.5 -3.5Z", fill="plate", stroke="outline", width=1.25)
        )
    ops.append(Stroke(d=paths[priority], fill=fill, stroke="outline", width=2 if priority != 1 else 1.5))
    ops.append(Letter(text=str(priority), x=13, y=digit_y, size=10.5, ink=ink))
    return tuple(ops)


def sprite_table() -> dict[str, object]:
    """Everything of this file that does not depend on a mark, for the page."""
    return {
        "px": SPRITE_PX,
        "hullPx": HULL_PX,
        "hulls": HULLS,
        "drift": DRIFT,
        "nose": NOSE,
        "selection": SELECTION,
        "clusters": {
            str(level or 0): [cluster_symbol(level), cluster_symbol(level, off=True)]
            for level in (None, 1, 2, 3, 4)
        },
    }
