"""What a press in one room asks of another: rooms know only this, and the room that can answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from console.core.logbook.entry import LogLink


class Asks(QObject):
    """One per seat, found with `asks_of`; `home` is the window that sheets stand over."""

    command_asked = Signal(object)
    """CommandRequest that has no id yet: open its confirmation."""
    order_asked = Signal(str)
    """Command id: show this command in the list of commands."""
    authority_asked = Signal(str)
    """Area id: show who holds it, and what can be done about that; empty for all areas."""
    group_asked = Signal(object)
    """Tuple of asset ids: one command for all of them."""
    guidance_asked = Signal(int)
    """Alarm index: open its response sheet."""
    alarm_asked = Signal(int)
    """Alarm index: show it in the list of alarms."""
    chart_asked = Signal(object)
    """(start, end, tag indices), UTC ns: show these in the chart."""
    maintenance_asked = Signal(str)
    """Area id: open the sheet that puts it into maintenance mode, or takes it out."""
    sign_in_asked = Signal()
    """Open the sheet that signs a person in, or hands the seat over."""
    unlock_asked = Signal()
    """Open the sheet that unlocks the seat."""
    area_asked = Signal(str)
    """Area id: show this area's alarms; empty for all areas."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.home: QWidget | None = None
        self.chart_link: Callable[[], LogLink | None] | None = None
        """A link to what the chart shows now; set by the chart."""

    def window_for(self, widget: QWidget) -> QWidget:
        """The window for a sheet that `widget` opens; a tab that is not in front stands in no window."""
        return self.home if self.home is not None else widget.window()


def asks_of(owner: QObject) -> Asks:
    """The asks that hang on `owner` (the acts every widget shares); made at the first call."""
    found = owner.findChild(Asks, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else Asks(owner)
