"""Messages from console to hub about telemetry, alarms and history."""

from __future__ import annotations

from console.core.alarm.facts import AckItem
from console.wire.base import PROTOCOL, Asked


class Hello(Asked, frozen=True, kw_only=True):
    """First message of a console, after the hub's Challenge and within 5 s of connecting (SEC-25)."""

    protocol: int = PROTOCOL
    proof: str = ""
    """HMAC-SHA256 (hex) with the hub's launch secret over the challenge's nonce; empty where a certificate of the
    site proves the seat.
    """
    user: str = ""
    """Who sits there, for a single-seat installation; elsewhere SignIn says it."""
    station: str = ""
    lang: str = "ko"
    token: str = ""
    """Session token of SignedIn, to go on with a session after the link was lost."""
    resume: str = ""
    """Token of the last Welcome, to get only what changed since `sequence`."""
    sequence: int = 0


class Subscribe(Asked, frozen=True, kw_only=True):
    """Replaces what telemetry this seat gets: all tags, or only `tags`; at most `max_hz` frames a second."""

    all_tags: bool = False
    tags: tuple[int, ...] = ()
    movers: bool = True
    max_hz: float = 10.0


class AckAlarms(Asked, frozen=True, kw_only=True):
    """Acknowledge exactly these occurrences at the severity seen (ALM-23)."""

    request: str
    items: tuple[AckItem, ...]
    comment: str = ""


class ResetAlarms(Asked, frozen=True, kw_only=True):
    """Reset latched alarms."""

    request: str
    items: tuple[AckItem, ...]


class ShelveAlarm(Asked, frozen=True, kw_only=True):
    """Shelve one alarm for `duration_s` with a reason (ALM-40, ALM-41)."""

    request: str
    alarm: int
    duration_s: float
    reason: str
    oneshot: bool = False
    extend: bool = False
    """Change duration or reason of the shelf that there is; without one it is refused (ALM-44)."""


class ShelveAlarms(Asked, frozen=True, kw_only=True):
    """Shelve several alarms alike; all or none, with one result for each (ALM-45)."""

    request: str
    items: tuple[AckItem, ...]
    duration_s: float
    reason: str


class UnshelveAlarm(Asked, frozen=True, kw_only=True):
    """End a shelf now."""

    request: str
    alarm: int


class SetOutOfService(Asked, frozen=True, kw_only=True):
    """Take one alarm out of service for `duration_s` with a reason; it comes back loudly if still abnormal."""

    request: str
    alarm: int
    duration_s: float
    reason: str


class EndOutOfService(Asked, frozen=True, kw_only=True):
    """Put an alarm back in service now."""

    request: str
    alarm: int


class StartMaintenance(Asked, frozen=True, kw_only=True):
    """Begin maintenance mode of an area: bad-quality alarms are acknowledged by `system:maintenance` (ALM-30)."""

    request: str
    area: str
    duration_s: float
    reason: str


class EndMaintenance(Asked, frozen=True, kw_only=True):
    """End maintenance mode of an area now."""

    request: str
    area: str


class QueryHistory(Asked, frozen=True, kw_only=True):
    """Ask for history of some tags between two UTC ns; the answer is one binary frame a tag, then
    HistoryDone.
    """

    request: int
    tags: tuple[int, ...]
    start: int
    end: int
    points: int = 1000
    """Wanted number of rows a tag; more samples are rolled up."""


class QueryJournal(Asked, frozen=True, kw_only=True):
    """Ask for the newest records that match every field given."""

    request: str
    subject: str = ""
    """An alarm, command, asset or feed, or the beginning of one up to a dot."""
    limit: int = 50
    text: str = ""
    """Words that stand anywhere in the record, letters alike."""
    kinds: tuple[str, ...] = ()
    who: str = ""
    start: int = 0
    """UTC ns, inclusive."""
    end: int = 0
    """UTC ns, exclusive; 0 for now."""
    before: int = 0
    """Only records with a lower sequence, to go on where a truncated answer ended; 0 for the newest."""


class QueryOccurrences(Asked, frozen=True, kw_only=True):
    """Ask for occurrences that began in [start, end) UTC ns, of one alarm or (-1) of all; the newest `limit`."""

    request: str
    start: int
    end: int
    alarm: int = -1
    limit: int = 500


class Pong(Asked, frozen=True, kw_only=True):
    """Answer to a heartbeat; tells the hub how far this seat has come."""

    sequence: int
    active: bool = False
    """Somebody has used keyboard or mouse since the last one: the idle time of the session begins again (SEC-07)."""


class ReportSound(Asked, frozen=True, kw_only=True):
    """This seat can or cannot make its alarms heard (HMI-20)."""

    audible: bool
    why: str = ""


class RedefineAlarm(Asked, frozen=True, kw_only=True):
    """Change limits, delays or priority of one alarm at run time (ALM-13); lasts until the profile says otherwise."""

    request: str
    alarm: int
    changes: dict[str, float]
    """Numeric fields of the definition by name."""
    reason: str


class QueryFeed(Asked, frozen=True, kw_only=True):
    """Ask for the points of a feed with their rhythm; the answer is FeedReply."""

    request: str
    feed: str


class OpenTap(Asked, frozen=True, kw_only=True):
    """Send the raw frames of one feed to this seat as TapFrames from now on; replaces a tap that is open."""

    request: str
    feed: str


class CloseTap(Asked, frozen=True, kw_only=True):
    """No raw frames any more."""
