"""The alarm list with its filter and its acts."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from console.desk.actions import Condition
from console.desk.models.alarm_rows import AlarmFilter, AlarmList
from console.desk.models.alarm_table import AlarmRole, AlarmTableModel
from console.desk.office import Office
from widgets.alarms.acts import AlarmActs
from widgets.alarms.lists import ListTabs
from widgets.alarms.view import AlarmView
from widgets.kit.buttons import ActButton, QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.labels import Chip
from widgets.kit.search import SearchLine
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL
from widgets.kit.texts import Texts

_MENU = (
    ("alarms.ack", "help.guidance", "alarms.shelve", "alarms.unshelve", "alarms.reset"),
    ("asset.faceplate", "asset.show_on_map", "asset.trend"),
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
        self.view = AlarmView(office, self.model)
        self.lists = ListTabs(office)
        self.filter = SearchLine(office.themes, "filter")
        self.hidden = Chip()
        self.clear = QuietButton(office.themes, "close")
        self.new = QuietButton(office.themes, "chevron_down")
        self.ack = ActButton(office.themes, "ack")
        self.guide = ActButton(office.themes, "guide")
        self.shelve = ActButton(office.themes, "shelve")
        self.empty = EmptyState(office.themes, "alarm_list")
        self.acts = AlarmActs(office, self.model, self.view)
        self._arrange()
        self._put_texts()
        self._connect()
        self._copy = QShortcut(QKeySequence.StandardKey.Copy, self.view, self._copy_rows)
        self._copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._local_keys()
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
        bar = QHBoxLayout()
        bar.setContentsMargins(PAD_CELL, 2, PAD_CELL, 2)
        bar.setSpacing(PAD_CELL)
        bar.addWidget(self.lists)
        bar.addSpacing(APART)
        self.filter.setMaximumWidth(260)
        self.filter.setMinimumWidth(120)
        bar.addWidget(self.filter, 1)
        for widget in (self.hidden, self.clear, self.new):
            bar.addWidget(widget)
        bar.addStretch(1)
        for button in (self.ack, self.guide, self.shelve):
            bar.addWidget(button)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addLayout(self._stack, 1)
        self.new.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _put_texts(self) -> None:
        put = self._texts.put
        put(self.filter.setPlaceholderText, "alarms.filter.hint")
        put(self.filter.setAccessibleName, "alarms.filter.hint")
        put(self.clear.say, "alarms.filter.clear")
        put(self.view.setAccessibleName, "alarms.title")
        put(self.guide.setText, "alarms.act.guide")
        put(self.shelve.setText, "alarms.act.shelve")
        for name, button in (("ack", self.ack), ("guide", self.guide), ("shelve", self.shelve)):
            put(button.setToolTip, f"alarms.act.{name}_tip")

    def _connect(self) -> None:
        office = self._office
        self.filter.textChanged.connect(self._filter_text)
        self.clear.clicked.connect(self._clear_filter)
        self.new.clicked.connect(self.model.settle)
        self.lists.list_chosen.connect(self._choose_list)
        self.view.rows_chosen.connect(self._rows_chosen)
        self.view.doubleClicked.connect(self._open)
        self.view.customContextMenuRequested.connect(self._ask_what)
        self.ack.clicked.connect(self.acts.acknowledge)
        self.guide.clicked.connect(self.acts.show_guidance)
        self.shelve.clicked.connect(self.acts.open_shelve)
        for signal in (self.model.hidden_count_changed, self.model.new_count_changed, self.model.modelReset):
            signal.connect(self._show_state)
        self.model.rowsInserted.connect(self._show_state)
        self.model.rowsRemoved.connect(self._show_state)
        office.speech.lang_changed.connect(self._show_state)
        office.link.link_changed.connect(self._show_state)
        office.alarms.alarms_changed.connect(self._show_state)
        seconds_of(office.themes).ticked.connect(self.model.tick)

    @Slot()
    def _show_state(self) -> None:
        speech, model = self._office.speech, self.model
        self.hidden.setVisible(model.hidden_count > 0)
        self.hidden.setText(speech.say("alarms.filter.hidden", n=model.hidden_count))
        self.clear.setVisible(model.filter != AlarmFilter(which=model.filter.which))
        self.new.setVisible(model.new_count > 0)
        told = speech.say("alarms.new", n=model.new_count)
        self.new.setText(told)
        self.new.say(told)
        self._show_emptiness()
        self._show_acts()

    def _show_emptiness(self) -> None:
        speech, model = self._office.speech, self.model
        self._stack.setCurrentIndex(0 if model.rowCount() else 1)
        if model.hidden_count:
            self.empty.set_sentence(speech.say("alarms.empty.filtered", n=model.hidden_count))
        elif not self._office.link.live and self._office.catalogue.catalogue is None:
            self.empty.set_sentence(speech.say("alarms.empty.loading"))
        else:
            self.empty.set_sentence(speech.say(f"alarms.empty.{model.filter.which.value}"))

    def _show_acts(self) -> None:
        rows = self.view.chosen_on_screen()
        live, speech = self._office.link.live, self._office.speech
        waiting = len(self.model.ack_items(rows))
        self.ack.setText(
            speech.say("alarms.act.ack_n", n=waiting) if waiting > 1 else speech.say("alarms.act.ack")
        )
        self.ack.setEnabled(live and waiting > 0)
        self.guide.setEnabled(bool(rows))
        self.shelve.setEnabled(live and len(rows) == 1 and self.model.filter.which is AlarmList.ACTIVE)
        self._office.actions.set_condition(Condition.ALARM_SELECTED, bool(rows))

    @Slot()
    def _rows_chosen(self) -> None:
        self._show_acts()
        rows = self.view.chosen_rows()
        row = self.view.currentIndex().row()
        if rows and self.view.hasFocus():
            asset = self.model.index(row if row in rows else rows[0], 0).data(AlarmRole.ASSET)
            self._office.selection.select_asset(str(asset), "alarms")

    @Slot(str)
    def _filter_text(self, typed: str) -> None:
        self._set_filter(text=typed)

    @Slot()
    def _clear_filter(self) -> None:
        self.filter.clear()
        self.model.set_filter(AlarmFilter(which=self.model.filter.which))
        self._show_state()

    @Slot(object)
    def _choose_list(self, which: AlarmList) -> None:
        self.view.clearSelection()
        self._set_filter(which=which)

    def _set_filter(self, *, text: str | None = None, which: AlarmList | None = None) -> None:
        now = self.model.filter
        self.model.set_filter(
            AlarmFilter(
                which=now.which if which is None else which,
                text=now.text if text is None else text,
                areas=now.areas,
                priorities=now.priorities,
                letters=now.letters,
                asset=now.asset,
            )
        )
        self.view.scrollToTop()
        self._show_state()

    @Slot()
    def _open(self) -> None:
        self._office.actions.use("asset.faceplate")

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        row = self.view.indexAt(at).row()
        if row < 0:
            return
        if row not in self.view.chosen_rows():
            self.view.choose(row)
        menu = QMenu(self)
        for group in _MENU:
            menu.addActions([self._office.actions.action(name) for name in group])
            menu.addSeparator()
        copy = menu.addAction(self._office.speech.say("alarms.act.copy"))
        copy.triggered.connect(self._copy_rows)
        menu.popup(self.view.viewport().mapToGlobal(at))

    @Slot()
    def _copy_rows(self) -> None:
        columns = range(self.model.columnCount())
        lines = ["\t".join(str(self.model.headerData(c, Qt.Orientation.Horizontal) or "") for c in columns)]
        lines += [
            "\t".join(str(self.model.index(row, c).data() or "") for c in columns)
            for row in self.view.chosen_rows()
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))
