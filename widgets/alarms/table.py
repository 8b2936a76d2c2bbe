"""The alarm list with its filter and its acts."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from console.desk.actions import Condition
from console.desk.models.alarm_recall import AlarmRecall
from console.desk.models.alarm_rows import AlarmFilter, AlarmList
from console.desk.models.alarm_table import AlarmRole, AlarmTableModel
from console.desk.office import Office
from widgets.alarms.acts import AlarmActs
from widgets.alarms.bar import AlarmBar
from widgets.alarms.history import HistoryPane
from widgets.alarms.refusals import RefusalStrip
from widgets.alarms.view import AlarmView
from widgets.kit.asks import asks_of
from widgets.kit.empty import EmptyState
from widgets.kit.seconds import seconds_of
from widgets.kit.texts import Texts

_MENU = (
    ("alarms.ack", "alarms.ack_comment", "help.guidance"),
    ("alarms.shelve", "alarms.unshelve", "alarms.out_of_service", "alarms.in_service", "alarms.reset"),
    ("asset.faceplate", "asset.show_on_map", "asset.trend"),
    ("alarms.log_entry",),
)


class AlarmTablePanel(QWidget):
    """List tabs, filter, chips and acts above the rows; F1, F2 and F4 act on the selected rows."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = AlarmTableModel(office.alarms, office.catalogue, office.speech, parent=self)
        self._recall = AlarmRecall(office, self.model.watch)
        self.view = AlarmView(office, self.model)
        self.bar = AlarmBar(office, self.model)
        bar = self.bar
        self.lists, self.filter, self.hidden, self.clear = bar.lists, bar.filter, bar.hidden, bar.clear
        self.new, self.ack, self.guide, self.shelve = bar.new, bar.ack, bar.guide, bar.shelve
        self.refusals = RefusalStrip(office)
        self.history = HistoryPane(office)
        self.empty = EmptyState(office.themes, "alarm_list")
        self.acts = AlarmActs(office, self.model, self.view)
        self._arrange()
        self._texts.put(self.view.setAccessibleName, "alarms.title")
        self._connect()
        self._copy = QShortcut(QKeySequence.StandardKey.Copy, self.view, self._copy_rows)
        self._copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._local_keys()
        for key, act in ((Qt.Key.Key_Right, self._open_group), (Qt.Key.Key_Left, self._close_group)):
            QShortcut(QKeySequence(key), self.view, act).setContext(Qt.ShortcutContext.WidgetShortcut)
        self._show_state()

    def _local_keys(self) -> None:
        # Single letters act only inside the list, so that typing a name elsewhere acknowledges nothing.
        for declared in self._office.actions.definitions():
            if declared.local_to == "alarms":
                use = self._office.actions.action(declared.id).trigger
                for key in declared.local_keys:
                    shortcut = QShortcut(QKeySequence(key), self.view, use)
                    shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _arrange(self) -> None:
        self._stack = QStackedLayout()
        for widget in (self.view, self.empty, self.history):
            self._stack.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addWidget(self.refusals)
        box.addLayout(self._stack, 1)

    def _connect(self) -> None:
        office = self._office
        self.filter.textChanged.connect(self._filter_text)
        self.bar.causes.clicked.connect(self._show_causes)
        self.clear.clicked.connect(self._clear_filter)
        self.new.clicked.connect(self.model.settle)
        self.lists.list_chosen.connect(self._choose_list)
        self.view.rows_chosen.connect(self._rows_chosen)
        self.view.opened.connect(self.acts.show_guidance)
        self.view.customContextMenuRequested.connect(self._ask_what)
        self.ack.clicked.connect(self.acts.acknowledge)
        self.guide.clicked.connect(self._guide)
        self.shelve.clicked.connect(self.acts.open_shelve)
        self.bar.shelf.clicked.connect(self.acts.open_shelve)
        self.bar.unshelve.clicked.connect(self.acts.unshelve)
        self.bar.in_service.clicked.connect(self.acts.return_to_service)
        self.history.opened.connect(self.acts.guide_alarm)
        self.history.view.selectionModel().selectionChanged.connect(self._show_acts)
        self.refusals.again_asked.connect(self.acts.select_again)
        for signal in (self.model.hidden_count_changed, self.model.new_count_changed, self.model.modelReset):
            signal.connect(self._show_state)
        # Rows come and go one by one; what is said about them is said once.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show_state)
        self.model.rowsInserted.connect(self._show_soon)
        self.model.rowsRemoved.connect(self._show_soon)
        office.speech.lang_changed.connect(self._show_state)
        office.link.link_changed.connect(self._show_state)
        office.alarms.alarms_changed.connect(self._show_state)
        office.actions.triggered_action.connect(self._act)
        asks_of(office.acts).area_asked.connect(self.show_area)
        office.modes.modes_changed.connect(self._mark_maintenance)
        seconds_of(office.themes).ticked.connect(self.model.tick)
        self._mark_maintenance()

    @Slot()
    def _mark_maintenance(self) -> None:
        self.model.set_maintained(self._office.modes.maintenance)

    @Slot(str)
    def show_area(self, area: str) -> None:
        """Only the alarms of an area; of all areas for an empty name."""
        if self.model.filter.which is AlarmList.HISTORY:
            self.lists.choose(AlarmList.ACTIVE)
        self.view.clearSelection()
        self._set_filter(replace(self.model.filter, areas=frozenset({area} if area else ())))

    @Slot()
    def _show_soon(self) -> None:
        self._soon.start(0)

    @Slot()
    def _show_state(self) -> None:
        self.bar.say()
        self._show_emptiness()
        self._show_acts()

    def _show_emptiness(self) -> None:
        speech, model = self._office.speech, self.model
        which = model.filter.which
        if which is AlarmList.HISTORY:
            self._stack.setCurrentWidget(self.history)
            return
        self._stack.setCurrentIndex(0 if model.rowCount() else 1)
        if model.hidden_count:
            self.empty.set_sentence(speech.say("alarms.empty.filtered", n=model.hidden_count))
        elif not self._office.link.live and self._office.catalogue.catalogue is None:
            self.empty.set_sentence(speech.say("alarms.empty.loading"))
        else:
            self.empty.set_sentence(speech.say(f"alarms.empty.{which.value}"))

    @Slot()
    def _show_acts(self) -> None:
        on_history = self.model.filter.which is AlarmList.HISTORY
        rows = [] if on_history else self.view.chosen_on_screen()
        self.bar.enable_acts(rows, on_history=on_history and self.history.chosen_alarm() >= 0)
        self._office.actions.set_condition(Condition.ALARM_SELECTED, bool(rows))

    @Slot()
    def _rows_chosen(self) -> None:
        self._show_acts()
        rows = self.view.chosen_rows()
        row = self.view.currentIndex().row()
        if rows and self.view.hasFocus():
            asset = self.model.index(row if row in rows else rows[0], 0).data(AlarmRole.ASSET)
            self._office.selection.select_asset(str(asset), "alarms")

    @Slot()
    def _guide(self) -> None:
        if self.model.filter.which is AlarmList.HISTORY:
            self.acts.guide_alarm(self.history.chosen_alarm())
        else:
            self.acts.show_guidance()

    @Slot(str)
    def _filter_text(self, typed: str) -> None:
        self.history.model.set_text(typed)
        self._set_filter(replace(self.model.filter, text=typed))

    @Slot(bool)
    def _show_causes(self, only: bool) -> None:
        self._set_filter(replace(self.model.filter, causes_only=only))

    @Slot()
    def _clear_filter(self) -> None:
        self.filter.clear()
        self._set_filter(AlarmFilter(which=self.model.filter.which))

    @Slot(object)
    def _choose_list(self, which: AlarmList) -> None:
        self.view.clearSelection()
        self.view.columns.show_list(which)
        # What one alarm caused is of interest among the active ones only.
        causes = self.model.filter.causes_only and which is AlarmList.ACTIVE
        self._set_filter(replace(self.model.filter, which=which, causes_only=causes))

    def _set_filter(self, wanted: AlarmFilter) -> None:
        self.model.set_filter(wanted)
        self.view.scrollToTop()
        self._show_state()

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == "alarms.freeze":
            self.bar.turn_freeze()

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        row = self.view.indexAt(at).row()
        if row < 0:
            return
        if row not in self.view.chosen_rows():
            self.view.choose(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in _MENU:
            menu.addActions([self._office.actions.action(name) for name in group])
            menu.addSeparator()
        if self.model.filter.causes_only:
            fold = menu.addAction(self._office.speech.say("alarms.act.fold"))
            fold.triggered.connect(self._fold)
        copy = menu.addAction(self._office.speech.say("alarms.act.copy"))
        copy.triggered.connect(self._copy_rows)
        menu.popup(self.view.viewport().mapToGlobal(at))

    @Slot()
    def _fold(self) -> None:
        self._turn_group(None)

    @Slot()
    def _open_group(self) -> None:
        self._turn_group(True)

    @Slot()
    def _close_group(self) -> None:
        self._turn_group(False)

    def _turn_group(self, show: bool | None) -> None:
        row = self.view.currentIndex().row()
        if row >= 0:
            self.model.fold(row, show)

    @Slot()
    def _copy_rows(self) -> None:
        columns = self.view.columns.shown()
        lines = ["\t".join(str(self.model.headerData(c, Qt.Orientation.Horizontal) or "") for c in columns)]
        lines += [
            "\t".join(str(self.model.index(row, c).data() or "") for c in columns)
            for row in self.view.chosen_rows()
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))
