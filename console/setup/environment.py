"""Environment that Qt reads once, when it is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

from console.setup.system import is_root


def prepare_qt(*, web_map: bool, environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what Qt and its users must see; what the user set himself stays."""
    environ["QT_API"] = "pyside6"
    environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    if is_root():
        # Chromium ends the whole process when it is root and its sandbox is on.
        environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    if web_map and environ.get("QT_QPA_PLATFORM", "").split(":")[0] not in {"offscreen", "minimal"}:
        # Without these the window is destroyed and made anew (a flash) when the web view joins it.
        environ.setdefault("QT_WIDGETS_RHI", "1")
        environ.setdefault("QT_WIDGETS_RHI_BACKEND", "opengl")
