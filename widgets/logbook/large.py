"""A picture of an entry as large as the window has room; it can be saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from console.core.logbook.entry import Attachment
from console.desk.logbook_files import FileArrived
from console.desk.office import Office
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.keys import is_escape
from widgets.kit.labels import PlainLabel
from widgets.kit.space import BANNER, PAD_PANEL, STATUS
from widgets.logbook.pictures import picture

_SHARE = 0.86


class LargePicture(QDialog):
    """Non-modal, below the banner; Esc closes it."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Tool)
        self._office = office
        self._home = window
        self._item: Attachment | None = None
        self._data = b""
        self._whole = QPixmap()
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = PlainLabel(Role.BODY, strong=True)
        self.view = QLabel()
        self.view.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setTextFormat(Qt.TextFormat.PlainText)
        self.view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.save, self.leave = ActButton(office.themes, "folder"), ActButton(office.themes, "close")
        line = QHBoxLayout()
        line.addWidget(self.title, 1)
        line.addWidget(self.save)
        line.addWidget(self.leave)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_PANEL, PAD_PANEL, PAD_PANEL)
        box.addLayout(line)
        box.addWidget(self.view, 1)
        self.save.clicked.connect(self._save)
        self.leave.clicked.connect(self.close)
        office.log_files.file_arrived.connect(self._arrived)

    def open_file(self, item: Attachment) -> None:
        """Show a picture; it is fetched if it is not here."""
        say = self._office.speech.say
        self._item, self._data, self._whole = item, b"", QPixmap()
        self.setWindowTitle(item.name)
        self.title.setText(item.name)
        self.view.setText(say("logbook.detail.fetching"))
        self.save.setText(say("logbook.detail.save", name=item.name))
        self.leave.setText(say("logbook.edit.leave"))
        self.save.setEnabled(False)
        home = self._home
        self.resize(round(home.width() * _SHARE), round((home.height() - BANNER - STATUS) * _SHARE))
        corner = home.rect().center() - self.rect().center()
        self.move(home.mapToGlobal(corner))
        self.show()
        self.activateWindow()
        self._office.log_files.fetch(item)

    @Slot(object)
    def _arrived(self, news: FileArrived) -> None:
        if self._item is None or news.sha256 != self._item.sha256 or not self.isVisible():
            return
        speech = self._office.speech
        if news.reason:
            why = speech.reason(news.reason)
            self.view.setText(speech.say("logbook.detail.file_lost", why=why))
            return
        self._data = news.data
        self._whole = QPixmap.fromImage(picture(news.data, self._item.media))
        self.save.setEnabled(True)
        self._fit()

    def _fit(self) -> None:
        if self._whole.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = QSize(self.view.size() * ratio)
        if self._whole.width() > room.width() or self._whole.height() > room.height():
            shown = self._whole.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        else:
            shown = QPixmap(self._whole)
        shown.setDevicePixelRatio(ratio)
        self.view.setPixmap(shown)

    @Slot()
    def _save(self) -> None:
        if self._item is None:
            return
        speech, name = self._office.speech, self._item.name
        chosen, _ = QFileDialog.getSaveFileName(self, speech.say("logbook.detail.save", name=name), name)
        if not chosen:
            return
        try:
            Path(chosen).write_bytes(self._data)
        except OSError as error:
            why = error.strerror or str(error)
            self.title.setText(speech.say("logbook.detail.save_failed", name=name, why=why))
        else:
            self.title.setText(speech.say("logbook.detail.saved", name=Path(chosen).name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        # Esc is also a shortcut of the window behind; here it closes the sheet.
        if is_escape(event):
            event.accept()
            return True
        return super().event(event)
