"""Short answers to an act, low on the window; never the only place where an alarm is told."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.desk.themes import Themes
from widgets.kit.fonts import Role
from widgets.kit.icons import pixmap
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_CELL, PAD_PANEL

_FADE_MS = 120
_STAY_MS = 5000
_STAY_LONG_MS = 12000
_MOST = 4
_WIDTH = 380
_PICTURE = 20


class Toast(QFrame):
    """One answer: icon and text on a raised plate; a refusal stays longer."""

    def __init__(self, themes: Themes, text: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "raised")
        self.setProperty("plate", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        picture = QLabel()
        picture.setPixmap(pixmap(icon_name, themes.tokens.text, _PICTURE, self.devicePixelRatioF()))
        self.words = PlainLabel(Role.BODY)
        self.words.setWordWrap(True)
        self.words.setText(text)
        self.words.setFixedWidth(_WIDTH - 2 * PAD_PANEL - _PICTURE - PAD_CELL - 4)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(PAD_PANEL, PAD_CELL + 2, PAD_PANEL, PAD_CELL + 2)
        row.setSpacing(PAD_CELL + 2)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setOpacity(1.0)
        self.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(_FADE_MS)
        self._fade.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._fade.finished.connect(self.deleteLater)

    def leave(self) -> None:
        """Fades away in 120 ms."""
        self._fade.setStartValue(1.0)
        self._fade.setEndValue(0.0)
        self._fade.start()


class ToastStack(QWidget):
    """The newest answers at the lower right of `window`, above the status strip; takes no pointer."""

    def __init__(self, themes: Themes, window: QWidget, bottom: int) -> None:
        super().__init__(window)
        self._themes = themes
        self._window = window
        self._bottom = bottom
        self._shown: list[Toast] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(PAD_CELL)
        window.installEventFilter(self)
        self.hide()

    def show_text(self, text: str, *, refused: bool = False) -> None:
        """Shows `text`; a refusal has another icon and stays for 12 s instead of 5 s."""
        toast = Toast(self._themes, text, "warning" if refused else "info", self)
        self._shown.append(toast)
        self._box.addWidget(toast)
        timer = QTimer(toast)
        timer.setSingleShot(True)
        timer.timeout.connect(self._drop_oldest)
        timer.start(_STAY_LONG_MS if refused else _STAY_MS)
        if len(self._shown) > _MOST:
            self._drop_oldest()
        self.show()
        # A layout counts only what has been shown.
        toast.show()
        self._place()
        self.raise_()

    def texts(self) -> list[str]:
        """What is shown, oldest first."""
        return [toast.words.text() for toast in self._shown]

    @Slot()
    def _drop_oldest(self) -> None:
        if self._shown:
            self._shown.pop(0).leave()

    def _place(self) -> None:
        self._box.activate()
        size = self._box.sizeHint()
        x = self._window.width() - size.width() - PAD_PANEL
        self.setGeometry(
            x, self._window.height() - self._bottom - PAD_PANEL - size.height(), size.width(), size.height()
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
