"""Journeys share one window a module: what is left of it is looked for at the module's end, by `window_seat`."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_leaked_widget() -> None:  # pyright: ignore[reportUnusedFunction]
    """Stands in for the check of single tests: a window makes and drops panes, sheets and menus as it lives."""
