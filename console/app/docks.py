"""The docks of the console and what fills them; heavy ones are made behind the first paint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.app.family import PROGRAM
from console.app.places import Places
from console.client.trials import TrialPlan
from console.core.site import Site
from console.desk.office import Office
from maps.projection import Extent
from widgets.alarms.table import AlarmTablePanel
from widgets.assets.faceplate import Faceplate
from widgets.assets.tree import SiteTreePanel
from widgets.shell.dock_spec import DockSpec, Place

_MARGIN = 0.06
_LEAST = 0.004
"""Degrees; about 400 m."""


def dock_specs(
    office: Office, make_map: Callable[[], QWidget], places: Places, trials: TrialPlan | None = None
) -> list[DockSpec]:
    """The docks in the order of the menu; those that are `late` are filled by id.

    With `trials` changes of alarms can be tried on the record of the embedded hub.
    """
    made = DockMakers(office, places, trials)
    return [
        DockSpec("tree", "docks.tree", made.tree, Place.LEFT, "tree"),
        DockSpec("map", "docks.map", make_map, Place.CENTER, "map", late=True),
        DockSpec("areas", "docks.areas", made.areas, Place.CENTER, "level1", late=True),
        DockSpec("trend", "docks.trend", made.trend, Place.BELOW_CENTER, "trend", late=True),
        DockSpec("faceplate", "docks.faceplate", made.faceplate, Place.RIGHT, "faceplate"),
        DockSpec("alarms", "docks.alarms", made.alarms, Place.BOTTOM, "alarm_list"),
        DockSpec("commands", "docks.commands", made.commands, Place.BOTTOM, "command", late=True),
        DockSpec("procedures", "docks.procedures", made.procedures, Place.CENTER, "procedure", late=True),
        DockSpec("logbook", "docks.logbook", made.logbook, Place.CENTER, "logbook", late=True),
        DockSpec("handover", "docks.handover", made.handover, Place.CENTER, "handover", late=True),
        DockSpec("journal", "docks.journal", made.journal, Place.BOTTOM, "table", late=True),
        DockSpec(
            "performance", "docks.performance", made.performance, Place.CENTER, "performance", late=True
        ),
        DockSpec("feeds", "docks.feeds", made.feeds, Place.CENTER, "feed", late=True),
        DockSpec("reports", "docks.reports", made.reports, Place.CENTER, "report", late=True),
    ]


class DockMakers:
    """Makes the panels of one office."""

    def __init__(self, office: Office, places: Places, trials: TrialPlan | None = None) -> None:
        self._office = office
        self._places = places
        self._trials = trials

    def tree(self) -> QWidget:
        """The site tree."""
        return SiteTreePanel(self._office)

    def faceplate(self) -> QWidget:
        """The selected asset."""
        return Faceplate(self._office)

    def alarms(self) -> QWidget:
        """The alarm table."""
        return AlarmTablePanel(self._office)

    def areas(self) -> QWidget:
        """The area panel; imports numpy."""
        from widgets.areas.panel import AreaPanel

        return AreaPanel(self._office)

    def commands(self) -> QWidget:
        """The list of commands."""
        from widgets.commands.list import CommandList

        return CommandList(self._office)

    def procedures(self) -> QWidget:
        """Procedures and their runs."""
        from widgets.procedures.panel import ProcedurePanel

        return ProcedurePanel(self._office)

    def handover(self) -> QWidget:
        """The shift handover."""
        from widgets.handover.panel import HandoverPanel

        return HandoverPanel(self._office)

    def journal(self) -> QWidget:
        """The log out of the ledger."""
        from widgets.journal.panel import LogPanel

        return LogPanel(self._office)

    def logbook(self) -> QWidget:
        """The operator log."""
        from widgets.logbook.panel import LogbookPanel

        return LogbookPanel(self._office)

    def performance(self) -> QWidget:
        """Figures of the alarm system and the worklist."""
        from widgets.performance.panel import PerformancePanel

        return PerformancePanel(self._office, self._trials)

    def feeds(self) -> QWidget:
        """The feeds, their points and raw frames."""
        from widgets.feeds.panel import FeedPanel

        return FeedPanel(self._office)

    def reports(self) -> QWidget:
        """Reports; imports the PDF view."""
        from console.desk.reports.jobs import Tools
        from widgets.reports.panel import ReportPanel

        folder, trials = self._places.console, self._trials
        tools = Tools(
            program=PROGRAM,
            data=self._places.data,
            preview=folder / "report_preview",
            plans=folder / "report_plans.json",
            site=trials.site if trials is not None else None,
        )
        return ReportPanel(self._office, tools)

    def trend(self) -> QWidget:
        """The trend chart; imports the plotting library."""
        from widgets.charts.trend import TrendPanel

        return TrendPanel(self._office)


def home_of(site: Site) -> Extent:
    """What the map fits to: the assets with a margin; the extent of the site while it has none."""
    if not site.assets:
        return Extent(south=site.south, west=site.west, north=site.north, east=site.east)
    lats, lons = [a.lat for a in site.assets], [a.lon for a in site.assets]
    lat, lon = max(_MARGIN * (max(lats) - min(lats)), _LEAST), max(_MARGIN * (max(lons) - min(lons)), _LEAST)
    return Extent(south=min(lats) - lat, west=min(lons) - lon, north=max(lats) + lat, east=max(lons) + lon)


class MapMaker:
    """Makes the map and its binder once the site is known, and keeps where its files are."""

    def __init__(self, office: Office, shipped: Path, page_folder: Path) -> None:
        self._office = office
        self._shipped = shipped
        self._page_folder = page_folder

    def __call__(self) -> QWidget:
        """The map with its binder, which lives as long as the map."""
        from console.app.map_binder import MapBinder
        from maps.layers import load_layers
        from maps.view import MapView

        office = self._office
        catalogue = office.catalogue.catalogue
        folder, home = self._shipped, None
        if catalogue is not None:
            home = home_of(catalogue.site)
            own = Path(catalogue.site.map_folder)
            # A hub on another computer names a folder of its own disk.
            folder = own if catalogue.site.map_folder and own.is_dir() else folder
        prefer = {"web": "web", "native": "native"}.get(office.settings.text("map_kind"), "auto")
        view = MapView(
            load_layers(folder, home),
            office.speech.words,
            office.speech.lang,
            office.themes.tokens.colours(),
            prefer,  # type: ignore[arg-type]
            self._page_folder,
        )
        MapBinder(office, view)
        return view
