"""Files under an entry: pictures small, others by name; pressed, a picture is shown large and any other is saved."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton, QWidget

from console.core.logbook.entry import Attachment
from console.desk.logbook_files import FileArrived
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.labels import plain_tip
from widgets.logbook.flow import FlowLayout
from widgets.logbook.pictures import THUMB, is_picture, thumbnail

_NAME = 22


class FileButton(QToolButton):
    """One file."""

    def __init__(self, office: Office, item: Attachment) -> None:
        super().__init__()
        self.item = item
        self._office = office
        self.setFont(font(Role.CAPTION))
        self.setToolTip(plain_tip(f"{item.name} ({size_text(item.size)})"))
        self.setAccessibleName(f"{item.name}, {size_text(item.size)}")
        name = item.name if len(item.name) <= _NAME else f"{item.name[: _NAME - 8]}…{item.name[-7:]}"
        # An ampersand would be taken for a shortcut.
        self.setText(name.replace("&", "&&"))
        self.dress()

    def dress(self) -> None:
        """The sign of its kind until its picture is there."""
        picture = is_picture(self.item.media)
        self.setIcon(icon("camera_shot" if picture else "report", self._office.themes.tokens.text2))
        self.setIconSize(QSize(18, 18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def show_data(self, data: bytes) -> None:
        """Its picture."""
        small = thumbnail(data, self.item.media, self.devicePixelRatioF())
        if small.isNull():
            return
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(THUMB)
        self.setIcon(QIcon(small))


class FileStrip(QWidget):
    """The files of one entry."""

    file_pressed = Signal(object)
    """Attachment."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._flow = FlowLayout(self)
        self.buttons: list[FileButton] = []
        office.log_files.file_arrived.connect(self._arrived)
        office.themes.theme_changed.connect(self._retheme)

    def show_files(self, items: tuple[Attachment, ...]) -> None:
        """Show these; pictures are fetched."""
        if [button.item for button in self.buttons] == [*items]:
            return
        self._flow.clear()
        self.buttons = []
        for item in items:
            button = FileButton(self._office, item)
            button.clicked.connect(self._press)
            self._flow.addWidget(button)
            self.buttons.append(button)
            if is_picture(item.media):
                self._office.log_files.fetch(item)
        self.setVisible(bool(items))

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, FileButton):
            self.file_pressed.emit(sender.item)

    @Slot(object)
    def _arrived(self, news: FileArrived) -> None:
        for button in self.buttons:
            if button.item.sha256 == news.sha256 and news.data and is_picture(button.item.media):
                button.show_data(news.data)

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        items = tuple(button.item for button in self.buttons)
        self.show_files(())
        self.show_files(items)


def size_text(size: int) -> str:
    """`340 kB`, `1.2 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\u2009kB"
    return f"{size / 1_000_000:.1f}\u2009MB"
