"""Who holds an area: one session at a time, kept alive by its messages, handed over by consent, by silence or by a
supervisor (CMD-09, SEC-11).

`now` is monotonic seconds, `at` the hub's UTC ns.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from console.core.batch import NS
from console.core.command.control_facts import LeaseFact
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused

SESSION_SHOWN: Final = 8
"""Characters of a session that everybody may see."""


class LeaseState(StrEnum):
    """States of one area."""

    FREE = "free"
    HELD = "held"
    WANTED = "wanted"
    """Held, and somebody asks for it."""


class LeaseInput(StrEnum):
    """What may happen to it; the actor is the holder, the one who asks (wisher), or another."""

    TAKE_HOLDER = "take_holder"
    TAKE_SELF = "take_self"
    """By the holder's account in another session: no consent of oneself is needed."""
    TAKE_WISHER = "take_wisher"
    TAKE_OTHER = "take_other"
    RELEASE_HOLDER = "release_holder"
    RELEASE_WISHER = "release_wisher"
    RELEASE_OTHER = "release_other"
    GRANT = "grant"
    REFUSE = "refuse"
    ANSWER_OTHER = "answer_other"
    """An answer by somebody who does not hold it."""
    FORCE_HOLDER = "force_holder"
    FORCE = "force"
    HOLDER_GONE = "holder_gone"
    """The session has ended, or its seat has been silent for the whole lease."""
    WISHER_GONE = "wisher_gone"
    TAKEOVER_DUE = "takeover_due"
    HAND_OVER = "hand_over"
    """A signed shift handover gives it to the incoming person."""


class LeaseEffect(StrEnum):
    """What an input does with holder and wisher."""

    TAKE = "take"
    """The actor holds it, nobody asks."""
    WISH = "wish"
    """The actor asks for it."""
    PASS = "pass"  # noqa: S105 - an effect, no password
    """The wisher holds it."""
    DROP = "drop"
    """Nobody asks any more."""
    FREE = "free"


class LeaseMove(NamedTuple):
    """Where an input leads."""

    to: LeaseState
    effect: LeaseEffect


_S = LeaseState
_I = LeaseInput
_E = LeaseEffect
_R = CommandReason

TABLE: Final[dict[LeaseState, dict[LeaseInput, LeaseMove | CommandReason]]] = {
    _S.FREE: {
        _I.TAKE_OTHER: LeaseMove(_S.HELD, _E.TAKE),
        _I.FORCE: LeaseMove(_S.HELD, _E.TAKE),
        _I.RELEASE_OTHER: _R.NOT_HOLDER,
        _I.ANSWER_OTHER: _R.NOT_HOLDER,
        _I.HAND_OVER: LeaseMove(_S.HELD, _E.TAKE),
    },
    _S.HELD: {
        _I.TAKE_HOLDER: _R.ALREADY_HELD,
        _I.TAKE_SELF: LeaseMove(_S.HELD, _E.TAKE),
        _I.TAKE_OTHER: LeaseMove(_S.WANTED, _E.WISH),
        _I.RELEASE_HOLDER: LeaseMove(_S.FREE, _E.FREE),
        _I.RELEASE_OTHER: _R.NOT_HOLDER,
        _I.GRANT: _R.NOT_WANTED,
        _I.REFUSE: _R.NOT_WANTED,
        _I.ANSWER_OTHER: _R.NOT_HOLDER,
        _I.FORCE_HOLDER: _R.ALREADY_HELD,
        _I.FORCE: LeaseMove(_S.HELD, _E.TAKE),
        _I.HOLDER_GONE: LeaseMove(_S.FREE, _E.FREE),
        _I.HAND_OVER: LeaseMove(_S.HELD, _E.TAKE),
    },
    _S.WANTED: {
        _I.TAKE_HOLDER: _R.ALREADY_HELD,
        # Whoever asks keeps the claim when the holder goes on at another seat.
        _I.TAKE_SELF: _R.ALREADY_WANTED,
        _I.TAKE_WISHER: _R.ALREADY_WANTED,
        _I.TAKE_OTHER: _R.ALREADY_WANTED,
        _I.RELEASE_HOLDER: LeaseMove(_S.HELD, _E.PASS),
        _I.RELEASE_WISHER: LeaseMove(_S.HELD, _E.DROP),
        _I.RELEASE_OTHER: _R.NOT_HOLDER,
        _I.GRANT: LeaseMove(_S.HELD, _E.PASS),
        _I.REFUSE: LeaseMove(_S.HELD, _E.DROP),
        _I.ANSWER_OTHER: _R.NOT_HOLDER,
        _I.FORCE_HOLDER: _R.ALREADY_HELD,
        _I.FORCE: LeaseMove(_S.HELD, _E.TAKE),
        _I.HOLDER_GONE: LeaseMove(_S.HELD, _E.PASS),
        _I.WISHER_GONE: LeaseMove(_S.HELD, _E.DROP),
        _I.TAKEOVER_DUE: LeaseMove(_S.HELD, _E.PASS),
        # Both have signed; whoever else asked asks the new holder.
        _I.HAND_OVER: LeaseMove(_S.HELD, _E.TAKE),
    },
}


class Sitter(msgspec.Struct, frozen=True):
    """A person in a session at a seat."""

    who: str
    name: str
    session: str
    station: str


class LeaseTimes(msgspec.Struct, frozen=True):
    """How long a lease lasts without a sign of its holder, and how long a holder has to answer."""

    lease_s: float = 30.0
    takeover_s: float = 30.0


class LeaseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A transition, and the fact after it."""

    what: LeaseInput
    who: str
    """The actor; `system:lease` where time or the end of a session did it."""
    station: str
    old: str
    """Who held it before."""
    reason: str
    at: int
    fact: LeaseFact


SYSTEM: Final = Sitter("system:lease", "", "", "")
_BOUND = "*"
"""Session of a holder from before a restart: his next sign, in whatever session, is that of the holder."""


class AreaLease:
    """One area. Acts raise CommandRefused and then change nothing; the rest never raises."""

    def __init__(self, area: str, times: LeaseTimes) -> None:
        self._times = times
        self.fact = LeaseFact(area=area)
        self._holder: Sitter | None = None
        self._wisher: Sitter | None = None
        self._lease_due = math.inf
        self._wisher_due = math.inf
        self._takeover_due = math.inf
        self._events: list[LeaseEvent] = []

    def restore(self, fact: LeaseFact, now: float) -> None:
        """The holder from before a restart of the hub keeps the area for one lease; a wish is forgotten."""
        if not fact.holder:
            return
        self._holder = Sitter(fact.holder, fact.holder_name, _BOUND, fact.station)
        self._lease_due = now + self._times.lease_s
        self.fact = msgspec.structs.replace(fact, session="", wanted_by="", wanted_name="", wanted_until=0)

    @property
    def state(self) -> LeaseState:
        """Where it stands."""
        if self._holder is None:
            return LeaseState.FREE
        return LeaseState.HELD if self._wisher is None else LeaseState.WANTED

    def holds(self, sitter: Sitter) -> bool:
        """Whether this session holds it."""
        return self._same(self._holder, sitter)

    def use(self, sitter: Sitter, now: float, at: int) -> None:
        """A command of the area: a free one is taken; raises AUTHORITY_HELD_BY_OTHER."""
        self.beat(sitter, now)
        if self._holder is None:
            self.take(sitter, now, at)
        elif not self.holds(sitter):
            raise CommandRefused(CommandReason.AUTHORITY_HELD_BY_OTHER, holder=self._holder.name)

    def take(self, sitter: Sitter, now: float, at: int) -> None:
        """Hold it, or ask its holder; raises ALREADY_HELD, ALREADY_WANTED."""
        self.beat(sitter, now)
        if self._holder is not None and self._holder.who == sitter.who and not self.holds(sitter):
            what = LeaseInput.TAKE_SELF
        else:
            role = self._role(sitter)
            what = LeaseInput(f"take_{role}")
        self._act(what, sitter, "", now, at)

    def release(self, sitter: Sitter, now: float, at: int) -> None:
        """Hold it no longer, or ask no longer; raises NOT_HOLDER."""
        self.beat(sitter, now)
        self._act(LeaseInput(f"release_{self._role(sitter)}"), sitter, "", now, at)

    def answer(self, grant: bool, sitter: Sitter, now: float, at: int) -> None:
        """The holder grants or refuses; raises NOT_HOLDER, NOT_WANTED."""
        self.beat(sitter, now)
        what = LeaseInput.GRANT if grant else LeaseInput.REFUSE
        self._act(what if self.holds(sitter) else LeaseInput.ANSWER_OTHER, sitter, "", now, at)

    def force(self, reason: str, sitter: Sitter, now: float, at: int) -> None:
        """A supervisor takes it at once; raises ALREADY_HELD. The reason has been checked."""
        self.beat(sitter, now)
        what = LeaseInput.FORCE_HOLDER if self.holds(sitter) else LeaseInput.FORCE
        self._act(what, sitter, reason, now, at)

    def hand_over(self, outgoing: str, incoming: Sitter, now: float, at: int) -> bool:
        """A signed handover from the account `outgoing`: the incoming person holds it now, unless somebody else does.

        An empty session of `incoming` is bound to the next sign of that person. Whether it is in his hands.
        """
        if not incoming.session:
            incoming = msgspec.structs.replace(incoming, session=_BOUND)
        holder = self._holder
        if holder is not None and holder.who == incoming.who:
            return True
        if holder is not None and holder.who != outgoing:
            return False
        self._act(LeaseInput.HAND_OVER, incoming, "", now, at)
        return True

    def beat(self, sitter: Sitter, now: float) -> None:
        """A sign of life of a session."""
        if self._holder is not None and self.holds(sitter):
            if self._holder.session == _BOUND:
                self._holder = sitter
                shown = sitter.session[:SESSION_SHOWN]
                self.fact = msgspec.structs.replace(self.fact, session=shown, station=sitter.station)
            self._lease_due = now + self._times.lease_s
        if self._wisher is not None and self._same(self._wisher, sitter):
            self._wisher_due = now + self._times.lease_s

    def session_ended(self, session: str, now: float, at: int) -> None:
        """The person has signed out or was signed out."""
        if self._wisher is not None and self._wisher.session == session:
            self._act(LeaseInput.WISHER_GONE, SYSTEM, "", now, at)
        if self._holder is not None and self._holder.session == session:
            self._act(LeaseInput.HOLDER_GONE, SYSTEM, "", now, at)

    def next_deadline(self) -> float | None:
        """When to call `expire`; None while it is free."""
        due = min(self._lease_due, self._takeover_due, self._wisher_due)
        return None if math.isinf(due) else due

    def expire(self, now: float, at: int) -> None:
        """End what has taken too long. Who asked and fell silent gets nothing."""
        if self._wisher_due <= now:
            self._act(LeaseInput.WISHER_GONE, SYSTEM, "", now, at)
        if self._takeover_due <= now:
            self._act(LeaseInput.TAKEOVER_DUE, SYSTEM, "", now, at)
        if self._lease_due <= now:
            self._act(LeaseInput.HOLDER_GONE, SYSTEM, "", now, at)

    def events(self) -> list[LeaseEvent]:
        """Transitions since the last call; drains."""
        events, self._events = self._events, []
        return events

    def _role(self, sitter: Sitter) -> str:
        if self.holds(sitter):
            return "holder"
        return "wisher" if self._same(self._wisher, sitter) else "other"

    def _same(self, known: Sitter | None, sitter: Sitter) -> bool:
        if known is None or known.who != sitter.who:
            return False
        return known.session in (sitter.session, _BOUND)

    def _act(self, what: LeaseInput, actor: Sitter, reason: str, now: float, at: int) -> None:
        move = TABLE[self.state].get(what, CommandReason.NOT_APPLICABLE)
        if isinstance(move, CommandReason):
            raise CommandRefused(move)
        old = self.fact.holder
        if move.effect is LeaseEffect.WISH:
            self._wish(actor, now, at)
        elif move.effect is LeaseEffect.DROP:
            self._drop()
        else:
            self._hand_to(self._next_holder(move.effect, actor), now, at)
        event = LeaseEvent(
            what=what, who=actor.who, station=actor.station, old=old, reason=reason, at=at, fact=self.fact
        )
        self._events.append(event)

    def _next_holder(self, effect: LeaseEffect, actor: Sitter) -> Sitter | None:
        if effect is LeaseEffect.FREE:
            return None
        return actor if effect is LeaseEffect.TAKE else self._wisher

    def _hand_to(self, sitter: Sitter | None, now: float, at: int) -> None:
        self._drop()
        self._holder = sitter
        if sitter is None:
            self._lease_due = math.inf
            self.fact = LeaseFact(area=self.fact.area)
            return
        self._lease_due = now + self._times.lease_s
        self.fact = LeaseFact(
            area=self.fact.area,
            holder=sitter.who,
            holder_name=sitter.name,
            session="" if sitter.session == _BOUND else sitter.session[:SESSION_SHOWN],
            station=sitter.station,
            since=at,
        )

    def _wish(self, actor: Sitter, now: float, at: int) -> None:
        self._wisher = actor
        self._wisher_due = now + self._times.lease_s
        self._takeover_due = now + self._times.takeover_s
        until = at + int(self._times.takeover_s * NS)
        self.fact = msgspec.structs.replace(
            self.fact, wanted_by=actor.who, wanted_name=actor.name, wanted_until=until
        )

    def _drop(self) -> None:
        self._wisher = None
        self._wisher_due = self._takeover_due = math.inf
        self.fact = msgspec.structs.replace(self.fact, wanted_by="", wanted_name="", wanted_until=0)
