"""Whether the process that started the city is still there."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading

_SYNCHRONIZE = 0x0010_0000
_STILL_THERE = 0x0000_0102
"""WAIT_TIMEOUT: the process handle is not signalled."""


def parent_is_gone(pid: int) -> bool:
    """Whether no process with this id runs any more."""
    if sys.platform == "win32":
        return _gone_on_windows(pid)
    # An orphan gets a new parent at once; a zombie still answers to a signal.
    if os.getppid() != pid and _is_unknown(pid):
        return True
    return _is_unknown(pid) or _is_zombie(pid)


def _is_unknown(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def _gone_on_windows(pid: int) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    kernel = ctypes.windll.kernel32
    handle = kernel.OpenProcess(_SYNCHRONIZE, False, pid)
    if not handle:
        return True
    try:
        return kernel.WaitForSingleObject(handle, 0) != _STILL_THERE
    finally:
        kernel.CloseHandle(handle)


def wait_for_end_of_input(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Set `ended` when standard input closes, if it is a pipe: a terminal or /dev/null says nothing about a parent."""
    try:
        kind = os.fstat(0).st_mode
    except OSError:
        return
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        return

    def read() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    # A daemon: nothing can interrupt a blocking read, and the process must end all the same.
    threading.Thread(target=read, name="city stdin", daemon=True).start()
