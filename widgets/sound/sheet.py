"""The sound sheet: on or off, volume above its floor, each priority's tone to listen to, spoken alarms, the device."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from console.core.alarm.facts import AlarmLetter
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, PAD_PANEL, ROW, TARGET
from widgets.kit.symbol import PrioritySymbol
from widgets.kit.texts import Texts

_FLOOR, _FULL = 20, 100
"""Percent of `sound_volume`; below the floor an alarm could be missed (HMI-20)."""
_SETTLE_MS = 150


class SoundSheet(QDialog):
    """A non-modal sheet; every change holds at once and Esc closes it."""

    def __init__(self, office: Office, parent: QWidget) -> None:
        super().__init__(parent)
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.on, self.spoken = QCheckBox(), QCheckBox()
        self.volume_name = PlainLabel()
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(_FLOOR, _FULL)
        self.volume.setMinimumSize(200, TARGET)
        self.device = PlainLabel(Role.CAPTION, muted=True)
        self.voice = PlainLabel(Role.CAPTION, muted=True)
        self.tones = {priority: QPushButton() for priority in (1, 2, 3, 4)}
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._keep_volume)
        self._arrange()
        self._show_settings()
        self._put_texts()
        self._connect()
        self._say()

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL * 2, PAD_PANEL, PAD_PANEL * 2, PAD_PANEL * 2)
        box.setSpacing(PAD_CELL)
        loud = QHBoxLayout()
        loud.setSpacing(PAD_PANEL)
        loud.addWidget(self.volume_name)
        loud.addWidget(self.volume, 1)
        for check in (self.on, self.spoken):
            check.setFont(font(Role.BODY))
            check.setMinimumHeight(ROW)
        box.addWidget(self.on)
        box.addLayout(loud)
        for priority, button in self.tones.items():
            button.setObjectName(str(priority))
            button.setAutoDefault(False)
            row = QHBoxLayout()
            row.setSpacing(PAD_CELL)
            symbol = PrioritySymbol(self._office.themes, TARGET)
            symbol.set_alarm(priority, AlarmLetter.C)
            row.addWidget(symbol)
            row.addWidget(button, 1)
            box.addLayout(row)
        box.addWidget(self.spoken)
        box.addWidget(self.voice)
        box.addWidget(self.device)

    def _show_settings(self) -> None:
        settings = self._office.settings
        self.on.setChecked(settings.flag("sound"))
        self.spoken.setChecked(settings.flag("spoken_alarms"))
        self.volume.setValue(round(100 * settings.number("sound_volume")))

    def _put_texts(self) -> None:
        put = self._texts.put
        put(self.setWindowTitle, "sound.title")
        put(self.on.setText, "sound.on")
        put(self.spoken.setText, "sound.spoken")
        put(self.volume_name.setText, "sound.volume")
        put(self.volume.setAccessibleName, "sound.volume")
        put(self.volume.setToolTip, "sound.volume_floor")

    def _connect(self) -> None:
        self.on.toggled.connect(self._turn)
        self.spoken.toggled.connect(self._speak)
        self.volume.valueChanged.connect(self._moved)
        for button in self.tones.values():
            button.clicked.connect(self._listen)
        self._office.annunciator.state_changed.connect(self._say)
        self._office.speech.lang_changed.connect(self._say)

    @Slot()
    def _say(self) -> None:
        speech, annunciator = self._office.speech, self._office.annunciator
        for priority, button in self.tones.items():
            level = speech.say(f"alarm_priority.p{priority}")
            button.setText(speech.say("sound.try", level=level))
            button.setEnabled(annunciator.device)
        name = annunciator.device_name
        self.device.setText(
            speech.say("sound.device", name=name) if annunciator.device else speech.say("sound.state.none")
        )
        self.voice.setText(speech.say("sound.no_voice"))
        self.voice.setVisible(self.spoken.isChecked() and not annunciator.speaks)

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        self._office.settings.put("sound", on)

    @Slot(bool)
    def _speak(self, on: bool) -> None:
        self._office.settings.put("spoken_alarms", on)
        self._say()

    @Slot(int)
    def _moved(self, _value: int) -> None:
        self._settled.start()

    @Slot()
    def _keep_volume(self) -> None:
        self._office.settings.put("sound_volume", self.volume.value() / 100)

    @Slot()
    def _listen(self) -> None:
        self._keep_volume()
        self._office.annunciator.try_tone(int(self.sender().objectName()))
