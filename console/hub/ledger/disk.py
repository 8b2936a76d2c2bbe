"""The disk that holds the ledger: a warning while there is room, no dangerous command without any (SEC-18)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from console.core.ledger.facts import DISK_WARNING

LEAST_FREE = 32 * 1024 * 1024
"""Bytes; below this the disk counts as full before the first append fails."""

Usage = Callable[[Path], tuple[int, int, int]]
"""Total, used and free bytes of the disk of a folder; raises OSError."""


class DiskFact(msgspec.Struct, frozen=True):
    """How full the disk is; `why` is empty, or why nothing more may be trusted to it."""

    used: float = 0.0
    why: str = ""

    @property
    def filling(self) -> bool:
        """Whether it is time to make room."""
        return self.used >= DISK_WARNING


class DiskWatch:
    """Looks when asked."""

    def __init__(self, folder: Path, usage: Usage = shutil.disk_usage) -> None:
        self._folder = folder
        self._usage = usage

    def look(self) -> DiskFact:
        """The disk now; one that cannot be asked is no disk."""
        try:
            total, used, free = self._usage(self._folder)
        except OSError as error:
            return DiskFact(1.0, error.strerror or str(error))
        # As `df` counts: what is reserved for the system is no room for us.
        share = used / max(1, used + free) if total else 1.0
        return DiskFact(share, f"{free // 1024} KiB free" if free < LEAST_FREE else "")
