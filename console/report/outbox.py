"""Files of an export: each is written under another name, and all get their own only when all are whole."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from console.report.errors import ReportError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_CHUNK = 1 << 20
_LEFT = re.compile(r"\.(\d+)\.(?:[^.]+\.)?(?:part|old)$")
_OLD_S = 86_400.0


class Outbox:
    """Leaving it without `deliver` removes what was written. Raises ReportError `unwritable`, `disk_full`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, Path] = {}

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise failure(self.folder, error) from error
        self._sweep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._waiting.values():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def write(self, name: str, writer: Callable[[Path], object]) -> str:
        """Have a file written; SHA-256 of its bytes, hex."""
        path = self.folder / f".{name}.{os.getpid()}.part"
        self._waiting[name] = path
        try:
            writer(path)
            return _settled(path)
        except OSError as error:
            raise failure(self.folder / name, error) from error

    def deliver(self) -> list[Path]:
        """Give every file its name, replacing one of an earlier export; none, where one cannot be replaced. Raises
        ReportError `in_use` too.
        """
        for name in self._waiting:
            _require_free(self.folder / name)
        made: list[Path] = []
        older = {name: kept for name in self._waiting if (kept := self._kept(name)) is not None}
        name = ""
        try:
            for name in list(self._waiting):
                self._waiting[name].replace(self.folder / name)
                del self._waiting[name]
                made.append(self.folder / name)
        except OSError as error:
            for path in made:
                path.unlink(missing_ok=True)
            for name, kept in older.items():
                kept.replace(self.folder / name)
            raise failure(self.folder / name, error) from error
        for kept in older.values():
            kept.unlink(missing_ok=True)
        return made

    def _kept(self, name: str) -> Path | None:
        """The file of an earlier export under another name too, until all are delivered; None without any."""
        kept = self.folder / f".{name}.{os.getpid()}.old"
        try:
            kept.unlink(missing_ok=True)
            kept.hardlink_to(self.folder / name)
        except OSError:
            # There is none, or the disk knows no second names: then it is replaced without a way back.
            return None
        return kept

    def _sweep(self) -> None:
        """Take away what exports left that were killed."""
        for path in self.folder.glob(".*"):
            found = _LEFT.search(path.name)
            if found is None or not _abandoned(path, int(found[1])):
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def _require_free(path: Path) -> None:
    """Raises ReportError for a file that another program has open or that may not be replaced."""
    if not path.exists():
        return
    # Office programs say so by a file of their own; some systems do not let go of an open file at all.
    if any(path.with_name(lock).exists() for lock in (f".~lock.{path.name}#", f"~${path.name}")):
        raise ReportError("in_use", name=str(path))
    try:
        with path.open("rb+"):
            pass
    except PermissionError as error:
        key = "in_use" if os.name == "nt" else "unwritable"
        raise ReportError(key, name=str(path), detail=error.strerror or str(error)) from error
    except OSError as error:
        raise failure(path, error) from error


def _abandoned(path: Path, number: int) -> bool:
    """Whether the process that was at work on a file is there no more."""
    if os.name != "posix":
        # Asking for a process would end it there.
        with contextlib.suppress(OSError):
            return time.time() - path.stat().st_mtime > _OLD_S
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def failure(path: Path, error: OSError) -> ReportError:
    """What stopped a file from being written."""
    if error.errno in _FULL:
        return ReportError("disk_full", name=str(path))
    return ReportError("unwritable", name=str(path), detail=error.strerror or str(error))


def _settled(path: Path) -> str:
    """The bytes are on the disk; their hash."""
    total = sha256()
    with path.open("rb+") as file:
        while data := file.read(_CHUNK):
            total.update(data)
        os.fsync(file.fileno())
    return total.hexdigest()
