"""Rows of the operator log: time, who, where, marks, and up to three lines of text; what was before is struck."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.desk.models.book_rows import BookRole, BookRow, BookWords
from console.desk.office import Office
from widgets.kit.colours import hairline, hover, selection
from widgets.kit.fonts import Role, font
from widgets.kit.icons import pixmap
from widgets.kit.space import PAD_CELL, ROW, SELECTED_EDGE, STEP

_Index = QModelIndex | QPersistentModelIndex
_TIME = 74
_LINES = 3
_SIGN = 14
_MOST = 600
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


class BookDelegate(QStyledItemDelegate):
    """Paints text literally."""

    def __init__(self, office: Office, words: BookWords, view: QListView) -> None:
        super().__init__(view)
        self._office = office
        self._words = words
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        row: BookRow = index.data(BookRole.ROW)
        if row.day:
            return QSize(60, ROW)
        width = max(120, self._view.viewport().width() - _TIME - 3 * PAD_CELL)
        height = self._head() + self._text_height(row.text, width) + 2 * STEP + 2
        if row.thread is not None and len(row.thread.versions) > 1:
            height += QFontMetrics(font(Role.BODY)).lineSpacing()
        return QSize(60, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: BookRow = index.data(BookRole.ROW)
        rect: QRect = option.rect  # pyright: ignore
        state = option.state  # pyright: ignore
        painter.save()
        if row.day:
            self._paint_day(painter, rect, row)
        else:
            self._paint_ground(painter, rect, state)
            self._paint_entry(painter, rect, row)
        painter.restore()

    def _head(self) -> int:
        return QFontMetrics(font(Role.CAPTION)).lineSpacing() + 2

    def _text_height(self, text: str, width: int) -> int:
        metrics = QFontMetrics(font(Role.BODY))
        found = metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, text[:_MOST]).height()
        return min(found, _LINES * metrics.lineSpacing())

    def _paint_day(self, painter: QPainter, rect: QRect, row: BookRow) -> None:
        tokens = self._office.themes.tokens
        painter.fillRect(rect, QColor(tokens.window))
        painter.setFont(font(Role.CAPTION, strong=True))
        painter.setPen(QColor(tokens.text2))
        room = rect.adjusted(PAD_CELL, 0, -PAD_CELL, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._words.day_title(row))

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        tokens = self._office.themes.tokens
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, selection(tokens))
            painter.fillRect(
                QRect(rect.left(), rect.top(), SELECTED_EDGE, rect.height()), QColor(tokens.accent)
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, hover(tokens))
        painter.setPen(hairline(tokens))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_entry(self, painter: QPainter, rect: QRect, row: BookRow) -> None:
        tokens = self._office.themes.tokens
        top, left = rect.top() + STEP, rect.left() + PAD_CELL
        painter.setFont(font(Role.BODY, strong=True))
        painter.setPen(QColor(tokens.text))
        painter.drawText(
            left, top, _TIME, self._head() + 2, int(Qt.AlignmentFlag.AlignLeft), self._words.clock(row.at)
        )
        room = QRect(left + _TIME, top, rect.right() - left - _TIME - PAD_CELL, self._head())
        right = self._paint_marks(painter, room, row)
        painter.setFont(font(Role.CAPTION))
        painter.setPen(QColor(tokens.text2))
        who = f"{self._words.author(row)} · {self._words.area(row.area)}"
        shown = painter.fontMetrics().elidedText(
            who, Qt.TextElideMode.ElideRight, right - room.left() - PAD_CELL
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        self._paint_text(painter, room.translated(0, self._head()), rect.bottom() - STEP, row)

    def _paint_text(self, painter: QPainter, room: QRect, bottom: int, row: BookRow) -> None:
        tokens, thread = self._office.themes.tokens, row.thread
        line = QFontMetrics(font(Role.BODY)).lineSpacing()
        if thread is not None and len(thread.versions) > 1:
            old = " ".join(thread.versions[-2].text.split())
            painter.setFont(struck())
            painter.setPen(QColor(tokens.text2))
            shown = painter.fontMetrics().elidedText(old, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QRect(room.left(), room.top(), room.width(), line), 0, shown)
            room = room.translated(0, line)
        outdated = thread is not None and thread.later is not None
        painter.setFont(struck() if outdated else font(Role.BODY))
        painter.setPen(QColor(tokens.text2 if outdated else tokens.text))
        space = QRect(room.left(), room.top(), room.width(), bottom - room.top())
        painter.setClipRect(space)
        painter.drawText(space, _WRAP, row.text[:_MOST])
        painter.setClipping(False)

    def _paint_marks(self, painter: QPainter, room: QRect, row: BookRow) -> int:
        """Signs and words from the right; where they begin."""
        tokens, right = self._office.themes.tokens, room.right()
        ratio = self._view.devicePixelRatioF()
        for name in self._signs(row):
            right -= _SIGN
            sign = pixmap(name, tokens.text2, _SIGN, ratio)
            painter.drawPixmap(right, room.top() + (room.height() - _SIGN) // 2, sign)
            right -= STEP
        painter.setFont(font(Role.CAPTION, strong=True))
        painter.setPen(QColor(tokens.text))
        for words in self.marks(row):
            width = painter.fontMetrics().horizontalAdvance(words) + PAD_CELL
            right -= width
            painter.drawText(
                QRect(right, room.top(), width, room.height()), int(Qt.AlignmentFlag.AlignVCenter), words
            )
        return right

    def _signs(self, row: BookRow) -> list[str]:
        signs: list[str] = []
        if row.thread is not None and row.thread.current.locked:
            signs.append("lock")
        if row.letter is not None:
            signs.append("wait")
        if row.attachments:
            signs.append("attach")
        if row.links:
            signs.append("link")
        return signs

    def marks(self, row: BookRow) -> list[str]:
        """What must be read beside the signs."""
        say = self._office.speech.say
        if row.letter is not None:
            share = self._office.log_post.share(row.id)
            if row.letter.reason:
                return [say("logbook.refused", why=self._office.speech.reason(row.letter.reason))]
            return [
                say("logbook.sending", n=round(100 * share)) if share is not None else say("logbook.not_sent")
            ]
        if row.thread is None:
            return []
        found: list[str] = []
        if row.thread.of is not None:
            found.append(say("logbook.mark.corrects", at=self._words.moment(row.thread.of.at)))
        elif row.thread.root.late:
            found.append(say("logbook.mark.late"))
        if row.thread.later is not None:
            found.append(say("logbook.mark.later", at=self._words.moment(row.thread.later.at)))
        if len(row.thread.versions) > 1:
            found.append(say("logbook.mark.corrected", n=len(row.thread.versions) - 1))
        if any(entry.id in {v.id for v in row.thread.versions} for entry in self._office.log_board.unread):
            found.append(say("logbook.mark.mention"))
        return found


def struck() -> QFont:
    """The face of what does not hold any more."""
    made = QFont(font(Role.BODY))
    made.setStrikeOut(True)
    return made
