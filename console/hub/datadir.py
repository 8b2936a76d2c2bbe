"""The data directory: one hub at a time, readable by its owner only (SEC-37)."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from console.hub.failure import DataInUse, DataUnusable


class DataDir:
    """`<data>/hub`, locked while this object is open.

    Raises DataInUse naming the process that holds it, DataUnusable if the folder cannot be made or written.
    """

    def __init__(self, data: Path) -> None:
        self.path = data / "hub"
        self._lock_path = self.path / "lock"
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.chmod(self.path, 0o700)
            self._lock = self._locked()
            self.mended = _mended(self.path)
            """Files and folders that others could have read or written until now (SEC-37)."""
        except OSError as error:
            raise DataUnusable(folder=str(self.path), detail=error.strerror or str(error)) from error

    def file(self, name: str) -> Path:
        """Path of a file of the hub, made with 0600 if it is new."""
        path = self.path / name
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return path

    def _locked(self) -> IO[str]:
        lock = os.fdopen(os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            _take(lock)
        except OSError as error:
            holder = _holder(lock)
            lock.close()
            raise DataInUse(folder=str(self.path), pid=holder) from error
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def close(self) -> None:
        """Let another hub have it; the operating system does the same when this process dies."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _mended(folder: Path) -> tuple[str, ...]:
    """Closes what others can open; names it relative to the folder. Links are left alone, and so is Windows."""
    if os.name != "posix":
        return ()
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            path.chmod(mode & 0o700)
            found.append(str(path.relative_to(folder)))
    return tuple(found)


def _holder(lock: IO[str]) -> str:
    with contextlib.suppress(OSError):
        # Windows locks bytes against reading too, so the pid may not be legible there.
        return lock.read().strip() or "?"
    return "?"


if sys.platform == "win32":
    import msvcrt

    def _take(lock: IO[str]) -> None:
        lock.seek(1 << 20)  # beyond the pid, so that it stays legible
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        lock.seek(0)

else:
    import fcntl

    def _take(lock: IO[str]) -> None:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
