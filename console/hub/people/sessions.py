"""Every session of the hub: who is signed in where, what they are told, and when it ends (SEC-07..09, SEC-13).

A token proves a session after the link was lost; only its hash is kept. One session of a person controls, any
number may watch: whoever takes control elsewhere finds the older console locked and told.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from console.core.control import Policy
from console.core.identity.accounts import LOCAL_GRANTS, Account, controls
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Principal
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Permission
from console.core.identity.session import Session, SessionTimes
from console.core.journal import Record
from console.hub.clock import Clock
from console.hub.people.people import origin_of, principal_of
from console.hub.people.records import Happened, note
from console.hub.people.vault import KeptSession
from console.wire.messages import Message

TICK_S = 0.5
TOKEN_BYTES = 32
MOST_OF_ONE = 8
"""Sessions of one account; one more ends the oldest."""
ALONE_S = 600.0
"""How long a session waits for its console to come back (SEC-08)."""

_HAPPENED = {
    SessionState.ACTIVE: Happened.UNLOCKED,
    SessionState.LOCKED: Happened.LOCKED,
    SessionState.ENDED: Happened.ENDED,
    SessionState.SIGNED_OUT: Happened.SIGN_OUT,
}


class Seated(Protocol):
    """A console as its session knows it."""

    def post(self, message: Message) -> None:
        """Send soon."""
        ...

    def session_changed(self) -> None:
        """The session is not what it was."""
        ...


class Keeper(Protocol):
    """Where sessions outlast a restart of the hub."""

    def sessions(self) -> list[KeptSession]:
        """Sessions that were open."""
        ...

    def keep_session(self, session: KeptSession) -> None:
        """Keep a session as it is now."""
        ...

    def drop_session(self, session_id: str) -> None:
        """A session is over."""
        ...


@dataclass(slots=True, eq=False)
class OpenSession:
    """One session; `principal` changes with the account."""

    machine: Session
    principal: Principal
    token_hash: str
    directory: bool = False
    seats: list[Seated] = field(default_factory=list[Seated])
    alone_since: float | None = None

    @property
    def id(self) -> str:
        """Names the session; not a secret."""
        return self.principal.session

    @property
    def in_control(self) -> bool:
        """Whether it can change anything now."""
        return self.machine.state is SessionState.ACTIVE and controls(self.principal.grants)


class Sessions:
    """The only owner of session machines. `note` takes records for the journal."""

    def __init__(
        self,
        policy: Policy,
        clock: Clock,
        note_record: Callable[[Record], None],
        keeper: Keeper | None = None,
    ) -> None:
        self._keeper = keeper
        self._times = SessionTimes.of(policy)
        self._clock = clock
        self._note = note_record
        self._sessions: dict[str, OpenSession] = {}
        self.ended: list[Callable[[str], None]] = []
        """Called with a session's id when it is over for good, or may not control any more because its person does so
        elsewhere: what it holds and has asked for ends."""

    async def run(self) -> None:
        """Lock and end what has come to its time, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.expire()

    def restore(self, account: Callable[[str], Account | None]) -> None:
        """Sessions from before a restart wait for their consoles, as long as they would have lasted."""
        now, at = self._clock.now(), self._clock.at()
        for kept in self._keeper.sessions() if self._keeper else ():
            who = account(kept.user)
            machine = Session(self._times)
            machine.go_on(now, at, kept.since, locked=kept.locked)
            if who is None or not who.enabled or not machine.open:
                self._drop(kept.id)
                continue
            principal = principal_of(who, kept.station, kept.id)
            session = OpenSession(machine, principal, kept.token_hash, kept.directory, alone_since=now)
            self._sessions[kept.id] = session

    def open(self, account: Account, station: str, *, directory: bool = False) -> tuple[OpenSession, str]:
        """A session of somebody who has proved who they are, and its token."""
        principal = principal_of(account, station, secrets.token_hex(16))
        opened, token = self._begin(principal, passwordless=False)
        opened.directory = directory
        self._keep(opened)
        self._take_control(opened)
        own = [session for session in self._sessions.values() if session.principal.user == account.user]
        for oldest in own[:-MOST_OF_ONE]:
            self._revoke(oldest, IdentityRefusal.OTHER_CONSOLE)
        return opened, token

    def open_local(self, user: str, station: str) -> tuple[OpenSession, str]:
        """The session of whoever sits at a single-seat installation; nobody has proved anything."""
        principal = Principal(
            user=user,
            person=user,
            name=user,
            station=station,
            session=secrets.token_hex(16),
            grants=LOCAL_GRANTS,
        )
        opened, token = self._begin(principal, passwordless=True)
        self._record(opened, Happened.SIGN_IN, how="passwordless")
        return opened, token

    def resume(self, token: str, station: str) -> OpenSession | None:
        """The session that a token proves, at its own station; whoever sat there before is told."""
        known = self._by_token(token)
        if known is None or known.principal.station != station or not known.machine.open:
            return None
        for seat in tuple(known.seats):
            self.detach(known, seat)
            seat.session_changed()
        self._record(known, Happened.RESUMED)
        return known

    def sees(self, token: str) -> bool:
        """Whether the token is of an open session whose person may see the city."""
        known = self._by_token(token)
        if known is None:
            return False
        self.check_time(known)
        return known.machine.open and known.principal.may_somewhere(Permission.VIEW)

    def attach(self, session: OpenSession, seat: Seated) -> None:
        """A console shows this session."""
        session.seats.append(seat)
        session.alone_since = None

    def detach(self, session: OpenSession, seat: Seated) -> None:
        """A console has gone."""
        if seat in session.seats:
            session.seats.remove(seat)
        if not session.seats:
            session.alone_since = self._clock.now()

    def lock(self, session: OpenSession) -> None:
        """Lock now; raises IdentityRefused."""
        session.machine.lock(self._clock.at())
        self._drain(session)

    def unlock(self, session: OpenSession) -> None:
        """The person has proved who they are again; takes control back. Raises IdentityRefused."""
        session.machine.unlock(self._clock.now(), self._clock.at())
        self._take_control(session)
        self._drain(session)

    def step_up(self, session: OpenSession) -> None:
        """The person has proved who they are again; raises IdentityRefused."""
        session.machine.step_up(self._clock.now(), self._clock.at())
        self._record(session, Happened.STEP_UP)
        self._tell(session)

    def stepped_up(self, session: OpenSession) -> bool:
        """Whether the password was said a short while ago."""
        return session.machine.stepped_up(self._clock.now())

    def sign_out(self, session: OpenSession) -> None:
        """End it as the person wishes; raises IdentityRefused."""
        session.machine.sign_out(self._clock.at())
        self._drain(session)

    def act(self, session: OpenSession) -> None:
        """The person does something: the idle time begins again."""
        if session.machine.state is SessionState.ACTIVE:
            session.machine.act(self._clock.now(), self._clock.at())

    def revoke(self, user: str, reason: str = IdentityRefusal.SESSION_REVOKED, keep: str = "") -> int:
        """End every session of an account but `keep`; how many."""
        own = [one for one in self._sessions.values() if one.principal.user == user and one.id != keep]
        for session in own:
            if not session.machine.passwordless:
                self._revoke(session, reason)
        return len(own)

    def account_changed(self, user: str, account: Account | None) -> None:
        """Rights hold at once in open sessions; without the account they end (SEC-13)."""
        if account is None or not account.enabled:
            self.revoke(user)
            return
        for session in self._sessions.values():
            if session.principal.user == user and not session.machine.passwordless:
                before = session.principal
                session.principal = principal_of(account, before.station, before.session)
                if session.principal != before:
                    self._tell(session)

    def expire(self) -> None:
        """Lock and end what has come to its time."""
        now, at = self._clock.now(), self._clock.at()
        for session in tuple(self._sessions.values()):
            self._expire(session, now, at)

    def check_time(self, session: OpenSession) -> None:
        """Lock or end this one if it is time; nothing gets in between two ticks."""
        self._expire(session, self._clock.now(), self._clock.at())

    def find(self, session_id: str) -> OpenSession | None:
        """The session of this id, if it is not over."""
        return self._sessions.get(session_id)

    def present(self, session_id: str) -> bool:
        """Whether the session is open and a console shows it now."""
        session = self._sessions.get(session_id)
        return session is not None and session.machine.open and bool(session.seats)

    def here(self, person: str, station: str = "") -> bool:
        """Whether a human being has an open session that a console shows (at a station, if one is named)."""
        return any(
            one.machine.open
            and bool(one.seats)
            and one.principal.person == person
            and station in ("", one.principal.station)
            for one in self._sessions.values()
        )

    def count(self, user: str) -> int:
        """Sessions of an account."""
        return sum(session.principal.user == user for session in self._sessions.values())

    def last_position(self, station: str) -> bool:
        """Whether no other station can control the city now."""
        others = (one for one in self._sessions.values() if one.principal.station != station)
        return not any(one.in_control and one.seats for one in others)

    def tell(self, session_id: str, message: Message) -> bool:
        """Send to the consoles of one session; whether there was one."""
        session = self._sessions.get(session_id)
        if session is None:
            return False
        for seat in tuple(session.seats):
            seat.post(message)
        return bool(session.seats)

    def _begin(self, principal: Principal, *, passwordless: bool) -> tuple[OpenSession, str]:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        machine = Session(self._times, passwordless=passwordless)
        machine.sign_in(self._clock.now(), self._clock.at())
        machine.events()
        session = OpenSession(machine, principal, _hash(token), alone_since=self._clock.now())
        self._sessions[session.id] = session
        return session, token

    def _by_token(self, token: str) -> OpenSession | None:
        found = _hash(token) if token else ""
        return next((one for one in self._sessions.values() if one.token_hash == found), None)

    def _take_control(self, taker: OpenSession) -> None:
        if not taker.in_control:
            return
        for other in tuple(self._sessions.values()):
            same = other is not taker and other.principal.person == taker.principal.person
            if same and other.in_control and not other.machine.passwordless:
                other.machine.take_over(self._clock.at())
                self._drain(other)
                self._release(other)

    def _revoke(self, session: OpenSession, reason: str) -> None:
        session.machine.revoke(self._clock.at(), reason)
        self._drain(session)

    def _expire(self, session: OpenSession, now: float, at: int) -> None:
        if not session.machine.open:
            return
        session.machine.expire(now, at)
        if session.alone_since is not None and now - session.alone_since > ALONE_S and session.machine.open:
            session.machine.revoke(at, IdentityRefusal.SESSION_EXPIRED)
        self._drain(session)

    def _drain(self, session: OpenSession) -> None:
        events = session.machine.events()
        for event in events:
            self._record(session, _HAPPENED[event.state], reason=event.reason)
        if not events:
            return
        if session.machine.open:
            self._keep(session)
        else:
            self._sessions.pop(session.id, None)
            self._drop(session.id)
            self._release(session)
        self._tell(session)

    def _keep(self, session: OpenSession) -> None:
        if self._keeper is None or session.machine.passwordless:
            return
        kept = KeptSession(
            id=session.id,
            token_hash=session.token_hash,
            user=session.principal.user,
            station=session.principal.station,
            since=session.machine.since,
            locked=session.machine.state is SessionState.LOCKED,
            directory=session.directory,
        )
        self._keeper.keep_session(kept)

    def _drop(self, session_id: str) -> None:
        if self._keeper is not None:
            self._keeper.drop_session(session_id)

    def _release(self, session: OpenSession) -> None:
        for listener in tuple(self.ended):
            listener(session.id)

    def _tell(self, session: OpenSession) -> None:
        for seat in tuple(session.seats):
            seat.session_changed()

    def _record(self, session: OpenSession, what: str, **fields: str) -> None:
        self._note(note(origin_of(session.principal), what, self._clock.at(), **fields))


def fact_of(session: OpenSession) -> SessionFact:
    """The session as its console sees it."""
    machine, principal = session.machine, session.principal
    return SessionFact(
        state=machine.state,
        user=principal.user,
        name=principal.name,
        person=principal.person,
        grants=principal.grants,
        since=machine.since,
        ends=machine.ends,
        locks=machine.locks,
        stepped_up_until=machine.stepped_up_until,
        passwordless=machine.passwordless,
        reason=machine.reason,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
