"""What the map shows of an asset or a mover, and how its state becomes a plate.

The decision state -> plate is made here and nowhere else, so the web map and the native map agree:
both only draw what a
`Plate` says. Kind is the glyph, state is the plate (HMI-03: never colour alone).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

import msgspec

FLASH_TICK_MS = 400
"""One tick of the flash clock; every flashing symbol of the console counts ticks of the same wall clock
(HMI-05)."""

MOVER_KINDS = frozenset({"vessel", "truck", "sar_aircraft"})
"""Kinds that are pointed along their heading and leave a trail; a buoy or a base station is drawn as a plate."""


class MarkState(StrEnum):
    """Process and link state of a mark; data that is not live is never drawn as live (HMI-10)."""

    NORMAL = "normal"
    ALARM = "alarm"
    STALE = "stale"
    DISCONNECTED = "disconnected"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the map, as the desk hands it over; WGS 84 degrees,
    texts are plain text in the operator's language."""

    id: str
    kind: str
    """Name of a glyph of `resources/icons/marks`; those of `MOVER_KINDS` are pointed along their heading."""
    lat: float
    lon: float
    name: str
    state: MarkState = MarkState.NORMAL
    priority: int | None = None
    """1-4, the worst active or unacknowledged alarm; kept beside a stale state,
    for quality never masks an alarm."""
    acked: bool = True
    """False while an alarm of this mark waits for its acknowledgement: the symbol flashes."""
    shelved: bool = False
    tagged: bool = False
    pending: bool = False
    """A command to this asset has no final outcome yet."""
    selected: bool = False
    heading_deg: float | None = None
    speed_mps: float | None = None
    moving: bool = False
    """A mover under way; for an asset: in operation (drawn a step stronger)."""
    label: str = ""
    """Short live value text such as `2.31 m`."""


class MarkBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Marks that changed since the last batch; `at` is UTC in ns,
    `frozen` says that nothing of it is live."""

    upserts: tuple[Mark, ...] = ()
    removed: tuple[str, ...] = ()
    at: int = 0
    frozen: bool = False


class Shape(StrEnum):
    """Outline of a plate."""

    PLAIN = "plain"
    """Rounded square: no alarm."""
    HULL = "hull"
    """Pointed along the heading: a vessel or truck without alarm."""
    SQUARE = "square"
    UP = "up"
    DOWN = "down"
    CIRCLE = "circle"


class Plate(msgspec.Struct, frozen=True, kw_only=True):
    """How a mark is drawn apart from its glyph; colours are token names of `maps.colours`."""

    shape: Shape
    fill: str
    ink: str
    edge: str
    digit: str = ""
    """Priority number, part of the symbol."""
    double: bool = False
    """A second ring around the shape (priority 1)."""
    hatch: bool = False
    cross: bool = False
    """A diagonal bar: no connection."""
    shelved: bool = False
    tagged: bool = False
    pending: bool = False
    flash_ticks: int = 0
    """Period of the flash in ticks, off for one of them; 0 does not flash."""
    says: tuple[str, ...] = ()
    """The state in words: keys below `map.state`, worst first."""


_PRIORITY = {
    1: (Shape.SQUARE, "p1", "p1_ink"),
    2: (Shape.UP, "p2", "p2_ink"),
    3: (Shape.DOWN, "p3", "p3_ink"),
    4: (Shape.CIRCLE, "p4", "p4_ink"),
}
# HMI-05: 400 ms off in cycles of 800 / 1600 / 3200 ms, nested so that a slow symbol is only ever off
# together with the fast.
_FLASH_TICKS = {1: 2, 2: 2, 3: 4, 4: 8}
_SLOW_TICKS = 8


def alarm_priority(mark: Mark) -> int | None:
    """The priority the plate must show: 1-4, or None without one (a shelved alarm shows none,
    only its ring)."""
    if mark.shelved or mark.priority not in _PRIORITY:
        return None
    return mark.priority if mark.state != MarkState.NORMAL or not mark.acked else None


def plate_of(mark: Mark) -> Plate:
    """The plate of a mark; equal states give the same object."""
    return _plate(
        alarm_priority(mark),
        mark.state,
        mark.acked,
        mark.kind in MOVER_KINDS,
        mark.moving,
        (mark.shelved, mark.tagged, mark.pending),
    )


@lru_cache(maxsize=1024)
def _plate(
    priority: int | None,
    state: MarkState,
    acked: bool,
    mover: bool,
    moving: bool,
    signs: tuple[bool, bool, bool],
) -> Plate:
    shelved, tagged, pending = signs
    not_live = state in (MarkState.STALE, MarkState.DISCONNECTED)
    if priority is None:
        shape = Shape.HULL if mover else Shape.PLAIN
        fill, ink = _quiet_colours(mover, moving, not_live)
    else:
        shape, fill, ink = _PRIORITY[priority]
    return Plate(
        shape=shape,
        fill=fill,
        ink=ink,
        edge="outline" if priority else ("idle" if not_live or not moving else "running"),
        digit=str(priority) if priority else "",
        double=priority == 1,
        hatch=not_live,
        cross=state == MarkState.DISCONNECTED,
        shelved=shelved,
        tagged=tagged,
        pending=pending,
        # Data that is not live does not flash: nothing about it happens now.
        flash_ticks=_flash_ticks(priority, state) if priority and not acked and not not_live else 0,
        says=tuple(_says(priority, state, acked, mover and moving, signs)),
    )


def _flash_ticks(priority: int, state: MarkState) -> int:
    # An alarm that went away by itself but was never acknowledged is slow, whatever its priority.
    return _SLOW_TICKS if state == MarkState.NORMAL else _FLASH_TICKS[priority]


def _says(
    priority: int | None, state: MarkState, acked: bool, under_way: bool, signs: tuple[bool, bool, bool]
) -> Iterator[str]:
    if priority is not None:
        yield f"p{priority}"
        if not acked:
            yield "unacked"
    if state in (MarkState.STALE, MarkState.DISCONNECTED):
        yield str(state)
    elif priority is None:
        yield "moving" if under_way else "normal"
    yield from (word for word, on in zip(("shelved", "tagged", "pending"), signs, strict=True) if on)


def _quiet_colours(mover: bool, moving: bool, not_live: bool) -> tuple[str, str]:
    if not_live:
        return "plate", "text_secondary"
    if mover:
        return ("running", "plate") if moving else ("plate", "idle")
    return "plate", "text"


def flash_is_off(flash_ticks: int, wall_ms: int) -> bool:
    """Whether a symbol is in the off phase of its cycle at this wall time in ms (phase-locked, HMI-05)."""
    return flash_ticks > 0 and (wall_ms // FLASH_TICK_MS) % flash_ticks == 0


def worst_priority(marks: Iterable[Mark]) -> int | None:
    """The most urgent priority that the marks show, None without alarm."""
    shown = [priority for mark in marks if (priority := alarm_priority(mark)) is not None]
    return min(shown, default=None)


def is_placed(mark: Mark) -> bool:
    """Whether the mark has a position that can be drawn: finite and inside Web Mercator."""
    return (
        math.isfinite(mark.lat)
        and math.isfinite(mark.lon)
        and abs(mark.lat) <= 85.0
        and abs(mark.lon) <= 180.0
    )
