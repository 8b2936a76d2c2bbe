"""An embedded hub must not outlive the console that started it."""

from __future__ import annotations

import asyncio
import os
import sys

POLL_S = 0.5

if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _TIMEOUT = 258

    def is_alive(pid: int) -> bool:
        """Whether the process still runs."""
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, pid)
        if not handle:
            return False
        try:
            return kernel.WaitForSingleObject(handle, 0) == _TIMEOUT
        finally:
            kernel.CloseHandle(handle)

else:

    def is_alive(pid: int) -> bool:
        """Whether the process still runs."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


async def ended(pid: int) -> None:
    """Wait until the process has ended. A parent that dies leaves its child to another one, which tells at
    once.
    """
    was_parent = os.getppid() == pid
    while is_alive(pid) and not (was_parent and os.getppid() != pid):
        await asyncio.sleep(POLL_S)
