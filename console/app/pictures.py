"""`main.py shots DIR`: the real program on the demo city, photographed in both languages by day and night."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from console.app.family import embedded
from console.app.places import Log, places_of
from console.setup.arguments import ShotsOptions
from console.setup.display import NoVirtualDisplay, display_problem, virtual_display

_SPEED = 4.0
"""City seconds per second: a storm has something to show after a minute."""


def run(options: ShotsOptions) -> int:
    """Make the pictures and name them on standard output; 0 when all were made."""
    options.directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        map_kind = _screen(stack)
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gwanje-shots-")))
        places = places_of(data)
        log = Log(places)
        stack.callback(log.close)
        family = embedded(places, options.site, options.scenario, options.seed, _SPEED)
        stack.callback(family.stop)
        family.start()
        # Qt reads its environment when it is imported, so only now.
        from console.app.composition import App, AppPlan
        from console.app.photographer import Photographer
        from console.app.process import open_process
        from console.desk.office import SeatWishes

        process = open_process()
        app = App(AppPlan(places, family, SeatWishes("ko", "day", map_kind)))
        stack.callback(app.close)
        photographer = Photographer(app, options.directory)
        photographer.finished.connect(process.exit)
        photographer.start()
        code = process.exec()
        for picture in photographer.pictures:
            sys.stdout.write(f"{picture}\n")
        if photographer.why:
            sys.stderr.write(f"{photographer.why}\n")
        return code


def _screen(stack: ExitStack) -> str:
    """Make sure of a screen, a virtual one if need be; the kind of map that can be photographed on it."""
    if display_problem() is None:
        return "native" if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")) else ""
    try:
        os.environ["DISPLAY"] = stack.enter_context(virtual_display())
    except NoVirtualDisplay:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        for name in ("QT_WIDGETS_RHI", "QT_WIDGETS_RHI_BACKEND"):
            os.environ.pop(name, None)
        return "native"
    return ""
