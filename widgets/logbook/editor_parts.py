"""Parts of the editor: area and time, and what is linked or attached, each with a button that takes it out."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.core.logbook.entry import Attachment, LogLink
from console.desk.formats import local, zone
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.labels import PlainLabel, plain_tip
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.logbook.files import size_text
from widgets.logbook.flow import FlowLayout
from widgets.logbook.links import ICONS
from widgets.logbook.pictures import THUMB, is_picture, thumbnail

_NS = 1_000_000_000
_LABEL = 36
_TEXT = 116


class PlaceAndTime(QWidget):
    """When it happened, by the clock of the site, and where."""

    changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._begun_ns = 0
        self.untouched = True
        """Nobody has changed the time."""
        self.time = QDateTimeEdit()
        self.time.setDisplayFormat("yyyy-MM-dd HH:mm:ss")
        self.time.setTimeZone(QTimeZone.utc())
        self.time.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self.now = QPushButton()
        self.area_box = QComboBox()
        self._labels = {name: PlainLabel(Role.BODY) for name in ("at", "area")}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(PAD_CELL)
        for widget in (self._labels["at"], self.time, self.now, self._labels["area"]):
            line.addWidget(widget)
        line.addWidget(self.area_box, 1)
        for widget in (self.time, self.now, self.area_box):
            widget.setFont(font(Role.BODY))
            widget.setMinimumHeight(ROW)
        self.now.setAutoDefault(False)
        self.time.dateTimeChanged.connect(self._touched)
        self.area_box.currentIndexChanged.connect(self.changed)
        self.now.clicked.connect(self._now)

    @property
    def area(self) -> str:
        """Area id; empty: the whole site."""
        return str(self.area_box.currentData() or "")

    @property
    def at_ns(self) -> int:
        """UTC ns."""
        if self.untouched:
            return self._begun_ns
        shown = self.time.dateTime()
        day, clock = shown.date(), shown.time()
        whole = datetime(
            day.year(),
            day.month(),
            day.day(),
            clock.hour(),
            clock.minute(),
            clock.second(),
            tzinfo=self._zone(),
        )
        return int(whole.astimezone(UTC).timestamp()) * _NS

    def begin(self, area: str, at_ns: int) -> None:
        """Show an area and a time."""
        self._fill(area)
        self._show(at_ns)

    def say(self) -> None:
        """Everything in the present language."""
        say = self._office.speech.say
        self._labels["at"].setText(say("logbook.edit.at"))
        self._labels["area"].setText(say("logbook.edit.area"))
        self.time.setAccessibleName(say("logbook.edit.at"))
        self.area_box.setAccessibleName(say("logbook.edit.area"))
        self.now.setText(say("logbook.edit.now"))
        self._fill(self.area)

    def _fill(self, area: str) -> None:
        office = self._office
        catalogue = office.catalogue.catalogue
        known = list(catalogue.site.areas) if catalogue is not None else []
        entries = [("", office.speech.say("logbook.whole_site"))]
        entries += [(item.id, office.speech.of(item.name)) for item in known]
        if area and area not in {key for key, _ in entries}:
            entries.append((area, area))
        # What cannot be written about is not offered, but what is asked for is shown, with the reason below.
        offered = [(key, text) for key, text in entries if key == area or office.logbook.may_write_in(key)]
        self.area_box.blockSignals(True)
        self.area_box.clear()
        for key, text in offered:
            self.area_box.addItem(text, key)
        self.area_box.setCurrentIndex(max(0, [key for key, _ in offered].index(area)))
        self.area_box.blockSignals(False)

    def _show(self, at_ns: int) -> None:
        at = local(at_ns, self._zone())
        self._begun_ns = at_ns
        self.time.blockSignals(True)
        self.time.setDateTime(
            QDateTime(QDate(at.year, at.month, at.day), QTime(at.hour, at.minute, at.second), QTimeZone.utc())
        )
        self.time.blockSignals(False)
        self.untouched = True

    def _zone(self) -> tzinfo:
        catalogue = self._office.catalogue.catalogue
        return zone(catalogue.site.time_zone if catalogue is not None else "Asia/Seoul")

    @Slot()
    def _touched(self) -> None:
        self.untouched = False
        self.changed.emit()

    @Slot()
    def _now(self) -> None:
        self._show(self._office.clock.now_ns())
        self.changed.emit()


class Part(QToolButton):
    """A link or a file; pressed, it is taken out."""

    def __init__(self, office: Office, text: str, what: LogLink | Attachment) -> None:
        super().__init__()
        self.what = what
        short = text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
        self.setFont(font(Role.CAPTION))
        self.setText(f"{short} ✕".replace("&", "&&"))
        self.setToolTip(plain_tip(office.speech.say("logbook.edit.remove", name=text)))
        self.setAccessibleName(office.speech.say("logbook.edit.remove", name=text))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


class Parts(QWidget):
    """Links or files of the entry that is being written."""

    changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._flow = FlowLayout(self)
        self.parts: list[Part] = []
        self.hide()

    @property
    def links(self) -> tuple[LogLink, ...]:
        """Links in their order."""
        return tuple(part.what for part in self.parts if isinstance(part.what, LogLink))

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Files in their order."""
        return tuple(part.what for part in self.parts if isinstance(part.what, Attachment))

    def add_link(self, link: LogLink) -> None:
        """One more link, unless it is there."""
        if any((known.kind, known.key) == (link.kind, link.key) for known in self.links):
            return
        part = Part(self._office, link.label or link.key, link)
        part.setIcon(icon(ICONS[link.kind], self._office.themes.tokens.text2))
        self._put(part)

    def add_file(self, item: Attachment, data: bytes) -> None:
        """One more file; with a small picture where it is one."""
        part = Part(self._office, f"{item.name} ({size_text(item.size)})", item)
        small = (
            thumbnail(data, item.media, self.devicePixelRatioF()) if is_picture(item.media) and data else None
        )
        if small is not None and not small.isNull():
            part.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            part.setIconSize(THUMB)
            part.setIcon(QIcon(small))
        else:
            part.setIcon(icon("attach", self._office.themes.tokens.text2))
        self._put(part)

    def remove_named(self, name: str) -> None:
        """Take out the file of a name."""
        for part in [*self.parts]:
            if isinstance(part.what, Attachment) and part.what.name == name:
                self._remove(part)

    def _put(self, part: Part) -> None:
        part.clicked.connect(self._press)
        self.parts.append(part)
        self._flow.addWidget(part)
        self.show()
        self.changed.emit()

    def _remove(self, part: Part) -> None:
        self.parts.remove(part)
        self._flow.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.setVisible(bool(self.parts))
        self.changed.emit()

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, Part):
            self._remove(sender)


def in_line(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, from the left."""
    line = QHBoxLayout()
    line.setSpacing(PAD_CELL)
    line.setContentsMargins(0, STEP, 0, 0)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line


def framed(text: QWidget) -> QWidget:
    """A field with a least height that the style sheet cannot take away."""
    frame = QWidget()
    frame.setMinimumHeight(_TEXT)
    box = QVBoxLayout(frame)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(text)
    return frame
