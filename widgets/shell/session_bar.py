"""One line under the banner while the seat is locked or nobody is signed in (SEC-07); the rest stays as it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from console.core.identity.facts import SessionState
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, PAD_PANEL

_HEIGHT = 52
_SHOWN = {
    SessionState.SIGNED_OUT: ("signed_out", "sign_in"),
    SessionState.ENDED: ("ended", "sign_in"),
    SessionState.LOCKED: ("locked", "unlock"),
}


class SessionBar(QWidget):
    """Says why acts are not taken, and offers the way back."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setFixedHeight(_HEIGHT)
        self.setProperty("ground", "raised")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._picture = QLabel()
        self.headline = PlainLabel(Role.VALUE, strong=True)
        self.detail = PlainLabel(Role.BODY, muted=True)
        self.back = ActButton(office.themes)
        self.back.set_first()
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, PAD_CELL // 2, PAD_PANEL, PAD_CELL // 2)
        row.setSpacing(PAD_PANEL)
        row.addWidget(self._picture)
        row.addWidget(self.headline)
        row.addWidget(self.detail, 1)
        row.addWidget(self.back)
        self.back.clicked.connect(self._ask)
        office.session.session_changed.connect(self._show_fact)
        office.speech.lang_changed.connect(self._show_fact)
        office.themes.theme_changed.connect(self._dress)
        self._dress()
        self._show_fact()

    @Slot()
    def _dress(self) -> None:
        ink = self._office.themes.tokens.text
        self._picture.setPixmap(pixmap("lock", ink, 24, self.devicePixelRatioF()))

    @Slot()
    def _show_fact(self) -> None:
        fact, speech = self._office.session.fact, self._office.speech
        shown = _SHOWN.get(fact.state) if fact is not None else None
        self.setVisible(shown is not None)
        if fact is None or shown is None:
            return
        state, back = shown
        self.headline.setText(speech.say(f"seat.bar.{state}", name=fact.name or fact.user))
        lines = [speech.reason(fact.reason)] if fact.reason else []
        if speech.knows(f"seat.bar.{state}_why"):
            lines.append(speech.say(f"seat.bar.{state}_why"))
        self.detail.setText(" · ".join(lines))
        self.back.setText(speech.say(f"seat.bar.{back}"))
        self.setAccessibleName(f"{self.headline.text()} {self.detail.text()}")

    @Slot()
    def _ask(self) -> None:
        fact, asks = self._office.session.fact, asks_of(self._office.acts)
        if fact is not None and fact.state is SessionState.LOCKED:
            asks.unlock_asked.emit()
        else:
            asks.sign_in_asked.emit()
