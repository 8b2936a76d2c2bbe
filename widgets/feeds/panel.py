"""The feeds as a dock: a list of all, and of the chosen one its facts, points and raw frames."""

from __future__ import annotations

import time

from PySide6.QtCore import QItemSelection, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.core.feed import FeedFact
from console.desk.boards.session import Permission
from console.desk.feed_acts import FeedPage
from console.desk.formats import number, stamp
from console.desk.models.feed_points import FeedPoints, PointColumn
from console.desk.models.feed_rows import (
    FeedColumn,
    FeedRows,
    discovered_words,
    drop_words,
    offset_words,
    state_words,
)
from console.desk.office import Office
from widgets.feeds.tap import TapPane
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.rows import QuietRows
from widgets.kit.search import SearchLine
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.tables import HEADER, dress_list
from widgets.kit.texts import Texts

ASK_MS = 2_000
LIST_SHARE = 0.4
_FEED_WIDTHS = {
    FeedColumn.FEED: 200,
    FeedColumn.RATE: 84,
    FeedColumn.LAG: 72,
    FeedColumn.OFFSET: 80,
    FeedColumn.RHYTHM: 130,
    FeedColumn.UNREADABLE: 88,
    FeedColumn.UNMAPPED: 80,
    FeedColumn.DROPPED: 66,
    FeedColumn.GAPS: 80,
    FeedColumn.DISCOVERED: 90,
}
_POINT_WIDTHS = {
    PointColumn.TAG: 280,
    PointColumn.BEAT: 130,
    PointColumn.AGE: 70,
    PointColumn.INTERVAL: 130,
    PointColumn.EXPECTED: 80,
    PointColumn.RUN: 90,
}


class FeedPanel(QWidget):
    """Everybody sees the list; points and frames are for who may configure (the hub decides)."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self._page: FeedPage | None = None
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows = FeedRows(office.feeds, office.speech, self)
        self.points = FeedPoints(office.catalogue, office.speech, self)
        self.feed_view = self._table(self.rows, {int(c): w for c, w in _FEED_WIDTHS.items()})
        self.point_view = self._table(self.points, {int(c): w for c, w in _POINT_WIDTHS.items()})
        self.state = ElideLabel(office.themes, Role.BODY, strong=True)
        self.numbers = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self.error = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self.points_told = PlainLabel(Role.CAPTION, muted=True)
        self.points_button, self.frames_button = QToolButton(), QToolButton()
        self.search = SearchLine(office.themes)
        self.tap = TapPane(office)
        self.empty = EmptyState(office.themes, "feed")
        self._by_hand = False
        """Somebody has moved the border between the list and what is below it."""
        header = self.feed_view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(FeedColumn.STATE, QHeaderView.ResizeMode.Stretch)
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._arrange()
        self._connect()
        self._again()

    def chosen(self) -> FeedFact | None:
        """The feed that is looked at."""
        rows = self.feed_view.selectionModel().selectedRows()
        return self.rows.facts[rows[0].row()] if rows and rows[0].row() < len(self.rows.facts) else None

    def _table(self, model: FeedRows | FeedPoints, widths: dict[int, int]) -> QTableView:
        view = QTableView()
        view.setModel(model)
        view.setItemDelegate(QuietRows(self._office.themes, view))
        dress_list(view, widths)
        return view

    def _arrange(self) -> None:
        detail = QWidget()
        self._stack = QStackedLayout(detail)
        self._stack.addWidget(self._whole())
        self._stack.addWidget(self.empty)
        self.body = QSplitter(Qt.Orientation.Vertical)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(self.feed_view)
        self.body.addWidget(detail)
        self.body.setStretchFactor(1, 1)
        self.body.setSizes([HEADER + 4 * ROW, 700])
        self.body.splitterMoved.connect(self._moved)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.body)

    def _whole(self) -> QWidget:
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._head())
        self._halves = QStackedLayout()
        # Before it has pages: a stack without a parent shows its first page as a window of its own.
        box.addLayout(self._halves, 1)
        self._halves.addWidget(self._points_half())
        self._halves.addWidget(self.tap)
        return whole

    def _head(self) -> QVBoxLayout:
        facts = QVBoxLayout()
        facts.setContentsMargins(PAD_CELL, STEP, PAD_CELL, 0)
        facts.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(0)
        first.addWidget(self.state, 1)
        for button in (self.points_button, self.frames_button):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty("kind", "choice")
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMaximumHeight(ROW)
            first.addWidget(button)
        self.points_button.setChecked(True)
        facts.addLayout(first)
        second = QHBoxLayout()
        second.setSpacing(PAD_CELL)
        second.addWidget(self.numbers, 1)
        second.addWidget(self.error, 1)
        facts.addLayout(second)
        return facts

    def _points_half(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        head.setSpacing(PAD_CELL)
        head.addWidget(self.points_told, 1)
        head.addWidget(self.search, 1)
        half = QWidget()
        column = QVBoxLayout(half)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.point_view, 1)
        return half

    def _connect(self) -> None:
        office = self._office
        self.feed_view.selectionModel().selectionChanged.connect(self._choose)
        self.search.textChanged.connect(self.points.filter_by)
        self._timer.timeout.connect(self._ask)
        office.feed_acts.page_arrived.connect(self._take)
        office.feeds.feeds_changed.connect(self._again)
        office.catalogue.catalogue_changed.connect(self._again)
        office.session.session_changed.connect(self._session_changed)
        office.speech.lang_changed.connect(self._again)
        self.points_button.clicked.connect(self._turn)
        self.frames_button.clicked.connect(self._turn)
        self._texts.put(self.points_button.setText, "feedpage.points")
        self._texts.put(self.frames_button.setText, "feedpage.tap.title")
        self._texts.put(self.search.setPlaceholderText, "feedpage.search")
        self._texts.put(self.feed_view.setAccessibleName, "docks.feeds")
        self._texts.put(self.point_view.setAccessibleName, "feedpage.points")

    @property
    def _may(self) -> bool:
        return self._office.session.may_somewhere(Permission.CONFIGURE)

    @Slot(int, int)
    def _moved(self, _place: int, _index: int) -> None:
        self._by_hand = True

    def _fit(self) -> None:
        """All feeds in sight, as long as most of the height is left for the chosen one."""
        whole = self.body.height()
        if self._by_hand or whole <= 0:
            return
        list_height = min(HEADER + max(len(self.rows.facts), 3) * ROW + 4, round(whole * LIST_SHARE))
        if self.body.sizes()[0] != list_height:
            self.body.setSizes([list_height, whole - list_height])

    @Slot()
    def _turn(self) -> None:
        self._halves.setCurrentIndex(1 if self.frames_button.isChecked() else 0)

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        fact = self.chosen()
        if fact is None or self._page is None or self._page.feed != fact.feed:
            self._page = None
            self.points.show_page(None)
        self.tap.show_feed("" if fact is None else fact.feed)
        self._ask()
        self._again()

    @Slot()
    def _ask(self) -> None:
        fact = self.chosen()
        if fact is not None and self._may and self.isVisible():
            self._office.feed_acts.ask(fact.feed)

    @Slot(object)
    def _take(self, page: FeedPage) -> None:
        fact = self.chosen()
        if fact is not None and fact.feed == page.feed:
            self._page = page
            self.points.show_page(page)
            self._again()

    @Slot(object)
    def _session_changed(self, _fact: object) -> None:
        if not self._may:
            # What an engineer has looked at is not for who sits down next.
            self.tap.stop()
            self.tap.show_feed("")
            self._page = None
            self.points.show_page(None)
        else:
            fact = self.chosen()
            self.tap.show_feed("" if fact is None else fact.feed)
            self._ask()
        self._again()

    @Slot()
    def _again(self) -> None:
        say, fact = self._office.speech.say, self.chosen()
        self._fit()
        if not self.rows.facts or fact is None or not self._may:
            # Before the site is known nobody can say that it has no feeds.
            none = "none" if self._office.catalogue.catalogue is not None else "waiting"
            key = none if not self.rows.facts else "choose" if self._may else "engineers"
            self.empty.set_sentence(say(f"feedpage.{key}"))
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
        self._say_facts(fact)
        page = self._page
        told = [say("feedpage.points_count", n=number(fact.points, 0))]
        if fact.discovered or fact.not_taken:
            told.append(say("discovered.page.count", n=discovered_words(fact, self._office.speech)))
        if page is None:
            told = [say("feedpage.waiting")]
        elif page.more:
            told.append(say("feedpage.points_more", n=number(page.more, 0)))
        self.points_told.setText(" · ".join(told))

    def _say_facts(self, fact: FeedFact) -> None:
        speech, page = self._office.speech, self._page
        at = stamp(fact.since, time.time_ns())
        state = state_words(fact, speech)
        if fact.detail and fact.why:
            state = f"{state} ({fact.detail})"
        name = speech.of(self._office.feeds.label(fact.feed))
        self.state.set_text(f"{name} · {speech.say('feedpage.since', at=at, state=state)}")
        parts = speech.say(
            "feedpage.facts" if fact.offset_s is not None else "feedpage.facts_timeless",
            adapter=page.adapter if page is not None else "",
            rate=number(fact.rate_hz, 1),
            lag=self.rows.cell(fact, FeedColumn.LAG),
            offset=offset_words(fact),
            updates=number(fact.updates, 0),
        )
        if fact.ahead:
            parts = f"{parts} · {speech.say('feedpage.ahead', n=number(fact.ahead, 0))}"
        if fact.dropped:
            told = ", ".join(drop_words(fact, speech).splitlines())
            parts = f"{parts} · {speech.say('feedpage.lost', told=told)}"
        self.numbers.set_text(parts)
        self.error.set_text(self._error(fact))

    def _error(self, fact: FeedFact) -> str:
        say = self._office.speech.say
        if not fact.last_error:
            return say("feedpage.error_none")
        where, _, reason = fact.last_error.rpartition(": ")
        key = f"feeds.fault.{reason}"
        words = say(key) if self._office.speech.knows(key) else reason
        text = say("feedpage.error", where=f"{where}, {words}" if where else words)
        offending = self._page.offending if self._page is not None else None
        return f"{text} · {offending.text}" if offending is not None else text

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.chosen() is None and self.rows.facts:
            self.feed_view.selectRow(0)
        self._timer.start()
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.tap.stop()
