"""Handovers for the screen: facts, who sits there, and short ways to look at the dock."""

from __future__ import annotations

import time

import msgspec

from console.core.handover.facts import (
    Change,
    HandoverFact,
    HandoverItem,
    HandoverState,
    ItemKind,
    Party,
    list_digest,
)
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.wire.messages import ActReply, ActResult
from tests.widgets.conftest import Seat
from tests.widgets.payload_city import IMG
from widgets.handover.panel import HandoverPanel
from widgets.handover.sheets import AskSheet

NOW = time.time_ns()
KIM = Party(who="kim", name="Kim", human="kim", station="s1")
LEE = Party(who="lee", name="Lee", human="lee", station="s2")
S = HandoverState


def item(subject: str, kind: ItemKind = ItemKind.STANDING, **more: object) -> HandoverItem:
    made = HandoverItem(
        key=f"{kind}:{subject}", kind=kind, subject=subject, area="a", since=NOW, what="B_UNACK", mark="m1"
    )
    return msgspec.structs.replace(made, **more)


ITEMS = (
    item("s1.high", priority=1),
    item("s2.high", priority=2, change=Change.STILL),
    item("s1", ItemKind.LOCKOUT, what="INHIBIT_ALL", text=IMG, by="Kim"),
)


def handover(state: HandoverState, *items: HandoverItem, **more: object) -> HandoverFact:
    made = HandoverFact(
        id="h1",
        state=state,
        areas=("a",),
        outgoing=KIM,
        incoming=LEE if state in (S.ACCEPTING, S.SIGNED) else None,
        items=items,
        count=len(items),
        at=NOW,
        digest=list_digest(items, ""),
    )
    return msgspec.structs.replace(made, **more)


def accepted(one: HandoverItem, **more: object) -> HandoverItem:
    return msgspec.structs.replace(one, accepted_by="Lee", accepted_at=NOW, **more)


def sit(seat: Seat, user: str, *, passwordless: bool = False) -> None:
    grants = (Grant(role=Role.OPERATOR, areas=("*",)),)
    fact = SessionFact(
        state=SessionState.ACTIVE,
        user=user,
        name=user.title(),
        person=user,
        grants=grants,
        passwordless=passwordless,
    )
    seat.office.session.push(fact)


def offered(panel: HandoverPanel) -> list[str]:
    return [name for name, button in panel.head.acts.items() if button.isVisible()]


def last(seat: Seat) -> msgspec.Struct:
    return seat.sent[-1]


def sheet_of(panel: HandoverPanel) -> AskSheet:
    assert panel.sheet is not None
    return panel.sheet


def answer(seat: Seat, reason: str = "") -> None:
    request = getattr(last(seat), "request", "")
    seat.office.acts.receive(ActReply(request=request, results=(ActResult("h1", reason),)))
