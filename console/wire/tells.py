"""Messages from hub to console."""

from __future__ import annotations

from console.core.alarm.facts import (
    AlarmFact,
    FloodFact,
    MaintenanceFact,
    MuteFact,
    OccurrenceRow,
    RedefinedFact,
)
from console.core.command.control_facts import ConfirmText, LeaseFact, RunFact, TagFact
from console.core.command.facts import CommandFact
from console.core.feed import FeedFact, FeedPage, TapFrame
from console.core.identity.facts import AccountFact, SessionFact
from console.core.journal import Record
from console.core.ledger.facts import LedgerFact
from console.core.mover import MoverFact
from console.core.site import Asset, AssetType, Site
from console.core.words import Text
from console.wire.base import PROTOCOL, ActResult, Message


class Challenge(Message, frozen=True, kw_only=True):
    """First message of the hub on every connection: what Hello must prove itself with (SEC-23)."""

    nonce: str
    """32 random bytes, hex; of this connection alone."""
    hub: str
    notice: Text
    """Shown before sign-in (SEC-06)."""


class SiteTrust(Message, frozen=True, kw_only=True):
    """To a seat with a certificate, before Welcome: whom it may trust from now on (SEC-21); all as PEM."""

    authorities: tuple[str, ...]
    """The authority in use, then its backup."""
    revoked: str
    """Certificates that count no more, signed by the authorities."""
    certificate: str = ""
    """A new certificate for the key of this seat; empty while its own is good."""


class SessionChanged(Message, frozen=True, kw_only=True):
    """The session of this seat as it is now; after Welcome and whenever it changes."""

    session: SessionFact


class SignedIn(Message, frozen=True, kw_only=True):
    """Goes to the seat that has signed in: what it proves the session with after the link was lost."""

    token: str


class DirectoryPrompt(Message, frozen=True, kw_only=True):
    """What the person has to do at the directory; the session changes when it is done."""

    request: str
    url: str
    code: str
    expires: int


class AccountsReply(Message, frozen=True, kw_only=True):
    """Answer to QueryAccounts."""

    request: str
    accounts: tuple[AccountFact, ...]
    reason: str = ""


class CommandConfirm(Message, frozen=True, kw_only=True):
    """To the requester's session alone: the text to confirm and the single-use token for it (CMD-05)."""

    command_id: str
    text: ConfirmText
    token: str
    expires: int
    """UTC ns by the hub's clock."""


class GroupConfirm(Message, frozen=True, kw_only=True):
    """Answer to SendGroup: the text, and what blocks which member; nothing has been sent yet."""

    request: str
    group_id: str
    text: ConfirmText
    token: str
    expires: int
    members: tuple[ActResult, ...]
    """One for each command, by its id; a reason says that it is blocked."""


class TagsChanged(Message, frozen=True, kw_only=True):
    """Present facts of some tags."""

    sequence: int
    tags: tuple[TagFact, ...]


class LeasesChanged(Message, frozen=True, kw_only=True):
    """Who holds some areas now."""

    sequence: int
    leases: tuple[LeaseFact, ...]


class RunsChanged(Message, frozen=True, kw_only=True):
    """Present facts of some runs of procedures."""

    sequence: int
    runs: tuple[RunFact, ...]


class LedgerChanged(Message, frozen=True, kw_only=True):
    """The head of the ledger, at most once a second."""

    sequence: int
    ledger: LedgerFact


class Welcome(Message, frozen=True, kw_only=True):
    """Answer to Hello. `full` says that a whole snapshot follows, else only what changed since the sequence
    given.
    """

    protocol: int = PROTOCOL
    resume: str
    sequence: int
    full: bool
    at: int
    """The hub's clock, UTC ns."""
    user: str
    hub: str
    """Name of the hub's host and version, for the status bar."""
    catalogue: str
    """Digest of the site profile; a console that has it keeps its own copy."""


class SiteHead(Message, frozen=True, kw_only=True):
    """The site without its types and assets, which follow in parts; of its feeds only what they are called."""

    site: Site


class SiteTypes(Message, frozen=True, kw_only=True):
    """Some asset types, in order."""

    types: tuple[AssetType, ...]


class SiteAssets(Message, frozen=True, kw_only=True):
    """Some assets, in order."""

    assets: tuple[Asset, ...]


class SiteDone(Message, frozen=True, kw_only=True):
    """The catalogue is complete."""


class FeedsChanged(Message, frozen=True, kw_only=True):
    """Present facts of some feeds."""

    sequence: int
    feeds: tuple[FeedFact, ...]


class AlarmsChanged(Message, frozen=True, kw_only=True):
    """Present facts of some alarms; an alarm back to normal comes with state A."""

    sequence: int
    alarms: tuple[AlarmFact, ...]


class AlarmModesChanged(Message, frozen=True, kw_only=True):
    """All maintenance modes that are on, the flood, consoles without sound and definitions changed at run time, as
    they stand now; replaces what was known.
    """

    sequence: int
    maintenance: tuple[MaintenanceFact, ...]
    flood: FloodFact
    mute: tuple[MuteFact, ...] = ()
    redefined: tuple[RedefinedFact, ...] = ()


class CommandsChanged(Message, frozen=True, kw_only=True):
    """Present facts of some commands."""

    sequence: int
    commands: tuple[CommandFact, ...]


class MoversChanged(Message, frozen=True, kw_only=True):
    """Present facts of some moving objects."""

    sequence: int
    movers: tuple[MoverFact, ...]


class SnapshotDone(Message, frozen=True, kw_only=True):
    """Everything up to `sequence` has been sent."""

    sequence: int


class ActReply(Message, frozen=True, kw_only=True):
    """Answer to an act, with one result for each of its parts, after it is durable."""

    request: str
    results: tuple[ActResult, ...]


class HistoryDone(Message, frozen=True, kw_only=True):
    """All series of a history query have been sent; `reason` is empty, or why the query was refused."""

    request: int
    reason: str = ""


class JournalReply(Message, frozen=True, kw_only=True):
    """Answer to QueryJournal, newest first."""

    request: str
    records: tuple[Record, ...]
    truncated: bool = False
    """There may be more: ask again with `before` at `searched_to`."""
    searched_to: int = 0
    """Everything from this sequence on has been searched; an answer is given after a bounded time."""
    hashes: tuple[str, ...] = ()
    """Hash of each record in the ledger, hex."""
    reason: str = ""
    """Empty, or why the query was refused."""


class OccurrencesReply(Message, frozen=True, kw_only=True):
    """Answer to QueryOccurrences, oldest first; `reason` is empty, or why the query was refused."""

    request: str
    rows: tuple[OccurrenceRow, ...]
    truncated: bool = False
    """There are more before the first one: ask again with `end` at its beginning."""
    reason: str = ""


class FeedReply(Message, frozen=True, kw_only=True):
    """Answer to QueryFeed."""

    request: str
    page: FeedPage


class TapFrames(Message, frozen=True, kw_only=True):
    """Raw frames of a tap, in order; the first message after OpenTap may have none."""

    request: str
    feed: str
    frames: tuple[TapFrame, ...] = ()
    skipped: int = 0
    """Frames that came in between and are not told: the tap is bounded."""
    ended: bool = False
    """The right to it has gone, or the seat was locked."""


class Heartbeat(Message, frozen=True, kw_only=True):
    """Every 2 s: the hub's clock, the event sequence, and counts of what was coalesced for this seat."""

    at: int
    sequence: int
    coalesced: int = 0


class Problem(Message, frozen=True, kw_only=True):
    """A message of this seat was malformed or over a limit; `code` from `wire.limits.WireFault`."""

    code: str
    where: str = ""


class TelemetryRows(Message, frozen=True, kw_only=True):
    """Telemetry for the JSON sub-protocol: (tag, at, value or null, quality)."""

    rows: tuple[tuple[int, int, float | None, int], ...]


class PositionRows(Message, frozen=True, kw_only=True):
    """Positions for the JSON sub-protocol: (mover, at, lat, lon, heading or null, speed or null)."""

    rows: tuple[tuple[int, int, float, float, float | None, float | None], ...]


class SeriesRows(Message, frozen=True, kw_only=True):
    """History of one tag for the JSON sub-protocol: (at, low, high, mean, quality)."""

    request: int
    tag: int
    raw: bool
    rows: tuple[tuple[int, float | None, float | None, float | None, int], ...]
