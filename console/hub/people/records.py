"""What the journal says about people: who, at which station, in which session, what became of it (SEC-15).

No password, hash, token or code is ever in a record.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.identity.accounts import Account
from console.core.identity.principal import Grant
from console.core.journal import Record, RecordKind
from console.core.plaintext import first_forbidden
from console.hub.backbone.base import Entry
from console.hub.names import LONGEST

SHOWN = 8
"""Characters of a session's id that are recorded; enough to tell sessions apart."""
ACCOUNT = "account/"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Account).decode


class Happened(StrEnum):
    """What a record about people is about."""

    SIGN_IN = "SIGN_IN"
    SIGN_OUT = "SIGN_OUT"
    RESUMED = "RESUMED"
    LOCKED = "LOCKED"
    UNLOCKED = "UNLOCKED"
    ENDED = "ENDED"
    STEP_UP = "STEP_UP"
    PROVED = "PROVED"
    """A second person proved who they are at somebody else's seat."""
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a kind of record
    ACCOUNT_MADE = "ACCOUNT_MADE"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED"
    ACCOUNT_REMOVED = "ACCOUNT_REMOVED"
    SESSIONS_REVOKED = "SESSIONS_REVOKED"
    REFUSED = "REFUSED"
    """Something was asked that the person may not do."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, where, in which session."""

    who: str
    station: str = ""
    session: str = ""


def note(origin: Origin, what: str, at: int, subject: str = "", result: str = "", **fields: str) -> Record:
    """A record about people."""
    said = {name: shown(text) for name, text in fields.items() if text}
    if origin.session:
        said["session"] = origin.session[:SHOWN]
    return Record(
        sequence=0,
        at=at,
        kind=RecordKind.ACT,
        who=origin.who,
        station=origin.station,
        subject=shown(subject) or origin.who,
        what=what,
        result=result,
        fields=said,
    )


def shown(text: str) -> str:
    """What a stranger named, as a record holds it: of one line, and only so long."""
    return "".join("?" if first_forbidden(sign) else sign for sign in text[:LONGEST])


def changed(record: Record, before: Account | None, after: Account) -> tuple[str, Entry]:
    """An account changed: old and new rights, and the account after it."""
    told = msgspec.structs.replace(record, old=_rights(before), new=_rights(after))
    return ACCOUNT + after.user, Entry(told, _encode(after))


def kept(account: Account, record: Record) -> tuple[str, Entry]:
    """An account is kept with what changed in it; the rights are the same."""
    return ACCOUNT + account.user, Entry(record, _encode(account))


def account_of(body: bytes) -> Account:
    """An account as it was kept."""
    return _decode(body)


def _rights(account: Account | None) -> str:
    if account is None or account.removed:
        return ""
    state = "" if account.enabled else "disabled "
    return state + (", ".join(grant_text(grant) for grant in account.grants) or "no role")


def grant_text(grant: Grant) -> str:
    """A grant as it is written on the command line: role:area+area:class."""
    return f"{grant.role}:{'+'.join(grant.areas)}:{grant.top_class}"
