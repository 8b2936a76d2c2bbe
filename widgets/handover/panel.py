"""The dock of the shift handover: the list with its acts on the left, the chosen item and both parties on the right."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from console.core.handover.facts import HandoverFact, HandoverItem, HandoverState
from console.desk.handover_acts import PastHandovers
from console.desk.office import Office
from widgets.handover.detail import ItemDetail
from widgets.handover.head import OLDER, HandoverHead
from widgets.handover.sheets import AskSheet, DraftSheet, OfferSheet, ReasonSheet, SignSheet, TakeUpSheet
from widgets.handover.signatures import Signatures
from widgets.handover.table import ItemTable
from widgets.kit.asks import asks_of
from widgets.kit.empty import EmptyState
from widgets.kit.space import PAD_CELL, PAD_PANEL

_READ_S = 45.0
"""The hub takes the signature of a list for a minute after the city has changed it."""
_SIDE_NARROW, _SIDE_WIDE, _WIDE = 264, 340, 1000


class HandoverPanel(QWidget):
    """Shows the handover of this seat unless another one is chosen; those that are over are asked for and only read."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._chosen = ""
        self._past: dict[str, HandoverFact] = {}
        self._asked: set[str] = set()
        self._more = True
        self._read: HandoverFact | None = None
        self._read_at = 0.0
        self.sheet: AskSheet | None = None
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = HandoverHead(office)
        self.table = ItemTable(office)
        self.detail = ItemDetail(office)
        self.signatures = Signatures(office)
        self.nothing = EmptyState(office.themes, "handover")
        self.empty = EmptyState(office.themes, "handover")
        self._arrange()
        self._connect()
        self._again()

    def _arrange(self) -> None:
        inside = QWidget()
        self._items = QStackedLayout()
        side = QWidget()
        side.setProperty("ground", "panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        column.setSpacing(PAD_PANEL)
        column.addWidget(self.detail)
        column.addStretch(1)
        column.addWidget(self.signatures)
        self.side = QScrollArea()
        self.side.setWidget(side)
        self.side.setWidgetResizable(True)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._items, 1)
        self._items.addWidget(self.table)
        self._items.addWidget(self.nothing)
        row.addWidget(self.side)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(inside)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.head)
        box.addWidget(body, 1)

    def _connect(self) -> None:
        office = self._office
        for signal in (
            office.handovers.handovers_changed,
            office.catalogue.catalogue_changed,
            office.session.session_changed,
            office.speech.lang_changed,
        ):
            signal.connect(self._again)
        office.link.link_changed.connect(self._link_changed)
        office.handover_acts.past_arrived.connect(self._take_past)
        self.head.chosen.connect(self.show_handover)
        self.head.act_asked.connect(self.do)
        self.head.filter_changed.connect(self._filter)
        self.empty.act.clicked.connect(self._begin)
        self.table.items_chosen.connect(self._say_items)
        self.table.accept_asked.connect(self._accept)
        self.table.take_back_asked.connect(self._take_back)

    def fact(self) -> HandoverFact | None:
        """The handover that is shown: the chosen one, else that of this seat, else the newest."""
        board = self._office.handovers
        mine = board.current() or next(iter(board.listed()), None)
        chosen = self._chosen or (mine.id if mine is not None else "")
        known, past = board.facts.get(chosen), self._past.get(chosen)
        if known is not None and not (known.state.over and past is not None):
            return known
        # What the hub tells of one that is over has no items; what was asked for has.
        return past or known

    @Slot(str)
    def show_handover(self, handover: str) -> None:
        """Show one handover, or ask for older ones."""
        if handover == OLDER:
            self._office.handover_acts.query_past(min((fact.at for fact in self._known()), default=0))
            self._say_choices()
            return
        self._chosen = handover
        self._again()

    @Slot(str)
    def do(self, act: str) -> None:
        """Open the sheet of an act, or carry it out where nothing has to be asked."""
        office, fact = self._office, self.fact()
        if act == "begin":
            self._begin()
            return
        if fact is None:
            return
        window = asks_of(office.acts).window_for(self)
        if act == "take_up" and not office.handovers.passwordless:
            self._chosen = fact.id
            office.handover_acts.take_up(fact.id)
            self.table.setFocus()
            return
        if act == "offer" and office.handovers.passwordless:
            # At a single seat there is nobody to choose from.
            office.handover_acts.offer(fact.id)
            self.table.setFocus()
            return
        if act == "sign":
            fact = self._read_list(fact) or fact
        sheets = {"offer": OfferSheet, "take_up": TakeUpSheet, "sign": SignSheet}
        made = sheets[act](office, window, fact) if act in sheets else ReasonSheet(office, window, fact, act)
        self._open(made)

    @Slot()
    def _begin(self) -> None:
        self._chosen = ""
        self._open(DraftSheet(self._office, asks_of(self._office.acts).window_for(self)))

    def _open(self, sheet: AskSheet) -> None:
        if self.sheet is not None:
            self.sheet.close()
        self.sheet = sheet
        sheet.finished.connect(self._forget_sheet)
        lines = sheet.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        typed = next((line for line in lines if line.inherits("QLineEdit")), None)
        sheet.open_sheet(typed)

    @Slot()
    def _forget_sheet(self) -> None:
        self.sheet = None
        # The button that was pressed may go; the focus must not land on the one beside it.
        self.table.setFocus()

    def _known(self) -> list[HandoverFact]:
        """Those that the hub told of and those that were asked for."""
        found = {**self._past, **self._office.handovers.facts}
        return sorted(found.values(), key=lambda fact: (fact.state.over, -fact.at))

    @Slot()
    def _again(self) -> None:
        fact = self.fact()
        self._ask_items(fact)
        self.table.show_fact(fact)
        self._say_choices()
        self._say(fact)
        self._say_items()

    def _read_list(self, fact: HandoverFact | None) -> HandoverFact | None:
        """The list that the incoming person has accepted as a whole: now, or a moment ago, for in a storm the next
        alarm comes before anybody has signed."""
        if fact is None or fact.state is not HandoverState.ACCEPTING:
            return None
        if not fact.remaining:
            self._read, self._read_at = fact, time.monotonic()
        known = self._read
        said = known is not None and (known.id, known.remark) == (fact.id, fact.remark)
        return known if said and time.monotonic() - self._read_at < _READ_S else None

    def _ask_items(self, fact: HandoverFact | None) -> None:
        if fact is None or not fact.state.over or fact.items or not fact.count or fact.id in self._asked:
            return
        if self._office.handover_acts.query(fact.id):
            self._asked.add(fact.id)

    def _say_choices(self) -> None:
        fact = self.fact()
        self.head.offer_choices(self._known(), fact.id if fact is not None else "", self._more)

    def _say(self, fact: HandoverFact | None) -> None:
        say = self._office.speech.say
        self.head.show_fact(fact, self.table.rows.hidden, read=self._read_list(fact) is not None)
        self._stack.setCurrentIndex(0 if fact is not None else 1)
        self.empty.set_sentence(say("handover.none"))
        self.empty.set_act(say("handover.begin") if fact is None and "begin" in self._may() else "")
        self.empty.act.setEnabled(self._office.link.live)
        if fact is None:
            return
        self.signatures.show_fact(fact)
        self._items.setCurrentIndex(0 if self.table.rows.rows else 1)
        if fact.count and not fact.items:
            self.nothing.set_sentence(say("handover.waiting"))
        elif fact.items:
            self.nothing.set_sentence(say("handover.all_hidden", n=self.table.rows.hidden))
        else:
            self.nothing.set_sentence(say("handover.clean"))

    @Slot()
    def _say_items(self) -> None:
        fact = self.fact()
        if fact is not None:
            self.detail.show_items(fact, self.table.chosen())

    @Slot()
    def _filter(self) -> None:
        self.table.filter_by(only_changed=self.head.changed.isChecked(), only_open=self.head.open.isChecked())
        self._say(self.fact())

    @Slot(object)
    def _accept(self, items: list[HandoverItem]) -> None:
        fact = self.fact()
        if fact is None or not items or "give_back" not in self._may():
            return
        self._office.handover_acts.accept(fact.id, items)
        self.table.choose_next_open()

    @Slot(object)
    def _take_back(self, items: list[HandoverItem]) -> None:
        fact = self.fact()
        if fact is not None and items and "give_back" in self._may():
            self._office.handover_acts.accept(fact.id, items, accepted=False)

    def _may(self) -> set[str]:
        return {name for name, button in self.head.acts.items() if not button.isHidden()}

    @Slot(object)
    def _take_past(self, answer: PastHandovers) -> None:
        self._past.update({fact.id: fact for fact in answer.handovers if fact.state.over})
        if len(answer.handovers) != 1 or not answer.handovers[0].items:
            self._more = answer.more
        self._again()

    @Slot(object)
    def _link_changed(self, _fact: object) -> None:
        if not self._office.link.live:
            self._asked.clear()
        self._again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(_SIDE_WIDE if self.width() >= _WIDE else _SIDE_NARROW)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again()
