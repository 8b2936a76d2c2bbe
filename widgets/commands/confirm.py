"""Confirming a command: target and verb again, present value and new value, what will happen (HMI-19, CMD-05)."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.core.catalogue import TagPoint
from console.core.command.facts import CommandRequest
from console.core.quality import Quality
from console.core.site import CommandClass, CommandDef
from console.desk.formats import DASH, number, value_text, with_unit
from console.desk.office import Office
from widgets.commands.number import fault_of, parse_number
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.space import ACT, APART, PAD_CELL, PAD_PANEL

ARM_MS = 500
"""Nothing is sent before the sheet has stood this long, so that a double press sends nothing."""
_HELD = frozenset({CommandClass.C2, CommandClass.C3})
_WIDTH = 460


class CommandConfirm(QDialog):
    """Window-modal; the execute button is never the default, and dangerous commands are held for 1.2 s.

    The sheet withdraws itself when the link is lost: what it says would no longer be true.
    """

    def __init__(self, office: Office, window: QWidget, request: CommandRequest) -> None:
        super().__init__(window)
        self._office = office
        self.request = request
        self._armed = False
        catalogue = office.catalogue.catalogue
        command = catalogue.command(request.asset, request.command) if catalogue is not None else None
        if catalogue is None or command is None:
            raise KeyError(request.command)
        self._asset = catalogue.assets[request.asset]
        self._area = catalogue.areas.get(self._asset.area)
        self.command: CommandDef = command
        self._feedback = self._feedback_tag()
        self.param = command.params[0] if command.params else None
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setProperty("ground", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self._make()
        self._arrange()
        self._connect()
        self._say()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._arm)
        self._timer.start(ARM_MS)

    @property
    def armed(self) -> bool:
        """Whether the sheet has stood long enough to be acted on."""
        return self._armed

    def _make(self) -> None:
        self.target = PlainLabel(Role.SECTION, strong=True)
        self.place = PlainLabel(muted=True)
        self.verb = PlainLabel(Role.VALUE, strong=True)
        self.change_title, self.hazard_title = SectionTitle(), SectionTitle()
        self.change = PlainLabel(Role.PLATE, strong=True)
        self.hazard = PlainLabel()
        self.entry = QLineEdit()
        self.entry.setFont(font(Role.SECTION))
        self.entry.setMinimumHeight(ACT)
        self.limits = PlainLabel(Role.BODY, muted=True)
        self.leave = ActButton(self._office.themes)
        held = self.command.command_class in _HELD
        self.execute: ActButton = HoldButton(self._office.themes) if held else ActButton(self._office.themes)
        self.execute.set_first()
        for label in (self.target, self.place, self.verb, self.change, self.hazard, self.limits):
            label.setWordWrap(True)

    def _arrange(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL + 4, PAD_PANEL, PAD_PANEL + 4, PAD_PANEL + 4)
        box.setSpacing(PAD_CELL // 2)
        for widget in (
            self.target,
            self.place,
            self.verb,
            self.change_title,
            self.change,
            self.entry,
            self.limits,
        ):
            box.addWidget(widget)
        box.addWidget(self.hazard_title)
        box.addWidget(self.hazard)
        row = QHBoxLayout()
        row.setContentsMargins(0, APART * 2, 0, 0)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.execute)
        box.addLayout(row)
        for widget in (self.entry, self.limits):
            widget.setVisible(self.param is not None)
        hazardous = bool(self._office.speech.of(self.command.hazard))
        self.hazard_title.setVisible(hazardous)
        self.hazard.setVisible(hazardous)

    def _connect(self) -> None:
        office = self._office
        self.leave.clicked.connect(self.reject)
        if isinstance(self.execute, HoldButton):
            self.execute.held.connect(self._send)
        else:
            self.execute.clicked.connect(self._send)
        self.entry.textChanged.connect(self._check)
        office.values.values_changed.connect(self._check)
        office.link.link_changed.connect(self._link)
        office.speech.lang_changed.connect(self._say)

    def _feedback_tag(self) -> TagPoint | None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is None or not self.command.feedback_tag:
            return None
        return next(
            (p for p in catalogue.tags_of(self._asset.id) if p.tag.name == self.command.feedback_tag), None
        )

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        label = speech.of(self.command.label)
        self.setWindowTitle(speech.say("commands.title"))
        self.target.setText(speech.of(self._asset.name))
        self.place.setText(speech.of(self._area.name) if self._area else "")
        self.verb.setText(label)
        self.change_title.setText(speech.say("commands.change"))
        self.hazard_title.setText(speech.say("commands.hazard"))
        self.hazard.setText(speech.of(self.command.hazard))
        self.leave.setText(speech.say("commands.leave"))
        if self.param is not None:
            name = speech.of(self.param.label)
            self.entry.setPlaceholderText(f"{name} ({self.param.unit})" if self.param.unit else name)
            self.entry.setAccessibleName(self.entry.placeholderText())
        hold = isinstance(self.execute, HoldButton)
        self.execute.setText(speech.say("commands.hold", verb=label) if hold else label)
        self.execute.setAccessibleName(f"{label}, {self.target.text()}")
        self.setAccessibleName(f"{self.windowTitle()}: {label}, {self.target.text()}")
        self._check()

    def _present(self) -> tuple[str, float | None]:
        point = self._feedback
        if point is None:
            return DASH, None
        value, quality = self._office.values.value(point.index), self._office.values.quality(point.index)
        text = value_text(point.tag, value, quality, self._office.speech.lang)
        if not quality.usable and quality is not Quality.NEVER:
            text += f" ({self._office.speech.say(f'quality.{quality.name}')})"
        return text, value if quality.usable and math.isfinite(value) else None

    def _wanted(self) -> str:
        if self.param is not None:
            value = parse_number(self.entry.text())
            return with_unit(number(value, self.param.decimals), self.param.unit)
        if self._feedback is None or self.command.value is None:
            return self._office.speech.of(self.command.label)
        return value_text(self._feedback.tag, self.command.value, Quality.GOOD, self._office.speech.lang)

    @Slot()
    def _check(self) -> None:
        shown, present = self._present()
        self.change.setText(f"{shown}  →  {self._wanted()}")
        fault = fault_of(self.entry.text(), self.param, present) if self.param is not None else ""
        if self.param is not None:
            self._say_limits(fault)
        self.execute.setEnabled(self._armed and not fault and self._office.link.live)

    def _say_limits(self, fault: str) -> None:
        speech, param = self._office.speech, self.param
        assert param is not None
        low, high = (
            number(param.low, param.decimals),
            with_unit(number(param.high, param.decimals), param.unit),
        )
        step = with_unit(number(param.step_limit, param.decimals), param.unit)
        key = fault if fault and fault != "missing" else "limits"
        self.limits.setText(speech.say(f"commands.fault.{key}", low=low, high=high, step=step))
        wrong = "true" if key != "limits" else "false"
        if self.entry.property("fault") != wrong:
            self.entry.setProperty("fault", wrong)
            self.entry.style().polish(self.entry)

    @Slot()
    def _arm(self) -> None:
        self._armed = True
        self._check()

    @Slot()
    def _send(self) -> None:
        if not self.execute.isEnabled():
            return
        value = parse_number(self.entry.text()) if self.param is not None else None
        self.execute.setEnabled(False)
        self._office.acts.send(self.request.asset, self.request.command, value)
        self.accept()

    @Slot(object)
    def _link(self, _fact: object) -> None:
        if not self._office.link.live:
            self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter never executes: it neither falls through to a default button nor to the one that has focus.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)


class CommandDesk(QObject):
    """Opens one confirmation at a time (no stacking) over the window that `owner` stands in."""

    def __init__(self, office: Office, owner: QWidget) -> None:
        super().__init__(owner)
        self._office = office
        self._owner = owner
        self.open_sheet: CommandConfirm | None = None
        self._asks = asks_of(office.acts)
        self._asks.command_asked.connect(self.ask)

    @Slot(object)
    def ask(self, request: CommandRequest) -> None:
        """Opens the confirmation of a request that has no id yet; not while another is open or the link is not live."""
        if self.open_sheet is not None or not self._office.link.live:
            return
        sheet = CommandConfirm(self._office, self._asks.window_for(self._owner), request)
        sheet.finished.connect(self._closed)
        self.open_sheet = sheet
        sheet.open()
        if sheet.param is not None:
            sheet.entry.setFocus()
        else:
            sheet.leave.setFocus()

    @Slot()
    def _closed(self) -> None:
        self.open_sheet = None
