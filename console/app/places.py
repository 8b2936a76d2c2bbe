"""Where the console keeps its state and its log."""

from __future__ import annotations

import faulthandler
import logging
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from platformdirs import user_data_path

_LOG_BYTES = 2_000_000
_LOG_FILES = 5
_LINE = "%(asctime)s %(levelname)-7s %(name)-8s %(message)s"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one installation: `console` is ours, the hub has its own beside it."""

    data: Path

    @property
    def console(self) -> Path:
        """State of this seat."""
        return self.data / "console"

    @property
    def log(self) -> Path:
        """The log of this seat."""
        return self.console / "console.log"

    @property
    def sites(self) -> Path:
        """Site profiles kept by digest."""
        return self.console / "sites"

    @property
    def store(self) -> Path:
        """What this seat was told, for reports without a hub."""
        return self.console / "holdings.db"

    @property
    def map_page(self) -> Path:
        """The map page, written once."""
        return self.console / "map"


def places_of(data: Path | None) -> Places:
    """The given data folder, or the user's of this system; makes it, for its owner only."""
    folder = data or user_data_path("gwanje", appauthor=False)
    places = Places(folder)
    places.console.mkdir(parents=True, exist_ok=True, mode=0o700)
    return places


class Log:
    """The rotating log of this process, and the trace of a crash beside it; `close` once."""

    def __init__(self, places: Places) -> None:
        self._handler = RotatingFileHandler(
            places.log, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
        )
        self._handler.setFormatter(logging.Formatter(_LINE))
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        self._crash: TextIO = (places.console / "crash.log").open("a", encoding="utf-8")
        faulthandler.enable(self._crash)

    def close(self) -> None:
        """Write what is left and let go of the files."""
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level)
        self._handler.close()
        faulthandler.disable()
        self._crash.close()
