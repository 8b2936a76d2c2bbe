"""What a signal said, in order."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import SignalInstance


def heard(signal: SignalInstance) -> list[Any]:
    """A list that grows with every emission by its one argument."""
    said: list[Any] = []
    signal.connect(said.append)
    return said
