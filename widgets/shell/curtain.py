"""Nobody is signed in: the docks are covered, for what they held belongs to whoever sat here (SEC-01, SEC-07)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.desk.office import Office
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel


class Curtain(QWidget):
    """Opaque over `target`, and between it and the keyboard, while this seat may see nothing of the city."""

    def __init__(self, office: Office, target: QWidget) -> None:
        super().__init__(target)
        self._office = office
        self._target = target
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = PlainLabel(Role.VALUE, muted=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QVBoxLayout(self)
        box.addWidget(self.text)
        target.installEventFilter(self)
        office.session.session_changed.connect(self._draw)
        office.speech.lang_changed.connect(self._draw)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        hidden = not self._office.session.sees
        self.text.setText(self._office.speech.say("seat.bar.signed_out_why"))
        self.setVisible(hidden)
        for child in self._target.children():
            if isinstance(child, QWidget) and child is not self:
                child.setEnabled(not hidden)
        if hidden:
            self._cover()

    def _cover(self) -> None:
        self.setGeometry(self._target.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.Resize, QEvent.Type.ChildAdded, QEvent.Type.LayoutRequest)
        if watched is self._target and event.type() in kinds and not self._office.session.sees:
            self._cover()
        return False
