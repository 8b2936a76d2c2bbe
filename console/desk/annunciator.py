"""Alarms made heard: the sound policy fed by the boards, its calls played and spoken, F3 obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.core.alarm.facts import AlarmFact
from console.desk.actions import ActionRegistry
from console.desk.boards.alarms import AlarmBoard
from console.desk.boards.modes import ModesBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.models.alarm_rows import label_of
from console.desk.settings import Settings
from console.desk.sound import Call, CallKind, SoundPolicy
from console.desk.tones import LINK_LOST
from console.desk.words import Speech

SILENCE = "alarms.silence"


class Loudspeaker(Protocol):
    """What plays tones."""

    @property
    def present(self) -> bool: ...

    @property
    def name(self) -> str: ...

    def play(self, priority: int) -> None: ...

    def stop(self) -> None: ...

    def set_volume(self, volume: float) -> None: ...


class Speaking(Protocol):
    """What speaks words."""

    def say(self, text: str) -> None: ...

    def stop(self) -> None: ...

    def set_lang(self, lang: str) -> bool: ...

    def set_volume(self, volume: float) -> None: ...


class Annunciator(QObject):
    """One per seat. Without a loudspeaker everything goes on but is not heard, and views must say so."""

    state_changed = Signal()
    """`sounding`, `heard` or `open` is another."""

    def __init__(
        self,
        boards: tuple[AlarmBoard, ModesBoard, CatalogueBoard],
        speech: Speech,
        settings: Settings,
        actions: ActionRegistry,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._alarms, self._modes, self._catalogue = boards
        self._speech = speech
        self._settings = settings
        self._clock = clock
        self._policy = SoundPolicy()
        self._speaker: Loudspeaker | None = None
        self._voice: Speaking | None = None
        self._told: tuple[int | None, bool, bool] = (None, False, False)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self._alarms.alarms_changed.connect(self._alarms_changed)
        self._modes.modes_changed.connect(self._modes_changed)
        self._catalogue.catalogue_changed.connect(self._catalogue_changed)
        speech.lang_changed.connect(self._lang_changed)
        settings.setting_changed.connect(self._setting_changed)
        actions.triggered_action.connect(self._acted)

    @property
    def open(self) -> bool:
        """Whether a loudspeaker has been looked for yet: before, nothing can be said about it."""
        return self._speaker is not None

    @property
    def device(self) -> bool:
        """Whether there is a loudspeaker."""
        return self._speaker is not None and self._speaker.present

    @property
    def device_name(self) -> str:
        """Name of the loudspeaker, empty without one."""
        return self._speaker.name if self._speaker is not None else ""

    @property
    def speaks(self) -> bool:
        """Whether there is a voice."""
        return self._voice is not None

    @property
    def enabled(self) -> bool:
        """Whether the person wants sound."""
        return self._settings.flag("sound")

    @property
    def sounding(self) -> int | None:
        """Most urgent priority that sounds and can be silenced; None in silence."""
        return self._policy.sounding

    @property
    def unheard(self) -> bool:
        """Whether alarms cannot be heard on this seat: the screen must do more (HMI-20)."""
        return self.open and not (self.device and self.enabled)

    def attach(self, speaker: Loudspeaker) -> None:
        """The loudspeaker, once it has been opened."""
        self._speaker = speaker
        speaker.set_volume(self._settings.number("sound_volume"))
        self._go_on()

    def attach_voice(self, voice: Speaking | None) -> None:
        """A voice for spoken announcements, or none any more."""
        self._voice = voice
        if voice is not None:
            voice.set_volume(self._settings.number("sound_volume"))
        self.state_changed.emit()

    @Slot()
    def device_changed(self) -> None:
        """The loudspeaker came or went."""
        self._tell()

    def try_tone(self, priority: int) -> None:
        """Play one tone, so that a person knows it."""
        if self._speaker is not None:
            self._speaker.play(priority)

    def call_link_lost(self) -> None:
        """The tone and words that say that nothing more will be heard of alarms."""
        if not self.enabled:
            return
        if self._speaker is not None:
            self._speaker.play(LINK_LOST)
        if self._voice is not None:
            self._voice.say(self._speech.say("sound.say.link_lost"))

    def silence(self) -> None:
        """Stop the sound; nothing is acknowledged (ALM-21)."""
        self._policy.silence()
        if self._speaker is not None:
            self._speaker.stop()
        if self._voice is not None:
            self._voice.stop()
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        now = self._clock()
        for call in self._policy.calls(now):
            self._play(call)
        deadline = self._policy.next_deadline()
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(0, round((deadline - now) * 1000)) + 1)
        self._tell()

    def _play(self, call: Call) -> None:
        if not self.enabled:
            return
        if self._speaker is not None:
            self._speaker.play(call.priority)
        if self._voice is not None and call.kind is not CallKind.AGAIN:
            self._voice.say(self.words(call))

    def words(self, call: Call) -> str:
        """What is said of a call."""
        catalogue = self._catalogue.catalogue
        level = self._speech.say(f"alarm_priority.p{min(max(call.priority, 1), 4)}")
        if call.kind is not CallKind.ALARM or catalogue is None or call.alarm >= len(catalogue.alarms):
            return self._speech.say(f"sound.say.{call.kind.value}", n=call.count, level=level)
        point = catalogue.alarms[call.alarm]
        fact = self._alarms.facts.get(call.alarm)
        text = point.alarm.label if fact is None else label_of(fact, point.alarm)
        asset, label = self._speech.of(point.asset.name), self._speech.of(text)
        return self._speech.say("sound.say.alarm", level=level, asset=asset, label=label)

    def _tell(self) -> None:
        state = (self.sounding, self.open, self.device and self.enabled)
        if state != self._told:
            self._told = state
            self.state_changed.emit()

    @Slot(object)
    def _alarms_changed(self, facts: tuple[AlarmFact, ...]) -> None:
        before = self.sounding
        self._policy.changed(facts, self._clock())
        if before is not None and self.sounding is None and self._speaker is not None:
            self._speaker.stop()
        self._go_on()

    @Slot()
    def _modes_changed(self) -> None:
        self._policy.set_flood(self._modes.flood.active)
        self._go_on()

    @Slot()
    def _catalogue_changed(self) -> None:
        self._policy.forget()
        self._go_on()

    @Slot(str)
    def _lang_changed(self, lang: str) -> None:
        if self._voice is not None:
            self._voice.set_lang(lang)

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key == "sound_volume":
            for made in (self._speaker, self._voice):
                if made is not None:
                    made.set_volume(self._settings.number(key))
        if key == "sound":
            if not self.enabled and self._speaker is not None:
                self._speaker.stop()
            self._tell()

    @Slot(str)
    def _acted(self, action: str) -> None:
        if action == SILENCE:
            self.silence()
