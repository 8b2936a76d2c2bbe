"""Says on every seat which other seats cannot be heard (HMI-20): nobody may think that they watch with their ears."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.alarm.facts import MuteFact
from console.desk.formats import clock, zone
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel
from widgets.kit.space import STEP

_SIGN = 14


class MuteNote(QWidget):
    """Sign and words; hidden while every seat can be heard. What each of them lacks stands in its description."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._sign = PlainLabel()
        self.text = PlainLabel(Role.CAPTION, strong=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(self._sign)
        row.addWidget(self.text)
        office.modes.modes_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        office.themes.theme_changed.connect(self.say)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes the note anew."""
        # This seat says the same of itself where its sound is shown.
        own, speech = self._office.link.fact.station, self._office.speech
        mute = [fact for fact in self._office.modes.mute if not own or fact.station != own]
        self.setVisible(bool(mute))
        if not mute:
            return
        self._sign.setPixmap(
            pixmap("warning", self._office.themes.tokens.text, _SIGN, self.devicePixelRatioF())
        )
        if len(mute) == 1:
            self.text.setText(speech.say("sound.mute.note", station=self._station(mute[0])))
        else:
            self.text.setText(speech.say("sound.mute.more", n=len(mute)))
        lines = [*(self._line(fact) for fact in mute), speech.say("sound.mute.tip")]
        whole = "\n".join(lines).replace("<", "‹")
        self.setToolTip(whole)
        self.text.setAccessibleName(self.text.text())
        self.text.setAccessibleDescription(whole)

    def _station(self, fact: MuteFact) -> str:
        return fact.station or self._office.speech.say("sound.mute.unnamed")

    def _line(self, fact: MuteFact) -> str:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        key = f"sound.mute.{fact.why}"
        at = clock(fact.since, zone(catalogue.site.time_zone if catalogue is not None else "Asia/Seoul"))
        return speech.say(
            "sound.mute.line",
            station=self._station(fact),
            user=fact.user,
            why=speech.say(key) if speech.knows(key) else fact.why,
            at=at,
        )
