"""What a picture that is kept costs: icons and marks are kept by the hundred, and a console runs for weeks."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from maps.colours import colours_of
from maps.marks import Mark, plate_of
from maps.native_marks import SpriteShelf
from maps.sprites import HULL_PX, TURN_STEP
from widgets.kit import icons

_OVERHEAD = 4096
"""Bytes a picture may take beside its pixels: its header, its key, what the allocator rounds up."""


class _Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


@pytest.fixture
def used() -> Callable[[], int]:
    """Bytes that are allocated, as the C library counts them."""
    if sys.platform != "linux":
        pytest.skip("only glibc tells what is allocated")
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        pytest.skip("only glibc 2.33 or newer tells what is allocated")
    mallinfo.restype = _Mallinfo

    def read() -> int:
        told = mallinfo()
        return told.uordblks + told.hblkhd

    return read


def test_an_icon_takes_little_more_than_its_pixels(qapp: QApplication, used: Callable[[], int]) -> None:
    """Each button keeps twenty pictures: a paint engine left in each of them would be three times the icon."""
    names = icons.icon_names()[:20]
    kept = [icons.pixmap(names[0], "#ffffff", 32, 2.0)]
    before = used()
    kept += [icons.pixmap(name, "#ffffff", 32, 2.0) for name in names for _ in range(5)]
    each = (used() - before) / (len(kept) - 1)
    assert {picture.devicePixelRatio() for picture in kept} == {2.0}
    assert each < 64 * 64 * 4 + _OVERHEAD


def test_a_mover_that_turns_leaves_little_in_memory(qapp: QApplication, used: Callable[[], int]) -> None:
    """A hull is drawn once for each heading and kept; all of them together are less than a megabyte."""
    shelf = SpriteShelf(colours_of({}), 1.0)
    ground = QPixmap(64, 64)
    painter = QPainter(ground)

    def draw(heading: float) -> None:
        mark = Mark(id="V1", kind="vessel", lat=35.1, lon=129.1, name="V1", heading_deg=heading)
        shelf.draw_mark(painter, mark, plate_of(mark), QPointF(32, 32), False)

    draw(0.0)
    before = used()
    turns = range(TURN_STEP, 360, TURN_STEP)
    for heading in turns:
        draw(float(heading))
    grown = used() - before
    painter.end()
    assert grown > len(turns) * HULL_PX * HULL_PX
    assert grown < len(turns) * (HULL_PX * HULL_PX * 4 + _OVERHEAD)
