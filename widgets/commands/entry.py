"""Typing the value of a command: what is allowed stands below, what is wrong says so at once (CMD-12)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.core.site import ParamDef
from console.desk.formats import number, with_unit
from console.desk.words import Speech
from widgets.commands.number import fault_of, parse_number
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.space import ACT, STEP


class ValueEntry(QWidget):
    """A line for a number, hidden for a command without a parameter."""

    typed = Signal()

    def __init__(self, speech: Speech, param: ParamDef | None) -> None:
        super().__init__()
        self._speech = speech
        self.param = param
        self.line = QLineEdit()
        self.line.setFont(font(Role.SECTION))
        self.line.setMinimumHeight(ACT)
        self.limits = PlainLabel(Role.BODY, muted=True)
        self.limits.setWordWrap(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(STEP)
        box.addWidget(self.line)
        box.addWidget(self.limits)
        self.line.textChanged.connect(self.typed)
        self.setVisible(param is not None)

    def set_param(self, param: ParamDef | None) -> None:
        """Another command."""
        self.param = param
        self.line.clear()
        self.setVisible(param is not None)
        self.say()

    @property
    def value(self) -> float | None:
        """The number typed, None when there is none."""
        return parse_number(self.line.text()) if self.param is not None else None

    def say(self) -> None:
        """What to type, in the present language."""
        if self.param is None:
            return
        name = self._speech.of(self.param.label)
        self.line.setPlaceholderText(f"{name} ({self.param.unit})" if self.param.unit else name)
        self.line.setAccessibleName(self.line.placeholderText())

    def check(self, present: float | None) -> bool:
        """Whether what is typed can be asked for, the present value being this; says what is wrong."""
        if self.param is None:
            return True
        fault = fault_of(self.line.text(), self.param, present)
        self._say_limits(self.param, fault)
        return not fault

    def _say_limits(self, param: ParamDef, fault: str) -> None:
        low = number(param.low, param.decimals)
        high = with_unit(number(param.high, param.decimals), param.unit)
        step = with_unit(number(param.step_limit, param.decimals), param.unit)
        key = fault if fault and fault != "missing" else "limits"
        self.limits.setText(self._speech.say(f"commands.fault.{key}", low=low, high=high, step=step))
        wrong = "true" if key != "limits" else "false"
        if self.line.property("fault") != wrong:
            self.line.setProperty("fault", wrong)
            self.line.style().polish(self.line)
