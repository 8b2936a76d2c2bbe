"""What the veil of a lost link leaves out."""

from __future__ import annotations

NEEDS_NO_HUB = "needs-no-hub"
"""Object name of a pane that shows nothing of the hub and works on without it."""
