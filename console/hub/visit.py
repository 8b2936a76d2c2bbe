"""What a clerk needs to serve one seat: the hub, the seat, and who sits there now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.errors import IdentityRefused
from console.core.identity.accounts import RESERVED
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Principal
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Permission
from console.hub.confirmations import Seal, SeatKey
from console.hub.guard import Ruling
from console.hub.hub import Hub
from console.hub.opening import Opening, catalogue, knows, welcome
from console.hub.people.records import Happened, Origin, note
from console.hub.people.sessions import OpenSession, fact_of
from console.hub.person import Person
from console.hub.seat import Seat
from console.wire.messages import (
    ActReply,
    ActResult,
    DirectoryPrompt,
    Hello,
    Message,
    Problem,
    SessionChanged,
    SignedIn,
    ToHub,
)

_UNSEEN = (ActReply, SessionChanged, SignedIn, DirectoryPrompt, Problem)
"""What a seat may be told while nobody is signed in."""
LOCAL_USER = "operator"


class Visit:
    """One seat being served. Who sits there changes; the seat is told, and sees only what that person may."""

    def __init__(self, hub: Hub, seat: Seat, hello: Hello, group: asyncio.TaskGroup, nonce: str = "") -> None:
        self.hub = hub
        self.seat = seat
        self.group = group
        self.station = hello.station
        self.nonce = nonce
        """Of this connection alone: what a seat's signature is bound to (SEC-17)."""
        self.key: SeatKey | None = None
        """What the seat signs with; None where seats have no certificates."""
        self._hello = hello
        self._opening = Opening(hub, seat)
        self.session: OpenSession | None = None
        self._gone = SessionFact(state=SessionState.SIGNED_OUT)
        self._ruling: Ruling | None = None
        self._has_catalogue = False

    async def begin(self) -> None:
        """Welcome the console: its session goes on, or a local one begins, or somebody has to sign in."""
        hub, hello = self.hub, self._hello
        known = knows(hub, hello)
        session, token = hub.sessions.resume(hello.token, self.station), ""
        if session is None and hub.local:
            session, token = hub.sessions.open_local(self._local_user(), self.station)
        sees = session is not None and session.principal.may_somewhere(Permission.VIEW)
        user = session.principal.user if session else ""
        sequence = hello.sequence if known and sees else hub.ring.sequence
        await self.seat.send(welcome(hub, user, sequence, full=not (known and sees)))
        if session is None:
            self.post(SessionChanged(session=self.fact()))
            return
        self._sit(session, token)
        if sees:
            whole = self._opening.whole
            self.seat.show(partial(self._opening.after, sequence) if known else whole)
        else:
            self._show_catalogue(user)

    def end(self) -> None:
        """The connection is over; the session waits for the console to come back."""
        if self.session is not None:
            self.hub.sessions.detach(self.session, self)
            if not self.session.seats:
                self.hub.broker.withdrawals.seat_gone(self.session.id)
            self.session = None

    def enter(self, session: OpenSession, token: str) -> None:
        """Somebody has signed in here; who sat here before is signed out, and the picture stays."""
        before, self.session = self.session, None
        if before is not None:
            self.hub.sessions.detach(before, self)
            if before.machine.open:
                self.hub.sessions.sign_out(before)
        self._sit(session, token)
        self._look()

    def sit_down_locally(self) -> None:
        """At a single seat, whoever is there is the local user again."""
        self.enter(*self.hub.sessions.open_local(self._local_user(), self.station))

    def session_changed(self) -> None:
        """The session was locked or ended, has other rights now, or goes on at another connection."""
        session = self.session
        if session is not None and self not in session.seats:
            self._gone = msgspec.structs.replace(
                fact_of(session), state=SessionState.ENDED, reason=IdentityRefusal.OTHER_CONSOLE
            )
            self.session = None
        elif session is not None and not session.machine.open:
            self._gone = fact_of(session)
            self.session = None
        self._look()
        self.post(SessionChanged(session=self.fact()))

    def fact(self) -> SessionFact:
        """The session as this console is told."""
        if self.session is not None:
            return fact_of(self.session)
        first = self.hub.people.needs_first_account and not self.hub.local
        return msgspec.structs.replace(self._gone, needs_first_account=first)

    def sign_of_life(self) -> None:
        """The seat has spoken: the areas that its session holds stay with it (CMD-09)."""
        if self.session is not None:
            self.hub.areas.beat(self.person())

    def judge(self, message: ToHub) -> Ruling:
        """What may become of a message now; a refusal is recorded (SEC-15)."""
        ruling = self._ruling = self.hub.guard.check(message, self.session)
        if ruling.quiet:
            return ruling
        if ruling.reason:
            self._record(message, ruling.subjects, ruling.reason)
        for part in ruling.refused:
            self._record(message, (part.subject,), part.reason)
        return ruling

    def cut_off(self, fault: str) -> None:
        """What this seat sent ends its connection: it was refused, and that is recorded (SEC-15)."""
        at = self.hub.clock.at()
        self.hub.people.book.note(note(self.origin(), Happened.REFUSED, at, "", fault, asked="message"))

    def principal(self) -> Principal:
        """Who sits there now; raises IdentityRefused NOT_SIGNED_IN."""
        if self.session is None:
            raise IdentityRefused(IdentityRefusal.NOT_SIGNED_IN)
        return self.session.principal

    def person(self) -> Person:
        """Who sits there now, as services take it, with the rights for the message that is being handled."""
        who = self.principal()
        return Person(
            who=who.user,
            station=who.station,
            supervisor=self._ruling is not None and self._ruling.supervisor,
            session=who.session,
            identity=who.person,
            name=who.name,
        )

    def origin(self) -> Origin:
        """Who does something here, for its record."""
        if self.session is None:
            return Origin(who="nobody", station=self.station)
        who = self.session.principal
        return Origin(who=who.user, station=who.station, session=who.session)

    def seal(self, signature: str) -> Seal:
        """A signature of this seat with what it is to be checked by."""
        return Seal(signature, self.nonce, self.key)

    def post(self, message: Message) -> None:
        """Send soon, without waiting."""
        if self.session is not None or isinstance(message, _UNSEEN):
            self.seat.post(self.seat.codec.encode(message))

    async def say(self, message: Message) -> None:
        """Answer this seat; without anybody signed in it hears of itself only."""
        if self.session is not None or isinstance(message, _UNSEEN):
            await self.seat.answer(self.seat.codec.encode(message))

    async def refuse(self, answer: Message) -> None:
        """Say that something was refused."""
        await self.seat.answer(self.seat.codec.encode(answer))

    async def show(self, payload: bytes | str) -> None:
        """Answer with values of the city, if this seat may still see them."""
        if self.seat.viewing:
            await self.seat.answer(payload)

    async def reply(self, request: str, outcomes: Sequence[ActOutcome]) -> None:
        """Answer an act, one result for each of its parts."""
        results = tuple(ActResult(outcome.subject, outcome.reason) for outcome in outcomes)
        refused = self._ruling.refused if self._ruling is not None else ()
        await self.say(ActReply(request=request, results=(*results, *refused)))

    def _local_user(self) -> str:
        """As the console says, but never a name that the hub gives itself."""
        user = self._hello.user
        return LOCAL_USER if not user or user.startswith(RESERVED) else user

    def _sit(self, session: OpenSession, token: str) -> None:
        self.session = session
        self.hub.sessions.attach(session, self)
        if token:
            self.post(SignedIn(token=token))
        self.post(SessionChanged(session=self.fact()))

    def _look(self) -> None:
        """Show the city to who may see it, and to nobody else."""
        session, seat = self.session, self.seat
        user = session.principal.user if session else ""
        if session is not None and session.principal.may_somewhere(Permission.VIEW):
            if not seat.viewing:
                seat.show(partial(self._opening.whole_anew, user))
            return
        saw = seat.viewing
        seat.blind()
        if session is None:
            self._has_catalogue = False
        elif saw or not self._has_catalogue:
            self._show_catalogue(user)

    def _show_catalogue(self, user: str) -> None:
        self._has_catalogue = True
        for message in catalogue(self.hub, user):
            self.post(message)

    def _record(self, message: ToHub, subjects: Sequence[str], reason: str) -> None:
        subject = subjects[0] if len(subjects) == 1 else ""
        named = " ".join(subjects)[:200] if len(subjects) > 1 else ""
        asked = type(message).__name__
        at = self.hub.clock.at()
        self.hub.people.book.note(
            note(self.origin(), Happened.REFUSED, at, subject, reason, asked=asked, about=named)
        )
