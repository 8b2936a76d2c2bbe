"""A shift handover where both persons sit at one seat without accounts."""

from __future__ import annotations

import msgspec
import pytest
from handover_paper import AT, FIRST, KIM, accept_all, drafted, listed

from console.core.errors import HandoverRefused
from console.core.handover.facts import HandoverState
from console.core.handover.parties import Actor, named, party_of
from console.core.handover.reasons import HandoverReason


def test_at_a_single_seat_both_say_their_names_and_they_differ() -> None:
    """No accounts: nobody proves anything, and the handover says so."""
    seat = Actor("operator", "operator", "", "seat-1", "s", passwordless=True)
    kim, lee = named(seat, " 김철수 "), named(seat, "이영희")
    assert (kim.name, kim.human) == ("김철수", "name:김철수")
    assert named(KIM, "아무개") == KIM
    paper = drafted(FIRST)
    paper.fact = msgspec.structs.replace(paper.fact, outgoing=party_of(kim))
    paper.offer("", seat, 0.0, AT)
    for who, reason in (
        (seat, HandoverReason.NAME_REQUIRED),
        (named(seat, "김철수"), HandoverReason.SAME_PERSON),
    ):
        with pytest.raises(HandoverRefused, match=reason):
            paper.take_up(who, 0.0, AT)
    paper.take_up(lee, 0.0, AT)
    accept_all(paper, seat)
    assert listed(paper, "a0.high").accepted_by == "이영희"
    with pytest.raises(HandoverRefused, match=HandoverReason.NAME_REQUIRED):
        paper.sign(paper.fact.digest, "name", seat, AT)
    paper.sign(paper.fact.digest, "name", kim, AT)
    paper.sign(paper.fact.digest, "name", lee, AT)
    assert paper.fact.state is HandoverState.SIGNED
    assert paper.fact.outgoing.passwordless
