"""Files of entries, kept under their SHA-256: they come in parts, are checked whole, and are never run or opened.

A file that is under way stands in `incoming` and goes on where it stopped while the hub lives; after a restart, or when
nothing has come for a while, it is dropped. A whole file that no entry names is dropped too.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from console.core.errors import LogRefused
from console.core.logbook.files import CHUNK, FILE_MAX, HEAD, check_ending, check_file, media_of, safe_name
from console.core.logbook.reasons import LogReason

log = logging.getLogger("app")

UNDER_WAY = 32
"""Files under way at once."""
OF_ONE = 4
"""Of one person."""
PATIENCE_S = 600.0
"""How long a file may stand still on its way."""
UNNAMED_S = 3600.0
"""How long a whole file waits for the entry that names it."""
KEPT_FREE = 256 * 1024 * 1024
"""Bytes of the disk that files leave to the journal."""
PART = 256 * 1024
"""Bytes of one part on its way to a console."""


@dataclass(slots=True)
class _Incoming:
    path: Path
    name: str
    size: int
    touched: float
    have: int = 0
    hash: hashlib._Hash = field(default_factory=hashlib.sha256)  # pyright: ignore[reportPrivateUsage]


class FileStore:
    """One folder. Methods raise LogRefused; disk faults are DISK_FULL. `now` is monotonic seconds."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._whole = folder / "files"
        self._coming = folder / "incoming"
        for made in (self._whole, self._coming):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._now = now
        self._incoming: dict[tuple[str, str], _Incoming] = {}
        self._unnamed: dict[str, float] = {}

    def offer(self, who: str, sha256: str, size: int, name: str) -> int:
        """A person announces a file; bytes that are here already, all of them if it is whole."""
        check_file(size, sha256)
        # The ending is looked at now, so that nobody sends ten megabytes to hear that they are not taken.
        check_ending(safe_name(name))
        if self.has(sha256):
            self._unnamed[sha256] = self._now()
            return self._path(sha256).stat().st_size
        known = self._incoming.get((who, sha256))
        if known is not None:
            known.touched = self._now()
            return known.have
        self._check_room(who, size)
        path = self._coming / secrets.token_hex(16)
        self._incoming[who, sha256] = _Incoming(path, safe_name(name), size, self._now())
        return 0

    def put(self, who: str, sha256: str, offset: int, data: bytes) -> int:
        """The next bytes; how many are here then. What is sent again, or out of turn, changes nothing.

        A file whose bytes are not what was announced is dropped, and FILE_DAMAGED or FILE_KIND says so.
        """
        if self.has(sha256):
            return self._path(sha256).stat().st_size
        coming = self._incoming.get((who, sha256))
        if coming is None:
            raise LogRefused(LogReason.FILE_MISSING)
        coming.touched = self._now()
        if offset != coming.have:
            return coming.have
        if not data or len(data) > CHUNK or coming.have + len(data) > coming.size:
            self._drop(who, sha256)
            raise LogRefused(LogReason.FILE_DAMAGED)
        if not offset:
            self._check_head(who, sha256, coming.name, data[:HEAD])
        self._append(who, sha256, coming, data)
        if coming.have == coming.size:
            self._finish(who, sha256, coming)
        return coming.have

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        return self._path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Its bytes; raises LogRefused FILE_MISSING."""
        try:
            return self._path(sha256).stat().st_size
        except OSError as error:
            raise LogRefused(LogReason.FILE_MISSING) from error

    def read(self, sha256: str, offset: int) -> bytes:
        """Bytes from `offset` on, at most PART; raises LogRefused FILE_MISSING."""
        try:
            with self._path(sha256).open("rb") as file:
                file.seek(min(max(offset, 0), FILE_MAX))
                return file.read(PART)
        except OSError as error:
            raise LogRefused(LogReason.FILE_MISSING) from error

    def head(self, sha256: str) -> bytes:
        """Its first bytes; raises LogRefused FILE_MISSING."""
        return self.read(sha256, 0)[:HEAD]

    def named(self, digests: Collection[str]) -> None:
        """An entry names these files: they stay."""
        for sha256 in digests:
            self._unnamed.pop(sha256, None)

    def sweep_all(self, named: Collection[str]) -> int:
        """After a start: drop what was under way and what no entry names; how many files went."""
        gone = 0
        for path in [*self._coming.iterdir(), *(p for p in self._whole.rglob("*") if p.name not in named)]:
            if path.is_file():
                path.unlink(missing_ok=True)
                gone += 1
        if gone:
            log.info("%s files that no log entry names were dropped", gone)
        return gone

    def expire(self, is_named: Callable[[str], bool]) -> None:
        """Drop what has stood still for too long."""
        now = self._now()
        for (who, sha256), coming in [*self._incoming.items()]:
            if now - coming.touched > PATIENCE_S:
                self._drop(who, sha256)
        for sha256, since in [*self._unnamed.items()]:
            if now - since > UNNAMED_S:
                del self._unnamed[sha256]
                if not is_named(sha256):
                    self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        # Hex only: `check_file` has judged every digest that comes from outside.
        return self._whole / sha256[:2] / sha256

    def _check_room(self, who: str, size: int) -> None:
        of_one = sum(owner == who for owner, _ in self._incoming)
        if of_one >= OF_ONE or len(self._incoming) >= UNDER_WAY:
            raise LogRefused(LogReason.FILE_BUSY)
        if shutil.disk_usage(self._coming).free < KEPT_FREE + size:
            raise LogRefused(LogReason.DISK_FULL)

    def _check_head(self, who: str, sha256: str, name: str, head: bytes) -> None:
        try:
            media_of(name, head)
        except LogRefused:
            self._drop(who, sha256)
            raise

    def _append(self, who: str, sha256: str, coming: _Incoming, data: bytes) -> None:
        try:
            handle = os.open(coming.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | _BINARY, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(data)
                coming.have += len(data)
                coming.hash.update(data)
                if coming.have == coming.size:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            log.error("a file of the operator log cannot be kept: %s", error)
            self._drop(who, sha256)
            raise LogRefused(LogReason.DISK_FULL) from error

    def _finish(self, who: str, sha256: str, coming: _Incoming) -> None:
        if coming.hash.hexdigest() != sha256:
            self._drop(who, sha256)
            raise LogRefused(LogReason.FILE_DAMAGED)
        path = self._path(sha256)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(coming.path, path)
            _settle(path.parent)
        except OSError as error:
            self._drop(who, sha256)
            raise LogRefused(LogReason.DISK_FULL) from error
        del self._incoming[who, sha256]
        self._unnamed[sha256] = self._now()

    def _drop(self, who: str, sha256: str) -> None:
        coming = self._incoming.pop((who, sha256))
        coming.path.unlink(missing_ok=True)


_BINARY = getattr(os, "O_BINARY", 0)


def _settle(folder: Path) -> None:
    """The name of a file is on disk once its folder is; Windows has no such call and needs none."""
    if os.name == "posix":
        for place in (folder, folder.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
