"""Binds the boards to the map: changed marks go out in one batch a turn, clicks come in as the selection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from console.app.map_marks import MOVER_PREFIX, asset_mark, mover_mark, mover_mark_id
from console.core.alarm.facts import AlarmFact
from console.core.catalogue import Catalogue
from console.desk import formats
from console.desk.asset_state import headline_tags
from console.desk.office import Office
from maps.marks import Mark, MarkBatch
from widgets.kit.asks import asks_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from maps.view import MapView

TURN_MS = 150
BUDGET_S = 0.025
"""Longest time of one turn for assets that only have new values."""
SWEEP_MS = 5000
"""How often movers that fell silent are looked for."""


class MapBinder(QObject):
    """Feeds one map view for as long as both live."""

    def __init__(self, office: Office, view: MapView) -> None:
        super().__init__(view)
        self._office = office
        self._view = view
        self._shown: dict[str, Mark] = {}
        self._assets: set[str] = set()
        self._urgent: set[str] = set()
        """Assets whose alarms, commands or tags changed."""
        self._movers: set[int] = set()
        self._asset_of_tag: list[str] = []
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self.flush)
        self._sweep = QTimer(self)
        self._sweep.setInterval(SWEEP_MS)
        self._sweep.timeout.connect(self._all_movers)
        self._sweep.start()
        self._listen()
        self._begin()
        self._take_link()

    def _listen(self) -> None:
        office, view = self._office, self._view
        office.catalogue.catalogue_changed.connect(self._begin)
        office.values.values_changed.connect(self._take_values)
        office.alarms.alarms_changed.connect(self._take_alarms)
        office.signs.signs_changed.connect(self._take_signs)
        office.movers.movers_changed.connect(self._all_movers)
        office.link.link_changed.connect(self._take_link)
        office.speech.lang_changed.connect(self._speak)
        office.themes.theme_changed.connect(self._dress)
        office.selection.asset_selected.connect(self._show_selection)
        office.selection.mover_selected.connect(self._show_selection)
        office.actions.triggered_action.connect(self._act)
        asks_of(office.acts).area_asked.connect(self._show_area)
        view.mark_clicked.connect(self._clicked)
        view.mark_activated.connect(self._activated)

    @Slot()
    def flush(self) -> None:
        """Send what changed since the last turn."""
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return
        upserts: list[Mark] = []
        removed: list[str] = []
        self._flush_assets(catalogue, upserts)
        now_ns = time.time_ns()
        for index in self._movers:
            mark = mover_mark(self._office, index, now_ns)
            if mark is not None:
                self._compare(mark, upserts)
            elif self._shown.pop(mover_mark_id(index), None) is not None:
                removed.append(mover_mark_id(index))
        self._movers.clear()
        if self._assets:
            self._soon()
        if upserts or removed:
            frozen = self._office.values.frozen
            self._view.apply(
                MarkBatch(upserts=tuple(upserts), removed=tuple(removed), at=now_ns, frozen=frozen)
            )

    def _flush_assets(self, catalogue: Catalogue, upserts: list[Mark]) -> None:
        """Urgent assets all, the others as long as the turn's time lasts: a large city must not stall the screen."""
        self._assets -= self._urgent
        for asset in self._urgent:
            self._compare(asset_mark(self._office, catalogue, catalogue.assets[asset]), upserts)
        self._urgent.clear()
        until = time.perf_counter() + BUDGET_S
        while self._assets and time.perf_counter() < until:
            asset = self._assets.pop()
            self._compare(asset_mark(self._office, catalogue, catalogue.assets[asset]), upserts)

    def _compare(self, mark: Mark, upserts: list[Mark]) -> None:
        if self._shown.get(mark.id) != mark:
            self._shown[mark.id] = mark
            upserts.append(mark)

    def _soon(self) -> None:
        if not self._turn.isActive():
            self._turn.start()

    @Slot()
    def _begin(self) -> None:
        catalogue = self._office.catalogue.catalogue
        if self._shown:
            self._view.apply(MarkBatch(removed=tuple(self._shown)))
            self._shown.clear()
        self._asset_of_tag = []
        self._assets.clear()
        self._urgent.clear()
        if catalogue is None:
            return
        self._asset_of_tag = [""] * len(catalogue.tags)
        for asset in catalogue.site.assets:
            for tag in headline_tags(catalogue, asset.id):
                self._asset_of_tag[tag.index] = asset.id
        self._speak()

    @Slot(object)
    def _take_values(self, tags: NDArray[np.uint32]) -> None:
        known = self._asset_of_tag
        numbers: list[int] = tags.tolist()
        self._assets.update(known[tag] for tag in numbers if tag < len(known))
        self._assets.discard("")
        self._soon()

    @Slot(object)
    def _take_alarms(self, facts: Sequence[AlarmFact]) -> None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None:
            self._urgent.update(catalogue.alarms[fact.alarm].asset.id for fact in facts)
            self._soon()

    @Slot(object)
    def _take_signs(self, assets: frozenset[str]) -> None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None:
            self._urgent.update(asset for asset in assets if _has_place(catalogue, asset))
            self._soon()

    @Slot()
    def _all_movers(self) -> None:
        self._movers.update(self._office.movers.facts)
        gone = (int(mark.removeprefix(MOVER_PREFIX)) for mark in self._shown if mark.startswith(MOVER_PREFIX))
        self._movers.update(gone)
        self._soon()

    @Slot()
    def _take_link(self) -> None:
        office = self._office
        if office.link.lost:
            catalogue = office.catalogue.catalogue
            tz = formats.zone(catalogue.site.time_zone) if catalogue else formats.SEOUL
            self._view.set_frozen(formats.clock(office.link.fact.frozen_at_ns, tz))
        else:
            self._view.set_frozen(None)
        self._all_movers()

    @Slot()
    def _speak(self) -> None:
        self._view.set_language(self._office.speech.lang)
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None:
            self._assets.update(asset.id for asset in catalogue.site.assets)
            self._all_movers()

    @Slot(object)
    def _dress(self) -> None:
        self._view.set_theme(self._office.themes.tokens.colours())

    @Slot()
    def _show_selection(self) -> None:
        selection = self._office.selection
        if selection.mover is not None:
            self._view.select(mover_mark_id(selection.mover))
        else:
            self._view.select(selection.asset or None)

    @Slot(str)
    def _clicked(self, mark: str) -> None:
        if mark.startswith(MOVER_PREFIX):
            self._office.selection.select_mover(int(mark.removeprefix(MOVER_PREFIX)), why="map")
        elif mark:
            self._office.selection.select_asset(mark, why="map")

    @Slot(str)
    def _activated(self, mark: str) -> None:
        self._clicked(mark)
        if self._office.selection.asset:
            self._office.actions.use("asset.faceplate")

    @Slot(str)
    def _show_area(self, area: str) -> None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is not None and area in catalogue.areas:
            found = catalogue.areas[area]
            self._view.focus_on(found.lat, found.lon)

    @Slot(str)
    def _act(self, action: str) -> None:
        catalogue = self._office.catalogue.catalogue
        selected = self._office.selection.asset
        if action == "asset.show_on_map" and catalogue is not None and _has_place(catalogue, selected):
            asset = catalogue.assets[selected]
            self._view.focus_on(asset.lat, asset.lon)


def _has_place(catalogue: Catalogue, asset: str) -> bool:
    """Whether an asset stands on the map: of what sources declare by themselves nobody has said where it is."""
    return asset in catalogue.assets and asset not in catalogue.grown_assets
