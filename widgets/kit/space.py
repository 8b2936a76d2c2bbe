"""Distances in logical pixels: steps of four, targets of HMI-12."""

from __future__ import annotations

STEP = 4
PAD_CELL = 8
PAD_PANEL = 12
RADIUS = 3
ROW = 28
"""Height of a row in tables and trees."""
TARGET = 24
"""Smallest side of anything that can be pressed."""
ACT = 44
"""Smallest side of command and acknowledge buttons."""
SELECTED_EDGE = 3
"""Width of the accent edge at the left of a selected row."""
APART = 8
"""Smallest gap between opposite commands."""
BANNER = 48
STATUS = 28
THIN_SPACE = "\u2009"
EM_DASH = "\u2014"
