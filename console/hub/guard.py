"""The one place that decides whether a message may be carried out (SEC-10, SEC-13); `needs` is its table.

Services do not check roles, except through `Guard.rights` at every stage of a command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from console.core.command.reasons import CommandReason
from console.core.command.validation import Intent
from console.core.identity.accounts import Account
from console.core.identity.facts import SessionState
from console.core.identity.principal import Grant, Principal
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import Permission
from console.core.site import CommandClass
from console.hub.needs import NEEDS, Need
from console.hub.people.people import principal_of
from console.hub.people.sessions import OpenSession, Sessions
from console.hub.person import Person
from console.hub.whereabouts import Place, Whereabouts
from console.wire.messages import (
    AccountsReply,
    AckAlarms,
    ActReply,
    ActResult,
    DecideCommand,
    FetchFile,
    FilePart,
    FileReply,
    HandoversReply,
    HistoryDone,
    JournalReply,
    LogPeopleReply,
    LogReply,
    Message,
    OccurrencesReply,
    OfferFile,
    PutFile,
    QueryAccounts,
    QueryHandovers,
    QueryHistory,
    QueryJournal,
    QueryLog,
    QueryLogPeople,
    QueryOccurrences,
    ResetAlarms,
    ToHub,
)

_OUT = frozenset({SessionState.SIGNED_OUT, SessionState.ENDED})


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` empty: `message` may be carried out; parts of the act in `refused` were left out of it."""

    message: ToHub
    reason: str = ""
    subjects: tuple[str, ...] = ()
    refused: tuple[ActResult, ...] = ()
    supervisor: bool = False
    """The person holds a supervisor's right at every place of the act."""
    quiet: bool = False


class Guard:
    """Judges messages by the table, the session, and where in the city the act is."""

    def __init__(
        self, where: Whereabouts, sessions: Sessions, account: Callable[[str], Account | None]
    ) -> None:
        self.where = where
        self._sessions = sessions
        self._account = account
        self.without_session: tuple[Grant, ...] = ()
        """Rights of who acts inside the hub without a session: none but at a single seat."""

    def check(self, message: ToHub, session: OpenSession | None) -> Ruling:
        """What may become of a message of a seat with this session, or with none."""
        need = NEEDS.get(type(message))
        if need is None:
            return Ruling(message=message, reason=IdentityRefusal.NOT_AUTHORIZED)
        if session is not None:
            self._sessions.check_time(session)
        state = session.machine.state if session is not None else SessionState.SIGNED_OUT
        if state not in need.states:
            return Ruling(message=message, reason=_why_not(state), quiet=need.quiet)
        if session is None or state in _OUT:
            return Ruling(message=message)
        ruling = self._judged(message, need, session)
        if not ruling.reason and need.act:
            self._sessions.act(session)
        return ruling

    def rights(self, person: Person, intent: Intent, area: str, approving: bool) -> bool:
        """Whether this person may now command (or approve) this in the area, as rights stand at this instant."""
        principal = self._principal(person)
        if principal is None:
            return False
        top = intent.definition.command_class
        if intent.definition.emergency and not approving:
            top = min(top, CommandClass.C1)
        return principal.may(Permission.APPROVE if approving else Permission.COMMAND, area, top)

    def answer(self, message: ToHub, ruling: Ruling) -> Message | None:
        """What a seat is told of a refusal; None for what has no answer."""
        reason = ruling.reason
        match message:
            case QueryHistory():
                return HistoryDone(request=message.request, reason=reason)
            case QueryOccurrences():
                return OccurrencesReply(request=message.request, rows=(), reason=reason)
            case QueryJournal():
                return JournalReply(request=message.request, records=(), reason=reason)
            case QueryLog() | QueryLogPeople() | OfferFile() | PutFile() | FetchFile():
                return _log_refused(message, reason)
            case QueryHandovers():
                return HandoversReply(request=message.request, handovers=(), reason=reason)
            case QueryAccounts():
                return AccountsReply(request=message.request, accounts=(), reason=reason)
            case _:
                request = cast("str | None", getattr(message, "request", None))
                results = tuple(ActResult(subject, reason) for subject in ruling.subjects or ("",))
                return None if request is None else ActReply(request=request, results=results)

    def _judged(self, message: ToHub, need: Need, session: OpenSession) -> Ruling:
        principal = session.principal
        places = need.places(message, self.where) if need.places else ()
        subjects = tuple(place.subject for place in places)
        if isinstance(message, DecideCommand) and message.user:
            # Another person decides at this seat; `rights` judges that person once they are proved.
            return Ruling(message=message, subjects=subjects)
        allowed = (
            [_may(principal, need, place) for place in places] if places else [_may(principal, need, None)]
        )
        refusal = Ruling(message=message, reason=IdentityRefusal.NOT_AUTHORIZED, subjects=subjects)
        if not any(allowed) or (not need.each and not all(allowed)):
            return refusal
        if need.step_up and need.step_up(message, places) and not self._sessions.stepped_up(session):
            return msgspec.structs.replace(refusal, reason=IdentityRefusal.STEP_UP_REQUIRED)
        supervisor = bool(places) and all(principal.may(need.supervisor, place.area) for place in places)
        if all(allowed):
            return Ruling(message=message, subjects=subjects, supervisor=supervisor)
        return _narrowed(message, places, allowed)

    def _principal(self, person: Person) -> Principal | None:
        session = self._sessions.find(person.session)
        if session is not None and session.principal.user == person.who:
            return session.principal
        account = self._account(person.who)
        if account is not None:
            return principal_of(account, person.station) if account.enabled else None
        if person.session or not self.without_session:
            return None
        return Principal(
            user=person.who,
            person=person.human,
            name=person.shown,
            station=person.station,
            session="",
            grants=self.without_session,
        )


def _log_refused(
    message: QueryLog | QueryLogPeople | OfferFile | PutFile | FetchFile, reason: str
) -> Message:
    match message:
        case QueryLog():
            return LogReply(request=message.request, reason=reason)
        case QueryLogPeople():
            return LogPeopleReply(request=message.request, reason=reason)
        case FetchFile():
            return FilePart(request=message.request, sha256=message.sha256, reason=reason)
        case _:
            return FileReply(request=message.request, sha256=message.sha256, reason=reason)


def _may(principal: Principal, need: Need, place: Place | None) -> bool:
    if not need.any_of:
        return True
    if place is None:
        return any(principal.may_somewhere(permission) for permission in need.any_of)
    return any(principal.may(permission, place.area, place.top) for permission in need.any_of)


def _narrowed(message: ToHub, places: Sequence[Place], allowed: Sequence[bool]) -> Ruling:
    """The act without the parts that may not be."""
    assert isinstance(message, (AckAlarms, ResetAlarms))
    items = tuple(item for item, may in zip(message.items, allowed, strict=True) if may)
    left_out = (place.subject for place, may in zip(places, allowed, strict=True) if not may)
    return Ruling(
        message=msgspec.structs.replace(message, items=items),
        subjects=tuple(place.subject for place in places),
        refused=tuple(ActResult(subject, CommandReason.NOT_AUTHORIZED) for subject in left_out),
    )


def _why_not(state: SessionState) -> str:
    if state is SessionState.LOCKED:
        return IdentityRefusal.SESSION_LOCKED
    return IdentityRefusal.NOT_SIGNED_IN if state in _OUT else IdentityRefusal.NOT_AUTHORIZED
