"""The figures of ALARMS.md 1.7 as a table: name, value, target, verdict."""

from __future__ import annotations

import math

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.alarm.kpi import GOALS, Figure, Goal, KpiName, Kpis, Verdict
from console.desk.formats import DASH, MINUS, number
from console.desk.office import Office
from widgets.kit.fonts import Role, font

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMNS = ("name", "value", "target", "verdict")
_COUNTS = frozenset(
    {
        KpiName.PEAK,
        KpiName.STANDING_PEAK,
        KpiName.STALE,
        KpiName.CHATTERING,
        KpiName.FLEETING,
        KpiName.UNAUTHORISED,
    }
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FigureRows(QAbstractTableModel):
    """One row a figure; what is over its target stands out by weight, not by colour."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.figures: tuple[Figure, ...] = ()
        office.speech.lang_changed.connect(self._again)

    def show_kpis(self, kpis: Kpis | None) -> None:
        """Shows the figures of a position, an area or a shift."""
        self.beginResetModel()
        # Nobody can suppress without authority here: the figure would be an empty promise of a count.
        self.figures = tuple(f for f in kpis.figures if f.name is not KpiName.UNAUTHORISED) if kpis else ()
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.figures)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._office.speech.say(f"performance.figure.{COLUMNS[section]}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        figure, column = self.figures[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(figure, column)
        if role == Qt.ItemDataRole.FontRole and column in ("value", "verdict"):
            return font(Role.BODY, strong=standing(figure) is Verdict.OVER)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in ("value", "target"):
            return _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._text(figure, one) for one in COLUMNS)
        return None

    def _text(self, figure: Figure, column: str) -> str:
        speech = self._office.speech
        if column == "name":
            return speech.say(f"kpi.name.{figure.name}")
        if column == "value":
            return value_of(figure)
        if column == "target":
            return target_of(GOALS[figure.name])
        return self._verdict(figure)

    def _verdict(self, figure: Figure) -> str:
        """The verdict; while there is too little data also how the figure stands so far."""
        speech, so_far = self._office.speech, standing(figure)
        if figure.verdict is not Verdict.INSUFFICIENT or so_far is Verdict.INSUFFICIENT:
            return speech.say(f"performance.verdict.{figure.verdict}")
        return speech.say("performance.so_far", verdict=speech.say(f"performance.verdict.{so_far}"))

    @Slot()
    def _again(self) -> None:
        if self.figures:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.figures) - 1, len(COLUMNS) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)


def standing(figure: Figure) -> Verdict:
    """How the figure stands against its target, whatever the amount of data; insufficient without a value."""
    goal = GOALS[figure.name]
    if math.isnan(figure.value):
        return Verdict.INSUFFICIENT
    if goal.meets(figure.value, goal.target):
        return Verdict.TARGET
    if goal.manageable is not None and goal.meets(figure.value, goal.manageable):
        return Verdict.MANAGEABLE
    return Verdict.OVER


def value_of(figure: Figure) -> str:
    """The figure as a person reads it; an em dash where there is nothing to measure."""
    if math.isnan(figure.value):
        return DASH
    return number(figure.value, 0 if figure.name in _COUNTS else 1)


def target_of(goal: Goal) -> str:
    """The target with its relation: `≤ 10`, `< 1`, `≥ 80`."""
    sign = "≥" if goal.floor else ("<" if goal.strict else "≤")
    return f"{sign} {goal.target:g}".replace("-", MINUS)
