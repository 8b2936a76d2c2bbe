"""What of sound must be seen: the note of the status strip, and the frame round a critical alarm nobody can hear."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from console.core.alarm.facts import AlarmLetter
from console.desk.office import Office
from widgets.kit.colours import alarm_fill
from widgets.kit.flash import flash_of
from widgets.kit.fonts import Role, font
from widgets.kit.space import RADIUS, TARGET

_EDGE = 4.0


class SoundNote(QToolButton):
    """Stands in the status strip for good: sound on, sounding, off, or no device (HMI-20). Opens the sound panel."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setAutoRaise(True)
        self.setMinimumHeight(TARGET)
        self.setFont(font(Role.CAPTION))
        office.annunciator.state_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        self.clicked.connect(self._open)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes the note anew."""
        annunciator, speech = self._office.annunciator, self._office.speech
        self.setVisible(annunciator.open)
        state = "on"
        if not annunciator.enabled:
            state = "off"
        elif not annunciator.device:
            state = "none"
        elif annunciator.sounding is not None:
            state = "sounding"
        told = speech.say(f"sound.state.{state}")
        tip = f"sound.state.{state}_tip"
        self.setText(told)
        self.setFont(font(Role.CAPTION, strong=state != "on"))
        self.setToolTip(speech.say(tip) if speech.knows(tip) else told)
        self.setAccessibleName(told)

    @Slot()
    def _open(self) -> None:
        self._office.actions.use("alarms.sound")


class UnheardFrame(QWidget):
    """Frames `target` in the colour of P1 while a critical alarm is unacknowledged and cannot be heard here."""

    def __init__(self, office: Office, target: QWidget) -> None:
        super().__init__(target)
        self._office = office
        self._target = target
        self._flash = flash_of(office.themes)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        target.installEventFilter(self)
        office.annunciator.state_changed.connect(self.look)
        office.alarms.alarms_changed.connect(self._alarms_changed)
        self._flash.flash_changed.connect(self._flashed)
        self.look()

    @Slot()
    def look(self) -> None:
        """Shows or hides the frame."""
        worst = self._office.alarms.worst_newest()
        critical = worst is not None and worst.priority == 1 and not worst.state.acked
        self.setVisible(critical and self._office.annunciator.unheard)
        if self.isVisible():
            self._cover()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._office.themes.tokens
        lit = self._flash.lit(1, AlarmLetter.B)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = _EDGE / 2
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.setPen(QPen(alarm_fill(tokens, 1) if lit else QColor(tokens.outline), _EDGE))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._target and event.type() is QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        self.setGeometry(self._target.rect())
        self.raise_()

    @Slot(object)
    def _alarms_changed(self, _facts: object) -> None:
        self.look()

    @Slot()
    def _flashed(self) -> None:
        if self.isVisible():
            self.update()
