"""What a pane shows while it has nothing: an icon, one sentence, and the act that fills it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.desk.themes import Themes
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_PANEL

_ICON = 40


class EmptyState(QWidget):
    """Icon, sentence and optionally one act; `act` is hidden until it is given a text."""

    def __init__(self, themes: Themes, icon_name: str) -> None:
        super().__init__()
        self._themes = themes
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = PlainLabel(Role.BODY, muted=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.act = ActButton(themes)
        self.act.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL * 2, PAD_PANEL, PAD_PANEL * 2, PAD_PANEL)
        box.setSpacing(PAD_PANEL)
        box.addStretch(2)
        box.addWidget(self._picture)
        box.addWidget(self.sentence)
        box.addWidget(self.act, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self._dress()
        themes.theme_changed.connect(self._retheme)

    def set_sentence(self, text: str) -> None:
        """Says what fills this pane."""
        self.sentence.setText(text)

    def set_act(self, text: str) -> None:
        """Offers the act."""
        self.act.setText(text)
        self.act.setVisible(bool(text))

    def _dress(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(pixmap(self._icon_name, self._themes.tokens.idle, _ICON, ratio))

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self._dress()
