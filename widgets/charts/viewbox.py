"""The plane of a pane: wheel and drag are wishes about time, which the time context answers."""

# pyqtgraph has no type stubs.
# pyright: basic, reportIncompatibleMethodOverride=false

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

_WHEEL_STEP = 1.25
_NOTCH = 120.0


class TimePlane(pg.ViewBox):
    """Emits what the hand wants; never moves by itself, so that all views show one time."""

    pan_requested = Signal(float)
    """Seconds to move into the past (negative) or the future."""
    zoom_requested = Signal(object)
    """(factor, UTC seconds that stay in place)."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        self.setDefaultPadding(0)

    def wheelEvent(self, event: object, axis: int | None = None) -> None:
        delta = float(event.delta())  # type: ignore[attr-defined]
        at = self.mapSceneToView(event.scenePos()).x()  # type: ignore[attr-defined]
        self.zoom_requested.emit((_WHEEL_STEP ** (-delta / _NOTCH), at))
        event.accept()  # type: ignore[attr-defined]

    def mouseDragEvent(self, event: object, axis: int | None = None) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            event.ignore()  # type: ignore[attr-defined]
            return
        event.accept()  # type: ignore[attr-defined]
        before = self.mapSceneToView(event.lastScenePos()).x()  # type: ignore[attr-defined]
        after = self.mapSceneToView(event.scenePos()).x()  # type: ignore[attr-defined]
        self.pan_requested.emit(before - after)
