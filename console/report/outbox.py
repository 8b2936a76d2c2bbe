"""Files of an export: each is written under another name, and all get their own only when all are whole."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from console.report.errors import ReportError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_CHUNK = 1 << 20


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
        """Give every file its name, replacing one of an earlier export."""
        made: list[Path] = []
        for name in list(self._waiting):
            try:
                self._waiting[name].replace(self.folder / name)
            except OSError as error:
                raise failure(self.folder / name, error) from error
            del self._waiting[name]
            made.append(self.folder / name)
        return made


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
