"""Shift handovers, and who answers for which area since the last one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.handover.facts import (
    Change,
    Duty,
    HandoverFact,
    HandoverItem,
    HandoverState,
    ItemKind,
    Party,
)
from console.desk.boards.session import Permission, SessionBoard

__all__ = [
    "Change",
    "Duty",
    "HandoverBoard",
    "HandoverFact",
    "HandoverItem",
    "HandoverState",
    "ItemKind",
    "Party",
]


class HandoverBoard(QObject):
    """Facts by id; the hub's word alone counts. What a person may do here is a courtesy of the screen."""

    handovers_changed = Signal()

    def __init__(self, mirror: Mirror, session: SessionBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._session = session

    @property
    def facts(self) -> dict[str, HandoverFact]:
        """Every handover the hub has told of. Look, do not write."""
        return self._mirror.handovers

    @property
    def duties(self) -> dict[str, Duty]:
        """Who answers for an area since its last handover. Look, do not write."""
        return self._mirror.duties

    def listed(self) -> list[HandoverFact]:
        """Those that go on first, then the newest."""
        return sorted(self._mirror.handovers.values(), key=lambda fact: (fact.state.over, -fact.at, fact.id))

    def current(self) -> HandoverFact | None:
        """The open handover that this seat has to do with: one's own, else one that may be taken up."""
        going = [fact for fact in self.listed() if not fact.state.over]
        mine = (fact for fact in going if self.is_outgoing(fact) or self.is_incoming(fact))
        open_to_me = (fact for fact in going if self.may_take_up(fact))
        return next(mine, None) or next(open_to_me, None)

    def may_hand_over(self, area: str) -> bool:
        """Whether the person may hand an area over."""
        return self._session.may(Permission.LEASE, area)

    def may_act(self, fact: HandoverFact) -> bool:
        """Whether the person may hold every area of it."""
        return all(self._session.may(Permission.LEASE, area) for area in fact.areas)

    def may_take_up(self, fact: HandoverFact) -> bool:
        """Whether the person may take this offer up."""
        offered = fact.state is HandoverState.OFFERED
        meant = not fact.to or fact.to == self._session.user or self.passwordless
        return offered and meant and self.may_act(fact) and (self.passwordless or not self.is_outgoing(fact))

    def is_outgoing(self, fact: HandoverFact) -> bool:
        """Whether the person at this seat hands over; at a single seat whoever sits there may be that one."""
        return self._is(fact.outgoing)

    def is_incoming(self, fact: HandoverFact) -> bool:
        """Whether the person at this seat takes over."""
        return fact.incoming is not None and self._is(fact.incoming)

    @property
    def passwordless(self) -> bool:
        """Whether this is a single seat without accounts, where both persons say their names."""
        session = self._session.fact
        return session is not None and session.passwordless

    def push(self, facts: Sequence[HandoverFact], duties: Sequence[Duty] = ()) -> None:
        """Take facts and tell of them at once."""
        self._mirror.handovers.update({fact.id: fact for fact in facts})
        self._mirror.duties.update({duty.area: duty for duty in duties})
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.handovers_changed.emit()

    def _is(self, party: Party) -> bool:
        session = self._session.fact
        if session is None:
            return False
        if party.passwordless:
            return session.passwordless and session.user == party.who
        return session.person == party.human
