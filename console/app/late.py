"""What is loaded behind the first paint: modules by a thread, one after the other, so that the window never stalls."""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

log = logging.getLogger("app")

_PATIENCE_S = 10.0
"""A window that is busy for longer gets its modules all the same."""


class LateModules(QObject):
    """Imports modules in order in a thread and tells of each on the thread of this object.

    The next one begins when `go_on` says that what was told has been taken up: filling a pane imports too, and two
    threads that load libraries of Qt at once have crashed.
    """

    imported = Signal(str)
    missing = Signal(str)
    """A module that is not installed here."""

    def __init__(self, names: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._thread = threading.Thread(target=self._work, name="late", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @Slot()
    def go_on(self) -> None:
        """What was told is taken up."""
        self._taken.set()

    def stop(self) -> None:
        """End after the module being imported now."""
        self._stopping.set()
        self._taken.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _work(self) -> None:
        for name in self._names:
            if self._stopping.is_set():
                return
            self._taken.clear()
            try:
                importlib.import_module(name)
            except (ImportError, OSError, RuntimeError) as error:
                log.warning("%s cannot be loaded: %s", name, error)
                self.missing.emit(name)
            else:
                self.imported.emit(name)
            self._taken.wait(_PATIENCE_S)
