"""Every feed's state in words, as a pop-up over the status strip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from console.core.feed import FeedFact, FeedState
from console.desk.formats import stamp
from console.desk.office import Office
from console.desk.themes import Themes
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL, PAD_PANEL

_GOOD = frozenset({FeedState.LIVE})
_WAITING = frozenset({FeedState.CONNECTING, FeedState.LATE, FeedState.GAP})


def feed_healthy(fact: FeedFact) -> bool:
    """Whether the feed brings data now."""
    return fact.state in {FeedState.LIVE, FeedState.GAP, FeedState.LATE}


def feed_line(fact: FeedFact, office: Office) -> str:
    """State of a feed in words, with the cause where there is one."""
    speech = office.speech
    words = speech.say(f"shell.feed.{fact.state.value}")
    why = f"feeds.why.{fact.why}"
    cause = speech.say(why) if fact.why and speech.knows(why) else fact.detail
    return f"{words} · {cause}" if cause else words


class StateDot(QWidget):
    """Full: well; half: waiting; empty with a stroke: not there. Lightness and shape, no colour (HMI-04)."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._level = 0
        self.setFixedSize(14, 14)
        themes.theme_changed.connect(self._retheme)

    def set_level(self, level: int) -> None:
        """2 well, 1 waiting, 0 not there."""
        if level != self._level:
            self._level = level
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(14, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        ink = QColor(tokens.running)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(2, 2, -2, -2).toRectF()
        painter.setPen(QPen(ink, 1.6))
        painter.setBrush(ink if self._level == 2 else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        if self._level == 1:
            painter.setBrush(ink)
            painter.drawPie(box, 90 * 16, 180 * 16)
        elif self._level == 0:
            painter.drawLine(QPointF(box.left(), box.bottom()), QPointF(box.right(), box.top()))
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()


def feed_level(fact: FeedFact) -> int:
    """Level of a feed for `StateDot`."""
    return 2 if fact.state in _GOOD else 1 if fact.state in _WAITING else 0


class FeedList(QFrame):
    """Opened above a button, closed by Esc or by a press elsewhere; follows the feeds while open."""

    def __init__(self, office: Office, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._office = office
        self._seconds = seconds_of(office.themes)
        self.setProperty("ground", "raised")
        self.setProperty("plate", "sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        self._title = SectionTitle()
        box.addWidget(self._title)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(PAD_PANEL)
        self._grid.setVerticalSpacing(PAD_CELL)
        box.addLayout(self._grid)
        office.feeds.feeds_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)

    def open_above(self, anchor: QWidget) -> None:
        """Shows the list with its lower left corner on the upper left corner of `anchor`."""
        self._fill()
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(0, 0))
        self.move(corner.x(), corner.y() - self.height() - 4)
        self.show()

    def lines(self) -> list[str]:
        """What is said of each feed."""
        return [feed_line(fact, self._office) for fact in self._office.feeds.facts.values()]

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.deleteLater()
        speech = self._office.speech
        self._title.setText(speech.say("shell.feed.title"))
        self.setAccessibleName(self._title.text())
        for row, fact in enumerate(self._office.feeds.facts.values()):
            self._add(row, fact)

    def _add(self, row: int, fact: FeedFact) -> None:
        speech = self._office.speech
        dot = StateDot(self._office.themes)
        dot.set_level(feed_level(fact))
        self._grid.addWidget(dot, row, 0)
        since = speech.say("shell.feed.since", at=stamp(fact.since, self._seconds.now_ns))
        counted = speech.say(
            "shell.feed.rate", rate=f"{fact.rate_hz:,.1f}", lag=f"{fact.lag_s:.1f}", bad=fact.malformed
        )
        columns = (
            (speech.of(self._office.feeds.label(fact.feed)), True, False),
            (feed_line(fact, self._office), False, False),
            (since, False, True),
        )
        for column, (text, strong, muted) in enumerate((*columns, (counted, False, True)), start=1):
            label = PlainLabel(Role.BODY, strong=strong, muted=muted)
            label.setText(text)
            if strong:
                label.setToolTip(speech.say("feedpage.id", id=fact.feed))
            self._grid.addWidget(label, row, column)

    @Slot()
    def _again(self) -> None:
        if self.isVisible():
            self._fill()
