"""The site as a tree: areas and assets with the worst state below each, searchable in both languages."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from console.core.alarm.facts import AlarmLetter
from console.core.quality import Quality
from console.desk.models.site_tree import SiteRole, SiteTreeModel
from console.desk.office import Office
from console.desk.themes import Themes
from widgets.kit.colours import hover, selection
from widgets.kit.empty import EmptyState
from widgets.kit.flash import FlashClock, flash_of
from widgets.kit.fonts import Role, font
from widgets.kit.icons import glyph_pixmap
from widgets.kit.priority import SYMBOL, paint_priority
from widgets.kit.quality import MARK, paint_quality
from widgets.kit.search import SearchLine
from widgets.kit.space import PAD_CELL, ROW, SELECTED_EDGE
from widgets.kit.texts import Texts

_Index = QModelIndex | QPersistentModelIndex
_REFRESH_MS = 1000
_MENU = ("asset.faceplate", "asset.show_on_map", "asset.trend")


class SiteDelegate(QStyledItemDelegate):
    """Name on the left, the worst symbol or the quality mark at the right end of the row."""

    def __init__(self, themes: Themes, clock: FlashClock, parent: QTreeView) -> None:
        super().__init__(parent)
        self._themes = themes
        self._clock = clock

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = self._themes.tokens
        rect: QRect = option.rect  # pyright: ignore
        state = option.state  # pyright: ignore
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(0, rect.top(), rect.right() + 1, rect.height()), selection(tokens))
            painter.fillRect(QRect(0, rect.top(), SELECTED_EDGE, rect.height()), QColor(tokens.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, hover(tokens))
        right = self._mark(painter, rect, index)
        area = bool(index.data(SiteRole.IS_AREA))
        left = rect.left() + 4
        glyph = str(index.data(SiteRole.GLYPH) or "")
        if glyph:
            ink = tokens.text2
            painter.drawPixmap(
                left,
                rect.center().y() - 8,
                glyph_pixmap(glyph, ink, 18, painter.device().devicePixelRatioF()),
            )
            left += 24
        painter.setFont(font(Role.BODY, strong=area))
        painter.setPen(QColor(tokens.text))
        room = QRect(left, rect.top(), right - left - 4, rect.height())
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _mark(self, painter: QPainter, rect: QRect, index: _Index) -> int:
        right = rect.right() - PAD_CELL
        tokens = self._themes.tokens
        priority, quality = index.data(SiteRole.PRIORITY), index.data(SiteRole.QUALITY)
        if priority is not None:
            letter = AlarmLetter.B if index.data(SiteRole.UNACKED) else AlarmLetter.C
            box = QRectF(right - SYMBOL, rect.center().y() - SYMBOL / 2 + 1, SYMBOL, SYMBOL)
            paint_priority(
                painter, box, int(priority), tokens, letter, self._clock.lit(int(priority), letter)
            )
            right -= SYMBOL + 6
        if isinstance(quality, Quality) and not quality.usable:
            paint_quality(painter, QRectF(right - MARK, rect.top(), MARK, rect.height()), quality, tokens)
            right -= MARK + 6
        return right


class SiteTreePanel(QWidget):
    """Search line above the tree; selecting an asset selects it everywhere."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = SiteTreeModel(office.catalogue, office.alarms, office.values, office.speech, self)
        self.search = SearchLine(office.themes)
        self.view = QTreeView()
        self._clock = flash_of(office.themes)
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

    def _set_up_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(SiteDelegate(self._office.themes, self._clock, self.view))
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setIndentation(16)
        self.view.setMouseTracking(True)
        self.view.setAnimated(False)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        office = self._office
        self.search.textChanged.connect(self.model.search)
        self.model.modelReset.connect(self._grown)
        self.view.selectionModel().selectionChanged.connect(self._chosen)
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._ask_what)
        office.selection.asset_selected.connect(self._follow)
        office.link.link_changed.connect(self._say_empty)
        office.speech.lang_changed.connect(self._say_empty)
        office.themes.theme_changed.connect(self._repaint)
        self._clock.flash_changed.connect(self._repaint)

    @Slot()
    def _grown(self) -> None:
        self.view.expandAll()
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        self._say_empty()
        self._follow(self._office.selection.asset)

    @Slot()
    def _say_empty(self) -> None:
        key = "assets.tree.nothing" if self.model.query else "assets.tree.loading"
        self.empty.set_sentence(self._office.speech.say(key))

    @Slot(QItemSelection, QItemSelection)
    def _chosen(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes and not indexes[0].data(SiteRole.IS_AREA):
            self._office.selection.select_asset(str(indexes[0].data(SiteRole.ID)), "tree")

    @Slot(str)
    def _follow(self, asset: str) -> None:
        index = self.model.index_of(asset) if asset else QModelIndex()
        if not index.isValid():
            self.view.clearSelection()
            return
        if index != self.view.currentIndex() or not self.view.selectionModel().isSelected(index):
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if not index.data(SiteRole.IS_AREA):
            self._office.actions.use("asset.faceplate")

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if not index.isValid() or index.data(SiteRole.IS_AREA):
            return
        menu = QMenu(self)
        menu.addActions([self._office.actions.action(name) for name in _MENU])
        menu.popup(self.view.viewport().mapToGlobal(at))

    @Slot()
    def _repaint(self) -> None:
        self.view.viewport().update()
