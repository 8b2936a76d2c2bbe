"""Who holds which area, and taking, giving back, asking for, handing over and forcing one (CMD-09, SEC-11)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from console.core.command.control_facts import LeaseFact
from console.core.identity.roles import Permission
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.form_sheet import FormSheet
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART, PAD_CELL

ACTION = "areas.authority"
_WIDTH = 620
_ROWS_HIGH = 480
_LONGEST = 200


class AreaLine(QWidget):
    """One area: its holder, since when, who asks for it, and what this person can do about it now."""

    def __init__(self, office: Office, area: str) -> None:
        super().__init__()
        self._office = office
        self.area = area
        self.name = ElideLabel(office.themes, Role.VALUE, strong=True)
        self.holder = PlainLabel(muted=True)
        self.holder.setWordWrap(True)
        self.first, self.second = ActButton(office.themes), ActButton(office.themes)
        self._acts: tuple[str, str] = ("", "")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.holder)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(APART)
        row.addLayout(words, 1)
        row.addWidget(self.second)
        row.addWidget(self.first)
        self.first.clicked.connect(self._do_first)
        self.second.clicked.connect(self._do_second)
        self.say()

    def say(self) -> None:
        """As it stands now, in the present language."""
        office, speech, lease = self._office, self._office.speech, self._office.areas.of_area(self.area)
        catalogue = office.catalogue.catalogue
        area = catalogue.areas.get(self.area) if catalogue is not None else None
        self.name.set_text(speech.of(area.name) if area is not None else self.area)
        self.holder.setText(holder_words(office, lease))
        self._acts = self._possible(lease)
        for button, act in zip((self.first, self.second), self._acts, strict=True):
            button.setVisible(bool(act))
            if act:
                button.setText(speech.say(f"commands.area.{act}"))
                button.setAccessibleName(f"{button.text()}, {self.name.text}")
            button.setEnabled(office.link.live)

    def _possible(self, lease: LeaseFact) -> tuple[str, str]:
        """The obvious act, and the other one; empty for none."""
        session = self._office.session
        may = session.may(Permission.LEASE, self.area)
        force = "force" if session.may(Permission.FORCE, self.area) else ""
        if not may and not force:
            return "", ""
        if not lease.holder:
            return "take" if may else "", ""
        if lease.holder == session.user:
            return ("grant", "refuse") if lease.wanted_by else ("release", "")
        wanting = lease.wanted_by == session.user
        ask = "withdraw" if wanting else "ask" if may and not lease.wanted_by else ""
        return ask, force

    @Slot()
    def _do_first(self) -> None:
        self._do(self._acts[0])

    @Slot()
    def _do_second(self) -> None:
        self._do(self._acts[1])

    def _do(self, act: str) -> None:
        control = self._office.control
        if act in ("take", "ask"):
            control.take_area(self.area)
        elif act in ("release", "withdraw"):
            control.release_area(self.area)
        elif act in ("grant", "refuse"):
            control.answer_takeover(self.area, grant=act == "grant")
        elif act == "force":
            sheet = ForceSheet(self._office, asks_of(self._office.acts).window_for(self), self.area)
            sheet.open_sheet(sheet.reason)


def holder_words(office: Office, lease: LeaseFact) -> str:
    """Holder with place and time, and who asks; or that nobody holds the area."""
    say, now = office.speech.say, seconds_of(office.themes).now_ns
    if not lease.holder:
        return say("commands.area.nobody")
    mine = lease.holder == office.session.user
    who = lease.holder_name or lease.holder
    text = say("commands.area.mine" if mine else "commands.area.held", who=who, at=stamp(lease.since, now))
    if lease.station:
        text += f" · {lease.station}"
    if lease.wanted_by:
        left = office.command_words.left(office.clock.left_s(lease.wanted_until))
        text += "\n" + say("commands.area.wanted", who=lease.wanted_name or lease.wanted_by, n=left)
    return text


class AuthoritySheet(FormSheet):
    """Every area of the site; stays open while a person works with it."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window, _WIDTH)
        self.lines: dict[str, AreaLine] = {}
        inside = QWidget()
        inside.setProperty("ground", "none")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, PAD_CELL, 0)
        self._list.setSpacing(PAD_CELL)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.box.addWidget(self._scroll)
        self.do.hide()
        catalogue = office.catalogue.catalogue
        for area in catalogue.areas if catalogue is not None else ():
            self.lines[area] = AreaLine(office, area)
            self._list.addWidget(self.lines[area])
        self._list.addStretch(1)
        self._inside = inside
        office.areas.leases_changed.connect(self.say)
        seconds_of(office.themes).ticked.connect(self._tick)

    def show_area(self, area: str) -> None:
        """Brings one area into sight, with the focus on what can be done about it."""
        line = self.lines.get(area)
        if line is not None:
            self._scroll.ensureWidgetVisible(line)
            if line.first.isVisibleTo(self):
                line.first.setFocus()

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        say = self.office.speech.say
        self.title.setText(say("commands.area.title"))
        self.place.setText(say("commands.area.why"))
        self.leave.setText(say("commands.leave_over"))
        for line in self.lines.values():
            line.say()
        self._inside.adjustSize()
        self._scroll.setFixedHeight(min(_ROWS_HIGH, self._inside.sizeHint().height() + PAD_CELL))
        super().say()

    @Slot()
    def _tick(self) -> None:
        for line in self.lines.values():
            if self.office.areas.of_area(line.area).wanted_by:
                line.say()


class ForceSheet(FormSheet):
    """A supervisor takes an area at once and says why; its holder is told."""

    def __init__(self, office: Office, window: QWidget, area: str) -> None:
        super().__init__(office, window)
        self._area = area
        self.holder, self.then = PlainLabel(strong=True), PlainLabel()
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.reason.setMinimumHeight(ACT)
        for label in (self.holder, self.then):
            label.setWordWrap(True)
        for widget in (self.holder, self.then, self.reason):
            self.box.addWidget(widget)
        self.reason.textChanged.connect(self.check)
        office.areas.leases_changed.connect(self.say)

    def ready(self) -> bool:
        """The reason is read by the holder and stands in the record."""
        return bool(self.reason.text().strip())

    def send(self) -> None:
        """Takes it."""
        self.office.control.force_area(self._area, self.reason.text().strip())

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        speech, say, catalogue = self.office.speech, self.office.speech.say, self.office.catalogue.catalogue
        area = catalogue.areas.get(self._area) if catalogue is not None else None
        self.title.setText(say("commands.area.force_title"))
        self.place.setText(speech.of(area.name) if area is not None else self._area)
        self.holder.setText(holder_words(self.office, self.office.areas.of_area(self._area)))
        self.then.setText(say("commands.area.force_then"))
        self.reason.setPlaceholderText(say("commands.area.force_reason"))
        self.reason.setAccessibleName(self.reason.placeholderText())
        self.leave.setText(say("commands.area.force_leave"))
        self.do.setText(say("commands.area.force_do"))
        super().say()


class AuthorityDesk(QObject):
    """Opens the sheet of areas when an action or another room asks for it."""

    def __init__(self, office: Office, owner: QWidget) -> None:
        super().__init__(owner)
        self._office = office
        self._owner = owner
        self.open_sheet: AuthoritySheet | None = None
        office.actions.triggered_action.connect(self._act)
        asks_of(office.acts).authority_asked.connect(self.show_area)

    @Slot(str)
    def show_area(self, area: str) -> None:
        """Opens the sheet, or brings it to the front, at an area (empty: wherever)."""
        if self.open_sheet is None:
            window = asks_of(self._office.acts).window_for(self._owner)
            self.open_sheet = AuthoritySheet(self._office, window)
            self.open_sheet.finished.connect(self._gone)
            self.open_sheet.open_sheet()
        self.open_sheet.raise_()
        self.open_sheet.activateWindow()
        self.open_sheet.show_area(area)

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == ACTION:
            self.show_area("")

    @Slot()
    def _gone(self) -> None:
        self.open_sheet = None
