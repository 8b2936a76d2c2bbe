"""The faceplate of what is selected: name and state, values in context, alarms, commands, last acts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from console.core.alarm.facts import AlarmLetter
from console.core.discovery import plain
from console.desk.asset_state import asset_quality
from console.desk.formats import stamp
from console.desk.logbook_seed import LogSeed, asset_link
from console.desk.office import Office
from widgets.assets.alarm_rows import AlarmRows
from widgets.assets.command_buttons import CommandButtons
from widgets.assets.last_acts import LastActs
from widgets.assets.mover import MoverCard
from widgets.assets.tags import TagRows
from widgets.assets.values import ValueRows
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role
from widgets.kit.icons import glyph_pixmap
from widgets.kit.labels import ElideLabel, PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, PAD_PANEL
from widgets.kit.symbol import PrioritySymbol

_SECTIONS = ("values", "alarms", "tags", "commands", "acts", "others")


class Faceplate(QWidget):
    """Follows the selection."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._glyph = QLabel()
        self.name = PlainLabel(Role.PLATE, strong=True)
        self.name.setWordWrap(True)
        self.kind = PlainLabel(muted=True)
        self.kind.setWordWrap(True)
        self.write = QuietButton(office.themes, "write")
        self.symbol = PrioritySymbol(office.themes)
        self.state = ElideLabel(office.themes, strong=True)
        self.values = ValueRows(office, headline=True)
        self.others = ValueRows(office, headline=False)
        self.alarms = AlarmRows(office)
        self.tags = TagRows(office)
        self.commands = CommandButtons(office)
        self.acts = LastActs(office)
        self.mover = MoverCard(office)
        self.empty = EmptyState(office.themes, "faceplate")
        self._parts = (self.values, self.alarms, self.tags, self.commands, self.acts, self.others)
        self._titles = {name: SectionTitle() for name in _SECTIONS}
        self._arrange()
        self._connect()
        self._show_selection()

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setProperty("ground", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(inside)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        box.setSpacing(PAD_CELL // 2)
        box.addLayout(self._head())
        for name, widget in zip(_SECTIONS, self._parts, strict=True):
            box.addWidget(self._titles[name])
            box.addWidget(widget)
        box.addWidget(self.mover)
        box.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.empty)

    def _head(self) -> QVBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(PAD_PANEL)
        top.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.kind)
        top.addLayout(words, 1)
        top.addWidget(self.write, 0, Qt.AlignmentFlag.AlignTop)
        state = QHBoxLayout()
        state.setSpacing(PAD_CELL)
        state.addWidget(self.symbol)
        state.addWidget(self.state, 1)
        head = QVBoxLayout()
        head.setSpacing(PAD_CELL)
        head.addLayout(top)
        head.addLayout(state)
        return head

    def _connect(self) -> None:
        office = self._office
        self.write.clicked.connect(self._write)
        office.selection.asset_selected.connect(self._show_selection)
        office.selection.mover_selected.connect(self._show_selection)
        office.catalogue.catalogue_changed.connect(self._show_selection)
        office.catalogue.catalogue_grew.connect(self._take_growth)
        office.speech.lang_changed.connect(self._say)
        office.alarms.alarms_changed.connect(self._say_state)
        office.link.link_changed.connect(self._say_state)
        office.movers.movers_changed.connect(self._say_mover_head)
        office.themes.theme_changed.connect(self._retheme)
        seconds_of(office.themes).ticked.connect(self._say_state)

    @Slot()
    def _show_selection(self) -> None:
        selection, catalogue = self._office.selection, self._office.catalogue.catalogue
        asset = selection.asset if catalogue is not None and selection.asset in catalogue.assets else ""
        self._stack.setCurrentIndex(0 if asset or selection.mover is not None else 1)
        for widget in (*self._titles.values(), *self._parts):
            widget.setVisible(bool(asset))
        self.write.setVisible(bool(asset))
        self.mover.setVisible(not asset and selection.mover is not None)
        for part in self._parts:
            part.show_asset(asset)
        self.mover.show_mover(None if asset else selection.mover)
        self._scroll.verticalScrollBar().setValue(0)
        self._say()

    @Slot(object)
    def _take_growth(self, assets: frozenset[str]) -> None:
        """The selected asset has other points now; what is being read stays in view."""
        asset = self._office.selection.asset
        if asset not in assets:
            return
        bar = self._scroll.verticalScrollBar()
        place = bar.value()
        for part in (self.values, self.others):
            part.show_asset(asset)
        bar.setValue(place)
        self._say()

    @Slot()
    def _say(self) -> None:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        for name, title in self._titles.items():
            title.setText(speech.say(f"assets.section.{name}"))
        self.empty.set_sentence(speech.say("assets.empty"))
        self.write.say(speech.say("actions.log.entry"))
        asset = self._office.selection.asset
        if catalogue is not None and asset in catalogue.assets:
            found = catalogue.assets[asset]
            kind, area = catalogue.types[found.type], catalogue.areas.get(found.area)
            self.name.setText(speech.of(found.name))
            parts = (speech.of(kind.label), speech.of(area.name) if area else "", self._origin(asset))
            self.kind.setText(" · ".join(part for part in parts if part))
            self._draw_glyph(kind.glyph)
        self._say_mover_head()
        self._say_state()

    def _origin(self, asset: str) -> str:
        """Where an asset comes from that no profile declares."""
        grown = self._office.catalogue.discovered(asset)
        if grown is None:
            return ""
        speech = self._office.speech
        feed = speech.of(self._office.feeds.label(grown.feed))
        return speech.say("discovered.mark.from", feed=feed, source=plain(grown.source))

    @Slot()
    def _say_mover_head(self) -> None:
        mover = self._office.selection.mover
        fact = self._office.movers.facts.get(mover) if mover is not None else None
        if fact is None:
            return
        speech = self._office.speech
        self.name.setText(fact.name or fact.id)
        known = f"assets.mover_kind.{fact.kind}"
        self.kind.setText(speech.say(known) if speech.knows(known) else fact.kind)
        self._draw_glyph(fact.kind)
        self.symbol.hide()
        gone = fact.gone or self._office.link.lost
        self.state.set_text(speech.say("assets.mover.gone" if gone else "assets.mover.tracked"))

    @Slot()
    def _say_state(self) -> None:
        asset, catalogue = self._office.selection.asset, self._office.catalogue.catalogue
        if catalogue is None or asset not in catalogue.assets:
            return
        speech, facts = (
            self._office.speech,
            [f for f in self._office.alarms.of_asset(asset) if f.state.listed],
        )
        priority, unacked = self._office.alarms.asset_priority(asset)
        self.symbol.setVisible(priority is not None)
        self.symbol.set_alarm(priority or 0, AlarmLetter.B if unacked else AlarmLetter.C)
        if facts:
            since = min(fact.at_event for fact in facts)
            at = stamp(since, seconds_of(self._office.themes).now_ns)
            waiting = sum(not fact.state.acked for fact in facts)
            text = speech.say("assets.state.alarms", n=len(facts), unacked=waiting, at=at)
        else:
            text = speech.say("assets.state.normal")
        quality = asset_quality(catalogue, self._office.values, asset)
        if not quality.usable:
            text += f" · {speech.say(f'quality.{quality.name}')}"
        self.state.set_text(text)

    @Slot()
    def _write(self) -> None:
        """Ask for a log entry about this asset."""
        catalogue = self._office.catalogue.catalogue
        link = asset_link(catalogue, self._office.selection.asset, self._office.speech) if catalogue else None
        if link is not None:
            self._office.logbook.ask_entry(LogSeed(links=(link,)))

    def _draw_glyph(self, name: str) -> None:
        self._glyph.setPixmap(
            glyph_pixmap(name, self._office.themes.tokens.running, 28, self.devicePixelRatioF())
        )

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._say()
