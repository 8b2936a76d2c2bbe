"""What the hub did not do, alarm by alarm and in words, until a person has read it (ALM-23)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from console.core.catalogue import Catalogue
from console.desk.acts import ActKind, ActOutcome
from console.desk.office import Office
from widgets.kit.buttons import QuietButton
from widgets.kit.fonts import Role, font
from widgets.kit.icons import pixmap
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.space import PAD_CELL, ROW, STEP

_ALARM_ACTS = frozenset(
    {
        *(ActKind.ACK, ActKind.RESET, ActKind.SHELVE, ActKind.UNSHELVE),
        *(ActKind.EDIT_SHELF, ActKind.REDEFINE),
        *(ActKind.OUT_OF_SERVICE, ActKind.IN_SERVICE),
    }
)
_LINES = 4
"""Lines shown before the strip scrolls."""
_MOST = 200
"""Lines written out; of more only the count is told."""


class RefusalStrip(QWidget):
    """One line for each refused alarm; hidden while there is none. `again_asked` with their alarm indices."""

    again_asked = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._refused: list[tuple[str, str]] = []
        self.lines: list[ElideLabel] = []
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign = PlainLabel()
        self.head = PlainLabel(Role.BODY, strong=True)
        self.again = QToolButton()
        self.again.setMinimumHeight(ROW)
        self.again.setFont(font(Role.BODY, strong=True))
        self.again.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dismiss = QuietButton(office.themes, "close")
        top = QHBoxLayout()
        top.setSpacing(PAD_CELL)
        for widget in (self._sign, self.head, self.again):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.dismiss)
        inside = QWidget()
        inside.setProperty("ground", "none")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self._scroll)
        self._connect()
        self.hide()

    def _connect(self) -> None:
        office = self._office
        office.acts.act_answered.connect(self._take)
        office.speech.lang_changed.connect(self._say)
        office.themes.theme_changed.connect(self._say)
        office.catalogue.catalogue_changed.connect(self.clear)
        self.dismiss.clicked.connect(self.clear)
        self.again.clicked.connect(self._ask_again)

    @Slot()
    def clear(self) -> None:
        """Read and done."""
        self._refused = []
        self._say()

    @Slot(object)
    def _take(self, outcome: ActOutcome) -> None:
        if outcome.kind not in _ALARM_ACTS:
            return
        # Of one alarm alone the toast has said it all.
        refused = [(result.subject, result.reason) for result in outcome.results if result.reason]
        self._refused = refused if len(outcome.results) > 1 else []
        self._say()

    @Slot()
    def _say(self) -> None:
        speech, tokens = self._office.speech, self._office.themes.tokens
        self.setVisible(bool(self._refused))
        for line in self.lines:
            self._list.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = []
        if not self._refused:
            return
        self._sign.setPixmap(pixmap("warning", tokens.text, 18, self.devicePixelRatioF()))
        self.head.setText(speech.say("alarms.refused.head", n=len(self._refused)))
        self.again.setText(speech.say("alarms.refused.again"))
        self.dismiss.say(speech.say("alarms.refused.close"))
        for subject, reason in self._refused[:_MOST]:
            line = ElideLabel(self._office.themes)
            line.setFixedHeight(ROW - STEP)
            line.set_text(f"{self._named(subject)} — {speech.reason(reason)}")
            self.lines.append(line)
            self._list.addWidget(line)
        self._scroll.setFixedHeight(min(len(self.lines), _LINES) * (ROW - STEP))

    def _named(self, subject: str) -> str:
        alarm = _index(self._office.catalogue.catalogue, subject)
        catalogue = self._office.catalogue.catalogue
        if alarm < 0 or catalogue is None:
            return subject
        point = catalogue.alarms[alarm]
        return f"{self._office.speech.of(point.asset.name)} · {self._office.speech.of(point.alarm.label)}"

    @Slot()
    def _ask_again(self) -> None:
        catalogue = self._office.catalogue.catalogue
        alarms = tuple(_index(catalogue, subject) for subject, _ in self._refused)
        self.again_asked.emit(alarms)
        self.clear()


def _index(catalogue: Catalogue | None, subject: str) -> int:
    if catalogue is None:
        return -1
    try:
        return catalogue.alarm_index(subject)
    except KeyError:
        return -1
