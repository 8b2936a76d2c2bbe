"""Composition root of the desktop process: puts client, desk, widgets and map together.

Only the two entry points are here: what they import costs time, and child processes start before it.
"""

from __future__ import annotations

from console.setup.arguments import ConsoleOptions, ShotsOptions


def main(options: ConsoleOptions) -> int:
    """Open the console; the exit code of the process."""
    from console.app import desktop

    return desktop.run(options)


def shots(options: ShotsOptions) -> int:
    """Render the main screens to PNG files; the exit code of the process."""
    from console.app import pictures

    return pictures.run(options)
