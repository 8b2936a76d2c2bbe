"""How a row of the site tree is painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from console.core.alarm.facts import AlarmLetter
from console.core.quality import Quality
from console.desk.models.site_tree import SiteRole
from console.desk.office import Office
from widgets.kit.colours import hover, selection
from widgets.kit.flash import FlashClock
from widgets.kit.fonts import Role, font
from widgets.kit.icons import glyph_pixmap, pixmap
from widgets.kit.priority import SYMBOL, paint_priority
from widgets.kit.quality import MARK, paint_quality
from widgets.kit.space import PAD_CELL, ROW, SELECTED_EDGE

_SIGN = 16
_Index = QModelIndex | QPersistentModelIndex


class SiteDelegate(QStyledItemDelegate):
    """Name on the left; worst symbol, quality mark, number of alarms and maintenance at the right end."""

    def __init__(self, office: Office, clock: FlashClock, parent: QTreeView) -> None:
        super().__init__(parent)
        self._office = office
        self._themes = office.themes
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
        if index.data(SiteRole.IS_AREA):
            return self._branch_words(painter, rect, index, right)
        if index.data(SiteRole.DISCOVERED):
            right = self._discovered(painter, rect, right)
        return self._signs(painter, rect, str(index.data(SiteRole.ID)), right)

    def _discovered(self, painter: QPainter, rect: QRect, right: int) -> int:
        """A quiet word: no profile knows the asset."""
        painter.setFont(font(Role.CAPTION))
        painter.setPen(QColor(self._themes.tokens.text2))
        word = self._office.speech.say("discovered.mark.short")
        width = painter.fontMetrics().horizontalAdvance(word) + 2
        room = QRect(right - width, rect.top(), width, rect.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, word)
        return right - width - 6

    def _signs(self, painter: QPainter, rect: QRect, asset: str, right: int) -> int:
        """A padlock while a tag hangs, three quiet dots while a command waits for its outcome."""
        signs, tokens = self._office.signs, self._themes.tokens
        if signs.tagged(asset):
            name = "tag_all" if signs.inhibited(asset) else "tag"
            drawn = pixmap(name, tokens.text, _SIGN, painter.device().devicePixelRatioF())
            painter.drawPixmap(right - _SIGN, rect.center().y() - _SIGN // 2 + 1, drawn)
            right -= _SIGN + 6
        if signs.pending(asset):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.text))
            for place in range(3):
                painter.drawEllipse(QRectF(right - 18 + place * 7, rect.center().y() - 1, 4, 4))
            painter.restore()
            right -= 18 + 6
        return right

    def _branch_words(self, painter: QPainter, rect: QRect, index: _Index, right: int) -> int:
        """Number of alarms, the word of maintenance and who holds the area, before the symbol."""
        tokens, count = self._themes.tokens, int(index.data(SiteRole.COUNT) or 0)
        mode = self._office.modes.of_area(str(index.data(SiteRole.ID)))
        said = self._office.speech.say("assets.tree.maintenance") if mode is not None else ""
        lease = self._office.areas.of_area(str(index.data(SiteRole.ID)))
        painter.setFont(font(Role.CAPTION, strong=True))
        for text in (str(count) if count else "", said, lease.holder_name or lease.holder):
            if text:
                width = painter.fontMetrics().horizontalAdvance(text) + 2
                painter.setPen(QColor(tokens.text))
                room = QRect(right - width, rect.top(), width, rect.height())
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
                right -= width + PAD_CELL
        return right
