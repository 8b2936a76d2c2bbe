"""Is there a screen, and a virtual one where there is none.

Qt aborts the process when it cannot reach a display, so the question is asked before Qt is imported.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from console.setup.phrases import phrase

_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc")


def _answers(display: str) -> bool:
    """True when the X server behind DISPLAY accepts us, with whatever authority the user has."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        # Without this library Qt cannot start either; the doctor names it, so nothing is claimed here.
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    if not connection:
        return False
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_socket(environ: Mapping[str, str]) -> Path | None:
    name = environ.get("WAYLAND_DISPLAY", "")
    return Path(environ.get("XDG_RUNTIME_DIR", "/run"), name) if name else None


def display_problem(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """Why no window can be opened here, for the sentence `doctor.no_display`; None when one can."""
    if platform in {"win32", "darwin"} or environ.get("QT_QPA_PLATFORM", "").startswith(_WITHOUT_SCREEN):
        return None
    wayland = _wayland_socket(environ)
    if wayland is not None and wayland.exists():
        return None
    display = environ.get("DISPLAY", "")
    if display and _answers(display):
        return None
    if display:
        return phrase("doctor.display_dead", name=f"DISPLAY={display}")
    if wayland is not None:
        return phrase("doctor.display_dead", name=f"WAYLAND_DISPLAY={wayland.name}")
    return phrase("doctor.display_unset")


class NoVirtualDisplay(Exception):
    """Xvfb is not installed or did not start."""


@contextmanager
def virtual_display(size: str = "1920x1080x24") -> Generator[str]:
    """Run an Xvfb of our own on a free number and give its DISPLAY; it ends with the block."""
    program = shutil.which("Xvfb")
    if program is None:
        raise NoVirtualDisplay
    reader, writer = os.pipe()
    command = [program, "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    guard = shutil.which("setpriv")
    if guard is not None:
        # The server goes even when this process is killed and cannot end it.
        command = [guard, "--pdeathsig", "TERM", *command]
    server = subprocess.Popen(
        command,
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as announced:
            # The server writes its number when it is ready and closes the pipe when it dies.
            number = announced.readline().strip().decode()
        if not number:
            raise NoVirtualDisplay
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
