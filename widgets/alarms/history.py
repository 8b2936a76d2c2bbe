"""The history list: occurrences of a stretch of time, page by page (ALM-67)."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QStackedLayout,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.core.alarm.facts import OccurrenceRow
from console.desk.formats import SEOUL, stamp, zone
from console.desk.models.occurrence_table import OccurrenceColumn, OccurrenceRole, OccurrenceTableModel
from console.desk.occurrences import OccurrencePage
from console.desk.office import Office
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.priority import SYMBOL, paint_priority, paint_shape_only
from widgets.kit.rows import QuietRows
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.tables import dress_list

NS = 1_000_000_000
SPANS_S = {"h1": 3600, "h8": 8 * 3600, "d1": 86400, "d7": 7 * 86400}
PAGE = 500
_WIDTHS = {
    OccurrenceColumn.PRIORITY: 48,
    OccurrenceColumn.TIME: 96,
    OccurrenceColumn.ASSET: 200,
    OccurrenceColumn.AREA: 120,
    OccurrenceColumn.LABEL: 160,
    OccurrenceColumn.VALUE: 150,
    OccurrenceColumn.RETURNED: 96,
    OccurrenceColumn.LASTED: 84,
    OccurrenceColumn.ACKED_BY: 90,
    OccurrenceColumn.ACKED: 96,
}
_Index = QModelIndex | QPersistentModelIndex
_Option = QStyleOptionViewItem


class OccurrenceRows(QuietRows):
    """Quiet rows; what stands still has its colour, what is over only its shape (HMI-01)."""

    def __init__(self, office: Office, parent: QAbstractItemView) -> None:
        super().__init__(office.themes, parent)
        self._office = office

    def paint(self, painter: QPainter, option: _Option, index: _Index) -> None:
        row = index.data(OccurrenceRole.ROW)
        if index.column() != OccurrenceColumn.PRIORITY or not isinstance(row, OccurrenceRow):
            super().paint(painter, option, index)
            return
        # Ground and hairline of a cell without words.
        super().paint(painter, option, QModelIndex())
        box = QRectF(0, 0, SYMBOL, SYMBOL)
        box.moveCenter(QRectF(option.rect).center())  # pyright: ignore
        if row.at_returned:
            paint_shape_only(painter, box, row.priority, self._office.themes.tokens)
        else:
            paint_priority(painter, box, row.priority, self._office.themes.tokens)


class HistoryPane(QWidget):
    """Asks the hub for one page at a time; `opened` with the alarm of the row that was entered."""

    opened = Signal(int)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.model = OccurrenceTableModel(office.catalogue, office.speech, parent=self)
        self._window = (0, 0)
        self._later: list[tuple[int, int]] = []
        self._request: str | int = ""
        self._page = OccurrencePage("", (), False, "")
        self.spans: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self.earlier = QuietButton(office.themes, "back")
        self.later = QuietButton(office.themes, "chevron_right")
        self.told = PlainLabel(Role.CAPTION, muted=True)
        self.view = QTableView()
        self.empty = EmptyState(office.themes, "history")
        self._set_up_view()
        self._arrange()
        self._connect()
        self._say()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(OccurrenceRows(self._office, view))
        dress_list(view, _WIDTHS)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(PAD_CELL, 0, PAD_CELL, STEP)
        line.setSpacing(STEP)
        for number, name in enumerate(SPANS_S):
            button = QToolButton()
            button.setCheckable(True)
            button.setMinimumHeight(ROW)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, number)
            self.spans[name] = button
            line.addWidget(button)
        self.spans["h8"].setChecked(True)
        line.addSpacing(PAD_CELL)
        for widget in (self.earlier, self.later, self.told):
            line.addWidget(widget)
        line.addStretch(1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addLayout(self._stack, 1)

    def _connect(self) -> None:
        office = self._office
        self._group.idClicked.connect(self.show_now)
        self.earlier.clicked.connect(self.go_earlier)
        self.later.clicked.connect(self.go_later)
        self.view.activated.connect(self._open)
        self.model.modelReset.connect(self._say_page)
        office.occurrences.page_arrived.connect(self._take)
        office.speech.lang_changed.connect(self._say)

    def span_ns(self) -> int:
        """Length of the stretch asked for."""
        return next(SPANS_S[name] for name, button in self.spans.items() if button.isChecked()) * NS

    def chosen_alarm(self) -> int:
        """Alarm of the selected row, -1 for none."""
        row = self.view.currentIndex().row()
        return self.model.row(row).alarm if 0 <= row < self.model.rowCount() else -1

    @Slot()
    def show_now(self) -> None:
        """The newest page of the chosen span."""
        self._later.clear()
        now = seconds_of(self._office.themes).now_ns
        self._ask((now - self.span_ns(), now))

    @Slot()
    def go_earlier(self) -> None:
        """The page before: what did not fit, else the span before."""
        start, end = self._window
        self._later.append((start, end))
        rows = self._page.rows
        self._ask(
            (start, rows[0].at_event) if self._page.truncated and rows else (start - (end - start), start)
        )

    @Slot()
    def go_later(self) -> None:
        """The page after, up to now."""
        if self._later:
            self._ask(self._later.pop())

    def _ask(self, window: tuple[int, int]) -> None:
        self._window = window
        self._request = self._office.occurrences.fetch(window[0], window[1], limit=PAGE)
        self._say_page()

    @Slot(object)
    def _take(self, page: OccurrencePage) -> None:
        if page.request == self._request:
            self._page, self._request = page, ""
            self.model.show_rows(page.rows)

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        for name, button in self.spans.items():
            button.setText(speech.say(f"alarms.history.{name}"))
        self.earlier.say(speech.say("alarms.history.earlier"))
        self.later.say(speech.say("alarms.history.later"))
        self.view.setAccessibleName(speech.say("alarms.history.title"))
        self._say_page()

    @Slot()
    def _say_page(self) -> None:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        waiting = bool(self._request)
        tz = zone(catalogue.site.time_zone) if catalogue is not None else SEOUL
        now = seconds_of(self._office.themes).now_ns
        span = f"{stamp(self._window[0], now, tz)} – {stamp(self._window[1], now, tz)}"
        count = speech.say("alarms.history.more" if self._page.truncated else "alarms.history.count",
                           n=self.model.rowCount())  # fmt: skip
        self.told.setText(f"{span} · {speech.say('alarms.history.loading') if waiting else count}")
        self.later.setEnabled(bool(self._later) and not waiting)
        self.earlier.setEnabled(not waiting)
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        if waiting:
            self.empty.set_sentence(speech.say("alarms.history.loading"))
        elif self._page.reason:
            self.empty.set_sentence(speech.reason(self._page.reason))
        elif self.model.hidden_count:
            self.empty.set_sentence(speech.say("alarms.empty.filtered", n=self.model.hidden_count))
        else:
            self.empty.set_sentence(speech.say("alarms.empty.history"))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.model.row(index.row()).alarm)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._later:
            self.show_now()
