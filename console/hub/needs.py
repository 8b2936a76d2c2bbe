"""What every message to the hub needs: ONE table, and what it does not name is refused (SEC-10, SEC-13).

Viewing is not split by area: water does not stop at the border of an area, and who watches one must see what
comes from the next. Acting is split by area, and commanding also by class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.core.identity.facts import SessionState
from console.core.identity.roles import Permission
from console.core.site import CommandClass
from console.hub.whereabouts import Place, Whereabouts
from console.wire import messages as m

Find = Callable[[Any, Whereabouts], Sequence[Place]]
_S = SessionState
_P = Permission

ACTIVE: Final = frozenset({_S.ACTIVE})
OPEN: Final = frozenset({_S.ACTIVE, _S.LOCKED})
"""View and sound go on while a seat is locked (SEC-07)."""
ANY: Final = frozenset(SessionState)


@dataclass(frozen=True, slots=True)
class Need:
    """What one kind of message needs."""

    states: frozenset[SessionState] = ACTIVE
    """In which states of the session it is taken."""
    any_of: tuple[Permission, ...] = ()
    """One of these rights at every place, or anywhere for a message without places; empty: none."""
    places: Find | None = None
    step_up: Callable[[Any, Sequence[Place]], bool] | None = None
    """Whether the password must have been said a short while ago (SEC-14)."""
    each: bool = False
    """Every place is judged by itself, and those that may not be are left out of `items`."""
    supervisor: Permission = Permission.SUPPRESS
    """The right that makes somebody a supervisor for this act."""
    act: bool = True
    """A person did something: the idle time begins again."""
    quiet: bool = False
    """A seat says so by itself: a refusal is neither answered nor recorded."""


def _dangerous(_message: object, places: Sequence[Place]) -> bool:
    return any(place.top is CommandClass.C3 for place in places)


def _always(_message: object, _places: Sequence[Place]) -> bool:
    return True


def _items(message: m.AckAlarms | m.ResetAlarms | m.ShelveAlarms, where: Whereabouts) -> Sequence[Place]:
    return where.alarms(item.alarm for item in message.items)


def _alarm(message: Any, where: Whereabouts) -> Sequence[Place]:
    return where.alarms((message.alarm,))


def _area(message: Any, _where: Whereabouts) -> Sequence[Place]:
    return [Place(message.area, message.area)]


def _asset(message: m.PlaceTag, where: Whereabouts) -> Sequence[Place]:
    return [where.asset(message.asset)]


def _request(message: m.SendCommand, where: Whereabouts) -> Sequence[Place]:
    asked = message.command
    return [where.command(asked.asset, asked.command, asked.command_id)]


def _known(message: Any, where: Whereabouts) -> Sequence[Place]:
    return [where.known_command(message.command_id)]


def _known_area(message: Any, where: Whereabouts) -> Sequence[Place]:
    place = where.known_command(message.command_id)
    return [Place(place.subject, place.area)]


def _decides_here(message: m.DecideCommand, places: Sequence[Place]) -> bool:
    # Somebody else's password at this seat proves that person, for this decision alone.
    return not message.user and _dangerous(message, places)


def _tag(message: m.RemoveTag, where: Whereabouts) -> Sequence[Place]:
    return [where.tag(message.tag)]


def _log(message: m.WriteLog, where: Whereabouts) -> Sequence[Place]:
    draft = message.draft
    place = Place(draft.id, draft.area)
    return [place, where.log_entry(draft.corrects)] if draft.corrects else [place]


def _procedure(message: m.StartProcedure, where: Whereabouts) -> Sequence[Place]:
    return where.procedure(message.procedure, dry=message.dry)


def _run(message: m.ActOnRun, where: Whereabouts) -> Sequence[Place]:
    places = where.run(message.run)
    # Only confirming its command needs the command's class; pausing or aborting must always be possible.
    return places if message.act == "execute" else [Place(place.subject, place.area) for place in places]


def _areas(message: m.DraftHandover, _where: Whereabouts) -> Sequence[Place]:
    return [Place(area, area) for area in message.areas]


def _handover(message: Any, where: Whereabouts) -> Sequence[Place]:
    return where.handover(message.handover)


def _unproved(message: m.SignHandover, _places: Sequence[Place]) -> bool:
    # A signature is proved by the password that comes with it, or by a step-up (SEC-14).
    return not message.password


_ACK: Final = Need(any_of=(_P.ACK,), places=_items, each=True)
_SUPPRESS: Final = Need(any_of=(_P.SUPPRESS,), places=_alarm)
_MAINTAIN: Final = Need(any_of=(_P.SUPPRESS,), places=_area)
_SHELVE: Final = Need(any_of=(_P.SHELVE,), places=_alarm)
_COMMAND: Final = Need(any_of=(_P.COMMAND,), places=_request, step_up=_dangerous)
_LEASE: Final = Need(any_of=(_P.LEASE,), places=_area)
# Who hands over and who takes over must be able to hold every area of it.
_HANDOVER: Final = Need(any_of=(_P.LEASE,), places=_handover, supervisor=_P.FORCE)
_ACCOUNTS: Final = Need(any_of=(_P.ACCOUNTS,))
_ACCOUNTS_AGAIN: Final = Need(any_of=(_P.ACCOUNTS,), step_up=_always)
_LOOK: Final = Need(OPEN, (_P.VIEW,), act=False)

NEEDS: Final[dict[type[m.Message], Need]] = {
    m.Hello: Need(ANY, act=False),
    m.Pong: Need(ANY, act=False),
    m.Subscribe: Need(OPEN, (_P.VIEW,), act=False, quiet=True),
    m.ReportSound: Need(OPEN, act=False, quiet=True),
    m.QueryHistory: _LOOK,
    m.QueryOccurrences: _LOOK,
    m.QueryJournal: Need(OPEN, (_P.VIEW, _P.AUDIT), act=False),
    # The store of a console asks by itself: while nobody may see, it gets nothing, and that is no refusal of anybody.
    m.QueryLedger: Need(OPEN, (_P.VIEW, _P.AUDIT), act=False, quiet=True),
    m.QuerySamples: Need(OPEN, (_P.VIEW,), act=False, quiet=True),
    # What a source sends may hold what only its owner may see: for who connects it, and not while the seat is locked.
    m.QueryFeed: Need(any_of=(_P.CONFIGURE,), act=False, quiet=True),
    m.OpenTap: Need(any_of=(_P.CONFIGURE,)),
    m.CloseTap: Need(OPEN, act=False, quiet=True),
    m.AckAlarms: _ACK,
    m.ResetAlarms: _ACK,
    m.ShelveAlarm: _SHELVE,
    m.ShelveAlarms: Need(any_of=(_P.SHELVE,), places=_items),
    m.UnshelveAlarm: _SHELVE,
    m.SetOutOfService: _SUPPRESS,
    m.EndOutOfService: _SUPPRESS,
    m.StartMaintenance: _MAINTAIN,
    m.EndMaintenance: _MAINTAIN,
    m.RedefineAlarm: Need(any_of=(_P.CONFIGURE,), places=_alarm),
    m.SendCommand: _COMMAND,
    m.ExecuteCommand: Need(any_of=(_P.COMMAND,), places=_known, step_up=_dangerous),
    # Withdrawing is never more dangerous than going on, so the class does not matter.
    m.CancelCommand: Need(any_of=(_P.COMMAND,), places=_known_area),
    m.ResolveCommand: Need(any_of=(_P.RESOLVE,), places=_known_area),
    m.DecideCommand: Need(any_of=(_P.APPROVE,), places=_known, step_up=_decides_here),
    # Members that the person may not command are shown as blocked (hub.permits asks Guard.rights for each).
    m.SendGroup: Need(any_of=(_P.COMMAND,)),
    m.ExecuteGroup: Need(any_of=(_P.COMMAND,)),
    m.PlaceTag: Need(any_of=(_P.TAG,), places=_asset),
    m.RemoveTag: Need(any_of=(_P.TAG, _P.UNTAG_OTHERS), places=_tag, supervisor=_P.UNTAG_OTHERS),
    m.TakeArea: _LEASE,
    m.ReleaseArea: _LEASE,
    m.AnswerTakeover: _LEASE,
    m.ForceArea: Need(any_of=(_P.FORCE,), places=_area, supervisor=_P.FORCE),
    m.DraftHandover: Need(any_of=(_P.LEASE,), places=_areas),
    m.ActOnHandover: _HANDOVER,
    m.AcceptHandoverItems: _HANDOVER,
    m.SignHandover: Need(any_of=(_P.LEASE,), places=_handover, step_up=_unproved),
    m.QueryHandovers: _LOOK,
    m.StartProcedure: Need(any_of=(_P.PROCEDURE,), places=_procedure),
    m.ActOnRun: Need(any_of=(_P.PROCEDURE,), places=_run, step_up=_dangerous),
    m.WriteLog: Need(any_of=(_P.LOG,), places=_log),
    m.QueryLog: _LOOK,
    m.FetchFile: _LOOK,
    m.QueryLogPeople: Need(any_of=(_P.LOG,), act=False),
    m.OfferFile: Need(any_of=(_P.LOG,)),
    m.PutFile: Need(any_of=(_P.LOG,), act=False),
    m.ReadMentions: Need(any_of=(_P.VIEW,)),
    m.LockLog: Need(any_of=(_P.FORCE,)),
    m.SignIn: Need(ANY),
    m.SignOut: Need(ANY),
    m.LockSession: Need(),
    m.UnlockSession: Need(OPEN),
    m.StepUp: Need(),
    m.ChangePassword: Need(),
    m.StartDirectorySignIn: Need(ANY),
    m.CreateFirstAccount: Need(frozenset({_S.SIGNED_OUT, _S.ENDED})),
    m.QueryAccounts: _ACCOUNTS,
    m.PutAccount: _ACCOUNTS_AGAIN,
    m.RemoveAccount: _ACCOUNTS_AGAIN,
    # Ending sessions cannot wait for a password: it is what one does when a password has leaked.
    m.RevokeSessions: _ACCOUNTS,
}
