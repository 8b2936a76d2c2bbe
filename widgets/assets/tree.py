"""The site as a tree: areas and assets with the worst state below each, searchable in both languages."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from console.desk.actions import Condition
from console.desk.models.site_tree import Grouping, SiteRole, SiteTreeModel
from console.desk.office import Office
from widgets.assets.tree_rows import SiteDelegate
from widgets.kit.asks import asks_of
from widgets.kit.empty import EmptyState
from widgets.kit.flash import flash_of
from widgets.kit.fonts import Role, font
from widgets.kit.search import SearchLine
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.texts import Texts

_REFRESH_MS = 1000
_GROUP = "asset.group_command"
_MENU = ("asset.faceplate", "asset.show_on_map", "asset.trend")


class SiteTreePanel(QWidget):
    """Search line above the tree; selecting an asset selects it everywhere."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = SiteTreeModel(office.catalogue, office.alarms, office.values, office.speech, self)
        self.model.set_signs(office.signs.in_words)
        self.search = SearchLine(office.themes)
        self.view = QTreeView()
        self._clock = flash_of(office.themes)
        self._place = 0
        self._set_up_view()
        self.empty = EmptyState(office.themes, "tree")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        line = QHBoxLayout()
        line.setContentsMargins(PAD_CELL, PAD_CELL // 2, PAD_CELL, PAD_CELL // 2)
        line.addWidget(self.search)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addLayout(self._switches())
        box.addLayout(self._stack, 1)
        self._texts.put(self.search.setPlaceholderText, "assets.tree.search")
        self._texts.put(self.search.setAccessibleName, "assets.tree.search")
        self._texts.put(self.view.setAccessibleName, "assets.tree.title")
        self._refresh = QTimer(self)
        self._refresh.setInterval(_REFRESH_MS)
        self._refresh.timeout.connect(self.model.refresh)
        self._refresh.start()
        self._connect()
        self._grown()

    def _switches(self) -> QHBoxLayout:
        """Areas or types on the first level, and whether only what has alarms is shown."""
        self.by_type, self.alarmed = QToolButton(), QToolButton()
        row = QHBoxLayout()
        row.setContentsMargins(PAD_CELL, 0, PAD_CELL, STEP)
        row.setSpacing(STEP)
        for button, key in ((self.by_type, "assets.tree.by_type"), (self.alarmed, "assets.tree.alarmed")):
            button.setCheckable(True)
            button.setMinimumHeight(ROW)
            button.setFont(font(Role.BODY))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._texts.put(button.setText, key)
            row.addWidget(button)
        row.addStretch(1)
        self.by_type.toggled.connect(self._group)
        self.alarmed.toggled.connect(self.model.show_only_alarmed)
        return row

    @Slot(bool)
    def _group(self, by_type: bool) -> None:
        self.model.group_by(Grouping.TYPE if by_type else Grouping.AREA)

    def _set_up_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(SiteDelegate(self._office, self._clock, self.view))
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setIndentation(16)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setAnimated(False)
        self.view.setExpandsOnDoubleClick(False)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        office = self._office
        self.search.textChanged.connect(self.model.search)
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.modelReset.connect(self._grown)
        self.view.selectionModel().selectionChanged.connect(self._chosen)
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._ask_what)
        office.selection.asset_selected.connect(self._follow)
        office.actions.triggered_action.connect(self._act)
        office.modes.modes_changed.connect(self._repaint)
        office.signs.signs_changed.connect(self._repaint)
        office.areas.leases_changed.connect(self._repaint)
        office.link.link_changed.connect(self._say_empty)
        office.speech.lang_changed.connect(self._say_empty)
        office.themes.theme_changed.connect(self._repaint)
        self._clock.flash_changed.connect(self._repaint)

    @Slot()
    def _keep_place(self) -> None:
        self._place = self.view.verticalScrollBar().value()

    @Slot()
    def _grown(self) -> None:
        self.view.expandAll()
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        self._say_empty()
        self._follow(self._office.selection.asset)
        if self.model.growing:
            self.view.verticalScrollBar().setValue(self._place)

    @Slot()
    def _say_empty(self) -> None:
        key = "assets.tree.nothing" if self.model.query else "assets.tree.loading"
        if self.alarmed.isChecked() and not self.model.query:
            key = "assets.tree.quiet"
        self.empty.set_sentence(self._office.speech.say(key))

    def chosen_assets(self) -> tuple[str, ...]:
        """Selected assets, in the order of the tree; a selected area is not meant as all of its assets."""
        # Their nodes are numbered in the order of the tree.
        indexes = sorted(self.view.selectedIndexes(), key=QModelIndex.internalId)
        return tuple(str(i.data(SiteRole.ID)) for i in indexes if not i.data(SiteRole.IS_AREA))

    @Slot(QItemSelection, QItemSelection)
    def _chosen(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        self._office.actions.set_condition(Condition.ASSETS_SELECTED, len(self.chosen_assets()) > 1)
        indexes = selected.indexes()
        if not indexes:
            return
        current = self.view.currentIndex()
        shown = current if current in indexes else indexes[0]
        # Of a range only where the cursor stands is shown; to select another would end the range.
        if not shown.data(SiteRole.IS_AREA) and (len(indexes) == 1 or current in indexes):
            self._office.selection.select_asset(str(shown.data(SiteRole.ID)), "tree")

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == _GROUP:
            asks_of(self._office.acts).group_asked.emit(self.chosen_assets())

    @Slot(str)
    def _follow(self, asset: str) -> None:
        index = self.model.index_of(asset) if asset else QModelIndex()
        if not index.isValid():
            self.view.clearSelection()
            return
        chosen = self.view.selectionModel()
        if chosen.isSelected(index):
            # One of several stays one of several.
            chosen.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if not index.data(SiteRole.IS_AREA):
            self._office.actions.use("asset.faceplate")
        elif self.model.grouping is Grouping.AREA:
            asks_of(self._office.acts).area_asked.emit(str(index.data(SiteRole.ID)))

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if not index.isValid() or (index.data(SiteRole.IS_AREA) and self.model.grouping is Grouping.TYPE):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index.data(SiteRole.IS_AREA):
            self._fill_area_menu(menu, str(index.data(SiteRole.ID)))
        else:
            several = (_GROUP,) if len(self.chosen_assets()) > 1 else ()
            menu.addActions([self._office.actions.action(name) for name in (*several, *_MENU)])
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _fill_area_menu(self, menu: QMenu, area: str) -> None:
        """What can be done with a whole area: see its alarms, and maintain it."""
        say = self._office.speech.say
        on = self._office.modes.of_area(area) is not None
        names = {"show": "assets.tree.show_alarms", "maintain": "assets.tree.maintain"}
        names["authority"] = "assets.tree.authority"
        if on:
            names["maintain"] = "assets.tree.end_maintenance"
        for name, key in names.items():
            action = menu.addAction(say(key))
            action.setObjectName(name)
            action.setData(area)
            action.setEnabled(name != "maintain" or self._office.link.live)
        menu.triggered.connect(self._area_act)

    @Slot(QAction)
    def _area_act(self, action: QAction) -> None:
        asks = asks_of(self._office.acts)
        ask = {"show": asks.area_asked, "maintain": asks.maintenance_asked, "authority": asks.authority_asked}
        ask[action.objectName()].emit(str(action.data()))

    @Slot()
    def _repaint(self) -> None:
        self.view.viewport().update()
