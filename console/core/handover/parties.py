"""Who takes part in a handover, and who is who."""

from __future__ import annotations

import msgspec

from console.core.errors import HandoverRefused
from console.core.handover.facts import TEXT_MAX, Party
from console.core.handover.reasons import HandoverReason
from console.core.identity.accounts import MAX_NAME, folded
from console.core.plaintext import first_forbidden

SESSION_SHOWN = 8
NAMED = "name:"
"""Before a name that was only said: it is nobody's account."""


class Actor(msgspec.Struct, frozen=True):
    """Who does something, at which station; `human` is the human being, empty at a single seat until a name is said."""

    who: str
    name: str
    human: str
    station: str
    session: str = ""
    supervisor: bool = False
    passwordless: bool = False

    @property
    def shown_session(self) -> str:
        """As much of the session as everybody may see."""
        return self.session[:SESSION_SHOWN]


def named(actor: Actor, name: str) -> Actor:
    """At a single seat the person is who the name says; with accounts the name is not asked for."""
    if not actor.passwordless:
        return actor
    name = spoken(name, empty=True)[:MAX_NAME]
    return msgspec.structs.replace(
        actor, name=name or actor.name, human=f"{NAMED}{folded(name)}" if name else ""
    )


def party_of(actor: Actor) -> Party:
    """The actor as one who signs."""
    return Party(
        who=actor.who,
        name=actor.name,
        human=actor.human,
        station=actor.station,
        session=actor.shown_session,
        passwordless=actor.passwordless,
    )


def same_human(party: Party, actor: Actor) -> bool:
    """Whether they are one human being, as far as anybody can tell."""
    return bool(actor.human) and party.human == actor.human


def plays(party: Party | None, actor: Actor) -> bool:
    """Whether the actor may act as this party: the same person, or at a single seat whoever sits there."""
    if party is None:
        return False
    at_the_seat = party.passwordless and actor.passwordless and party.station == actor.station
    return same_human(party, actor) or at_the_seat


def spoken(text: str, *, empty: bool = False) -> str:
    """A text of a person without the blanks around it; raises REASON_REQUIRED, FORMAT."""
    text = text.strip()
    if not text and not empty:
        raise HandoverRefused("REASON_REQUIRED")
    if len(text) > TEXT_MAX:
        raise HandoverRefused(HandoverReason.TOO_MUCH)
    if first_forbidden(text):
        raise HandoverRefused("FORMAT")
    return text
