"""What a dock is, before it exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtWidgets import QWidget


class Place(StrEnum):
    """Where a dock stands in the first layout."""

    CENTER = "center"
    BELOW_CENTER = "below_center"
    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class DockSpec:
    """One dock. A `late` one shows its placeholder until `MainWindow.fill`; a dock at a taken place is a tab of it."""

    id: str
    title_key: str
    make: Callable[[], QWidget]
    place: Place
    icon: str = "layout"
    """Name of a file of `resources/icons/ui`, for the placeholder and the menu."""
    late: bool = False
    placeholder_key: str = "shell.dock.preparing"
