"""A handover in each of its states, and the people around it."""

from __future__ import annotations

import msgspec

from console.core.batch import NS
from console.core.handover.difference import difference
from console.core.handover.facts import (
    HandoverFact,
    HandoverItem,
    HandoverState,
    ItemKind,
    list_digest,
    mark_of,
)
from console.core.handover.machine import HandoverMachine, HandoverTimes
from console.core.handover.parties import Actor, party_of

AT = 1_800_000_000 * NS
TIMES = HandoverTimes(offer_s=1800.0, accept_s=900.0)
KIM = Actor("kim", "김", "kim", "seat-1", "kim-session-1")
LEE = Actor("lee", "이", "lee", "seat-2", "lee-session-1")
CHOI = Actor("choi", "최", "choi", "seat-3", "choi-session-1")
BOSS = Actor("boss", "장", "boss", "seat-4", "boss-session-1", supervisor=True)


def item(name: str, kind: ItemKind = ItemKind.STANDING, mark: str = "1", **more: object) -> HandoverItem:
    made = HandoverItem(
        key=f"{kind}:{name}", kind=kind, subject=name, area="a", since=AT, priority=2, mark=mark_of(mark)
    )
    return msgspec.structs.replace(made, **more)


FIRST, SECOND = item("a0.high"), item("a1.high")


def drafted(*items: HandoverItem, last: dict[str, HandoverItem] | None = None) -> HandoverMachine:
    """KIM hands over these items; `last` is what was handed over before."""
    listed = difference(last or {}, items, {}, offered=False)
    fact = HandoverFact(
        id="h1",
        state=HandoverState.DRAFTED,
        areas=("a",),
        outgoing=party_of(KIM),
        items=listed,
        count=len(listed),
        at=AT,
        digest=list_digest(listed, ""),
    )
    return HandoverMachine(fact, last or {}, TIMES)


def in_state(state: HandoverState, *items: HandoverItem) -> HandoverMachine:
    """A handover of KIM that stands there; LEE takes over."""
    paper = drafted(*(items or (FIRST, SECOND)))
    if state is HandoverState.WITHDRAWN:
        paper.withdraw("", KIM, AT)
    if state in (HandoverState.DRAFTED, HandoverState.WITHDRAWN):
        paper.events()
        return paper
    paper.offer("", KIM, 0.0, AT)
    if state is HandoverState.REFUSED:
        paper.refuse("못 받습니다", LEE, AT)
    if state in (HandoverState.ACCEPTING, HandoverState.SIGNED, HandoverState.TAKEN):
        paper.take_up(LEE, 0.0, AT)
    if state in (HandoverState.SIGNED, HandoverState.TAKEN):
        accept_all(paper)
        if state is HandoverState.SIGNED:
            paper.sign(paper.fact.digest, "password", KIM, AT)
        else:
            paper.left(AT)
        paper.sign(paper.fact.digest, "password", LEE, AT)
    assert paper.fact.state is state
    paper.events()
    return paper


def accept_all(paper: HandoverMachine, actor: Actor = LEE) -> None:
    seen = [(one.key, one.mark) for one in paper.fact.items]
    assert all(not reason for _, reason in paper.accept(seen, True, actor, 0.0, AT))


def listed(paper: HandoverMachine, subject: str) -> HandoverItem:
    return next(one for one in paper.fact.items if one.subject == subject)
