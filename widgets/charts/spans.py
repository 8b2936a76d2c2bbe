"""How much time a chart shows, and the way back to live."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from console.desk.formats import age
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.space import ROW, TARGET

_SPANS = ("5m", "15m", "1h", "8h", "24h")


class SpanButtons(QWidget):
    """The span as a menu of the declared ones, then [live], which is pressed while the end is now."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.span = QToolButton()
        self.live = QToolButton()
        self.live.setCheckable(True)
        self._menu = QMenu(self)
        self._menu.addActions([office.actions.action(f"time.span_{name}") for name in _SPANS])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (self.span, self.live):
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMinimumSize(TARGET + 8, ROW - 2)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            row.addWidget(button)
        self.span.setMenu(self._menu)
        self.span.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.live.clicked.connect(self._go_live)
        office.time.bounds_changed.connect(self._follow)
        office.speech.lang_changed.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        self.live.setText(speech.say("charts.span.live"))
        self.live.setAccessibleName(speech.say("actions.time.live"))
        self.live.setToolTip(speech.say("actions.time.live"))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        speech, span = self._office.speech, self._office.time.span_s
        shown = speech.say("charts.span.shown", span=_span_words(span, self._office))
        if self.span.text() != shown:
            self.span.setText(shown)
            self.span.setAccessibleName(speech.say("charts.span.choose", span=shown))
            self.span.setToolTip(speech.say("charts.span.choose", span=shown))
        self.live.setChecked(self._office.time.live)

    @Slot()
    def _go_live(self) -> None:
        self._office.actions.use("time.live")
        self._follow()


def _span_words(span_s: float, office: Office) -> str:
    hours = round(span_s / 3600, 2)
    if span_s >= 3600 and hours.is_integer():
        return office.speech.say("charts.span.hours", n=int(hours))
    return age(span_s, office.speech)
