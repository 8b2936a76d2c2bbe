"""Which alarm list is shown, each with its count (ALM-46, ALM-67)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from console.desk.models.alarm_rows import AlarmList
from console.desk.models.alarm_watch import AlarmWatch
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.space import ROW, STEP


class ListTabs(QWidget):
    """One button a list; `list_chosen` with the AlarmList."""

    list_chosen = Signal(object)

    def __init__(self, office: Office, watch: AlarmWatch) -> None:
        super().__init__()
        self._office = office
        self._watch = watch
        self._group = QButtonGroup(self)
        self.buttons: dict[AlarmList, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(STEP // 2)
        for number, which in enumerate(AlarmList):
            button = QToolButton()
            button.setCheckable(True)
            button.setMinimumHeight(ROW)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, number)
            self.buttons[which] = button
            row.addWidget(button)
        self.buttons[AlarmList.ACTIVE].setChecked(True)
        self._group.idClicked.connect(self._choose)
        office.alarms.alarms_changed.connect(self._say)
        watch.watch_changed.connect(self._say)
        office.speech.lang_changed.connect(self._say)
        self._say()

    def choose(self, which: AlarmList) -> None:
        """Shows a list as if its button had been pressed."""
        self.buttons[which].setChecked(True)
        self._choose(list(AlarmList).index(which))

    @Slot()
    def _say(self) -> None:
        counts = self._office.alarms.counts()
        numbers = {
            AlarmList.ACTIVE: counts.listed,
            AlarmList.SHELVED: counts.shelved,
            AlarmList.SUPPRESSED: counts.suppressed,
            AlarmList.OUT_OF_SERVICE: counts.out_of_service,
            AlarmList.STALE: len(self._watch.stale),
            AlarmList.CHATTERING: len(self._watch.chattering),
        }
        for which, button in self.buttons.items():
            name = self._office.speech.say(f"alarms.list.{which.value}")
            text = f"{name} {numbers[which]}" if which in numbers else name
            button.setText(text)
            button.setAccessibleName(text)
            button.setFont(font(Role.BODY, strong=button.isChecked()))

    @Slot(int)
    def _choose(self, number: int) -> None:
        self._say()
        self.list_chosen.emit(list(AlarmList)[number])
