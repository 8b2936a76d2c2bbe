"""Single-use tokens that bind a confirmation to one text, one command and one session (CMD-05).

Only the digest of a token is kept: the token itself is in the requester's hands alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

TOKEN_BYTES: Final = 16
LASTS_S: Final = 30.0
"""Longest life of a token."""
KEPT_S: Final = 600.0
"""How long a used token is known, so that its repetition gets the same answer."""


class Redeemed(StrEnum):
    """What became of a token that was shown."""

    GOOD = "good"
    REPEATED = "repeated"
    """It was good before, for the same command and session."""
    UNKNOWN = "unknown"
    LATE = "late"
    OTHER_SESSION = "other_session"
    OTHER_TEXT = "other_text"
    """It confirms another command, or another text of this one."""
    UNSIGNED = "unsigned"
    """The seat has a key, and the signature is not its."""


class Claim(msgspec.Struct, frozen=True):
    """What a token is bound to; `subject` is the id of a command or a group."""

    subject: str
    digest: str
    session: str


class _Issued(msgspec.Struct):
    claim: Claim
    ends: float
    used: bool = False


class Tokens:
    """All tokens of a hub. `random` gives that many bytes."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._issued: dict[bytes, _Issued] = {}
        self._of: dict[str, bytes] = {}
        """The one valid token of each subject."""

    def issue(self, claim: Claim, now: float, lasts_s: float = LASTS_S) -> str:
        """A token (32 hex digits) for `lasts_s`, at most 30 s; one that the subject had before is void."""
        self.withdraw(claim.subject)
        self._forget(now)
        token = self._random(TOKEN_BYTES).hex()
        key = _key(token)
        self._issued[key] = _Issued(claim, now + min(lasts_s, LASTS_S))
        self._of[claim.subject] = key
        return token

    def withdraw(self, subject: str) -> None:
        """The subject's unused token is void; a used one is remembered."""
        key = self._of.pop(subject, None)
        if key is not None and not self._issued[key].used:
            del self._issued[key]

    def redeem(self, token: str, claim: Claim, now: float) -> Redeemed:
        """Uses up a token if it fits the claim exactly; one that does not fit stays as it is."""
        issued = self._issued.get(_key(token))
        if issued is None:
            return Redeemed.UNKNOWN
        if not _equal(issued.claim.session, claim.session):
            return Redeemed.OTHER_SESSION
        if (issued.claim.subject, issued.claim.digest) != (claim.subject, claim.digest):
            return Redeemed.OTHER_TEXT
        if issued.used:
            return Redeemed.REPEATED
        if now >= issued.ends:
            return Redeemed.LATE
        issued.used = True
        return Redeemed.GOOD

    def _forget(self, now: float) -> None:
        old = [
            key for key, one in self._issued.items() if now >= one.ends + (KEPT_S if one.used else LASTS_S)
        ]
        for key in old:
            subject = self._issued.pop(key).claim.subject
            if self._of.get(subject) == key:
                del self._of[subject]


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
