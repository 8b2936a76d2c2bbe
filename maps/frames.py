"""A frame of changes as the page reads it: one JSON text, rows of plain values,
each plate sent once and then named by number."""

from __future__ import annotations

import math

import msgspec

from maps.board import Frame
from maps.marks import Mark, Plate, Shape, plate_of
from maps.sprites import symbol


class FrameCoder:
    """Remembers which plates the page knows; a page that starts again knows none."""

    def __init__(self) -> None:
        self._plates: dict[Plate, int] = {}

    def encode(self, frame: Frame) -> str:
        """JSON of a frame; a whole frame tells every plate again."""
        if frame.whole:
            self._plates.clear()
        known = len(self._plates)
        rows = [self._row(mark) for mark in frame.upserts]
        fresh = [_plate_tree(plate) for plate in list(self._plates)[known:]]
        tree = {
            "whole": frame.whole,
            "firstPlate": known,
            "plates": fresh,
            "rows": rows,
            "removed": frame.removed,
            "trails": frame.trails,
            "selected": frame.selected,
        }
        return msgspec.json.encode(tree).decode()

    def _row(self, mark: Mark) -> tuple[object, ...]:
        plate = self._plates.setdefault(plate_of(mark), len(self._plates))
        return (
            mark.id,
            mark.kind,
            round(mark.lat, 6),
            round(mark.lon, 6),
            mark.name,
            mark.label,
            plate,
            _number(mark.heading_deg),
            _number(mark.speed_mps),
            mark.moving,
        )


def _plate_tree(plate: Plate) -> dict[str, object]:
    return {
        "hull": plate.shape is Shape.HULL,
        "fill": plate.fill,
        "edge": plate.edge,
        "hatch": plate.hatch,
        "priority": int(plate.digit or 0),
        "flash": plate.flash_ticks,
        "says": plate.says,
        "on": symbol(plate),
        "off": symbol(plate, off=True),
    }


def _number(value: float | None) -> float | None:
    return round(value, 2) if value is not None and math.isfinite(value) else None
