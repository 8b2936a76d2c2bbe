"""How much time a chart shows, and the way back to live."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.space import ROW, TARGET

_SPANS = {"5m": 300, "15m": 900, "1h": 3600, "8h": 28800, "24h": 86400}


class SpanButtons(QWidget):
    """The declared spans as short buttons, then [live], which is pressed while the end is now."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for name in (*_SPANS, "live"):
            button = QToolButton()
            button.setCheckable(True)
            button.setFont(font(Role.CAPTION, strong=name == "live"))
            button.setMinimumSize(TARGET + 4, ROW - 2)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setProperty("span", name)
            button.clicked.connect(self._choose)
            self.buttons[name] = button
            row.addWidget(button)
        office.time.bounds_changed.connect(self._follow)
        office.speech.lang_changed.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        for name, button in self.buttons.items():
            button.setText(speech.say(f"charts.span.{name}"))
            key = "actions.time.live" if name == "live" else f"actions.time.span_{name}"
            button.setAccessibleName(speech.say(key))
            button.setToolTip(speech.say(key))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        span, live = round(self._office.time.span_s), self._office.time.live
        for name, button in self.buttons.items():
            button.setChecked(live if name == "live" else live and _SPANS[name] == span)

    @Slot()
    def _choose(self) -> None:
        name = str(self.sender().property("span"))
        self._office.actions.use("time.live" if name == "live" else f"time.span_{name}")
        self._follow()
