"""The worklist: alarms that disturb more than they tell, worst first, each with the change that is proposed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.alarm.nuisance import Change, Nuisance
from console.core.catalogue import AlarmPoint
from console.desk.formats import number, with_unit
from console.desk.office import Office
from widgets.kit.fonts import Role, font

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMNS = ("alarm", "count", "change", "kinds", "share")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class OffenderRows(QAbstractTableModel):
    """One row an alarm."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.entries: tuple[Nuisance, ...] = ()
        office.speech.lang_changed.connect(self._again)

    def show_worklist(self, entries: tuple[Nuisance, ...]) -> None:
        """Shows a worklist; entries of alarms the catalogue lacks are left out."""
        self.beginResetModel()
        self.entries = tuple(entry for entry in entries if self.point(entry) is not None)
        self.endResetModel()

    def point(self, entry: Nuisance) -> AlarmPoint | None:
        """The alarm of an entry."""
        catalogue = self._office.catalogue.catalogue
        known = catalogue is not None and entry.alarm < len(catalogue.alarms)
        return catalogue.alarms[entry.alarm] if catalogue is not None and known else None

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._office.speech.say(f"performance.offender.{COLUMNS[section]}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.FontRole and column == "count":
            return font(Role.BODY, strong=True)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in ("count", "share"):
            return _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._text(entry, one) for one in COLUMNS)
        return None

    def name(self, entry: Nuisance) -> str:
        """Asset and alarm in the present language."""
        point, speech = self.point(entry), self._office.speech
        return f"{speech.of(point.asset.name)} · {speech.of(point.alarm.label)}" if point is not None else ""

    def change(self, entry: Nuisance) -> str:
        """The proposed change with its numbers, or that none is proposed."""
        point, speech = self.point(entry), self._office.speech
        if entry.change is None or point is None:
            return speech.say("performance.no_change")
        catalogue = self._office.catalogue.catalogue
        assert catalogue is not None
        tag = catalogue.tags[point.tag_index].tag
        return change_words(entry.change, tag.unit, tag.decimals, self._office)

    def _text(self, entry: Nuisance, column: str) -> str:
        speech = self._office.speech
        if column == "alarm":
            return self.name(entry)
        if column == "count":
            return number(entry.score, 0)
        if column == "change":
            return self.change(entry)
        if column == "kinds":
            return " · ".join(speech.say(f"kpi.kind.{kind}") for kind in entry.kinds)
        return with_unit(number(entry.share, 1), "%")

    @Slot()
    def _again(self) -> None:
        if self.entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, len(COLUMNS) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)


def change_words(change: Change, unit: str, decimals: int, office: Office) -> str:
    """`Deadband 0.00 → 0.12 m`."""
    unit, decimals = {
        "deadband": (unit, decimals),
        "priority": ("", 0),
    }.get(change.field, (office.speech.say("performance.seconds"), 0))
    return office.speech.say(
        f"performance.field.{change.field}",
        old=number(change.old, decimals),
        new=with_unit(number(change.new, decimals), unit),
    )
