"""A sheet about one alarm: non-modal, below the banner, closed by Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from console.core.alarm.facts import AlarmLetter
from console.core.catalogue import AlarmPoint
from console.desk.models.alarm_rows import label_of
from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.keys import is_escape
from widgets.kit.labels import PlainLabel
from widgets.kit.space import BANNER, PAD_CELL, PAD_PANEL
from widgets.kit.symbol import PrioritySymbol


class AlarmSheet(QDialog):
    """Head with symbol, alarm and asset; rooms below it are filled by the kinds of sheet."""

    def __init__(self, office: Office, window: QWidget, width: int) -> None:
        super().__init__(window, Qt.WindowType.Tool)
        self.office = office
        self._home = window
        self.alarm = -1
        self.setModal(False)
        self.setFixedWidth(width)
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.symbol = PrioritySymbol(office.themes, 28)
        self.title = PlainLabel(Role.SECTION, strong=True)
        self.title.setWordWrap(True)
        self.place = PlainLabel(Role.BODY, muted=True)
        self.place.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.place)
        head = QHBoxLayout()
        head.setSpacing(PAD_PANEL)
        head.addWidget(self.symbol, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(PAD_PANEL + 4, PAD_PANEL, PAD_PANEL + 4, PAD_PANEL + 4)
        self.box.setSpacing(PAD_CELL)
        self.box.addLayout(head)

    def event(self, event: QEvent) -> bool:
        # Esc is also a shortcut of the window behind; here it closes the sheet.
        if is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def point(self) -> AlarmPoint | None:
        """The alarm this sheet is about, None when the catalogue does not have it."""
        catalogue = self.office.catalogue.catalogue
        if catalogue is None or not 0 <= self.alarm < len(catalogue.alarms):
            return None
        return catalogue.alarms[self.alarm]

    def show_head(self, point: AlarmPoint) -> None:
        """Writes the head."""
        speech, catalogue = self.office.speech, self.office.catalogue.catalogue
        fact = self.office.alarms.facts.get(point.index)
        if fact is not None:
            self.symbol.set_alarm(fact.priority, fact.state.letter)
        else:
            self.symbol.set_alarm(point.alarm.priority, AlarmLetter.C)
        label = label_of(fact, point.alarm) if fact is not None else point.alarm.label
        self.title.setText(speech.of(label))
        area = catalogue.areas.get(point.asset.area) if catalogue is not None else None
        name = speech.of(point.asset.name)
        self.place.setText(f"{name} · {speech.of(area.name)}" if area else name)

    def place_below_banner(self) -> None:
        """Shows the sheet in the middle of the window, where it covers neither banner nor status strip."""
        self.adjustSize()
        room = self._home.height() - BANNER
        down = BANNER + max(PAD_PANEL * 3, (room - self.height()) // 3)
        self.move(self._home.mapToGlobal(QPoint((self._home.width() - self.width()) // 2, down)))
        self.show()
        self.activateWindow()
