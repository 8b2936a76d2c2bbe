"""The area panel (level 1): the whole city in tiles that are read across the room; a press drills down."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QStackedLayout, QWidget

from console.core.catalogue import Catalogue
from console.desk.formats import DASH, number, stamp, with_unit, zone
from console.desk.models.area_tally import AreaFigure, AreaTallies, AreaTally, area_figures
from console.desk.office import Office
from widgets.areas.authority import AuthorityDesk
from widgets.areas.tile import TILE_HEIGHT, TILE_WIDTH, AreaTile, FigureText, TileText
from widgets.kit.asks import asks_of
from widgets.kit.empty import EmptyState
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class AreaPanel(QWidget):
    """One tile an area, as many columns as fit; arrows move between tiles, Enter opens one."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.authority = AuthorityDesk(office, self)
        self._tallies = AreaTallies(office.alarms, office.catalogue, self)
        self._figures: dict[str, list[AreaFigure]] = {}
        self.tiles: dict[str, AreaTile] = {}
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inside = QWidget()
        inside.setProperty("ground", "none")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(PAD_CELL, PAD_CELL, PAD_CELL, PAD_CELL)
        self._grid.setSpacing(PAD_CELL)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = EmptyState(office.themes, "level1")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.empty)
        # Many alarms change many tiles: they are said once a turn.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(100)
        self._soon.timeout.connect(self._say)
        self._connect()
        self._grow()

    def _connect(self) -> None:
        office = self._office
        office.catalogue.catalogue_changed.connect(self._grow)
        office.modes.modes_changed.connect(self._say)
        office.areas.leases_changed.connect(self._say)
        office.session.session_changed.connect(self._say)
        office.speech.lang_changed.connect(self._say)
        office.link.link_changed.connect(self._say)
        seconds_of(office.themes).ticked.connect(self._tick)
        self._tallies.tallies_changed.connect(self._soon.start)

    @Slot()
    def _grow(self) -> None:
        for tile in self.tiles.values():
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        catalogue = self._office.catalogue.catalogue
        areas = (
            [] if catalogue is None else [a for a in catalogue.areas.values() if _has_assets(catalogue, a.id)]
        )
        self.tiles = {area.id: AreaTile(self._office.themes, area.id) for area in areas}
        self._figures = {} if catalogue is None else {a.id: area_figures(catalogue, a.id) for a in areas}
        for tile in self.tiles.values():
            tile.clicked.connect(self._drill)
        self._stack.setCurrentIndex(0 if self.tiles else 1)
        self._lay_out()
        self._say()

    def columns(self) -> int:
        """How many tiles stand side by side: as few as need no scrolling, at least what width allows."""
        most = max(1, (self.width() - PAD_CELL) // (TILE_WIDTH * 3 // 4 + PAD_CELL))
        rows = max(1, (self.height() - PAD_CELL) // (TILE_HEIGHT + PAD_CELL))
        wanted = -(-len(self.tiles) // rows) if self.tiles else 1
        roomy = max(1, (self.width() - PAD_CELL) // (TILE_WIDTH + PAD_CELL))
        return max(1, min(most, max(wanted, roomy), max(1, len(self.tiles))))

    def _lay_out(self) -> None:
        columns = self.columns()
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, place // columns, place % columns)
            self._grid.setColumnStretch(place % columns, 1)

    @Slot()
    def _tick(self) -> None:
        if self.isVisible():
            self._say()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        self.empty.set_sentence(speech.say("areas.empty"))
        self.setAccessibleName(speech.say("areas.title"))
        for area, tile in self.tiles.items():
            tally = self._tallies.of(area)
            tile.show_area(tally, self._texts(area, tally))

    def _texts(self, area: str, tally: AreaTally) -> TileText:
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        if catalogue is None:
            return TileText()
        name = speech.of(catalogue.areas[area].name)
        waits = sum(tally.unacked)
        mode, line = self._mode(area, catalogue), self._line(tally)
        figures = tuple(self._figure(figure) for figure in self._figures[area])
        counts = [
            f"{speech.say(f'alarm_priority.p{place + 1}')} {count}"
            for place, count in enumerate(tally.listed)
            if count
        ]
        said = (name, mode, *(counts or [speech.say("areas.quiet")]), line)
        figured = tuple(f"{figure.label} {figure.value}" for figure in figures)
        spoken = ", ".join(part for part in (*said, *figured) if part)
        return TileText(name, mode, line, waits > 0, figures, spoken)

    def _mode(self, area: str, catalogue: Catalogue) -> str:
        fact, speech, lease = (
            self._office.modes.of_area(area),
            self._office.speech,
            self._office.areas.of_area(area),
        )
        held = speech.say("areas.held", who=lease.holder_name or lease.holder) if lease.holder else ""
        if fact is None:
            return held
        until = stamp(fact.until, seconds_of(self._office.themes).now_ns, zone(catalogue.site.time_zone))
        said = speech.say(
            "areas.maintenance", at=until.rpartition(":")[0] if until.count(":") == 2 else until
        )
        return f"{held} · {said}" if held else said

    def _line(self, tally: AreaTally) -> str:
        say = self._office.speech.say
        waits = sum(tally.unacked)
        parts = [say("areas.unacked", n=waits)] if waits else []
        if not sum(tally.listed):
            parts.append(say("areas.quiet"))
        hidden = {
            "shelved": tally.shelved,
            "suppressed": tally.suppressed,
            "out_of_service": tally.out_of_service,
        }
        parts += [say(f"areas.{name}", n=count) for name, count in hidden.items() if count]
        return " · ".join(parts)

    def _figure(self, figure: AreaFigure) -> FigureText:
        speech, tag = self._office.speech, figure.tag
        which = "areas.highest" if figure.highest else "areas.lowest"
        label = speech.say(which, what=speech.of(tag.label))
        value = figure.value(self._office.values)
        if value is None:
            return FigureText(label, DASH)
        width = tag.high - tag.low
        share = (value - tag.low) / width if width > 0 else None
        return FigureText(label, with_unit(number(value, tag.decimals), tag.unit), share)

    @Slot()
    def _drill(self) -> None:
        tile = self.sender()
        if isinstance(tile, AreaTile):
            asks_of(self._office.acts).area_asked.emit(tile.area)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        tiles = list(self.tiles.values())
        if isinstance(focus, AreaTile) and focus in tiles:
            columns = self.columns()
            steps = {**_STEPS, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
            place = tiles.index(focus) + steps.get(Qt.Key(event.key()), 0)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                focus.click()
                return
            if event.key() in steps and 0 <= place < len(tiles):
                tiles[place].setFocus()
                return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()


def _has_assets(catalogue: Catalogue, area: str) -> bool:
    return any(asset.area == area for asset in catalogue.assets.values())
