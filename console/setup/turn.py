"""One set-up at a time: a file lock that dies with its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _lock(handle: IO[bytes]) -> None:
        # LK_LOCK gives up after ten tries of one second; a set-up may take longer.
        while not _try_lock(handle):
            try:
                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                return
            except OSError:
                continue
else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _lock(handle: IO[bytes]) -> None:
        fcntl.flock(handle.fileno(), fcntl.LOCK_EX)


@contextmanager
def one_at_a_time(path: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Hold the lock file at `path`; `waiting` is called once when somebody else has it.

    The file stays: removing it would let two processes lock two different files of the same name.
    """
    with path.open("ab") as handle:
        # A child that outlives us must not keep the lock.
        os.set_inheritable(handle.fileno(), False)
        if not _try_lock(handle):
            waiting()
            _lock(handle)
        yield
