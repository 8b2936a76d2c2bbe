"""A picture of the window as it was when an entry was asked for, made into a file beside the work of the window."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from widgets.logbook.pictures import png_of

_LARGEST = QSize(2560, 1440)
_LOOK_MS = 30


class Shot(QObject):
    """Taken at once; `ready` when its bytes are there. It belongs to the sheet that shows it."""

    ready = Signal()

    def __init__(self, window: QWidget, at_ns: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.at_ns = at_ns
        image = window.grab().toImage()
        image.setDevicePixelRatio(1.0)
        if image.width() > _LARGEST.width() or image.height() > _LARGEST.height():
            image = image.scaled(
                _LARGEST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        self.image: QImage = image
        self.data = b""
        self._thread: threading.Thread | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._poll)

    @property
    def under_way(self) -> bool:
        """Whether its bytes are being made."""
        return self._thread is not None and not self.data

    def make(self) -> None:
        """Make the file, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._encode, name="shot", daemon=True)
            self._thread.start()
            self._look.start()

    def _encode(self) -> None:
        self.data = png_of(self.image)

    @Slot()
    def _poll(self) -> None:
        if self._thread is not None and not self._thread.is_alive():
            self._look.stop()
            self.ready.emit()
