"""Every message of the protocol `gwanje.v1`, as one tagged union for each direction.

Telemetry, positions and history columns travel as binary frames (`wire.frames`), not as these.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from console.core.alarm.facts import AckItem, AlarmFact, FloodFact, MaintenanceFact, OccurrenceRow
from console.core.command.facts import CommandFact, CommandRequest
from console.core.feed import FeedFact
from console.core.journal import Record
from console.core.mover import MoverFact
from console.core.site import Asset, AssetType, Site

PROTOCOL = 1


class Message(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="t", tag=str.lower, forbid_unknown_fields=True
):
    """Base of all messages."""


# Console to hub


class Hello(Message, frozen=True, kw_only=True):
    """First message of a console; must come within 5 s of connecting (SEC-25)."""

    protocol: int = PROTOCOL
    secret: str = ""
    """Per-launch secret of the embedded hub."""
    user: str = ""
    station: str = ""
    lang: str = "ko"
    resume: str = ""
    """Token of the last Welcome, to get only what changed since `sequence`."""
    sequence: int = 0


class Subscribe(Message, frozen=True, kw_only=True):
    """Replaces what telemetry this seat gets: all tags, or only `tags`; at most `max_hz` frames a second."""

    all_tags: bool = False
    tags: tuple[int, ...] = ()
    movers: bool = True
    max_hz: float = 10.0


class AckAlarms(Message, frozen=True, kw_only=True):
    """Acknowledge exactly these occurrences at the severity seen (ALM-23)."""

    request: str
    items: tuple[AckItem, ...]
    comment: str = ""


class ResetAlarms(Message, frozen=True, kw_only=True):
    """Reset latched alarms."""

    request: str
    items: tuple[AckItem, ...]


class ShelveAlarm(Message, frozen=True, kw_only=True):
    """Shelve one alarm for `duration_s` with a reason (ALM-40, ALM-41)."""

    request: str
    alarm: int
    duration_s: float
    reason: str
    oneshot: bool = False


class UnshelveAlarm(Message, frozen=True, kw_only=True):
    """End a shelf now."""

    request: str
    alarm: int


class SetOutOfService(Message, frozen=True, kw_only=True):
    """Take one alarm out of service for `duration_s` with a reason; it comes back loudly if still abnormal."""

    request: str
    alarm: int
    duration_s: float
    reason: str


class EndOutOfService(Message, frozen=True, kw_only=True):
    """Put an alarm back in service now."""

    request: str
    alarm: int


class StartMaintenance(Message, frozen=True, kw_only=True):
    """Begin maintenance mode of an area: bad-quality alarms are acknowledged by `system:maintenance` (ALM-30)."""

    request: str
    area: str
    duration_s: float
    reason: str


class EndMaintenance(Message, frozen=True, kw_only=True):
    """End maintenance mode of an area now."""

    request: str
    area: str


class SendCommand(Message, frozen=True, kw_only=True):
    """Ask the hub to carry out a command."""

    request: str
    command: CommandRequest


class ResolveCommand(Message, frozen=True, kw_only=True):
    """State the outcome of an INDETERMINATE command, with evidence."""

    request: str
    command_id: str
    outcome: str
    evidence: str


class QueryHistory(Message, frozen=True, kw_only=True):
    """Ask for history of some tags between two UTC ns; the answer is one binary frame a tag, then
    HistoryDone.
    """

    request: int
    tags: tuple[int, ...]
    start: int
    end: int
    points: int = 1000
    """Wanted number of rows a tag; more samples are rolled up."""


class QueryJournal(Message, frozen=True, kw_only=True):
    """Ask for the newest records about a subject (empty: all)."""

    request: str
    subject: str = ""
    limit: int = 50


class QueryOccurrences(Message, frozen=True, kw_only=True):
    """Ask for occurrences that began in [start, end) UTC ns, of one alarm or (-1) of all; the newest `limit`."""

    request: str
    start: int
    end: int
    alarm: int = -1
    limit: int = 500


class Pong(Message, frozen=True, kw_only=True):
    """Answer to a heartbeat; tells the hub how far this seat has come."""

    sequence: int


ToHub: TypeAlias = (
    Hello
    | Subscribe
    | AckAlarms
    | ResetAlarms
    | ShelveAlarm
    | UnshelveAlarm
    | SetOutOfService
    | EndOutOfService
    | StartMaintenance
    | EndMaintenance
    | SendCommand
    | ResolveCommand
    | QueryHistory
    | QueryJournal
    | QueryOccurrences
    | Pong
)


# Hub to console


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
    """The site without its types, assets and feeds, which follow in parts."""

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
    """All maintenance modes that are on, and the flood, as they stand now; replaces what was known."""

    sequence: int
    maintenance: tuple[MaintenanceFact, ...]
    flood: FloodFact


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


class ActResult(msgspec.Struct, frozen=True):
    """What became of one part of an act; `reason` is empty when it was done."""

    subject: str
    reason: str = ""


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


class OccurrencesReply(Message, frozen=True, kw_only=True):
    """Answer to QueryOccurrences, oldest first; `reason` is empty, or why the query was refused."""

    request: str
    rows: tuple[OccurrenceRow, ...]
    truncated: bool = False
    """There are more before the first one: ask again with `end` at its beginning."""
    reason: str = ""


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


ToConsole: TypeAlias = (
    Welcome
    | SiteHead
    | SiteTypes
    | SiteAssets
    | SiteDone
    | FeedsChanged
    | AlarmsChanged
    | AlarmModesChanged
    | CommandsChanged
    | MoversChanged
    | SnapshotDone
    | ActReply
    | HistoryDone
    | JournalReply
    | OccurrencesReply
    | Heartbeat
    | Problem
    | TelemetryRows
    | PositionRows
    | SeriesRows
)
