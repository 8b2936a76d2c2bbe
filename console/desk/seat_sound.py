"""Two things about the sound of a seat: the hub is told when it cannot be heard, and a lost link is heard, since from
then on no alarm will be (HMI-20).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from console.desk.annunciator import SILENCE
from console.desk.office import Office

OFF = "off"
NONE = "none"
AGAIN_MS = 15_000
"""A lost link is called again until it is back or silenced."""


class SoundReport(QObject):
    """Reports loss and return of sound, and again after every reconnection: the hub forgets a seat that left."""

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._told = ""
        office.annunciator.state_changed.connect(self._look)
        office.link.link_changed.connect(self._link_changed)
        self._look()

    @Slot()
    def _look(self) -> None:
        annunciator = self._office.annunciator
        why = "" if not annunciator.unheard else OFF if not annunciator.enabled else NONE
        if why != self._told and self._office.acts.report_sound(not why, why):
            self._told = why

    @Slot(object)
    def _link_changed(self, _fact: object) -> None:
        if not self._office.link.live:
            self._told = ""
        self._look()


class LinkTone(QObject):
    """Calls a link that was lost, and again until it is back or a person has heard it (F3)."""

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._lost = office.link.lost
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(office.annunciator.call_link_lost)
        office.link.link_changed.connect(self._link_changed)
        office.actions.triggered_action.connect(self._acted)

    @property
    def calling(self) -> bool:
        """Whether it will be called again."""
        return self._timer.isActive()

    @Slot(object)
    def _link_changed(self, _fact: object) -> None:
        lost = self._office.link.lost
        if lost and not self._lost:
            self._office.annunciator.call_link_lost()
            self._timer.start()
        elif self._office.link.live:
            self._timer.stop()
        self._lost = lost or (self._lost and not self._office.link.live)

    @Slot(str)
    def _acted(self, action: str) -> None:
        if action == SILENCE:
            self._timer.stop()
