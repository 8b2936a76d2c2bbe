"""`main.py` and `main.py console`: from options to an open window, and in order to its end."""

from __future__ import annotations

import time

from console.app.family import Family, embedded, enrolled, remote
from console.app.places import Log, Places, places_of
from console.setup.arguments import ConsoleOptions

BAD_FILE = 2


def run(options: ConsoleOptions) -> int:
    """Open the console and stay until it is closed; the exit code of the process."""
    began = time.monotonic()
    places = places_of(options.data)
    log_file = Log(places)
    try:
        family = _family(options, places)
        if family is None:
            return BAD_FILE
        # Children start before Qt is imported: they and the window come up side by side.
        family.start()
        try:
            return _open(options, places, family, began)
        finally:
            family.stop()
    finally:
        log_file.close()


def _family(options: ConsoleOptions, places: Places) -> Family | None:
    if options.enrol is not None:
        return enrolled(options.enrol, options.hub or "", places)
    if options.hub is not None:
        return remote(options.hub, places)
    return embedded(places, options.site, options.scenario, options.seed)


def _open(options: ConsoleOptions, places: Places, family: Family, began: float) -> int:
    from console.app.composition import App, AppPlan
    from console.app.process import EndRequests, Stopwatch, open_process
    from console.desk.office import SeatWishes

    process = open_process()
    map_kind = "" if options.map == "auto" else options.map
    wishes = SeatWishes(options.lang or "", options.theme or "", map_kind)
    app = App(AppPlan(places, family, wishes))
    stopwatch = Stopwatch(began)
    app.watch.painted.connect(stopwatch.painted)
    app.filled.connect(stopwatch.filled)
    app.watch.closed.connect(process.quit)
    ends = EndRequests(app.window)
    app.start()
    code = process.exec()
    ends.remove()
    app.close()
    return code
