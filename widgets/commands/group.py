"""One command for several assets: chosen, judged by the hub member by member, held, and answered by each (CMD-08)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from console.core.command.reasons import CommandReason
from console.core.site import CommandClass, CommandDef
from console.desk.acts import ActOutcome
from console.desk.confirmations import GroupAsked
from console.desk.control_acts import GroupMember
from console.desk.office import Office
from widgets.commands.entry import ValueEntry
from widgets.commands.members import MemberList
from widgets.commands.sheet import ArmedSheet
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.confirm_text import ConfirmLines
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, ROW

_WIDTH = 560


class GroupStage(StrEnum):
    """How far the sheet is; the words are `commands.group.<stage>`."""

    CHOOSE = "choose"
    WAIT = "wait"
    CONFIRM = "confirm"
    DONE = "done"


def common_commands(office: Office, assets: Sequence[str]) -> list[CommandDef]:
    """Commands that every one of the assets has by the same name; those for two persons are not sent in groups."""
    catalogue = office.catalogue.catalogue
    if catalogue is None or not assets:
        return []
    kinds = [catalogue.types[catalogue.assets[asset].type] for asset in assets]
    names = {command.name for command in kinds[0].commands}
    for kind in kinds[1:]:
        names &= {command.name for command in kind.commands}
    return [
        command
        for command in kinds[0].commands
        if command.name in names and command.command_class is not CommandClass.C3
    ]


class GroupSheet(ArmedSheet):
    """Sends to all or, if said so, to the free ones; never quietly to some."""

    def __init__(self, office: Office, window: QWidget, assets: tuple[str, ...]) -> None:
        super().__init__(office, window, _WIDTH)
        self.assets = assets
        self.stage = GroupStage.CHOOSE
        self.commands = common_commands(office, assets)
        self.asked: GroupAsked | None = None
        self._request = self._execution = ""
        self._named: dict[str, GroupMember] = {}
        self._said: dict[str, tuple[str, str]] = {}
        self._why = ("", "")
        self.choice = QComboBox()
        self.choice.setMinimumHeight(ACT)
        self.choice.setFont(font(Role.VALUE))
        self.value = ValueEntry(office.speech, None)
        self.note, self.left = PlainLabel(), PlainLabel(strong=True)
        self.lines = ConfirmLines()
        self.members = MemberList(office.themes)
        self.only_free = QToolButton()
        self.only_free.setCheckable(True)
        self.only_free.setMinimumHeight(ROW)
        self.only_free.setFont(font(Role.BODY))
        self.only_free.setProperty("kind", "choice")
        self.ask, self.execute = ActButton(office.themes), HoldButton(office.themes)
        for button in (self.ask, self.execute):
            button.set_first()
            self.row.addWidget(button)
        for label in (self.note, self.left):
            label.setWordWrap(True)
        parts = (self.choice, self.value, self.note, self.lines, self.members, self.only_free, self.left)
        for widget in parts:
            self.box.addWidget(widget)
        self.place.hide()
        self._connect()
        self._choose()
        self._go(GroupStage.CHOOSE)

    def first_focus(self) -> QWidget:
        """The choice of the command."""
        return self.choice if self.commands else self.leave

    def _connect(self) -> None:
        office = self.office
        self.choice.currentIndexChanged.connect(self._choose)
        self.value.typed.connect(self._check)
        self.armed_changed.connect(self._check)
        self.only_free.toggled.connect(self._check)
        self.ask.clicked.connect(self._ask_hub)
        self.execute.held.connect(self._send)
        office.control.group_arrived.connect(self._take)
        office.acts.act_answered.connect(self._answered)
        office.link.link_changed.connect(self._seat)
        office.session.session_changed.connect(self._seat)
        office.speech.lang_changed.connect(self._say)
        seconds_of(office.themes).ticked.connect(self._tick)

    def command(self) -> CommandDef | None:
        """The command chosen."""
        row = self.choice.currentIndex()
        return self.commands[row] if 0 <= row < len(self.commands) else None

    def blocked(self) -> int:
        """Members that the hub would not send to."""
        return sum(bool(part.reason) for part in self.asked.members) if self.asked is not None else 0

    def _go(self, stage: GroupStage) -> None:
        self.stage = stage
        choose, confirm = stage is GroupStage.CHOOSE, stage is GroupStage.CONFIRM
        self.choice.setVisible(choose)
        self.value.setVisible(choose and self.value.param is not None)
        self.lines.setVisible(confirm)
        self.only_free.setVisible(confirm and 0 < self.blocked() < len(self.assets))
        self.left.setVisible(confirm)
        self.ask.setVisible(choose)
        self.execute.setVisible(confirm)
        self.rearm()
        self._say()
        self.adjustSize()

    @Slot()
    def _choose(self) -> None:
        command = self.command()
        self.value.set_param(command.params[0] if command is not None and command.params else None)
        self._check()

    @Slot()
    def _ask_hub(self) -> None:
        command = self.command()
        if command is None or not self.ask.isEnabled():
            return
        members = [GroupMember(asset, command.name, self.value.value) for asset in self.assets]
        self._request, self._named = self.office.control.send_group(members)
        self._go(GroupStage.WAIT)

    @Slot(object)
    def _take(self, asked: GroupAsked) -> None:
        if asked.request != self._request or self.stage is not GroupStage.WAIT:
            return
        self.asked = asked
        self._said = {part.subject: (part.reason, part.detail) for part in asked.members}
        self._go(GroupStage.CONFIRM)
        self.leave.setFocus()

    @Slot()
    def _send(self) -> None:
        if self.asked is None or not self.execute.isEnabled():
            return
        self.execute.setEnabled(False)
        self._execution = self.office.control.execute_group(
            self.asked, without_blocked=self.blocked() > 0 and self.only_free.isChecked()
        )

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        if outcome.request not in (self._request, self._execution) or not outcome.request:
            return
        for part in outcome.results:
            if part.subject in self._named:
                self._said[part.subject] = (part.reason, part.detail)
            else:
                self._why = (part.reason, part.detail)
        self._go(GroupStage.DONE)

    @Slot(object)
    def _seat(self, _fact: object) -> None:
        office = self.office
        signed_off = office.session.fact is not None and not office.session.active
        if self.stage is not GroupStage.DONE and (not office.link.live or signed_off):
            self.reject()

    @Slot()
    def _tick(self) -> None:
        if self.stage is not GroupStage.CONFIRM or self.asked is None:
            return
        left = self.office.clock.left_s(self.asked.expires)
        self.left.setText(self.office.speech.say("commands.left", n=self.office.command_words.left(left)))
        if left <= 0:
            self._why = (CommandReason.SELECT_TIMEOUT, "")
            self._go(GroupStage.DONE)

    @Slot()
    def _say(self) -> None:
        speech, say = self.office.speech, self.office.speech.say
        self.setWindowTitle(say("commands.group.title"))
        self.target.setText(say("commands.group.head", n=len(self.assets)))
        self.setAccessibleName(f"{self.windowTitle()}: {self.target.text()}")
        row = max(self.choice.currentIndex(), 0)
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([speech.of(command.label) for command in self.commands])
        self.choice.setCurrentIndex(row if self.commands else -1)
        self.choice.blockSignals(False)
        self.choice.setAccessibleName(say("commands.group.choice"))
        self.value.say()
        self.ask.setText(say("commands.ask_hub"))
        over = self.stage is GroupStage.DONE
        self.leave.setText(say("commands.leave_over" if over else "commands.leave"))
        if self.asked is not None:
            text = self.asked.text
            self.lines.show_lines([speech.of(text.title), *(speech.of(line) for line in text.lines)])
        self._say_note()
        self.members.show_members([self._member(key, asset) for key, asset in self._keys()])
        self.members.setAccessibleName(say("commands.group.members"))
        self.only_free.setText(say("commands.group.only_free", n=len(self.assets) - self.blocked()))
        self._tick()
        self._check()

    def _say_note(self) -> None:
        key = self.stage.value
        if not self.commands:
            key = "nothing_common"
        elif self.stage is GroupStage.CONFIRM and self.blocked():
            key = "some_blocked"
        if self.stage is GroupStage.DONE and self._why[0]:
            text = self.office.command_words.why(*self._why)
        else:
            text = self.office.speech.say(f"commands.group.{key}", n=self.blocked())
        self.note.setText(text)

    def _keys(self) -> list[tuple[str, str]]:
        if self._named:
            return [(key, member.asset) for key, member in self._named.items()]
        return [("", asset) for asset in self.assets]

    def _member(self, key: str, asset: str) -> tuple[str, str, bool]:
        office, catalogue = self.office, self.office.catalogue.catalogue
        name = office.speech.of(catalogue.assets[asset].name) if catalogue is not None else asset
        command = self.command()
        if self.stage is GroupStage.CHOOSE and command is not None:
            found = office.permits.obstacle(asset, command.name, self.value.value)
            said = office.command_words.why(*found) if found is not None else ""
            return name, said, True
        reason, detail = self._said.get(key, ("", ""))
        if reason:
            return name, office.command_words.why(reason, detail), True
        free = {GroupStage.CONFIRM: "free", GroupStage.DONE: "" if self._why[0] else "sent"}.get(
            self.stage, ""
        )
        return name, office.speech.say(f"commands.group.{free}") if free else "", False

    @Slot()
    def _check(self) -> None:
        live = self.office.link.live
        right = self.value.check(None)
        self.ask.setEnabled(self.armed and live and right and self.command() is not None)
        blocked = self.blocked()
        going = len(self.assets) - (blocked if self.only_free.isChecked() else 0)
        self.execute.setText(self.office.speech.say("commands.group.send", n=going))
        whole = not blocked or (self.only_free.isChecked() and going > 0)
        ready = self.stage is GroupStage.CONFIRM and self.armed and live
        self.execute.setEnabled(ready and whole)


class GroupDesk(QObject):
    """Opens one sheet for a group at a time."""

    def __init__(self, office: Office, owner: QWidget) -> None:
        super().__init__(owner)
        self._office = office
        self._owner = owner
        self.open_sheet: GroupSheet | None = None
        self._asks = asks_of(office.acts)
        self._asks.group_asked.connect(self.ask)

    @Slot(object)
    def ask(self, assets: tuple[str, ...]) -> None:
        """Opens the sheet for these assets."""
        if self.open_sheet is not None or not self._office.link.live or not assets:
            return
        sheet = GroupSheet(self._office, self._asks.window_for(self._owner), assets)
        sheet.finished.connect(self._closed)
        self.open_sheet = sheet
        sheet.open()
        sheet.first_focus().setFocus()

    @Slot()
    def _closed(self) -> None:
        self.open_sheet = None
