"""Plain rows of a table: hairline below, breath of accent when selected, text of the model; no grid."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from console.desk.themes import Themes
from widgets.kit.colours import hairline, hover, selection
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.space import PAD_CELL, ROW, SELECTED_EDGE

_Index = QModelIndex | QPersistentModelIndex


class QuietRows(QStyledItemDelegate):
    """Paints text literally; a cut text is whole in its tool tip."""

    def __init__(self, themes: Themes, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._themes = themes

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(40, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = self._themes.tokens
        rect: QRect = option.rect  # pyright: ignore
        state = option.state  # pyright: ignore
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, selection(tokens))
            if rect.left() <= 0:
                painter.fillRect(QRect(0, rect.top(), SELECTED_EDGE, rect.height()), QColor(tokens.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, hover(tokens))
        painter.setPen(hairline(tokens))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        face = index.data(Qt.ItemDataRole.FontRole)
        painter.setFont(face if isinstance(face, QFont) else font(Role.BODY))
        painter.setPen(QColor(tokens.text))
        room = rect.adjusted(PAD_CELL, 0, -PAD_CELL, 0)
        text = str(index.data() or "")
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        wanted = index.data(Qt.ItemDataRole.TextAlignmentRole)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, wanted if isinstance(wanted, Qt.AlignmentFlag) else left, shown)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """The whole text, as plain text."""
        if event.type() is not QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), plain_tip(str(index.data() or "")), view)
        return True
