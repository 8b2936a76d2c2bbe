"""How a row of the alarm list is painted: symbol, text by rank, one hairline; nothing else."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from console.core.alarm.facts import AlarmFact
from console.desk.models.alarm_rows import AlarmColumn
from console.desk.models.alarm_table import AlarmRole
from console.desk.themes import Themes, Tokens
from widgets.kit.colours import hairline, hover, mix, selection
from widgets.kit.flash import FlashClock
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.priority import SYMBOL, paint_priority
from widgets.kit.space import PAD_CELL, ROW, SELECTED_EDGE

_STRONG = frozenset({AlarmColumn.LABEL, AlarmColumn.VALUE})
_MUTED = frozenset(
    {
        *(AlarmColumn.TIME, AlarmColumn.ELAPSED, AlarmColumn.ACKED_BY, AlarmColumn.HINT, AlarmColumn.AREA),
        *(AlarmColumn.TAG, AlarmColumn.TYPE, AlarmColumn.SINCE),
    }
)
_Index = QModelIndex | QPersistentModelIndex


class AlarmDelegate(QStyledItemDelegate):
    """Only the symbol flashes, never text (HMI-05); a returned alarm is quieter than an active one (ALM-65)."""

    def __init__(self, themes: Themes, clock: FlashClock, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._themes = themes
        self._clock = clock
        self.hover_row = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(40, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens = self._themes.tokens
        rect: QRect = option.rect  # pyright: ignore
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore
        self._ground(painter, rect, tokens, selected=selected, over=index.row() == self.hover_row)
        fact = index.data(AlarmRole.FACT)
        if not isinstance(fact, AlarmFact):
            return
        column = AlarmColumn(index.column())
        if column is AlarmColumn.PRIORITY:
            self._symbol(painter, rect, fact, tokens)
            return
        self._text(painter, rect, index, fact, column)

    def _ground(self, painter: QPainter, rect: QRect, tokens: Tokens, *, selected: bool, over: bool) -> None:
        if selected:
            painter.fillRect(rect, selection(tokens))
            if rect.left() <= 0:
                painter.fillRect(QRect(0, rect.top(), SELECTED_EDGE, rect.height()), QColor(tokens.accent))
        elif over:
            painter.fillRect(rect, hover(tokens))
        painter.setPen(hairline(tokens))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _symbol(self, painter: QPainter, rect: QRect, fact: AlarmFact, tokens: Tokens) -> None:
        letter = fact.state.letter
        box = QRectF(0, 0, SYMBOL, SYMBOL)
        box.moveCenter(QRectF(rect).center())
        paint_priority(painter, box, fact.priority, tokens, letter, self._clock.lit(fact.priority, letter))

    def _text(
        self, painter: QPainter, rect: QRect, index: _Index, fact: AlarmFact, column: AlarmColumn
    ) -> None:
        tokens = self._themes.tokens
        waiting = not fact.state.acked and fact.state.listed
        ink = QColor(tokens.text2 if column in _MUTED or not fact.state.cond else tokens.text)
        if index.data(AlarmRole.LEFT):
            ink = mix(tokens.panel, tokens.text2, 0.75)
        painter.setPen(ink)
        strong = column in _STRONG or (column is AlarmColumn.STATE and waiting)
        face = font(Role.BODY, strong=strong and fact.state.cond)
        painter.setFont(face)
        room = rect.adjusted(PAD_CELL, 0, -PAD_CELL, 0)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        side = Qt.AlignmentFlag.AlignRight if column is AlarmColumn.VALUE else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Tool tip as plain text: the whole cell when it is cut, and what the model adds."""
        if event.type() is not QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        more = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        parts = [text] if more in ("", text) else [text, more]
        QToolTip.showText(event.globalPos(), plain_tip("\n".join(part for part in parts if part)), view)
        return True


def rows_on_screen(view: QAbstractItemView, model: QAbstractItemModel) -> range:
    """Rows of which at least half can be seen now."""
    if not model.rowCount():
        return range(0)
    height = view.viewport().height()
    first = view.indexAt(view.viewport().rect().topLeft() + _nudge(ROW // 2)).row()
    last = view.indexAt(view.viewport().rect().topLeft() + _nudge(max(0, height - ROW // 2))).row()
    first = first if first >= 0 else 0
    last = last if last >= 0 else model.rowCount() - 1
    return range(first, last + 1)


def _nudge(down: int):
    from PySide6.QtCore import QPoint

    return QPoint(4, down)
