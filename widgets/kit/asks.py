"""What a press in one room asks of another: rooms know only this, and the room that can answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal


class Asks(QObject):
    """One per seat, found with `asks_of`."""

    command_asked = Signal(object)
    """CommandRequest that has no id yet: open its confirmation."""
    guidance_asked = Signal(int)
    """Alarm index: open its response sheet."""


def asks_of(owner: QObject) -> Asks:
    """The asks that hang on `owner` (the acts every widget shares); made at the first call."""
    found = owner.findChild(Asks, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else Asks(owner)
