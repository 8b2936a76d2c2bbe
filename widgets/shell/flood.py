"""The flood on the banner: since when, how many, and what of it still waits for a person."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout

from console.desk.formats import local, zone
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.space import ACT, PAD_CELL


class FloodNote(QFrame):
    """Two short lines, visible only during a flood; alarms stay where they are, none is hidden by it."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setProperty("plate", "loud")
        self.setMaximumHeight(ACT - 4)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.headline = PlainLabel(Role.CAPTION, strong=True)
        self.backlog = PlainLabel(Role.CAPTION, muted=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_CELL, 1, PAD_CELL, 1)
        box.setSpacing(0)
        box.addWidget(self.headline)
        box.addWidget(self.backlog)
        office.modes.modes_changed.connect(self.say)
        office.session.session_changed.connect(self.say)
        office.alarms.alarms_changed.connect(self._alarms_changed)
        office.speech.lang_changed.connect(self.say)
        office.catalogue.catalogue_changed.connect(self.say)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes both lines anew."""
        office, flood = self._office, self._office.modes.flood
        if flood.active:
            catalogue, counts = office.catalogue.catalogue, office.alarms.counts()
            tz = zone(catalogue.site.time_zone if catalogue is not None else "Asia/Seoul")
            fields = {
                "at": f"{local(flood.since, tz):%H:%M}",
                "n": flood.count,
                "peak": flood.peak,
                "standing": counts.listed,
                "unacked": counts.unacked,
            }
            self.headline.setText(office.speech.say("sound.flood.banner", **fields))
            self.backlog.setText(office.speech.say("sound.flood.backlog", **fields))
            told = office.speech.say("sound.flood.tip", **fields)
            self.setToolTip(plain_tip(told))
            self.setAccessibleName(told)
        self.setVisible(flood.active and office.session.sees)

    @Slot(object)
    def _alarms_changed(self, _facts: object) -> None:
        if self._office.modes.flood.active:
            self.say()
