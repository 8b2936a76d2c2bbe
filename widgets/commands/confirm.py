"""Confirming a command that is sent directly: present value and new value, what will happen (HMI-19, CMD-04)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from console.core.command.control_facts import TagFact
from console.core.command.facts import CommandRequest
from console.desk.office import Office
from widgets.commands.entry import ValueEntry
from widgets.commands.sheet import ARM_MS, ActSheet
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.confirm_text import ConfirmLines
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, SectionTitle

__all__ = ["ARM_MS", "CommandConfirm"]


class CommandConfirm(ActSheet):
    """The sheet withdraws itself when the link is lost: what it says would no longer be true."""

    def __init__(self, office: Office, window: QWidget, request: CommandRequest) -> None:
        super().__init__(office, window, request)
        self.command, self.param = self.aim.command, self.aim.param
        self.change_title, self.hazard_title = SectionTitle(), SectionTitle()
        self.change = PlainLabel(Role.PLATE, strong=True)
        self.hazard = PlainLabel()
        self.value = ValueEntry(office.speech, self.param)
        self.entry, self.limits = self.value.line, self.value.limits
        self.blocked = PlainLabel(strong=True)
        # A caution that hangs there is read before anything is sent: then it is held, not clicked (CMD-08).
        self._cautions = office.permits.cautions(request.asset)
        self.caution = ConfirmLines()
        self.caution.setVisible(bool(self._cautions))
        self.execute: ActButton = HoldButton(office.themes) if self._cautions else ActButton(office.themes)
        self.execute.set_first()
        for label in (self.change, self.hazard, self.blocked):
            label.setWordWrap(True)
        parts = (self.change_title, self.change, self.value, self.hazard_title, self.hazard, self.caution)
        for widget in parts:
            self.box.addWidget(widget)
        self.box.addWidget(self.blocked)
        self.add_test_choice()
        self.row.addWidget(self.execute)
        self._connect()
        self._say()

    def first_focus(self) -> QWidget:
        return self.value.line if self.param is not None else self.leave

    def _connect(self) -> None:
        office = self.office
        if isinstance(self.execute, HoldButton):
            self.execute.held.connect(self._send)
        else:
            self.execute.clicked.connect(self._send)
        self.armed_changed.connect(self._check)
        self.value.typed.connect(self._check)
        office.values.values_changed.connect(self._check)
        office.tags.tags_changed.connect(self._tags)
        office.areas.leases_changed.connect(self._check)
        office.session.session_changed.connect(self._check)
        office.link.link_changed.connect(self._link)
        office.speech.lang_changed.connect(self._say)

    @Slot()
    def _say(self) -> None:
        speech = self.office.speech
        self.say_head()
        self.value.say()
        self.change_title.setText(speech.say("commands.change"))
        self.hazard_title.setText(speech.say("commands.hazard"))
        self.leave.setText(speech.say("commands.leave"))
        hold = isinstance(self.execute, HoldButton)
        verb = self.verb.text()
        self.execute.setText(speech.say("commands.hold", verb=verb) if hold else verb)
        self.caution.show_lines(
            [speech.say("commands.cautions"), *(self._caution_words(t) for t in self._cautions)]
        )
        self.execute.setAccessibleName(f"{self.verb.text()}, {self.target.text()}")
        self._check()

    @Slot()
    def _check(self) -> None:
        typed = self.value.value
        self.change.setText(f"{self.aim.present_text()}  →  {self.aim.wanted_text(typed)}")
        self._say_hazard(typed)
        right = self.value.check(self.aim.present())
        self._say_obstacle(typed)
        free = not self.blocked.isVisibleTo(self)
        self.execute.setEnabled(self.armed and right and free and self.office.link.live)

    def _say_hazard(self, typed: float | None) -> None:
        value = self.command.value if self.command.value is not None else typed
        own = self.command.hazards.get(f"{value:g}") if value is not None else None
        text = self.office.speech.of(own if own is not None else self.command.hazard)
        self.hazard.setText(text)
        self.hazard_title.setVisible(bool(text))
        self.hazard.setVisible(bool(text))

    def _say_obstacle(self, typed: float | None) -> None:
        request = self.aim.request
        found = self.office.permits.obstacle(request.asset, request.command, typed)
        self.blocked.setVisible(found is not None)
        if found is not None:
            self.blocked.setText(self.office.command_words.why(found.reason, found.detail))

    @Slot()
    def _send(self) -> None:
        if not self.execute.isEnabled():
            return
        request = self.aim.request
        self.execute.setEnabled(False)
        self.office.acts.send(request.asset, request.command, self.value.value, test=self.test)
        self.accept()

    def _caution_words(self, tag: TagFact) -> str:
        return self.office.speech.say("commands.tag_by", kind=tag.text, who=tag.owner_name or tag.owner)

    @Slot()
    def _tags(self) -> None:
        if self.office.permits.cautions(self.aim.request.asset) != self._cautions:
            # What hangs there now has not been read on this sheet.
            self.reject()
        else:
            self._check()

    @Slot(object)
    def _link(self, _fact: object) -> None:
        if not self.office.link.live:
            self.reject()
