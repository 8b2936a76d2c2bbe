"""A secret that a process is given in its environment: taken once, then nowhere to be read (SEC-33)."""

from __future__ import annotations

import ctypes
import os
import sys


def take_secret(name: str) -> str:
    """The value of a variable, empty without one; nothing we start inherits it.

    Linux shows a process's first environment for as long as it runs, so its letters there are overwritten too.
    """
    secret = os.environ.get(name, "")
    if secret and sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.getenv.restype = ctypes.c_void_p
        place = system.getenv(name.encode())
        if place:
            ctypes.memset(place, ord("x"), len(os.fsencode(secret)))
    os.environ.pop(name, None)
    return secret
