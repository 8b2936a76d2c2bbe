"""The count of today's requests in a file, so that a restart does not buy a second budget."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from console.feeds.rest.schedule import Budget

FILE = "quota.json"

log = logging.getLogger("feed")


class BudgetBook:
    """A budget and where it is kept; without a folder it is kept in memory only."""

    def __init__(self, limit: int) -> None:
        self.budget = Budget(limit)
        self._path: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """Take up what was counted before; a count that cannot be read is one of zero, and is told."""
        self._path = folder / FILE
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Budget)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("the count of requests in %s cannot be read: %s", self._path.parent.name, error)
            return
        self.budget.day, self.budget.used = kept.day, max(kept.used, 0)

    def write(self) -> None:
        """Put the count on disk; blocking. A disk that is full must not stop the feed."""
        if self._path is None or not self.budget.limit:
            return
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(self.budget))
            os.replace(fresh, self._path)
        except OSError as error:
            log.warning("the count of requests in %s cannot be kept: %s", self._path.parent.name, error)
