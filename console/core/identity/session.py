"""The session machine: who sits at a seat may act, is locked, or has gone (SEC-07, SEC-08, SEC-09, SEC-14).

`TABLE` is the machine; what it does not name is refused with the reason of `REFUSALS`. Inputs take `now`
(monotonic seconds, for deadlines) and `at` (UTC ns, for what is shown).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from console.core.control import Policy
from console.core.errors import IdentityRefused
from console.core.identity.facts import SessionState
from console.core.identity.reasons import IdentityRefusal

_S = SessionState
_NS = 1_000_000_000


class SessionInput(StrEnum):
    """What may happen to a session."""

    SIGN_IN = "SIGN_IN"
    ACT = "ACT"
    """The person did something: the idle time begins again."""
    LOCK = "LOCK"
    IDLE = "IDLE"
    UNLOCK = "UNLOCK"
    """The password was right."""
    STEP_UP = "STEP_UP"
    TAKE_OVER = "TAKE_OVER"
    """The same person took control at another console."""
    EXPIRE = "EXPIRE"
    REVOKE = "REVOKE"
    SIGN_OUT = "SIGN_OUT"


_I = SessionInput

TABLE: Final[dict[tuple[SessionState, SessionInput], SessionState]] = {
    (_S.SIGNED_OUT, _I.SIGN_IN): _S.ACTIVE,
    (_S.ACTIVE, _I.ACT): _S.ACTIVE,
    (_S.ACTIVE, _I.LOCK): _S.LOCKED,
    (_S.ACTIVE, _I.IDLE): _S.LOCKED,
    (_S.ACTIVE, _I.STEP_UP): _S.ACTIVE,
    # A taken-over console goes on showing: one session controls, any number may watch (SEC-09).
    (_S.ACTIVE, _I.TAKE_OVER): _S.LOCKED,
    (_S.ACTIVE, _I.EXPIRE): _S.ENDED,
    (_S.ACTIVE, _I.REVOKE): _S.ENDED,
    (_S.ACTIVE, _I.SIGN_OUT): _S.SIGNED_OUT,
    (_S.LOCKED, _I.UNLOCK): _S.ACTIVE,
    (_S.LOCKED, _I.TAKE_OVER): _S.LOCKED,
    (_S.LOCKED, _I.EXPIRE): _S.ENDED,
    (_S.LOCKED, _I.REVOKE): _S.ENDED,
    (_S.LOCKED, _I.SIGN_OUT): _S.SIGNED_OUT,
}

REFUSALS: Final[dict[SessionState, IdentityRefusal]] = {
    _S.SIGNED_OUT: IdentityRefusal.NOT_SIGNED_IN,
    _S.ACTIVE: IdentityRefusal.NOT_LOCKED,
    _S.LOCKED: IdentityRefusal.SESSION_LOCKED,
    _S.ENDED: IdentityRefusal.SESSION_EXPIRED,
}


class SessionEvent(msgspec.Struct, frozen=True):
    """The session entered `state` at UTC ns; `reason` says why if nobody asked for it here."""

    state: SessionState
    at: int
    reason: str = ""


class SessionTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: 0 for `idle_s` and `longest_s` means never."""

    idle_s: float = 900.0
    longest_s: float = 12 * 3600.0
    step_up_s: float = 300.0

    @staticmethod
    def of(policy: Policy) -> SessionTimes:
        """The times of a site's policy; no session is longer than a shift of 12 hours (SEC-08)."""
        return SessionTimes(
            idle_s=policy.idle_lock_min * 60.0,
            longest_s=min(policy.session_h, 12.0) * 3600.0,
            step_up_s=policy.step_up_min * 60.0,
        )


class Session:
    """One session from sign-in to its end. Acts of the person raise IdentityRefused; `expire` never raises."""

    def __init__(self, times: SessionTimes, *, passwordless: bool = False) -> None:
        self._times = times
        self.passwordless = passwordless
        self.state = SessionState.SIGNED_OUT
        self.reason = ""
        self.since = 0
        self._end: float | None = None
        self._idle: float | None = None
        self._stepped: float | None = None
        self.ends = 0
        self.locks = 0
        self.stepped_up_until = 0
        self._events: list[SessionEvent] = []

    def sign_in(self, now: float, at: int) -> None:
        """The person has proved who they are, or needs no proof at a single seat."""
        self._step(SessionInput.SIGN_IN, at)
        self.since = at
        if self._times.longest_s and not self.passwordless:
            self._end, self.ends = now + self._times.longest_s, _later(at, self._times.longest_s)
        self._touch(now, at)

    def go_on(self, now: float, at: int, since: int, *, locked: bool) -> None:
        """It began at `since`, before a restart: it ends when it would have ended, and the idle time begins again."""
        self.sign_in(now, at)
        self.since = since
        if self._end is not None:
            self.ends = _later(since, self._times.longest_s)
            # A wall clock that was set back meanwhile makes no session longer.
            self._end = now + min((self.ends - at) / _NS, self._times.longest_s)
        if locked:
            self.lock(at)
        self.expire(now, at)
        self._events.clear()

    def act(self, now: float, at: int) -> None:
        """The person does something."""
        self._step(SessionInput.ACT, at)
        self._touch(now, at)

    def lock(self, at: int) -> None:
        """The person locks the seat. Who has no password could not unlock it again."""
        if self.passwordless:
            raise IdentityRefused(IdentityRefusal.NO_PASSWORD)
        self._step(SessionInput.LOCK, at, IdentityRefusal.BY_PERSON)
        self._rest()

    def unlock(self, now: float, at: int) -> None:
        """The person has said the password again."""
        self._step(SessionInput.UNLOCK, at)
        self._touch(now, at)

    def step_up(self, now: float, at: int) -> None:
        """The person has said the password again for what needs it."""
        self._step(SessionInput.STEP_UP, at)
        self._stepped = now + self._times.step_up_s
        self.stepped_up_until = _later(at, self._times.step_up_s)
        self._touch(now, at)

    def stepped_up(self, now: float) -> bool:
        """Whether the password was said a short while ago; who has none is not asked for it."""
        if self.passwordless:
            return True
        return self.state is SessionState.ACTIVE and self._stepped is not None and now < self._stepped

    def take_over(self, at: int) -> None:
        """The same person controls from another console now."""
        self._step(SessionInput.TAKE_OVER, at, IdentityRefusal.OTHER_CONSOLE)
        self._rest()

    def revoke(self, at: int, reason: str = IdentityRefusal.SESSION_REVOKED) -> None:
        """Somebody who may has ended it."""
        self._step(SessionInput.REVOKE, at, reason)
        self._finish()

    def sign_out(self, at: int) -> None:
        """The person ends it."""
        self._step(SessionInput.SIGN_OUT, at, IdentityRefusal.BY_PERSON)
        self._finish()

    @property
    def open(self) -> bool:
        """Whether the seat may see."""
        return self.state in (SessionState.ACTIVE, SessionState.LOCKED)

    def next_deadline(self) -> float | None:
        """When `expire` has something to do."""
        return min((time for time in (self._end, self._idle) if time is not None), default=None)

    def expire(self, now: float, at: int) -> None:
        """Lock or end what has come to its time."""
        if self._end is not None and now >= self._end:
            self._step(SessionInput.EXPIRE, at, IdentityRefusal.SESSION_EXPIRED)
            self._finish()
        elif self._idle is not None and now >= self._idle:
            self._step(SessionInput.IDLE, at, IdentityRefusal.IDLE)
            self._rest()

    def events(self) -> list[SessionEvent]:
        """What has changed since the last call."""
        events, self._events = self._events, []
        return events

    def _step(self, event: SessionInput, at: int, reason: str = "") -> None:
        after = TABLE.get((self.state, event))
        if after is None:
            raise IdentityRefused(REFUSALS[self.state])
        if after is not self.state or event is SessionInput.TAKE_OVER:
            self.reason = reason
            self._events.append(SessionEvent(after, at, reason))
        self.state = after

    def _touch(self, now: float, at: int) -> None:
        if self._times.idle_s and not self.passwordless:
            self._idle, self.locks = now + self._times.idle_s, _later(at, self._times.idle_s)

    def _rest(self) -> None:
        """Locked: it does not lock again, and what was proved is forgotten."""
        self._idle = self._stepped = None
        self.locks = self.stepped_up_until = 0

    def _finish(self) -> None:
        self._rest()
        self._end = None


def _later(at: int, seconds: float) -> int:
    return at + round(seconds * _NS)
