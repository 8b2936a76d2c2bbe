"""The status strip: link, feeds, lag, what is hidden, what is pending, the clock, who sits here (HMI-08)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.core.command.facts import CommandState
from console.desk.boards import LinkState
from console.desk.formats import clock, date, zone, zone_label
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, PAD_PANEL, STATUS, TARGET
from widgets.shell.feed_list import FeedList, StateDot, feed_healthy, feed_line
from widgets.shell.handover_note import HandoverNote
from widgets.shell.ledger_note import LedgerNote
from widgets.shell.logbook_note import LogbookNote
from widgets.shell.mute_note import MuteNote
from widgets.shell.person import PersonButton
from widgets.shell.sound_note import SoundNote

_FEW_AREAS = 2
_LEVELS = {LinkState.LIVE: 2, LinkState.CONNECTING: 1, LinkState.LOST: 0, LinkState.REFUSED: 0}


class StatusStrip(QWidget):
    """28 px at the bottom of the window."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._seconds = seconds_of(office.themes)
        self.setFixedHeight(STATUS)
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dot = StateDot(office.themes)
        self.link = PlainLabel(Role.CAPTION, strong=True)
        self.hub = PlainLabel(Role.CAPTION, muted=True)
        self.feeds = QToolButton()
        self.feeds.setFont(font(Role.CAPTION))
        self.feeds.setMinimumHeight(TARGET)
        self.feeds.setAutoRaise(True)
        self.lag = PlainLabel(Role.CAPTION, muted=True)
        self.shelved = PlainLabel(Role.CAPTION)
        self.suppressed = PlainLabel(Role.CAPTION)
        self.pending = PlainLabel(Role.CAPTION)
        self.maintenance = PlainLabel(Role.CAPTION, strong=True)
        self.areas = QToolButton()
        self.areas.setFont(font(Role.CAPTION))
        self.areas.setMinimumHeight(TARGET)
        self.areas.setAutoRaise(True)
        self.sound = SoundNote(office)
        self.mute = MuteNote(office)
        self.ledger = LedgerNote(office)
        self.handover = HandoverNote(office)
        self.logbook = LogbookNote(office)
        self.clock = PlainLabel(Role.CAPTION, strong=True)
        self.day = PlainLabel(Role.CAPTION, muted=True)
        self.person = PersonButton(office)
        self._list = FeedList(office, self)
        self._arrange()
        self._connect()
        self._say_all()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, 0, PAD_PANEL, 0)
        row.setSpacing(PAD_CELL)
        row.addWidget(self._dot)
        row.addWidget(self.link)
        row.addWidget(self.hub)
        row.addSpacing(PAD_CELL)
        for widget in (self.feeds, self.lag):
            row.addWidget(widget)
        row.addSpacing(PAD_PANEL)
        for widget in (self.shelved, self.suppressed, self.pending):
            row.addWidget(widget)
            row.addSpacing(PAD_CELL)
        row.addWidget(self.maintenance)
        row.addWidget(self.sound)
        row.addWidget(self.mute)
        row.addWidget(self.ledger)
        row.addWidget(self.handover)
        row.addWidget(self.logbook)
        row.addStretch(1)
        for widget in (self.clock, self.day):
            row.addWidget(widget)
        row.addSpacing(PAD_PANEL)
        row.addWidget(self.areas)
        row.addWidget(self.person)

    def _connect(self) -> None:
        office = self._office
        office.link.link_changed.connect(self._say_all)
        office.feeds.feeds_changed.connect(self._say_feeds)
        office.alarms.alarms_changed.connect(self._say_counts)
        office.modes.modes_changed.connect(self._say_maintenance)
        office.commands.commands_changed.connect(self._say_counts)
        office.speech.lang_changed.connect(self._say_all)
        office.catalogue.catalogue_changed.connect(self._say_all)
        self._seconds.ticked.connect(self._say_clock)
        self.feeds.clicked.connect(self._open_feeds)
        office.areas.leases_changed.connect(self._say_areas)
        office.session.session_changed.connect(self._say_areas)
        self.areas.clicked.connect(self._open_areas)

    @Slot()
    def _say_all(self) -> None:
        self._say_link()
        self._say_feeds()
        self._say_counts()
        self._say_maintenance()
        self._say_clock()
        self._say_areas()

    def _say_link(self) -> None:
        fact, speech = self._office.link.fact, self._office.speech
        self._dot.set_level(_LEVELS[fact.state])
        self.link.setText(speech.say(f"link.state.{fact.state.value}"))
        why = f"link.why.{fact.why}"
        cause = speech.say(why) if fact.why and speech.knows(why) else ""
        self.hub.setText(cause or fact.hub)
        self._dot.setAccessibleName(self.link.text())
        self.lag.setText(speech.say("shell.status.lag", lag=f"{fact.lag_s:.1f}") if fact.live else "")

    @Slot()
    def _say_feeds(self) -> None:
        facts, speech = self._office.feeds.facts, self._office.speech
        live = sum(feed_healthy(fact) for fact in facts.values())
        known = self._office.link.live
        self.feeds.setText(speech.say("shell.status.feeds", n=live if known else "–", all=len(facts)))
        label = self._office.feeds.label
        lines = [f"{speech.of(label(one.feed))}: {feed_line(one, self._office)}" for one in facts.values()]
        self.feeds.setToolTip("\n".join(lines).replace("<", "‹"))
        self.feeds.setAccessibleName(self.feeds.text())
        self.feeds.setAccessibleDescription("\n".join(lines))
        self._list_changed()

    def _list_changed(self) -> None:
        strong = any(not feed_healthy(fact) for fact in self._office.feeds.facts.values())
        self.feeds.setFont(font(Role.CAPTION, strong=strong))

    @Slot()
    def _say_counts(self) -> None:
        counts, speech = self._office.alarms.counts(), self._office.speech
        self.shelved.setText(speech.say("shell.status.shelved", n=counts.shelved))
        hidden = counts.suppressed + counts.out_of_service
        self.suppressed.setText(speech.say("shell.status.suppressed", n=hidden))
        facts = self._office.commands.pending()
        pending, unknown = len(facts), sum(fact.state is CommandState.INDETERMINATE for fact in facts)
        text = speech.say("shell.status.pending", n=pending)
        self.pending.setText(speech.say("shell.status.unknown", pending=text, n=unknown) if unknown else text)
        for label, count in (
            (self.shelved, counts.shelved),
            (self.suppressed, hidden),
            (self.pending, pending),
        ):
            label.setFont(font(Role.CAPTION, strong=count > 0))

    @Slot()
    def _say_areas(self) -> None:
        """The areas this person holds; their number where there are many."""
        office, catalogue = self._office, self._office.catalogue.catalogue
        mine = office.areas.held_by(office.session.user)
        known = catalogue.areas if catalogue is not None else {}
        names = [office.speech.of(known[area].name) if area in known else area for area in mine]
        few = len(names) <= _FEW_AREAS
        shown = ", ".join(names) if few else office.speech.say("shell.status.areas_n", n=len(names))
        none = office.speech.say("shell.status.areas_none")
        self.areas.setText(office.speech.say("shell.status.areas", areas=shown) if names else none)
        self.areas.setToolTip(plain_tip(", ".join(names)))
        self.areas.setFont(font(Role.CAPTION, strong=bool(names)))

    @Slot()
    def _open_areas(self) -> None:
        self._office.actions.use("areas.authority")

    @Slot()
    def _say_maintenance(self) -> None:
        modes, catalogue = self._office.modes.maintenance, self._office.catalogue.catalogue
        speech = self._office.speech
        areas = catalogue.areas if catalogue is not None else {}
        names = [speech.of(areas[area].name) for area in modes if area in areas]
        self.maintenance.setVisible(bool(names))
        self.maintenance.setText(speech.say("shell.status.maintenance", n=len(names)))
        self.maintenance.setToolTip(plain_tip(", ".join(names)))
        self.maintenance.setAccessibleDescription(", ".join(names))

    @Slot()
    def _say_clock(self) -> None:
        catalogue = self._office.catalogue.catalogue
        tz = zone(catalogue.site.time_zone if catalogue is not None else "Asia/Seoul")
        now = self._seconds.now_ns
        self.clock.setText(f"{clock(now, tz)} {zone_label(tz, now)}")
        self.day.setText(date(now, tz))

    @Slot()
    def _open_feeds(self) -> None:
        self._list.open_above(self.feeds)
