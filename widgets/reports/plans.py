"""The plans: a list with when each is due next, and a sheet to add or change one."""

from __future__ import annotations

import secrets

import msgspec
from PySide6.QtCore import Qt, QTime, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QStackedLayout,
    QTimeEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.desk.formats import stamp, zone
from console.desk.office import Office
from console.desk.reports.keeper import PlanKeeper
from console.desk.reports.plans import EVERY_DAY, MOST_KEPT, ReportPlan, next_due, plan_fault
from console.desk.words import Speech
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.form_sheet import FormSheet
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.reports.choices import ReportChoices

_SHEET = 520


class PlanList(QWidget):
    """What is made by itself at this seat."""

    def __init__(self, office: Office, keeper: PlanKeeper) -> None:
        super().__init__()
        self._office = office
        self._keeper = keeper
        self.list = QListWidget()
        self.list.setFont(font(Role.BODY))
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.add, self.edit = QuietButton(office.themes, "plus"), QuietButton(office.themes, "procedure")
        self.remove = QuietButton(office.themes, "close")
        self.fault = PlainLabel(Role.CAPTION)
        self.fault.setWordWrap(True)
        self.empty = EmptyState(office.themes, "clock")
        self.sheet: PlanSheet | None = None
        self._arrange()
        self.add.clicked.connect(self.add_plan)
        self.edit.clicked.connect(self.edit_plan)
        self.remove.clicked.connect(self._remove)
        self.empty.act.clicked.connect(self.add_plan)
        self.list.itemSelectionChanged.connect(self._enable)
        self.list.itemDoubleClicked.connect(self.edit_plan)
        keeper.plans_changed.connect(self._fill)
        office.speech.lang_changed.connect(self._fill)
        office.catalogue.catalogue_changed.connect(self._fill)
        seconds_of(self).ticked.connect(self._again)
        self._minute = -1
        self._fill()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL + STEP, 0, PAD_CELL, 0)
        head.setSpacing(0)
        head.addStretch(1)
        for button in (self.add, self.edit, self.remove):
            head.addWidget(button)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(STEP)
        box.addLayout(head)
        box.addWidget(self.fault)
        box.addWidget(body, 1)

    def chosen(self) -> ReportPlan | None:
        """The plan that is selected."""
        row = self.list.currentRow()
        return (
            self._keeper.plans[row] if self.list.selectedItems() and row < len(self._keeper.plans) else None
        )

    @Slot()
    def add_plan(self) -> None:
        """Ask for a new one."""
        self._open(None)

    @Slot()
    def edit_plan(self) -> None:
        """Ask for changes of the selected one."""
        if self.chosen() is not None:
            self._open(self.chosen())

    def _open(self, plan: ReportPlan | None) -> None:
        self.sheet = PlanSheet(self._office, self.window(), self._keeper, plan)
        self.sheet.open_sheet(self.sheet.choices.kind)

    @Slot()
    def _remove(self) -> None:
        plan = self.chosen()
        if plan is not None:
            self._keeper.remove(plan.id)

    @Slot()
    def _again(self) -> None:
        """Once a minute: "next" passes."""
        minute = self._office.clock.now_ns() // (60 * 10**9)
        if minute != self._minute and self.isVisible():
            self._fill()

    @Slot()
    def _enable(self) -> None:
        for button in (self.edit, self.remove):
            button.setEnabled(self.chosen() is not None)

    @Slot()
    def _fill(self) -> None:
        say, row = self._office.speech.say, self.list.currentRow()
        now = self._office.clock.now_ns()
        self._minute = now // (60 * 10**9)
        self.list.clear()
        for plan in self._keeper.plans:
            item = QListWidgetItem(self._line(plan, now))
            item.setToolTip("")
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._stack.setCurrentIndex(0 if self._keeper.plans else 1)
        for button, name in ((self.add, "plan_new"), (self.edit, "plan_edit"), (self.remove, "plan_remove")):
            button.say(say(f"reportpage.{name}"))
        self.empty.set_sentence(say("reportpage.plan_none"))
        self.empty.set_act(say("reportpage.plan_new"))
        self.fault.setText(say("reportpage.plans_damaged", why=self._keeper.fault))
        self.fault.setVisible(bool(self._keeper.fault))
        self._enable()

    def _line(self, plan: ReportPlan, now: int) -> str:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        head = speech.say(f"reports.kind.{plan.kind}")
        asset = catalogue.assets.get(plan.about) if catalogue is not None and plan.about else None
        if asset is not None:
            head += f" · {speech.of(asset.name)}"
        head += f" · {'·'.join(name.upper() for name in plan.formats)}"
        keep = (
            speech.say("reportpage.plan_keeps", n=plan.keep)
            if plan.keep
            else speech.say("reportpage.plan_keeps_all")
        )
        line = speech.say("reportpage.plan_line", days=days_words(plan.days, speech), at=plan.at, keep=keep)
        if catalogue is not None:
            tz = zone(catalogue.site.time_zone)
            due = next_due(plan, now, tz)
            line += " · " + speech.say("reportpage.plan_next", at=stamp(due, now, tz)) if due else ""
        return f"{head}\n{line}"


def days_words(days: tuple[int, ...], speech: Speech) -> str:
    """`Every day`, or the days one after the other."""
    if set(days) == set(EVERY_DAY):
        return speech.say("reportpage.every_day")
    return " ".join(speech.say(f"reportpage.days.d{day}") for day in sorted(days))


class PlanSheet(FormSheet):
    """One plan. It needs no hub: reports are made from what this computer holds."""

    def __init__(self, office: Office, window: QWidget, keeper: PlanKeeper, plan: ReportPlan | None) -> None:
        super().__init__(office, window, _SHEET)
        self._keeper = keeper
        self._plan = plan
        form = QFormLayout()
        form.setHorizontalSpacing(PAD_CELL)
        form.setVerticalSpacing(PAD_CELL)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.choices = ReportChoices(office, form, self)
        self.at, self.keep = QTimeEdit(QTime(7, 0)), QSpinBox()
        self.days = [QToolButton() for _ in EVERY_DAY]
        self.note, self.fault = PlainLabel(Role.CAPTION, muted=True), PlainLabel(Role.BODY, strong=True)
        self._set_up(form)
        self._stand()
        self.choices.changed.connect(self.check)
        self.say()

    def _set_up(self, form: QFormLayout) -> None:
        self.at.setDisplayFormat("HH:mm")
        self.keep.setRange(0, MOST_KEPT)
        for field in (self.at, self.keep):
            field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.keep.setValue(400)
        week = QWidget()
        line = QHBoxLayout(week)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for button in self.days:
            button.setCheckable(True)
            button.setChecked(True)
            button.setProperty("kind", "choice")
            button.setFont(font(Role.CAPTION, strong=True))
            button.toggled.connect(self.check)
            line.addWidget(button)
        line.addStretch(1)
        for widget in (self.at, self.keep):
            widget.setFont(font(Role.BODY))
            widget.setMinimumHeight(ROW)
        self.choices.row(form, "plan_at", self.at)
        self.choices.row(form, "plan_days", week)
        self.choices.row(form, "plan_keep", self.keep)
        self.box.addLayout(form)
        for label in (self.note, self.fault):
            label.setWordWrap(True)
            self.box.addWidget(label)

    def _stand(self) -> None:
        plan = self._plan
        if plan is None:
            return
        self.choices.choose(plan.kind, plan.lang, plan.formats, plan.about)
        self.at.setTime(QTime.fromString(plan.at, "HH:mm"))
        self.keep.setValue(plan.keep)
        for day, button in enumerate(self.days):
            button.setChecked(day in plan.days)

    @property
    def wanted(self) -> ReportPlan:
        """The plan as the sheet stands."""
        fields = {
            "kind": str(self.choices.kind.currentData()),
            "at": self.at.time().toString("HH:mm"),
            "days": tuple(day for day, button in enumerate(self.days) if button.isChecked()),
            "about": self.choices.subject,
            "lang": str(self.choices.lang.currentData()),
            "formats": self.choices.wanted_formats,
            "keep": self.keep.value(),
        }
        now = self.office.clock.now_ns()
        begin = self._plan or ReportPlan(id=secrets.token_hex(8), kind="shift", since=now)
        if begin.at != fields["at"] or begin.days != fields["days"]:
            # Other times count from now on; nothing is made up for that was never planned.
            fields |= {"since": now}
        return msgspec.structs.replace(begin, **fields)

    def send(self) -> None:
        """Keep it."""
        wrong = self._keeper.put(self.wanted)
        if wrong:
            self.fault.setText(self.office.speech.say(f"reportpage.plan_fault.{wrong}"))

    @Slot()
    def _do(self) -> None:
        self.send()
        if not self.fault.text():
            self.close()

    @Slot()
    def check(self) -> None:
        """What is missing is said before it is sent."""
        wrong = plan_fault(self.wanted)
        self.fault.setText(self.office.speech.say(f"reportpage.plan_fault.{wrong}") if wrong else "")
        self.fault.setVisible(bool(wrong))
        self.do.setEnabled(not wrong)

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        say = self.office.speech.say
        self.title.setText(say("reportpage.plan_new" if self._plan is None else "reportpage.plan_edit"))
        self.note.setText(say("reportpage.plan_note"))
        self.keep.setSpecialValueText(say("reportpage.plan_keep_all"))
        for day, button in enumerate(self.days):
            button.setText(say(f"reportpage.days.d{day}"))
        self.leave.setText(say("reportpage.plan_leave"))
        self.do.setText(say("reportpage.plan_save"))
        super().say()
