"""Every message of the protocol `gwanje.v1`, as one tagged union for each direction.

Telemetry, positions and history columns travel as binary frames (`wire.frames`), not as these.
"""

from __future__ import annotations

from typing import TypeAlias

from console.wire.asks import (
    AckAlarms,
    CloseTap,
    EndMaintenance,
    EndOutOfService,
    Hello,
    OpenTap,
    Pong,
    QueryFeed,
    QueryHistory,
    QueryJournal,
    QueryOccurrences,
    RedefineAlarm,
    ReportSound,
    ResetAlarms,
    SetOutOfService,
    ShelveAlarm,
    ShelveAlarms,
    StartMaintenance,
    Subscribe,
    UnshelveAlarm,
)
from console.wire.base import (
    PROTOCOL,
    ActResult,
    Asked,
    Message,
)
from console.wire.control import (
    ActOnRun,
    AnswerTakeover,
    CancelCommand,
    DecideCommand,
    ExecuteCommand,
    ExecuteGroup,
    ForceArea,
    PlaceTag,
    ReleaseArea,
    RemoveTag,
    ResolveCommand,
    SendCommand,
    SendGroup,
    StartProcedure,
    TakeArea,
)
from console.wire.growth import CatalogueGrew
from console.wire.handover import (
    AcceptHandoverItems,
    ActOnHandover,
    DraftHandover,
    HandoversChanged,
    HandoversReply,
    QueryHandovers,
    SignHandover,
)
from console.wire.keeping import LedgerReply, QueryLedger, QuerySamples, SamplesReply
from console.wire.logbook import (
    FetchFile,
    FilePart,
    FileReply,
    LockLog,
    LogChanged,
    LogPeopleReply,
    LogReply,
    OfferFile,
    PutFile,
    QueryLog,
    QueryLogPeople,
    ReadMentions,
    WriteLog,
)
from console.wire.people import (
    ChangePassword,
    CreateFirstAccount,
    LockSession,
    PutAccount,
    QueryAccounts,
    RemoveAccount,
    RevokeSessions,
    SignIn,
    SignOut,
    StartDirectorySignIn,
    StepUp,
    UnlockSession,
)
from console.wire.tells import (
    AccountsReply,
    ActReply,
    AlarmModesChanged,
    AlarmsChanged,
    Challenge,
    CommandConfirm,
    CommandsChanged,
    DirectoryPrompt,
    FeedReply,
    FeedsChanged,
    GroupConfirm,
    Heartbeat,
    HistoryDone,
    JournalReply,
    LeasesChanged,
    LedgerChanged,
    MoversChanged,
    OccurrencesReply,
    PositionRows,
    Problem,
    RunsChanged,
    SeriesRows,
    SessionChanged,
    SignedIn,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTrust,
    SiteTypes,
    SnapshotDone,
    TagsChanged,
    TapFrames,
    TelemetryRows,
    Welcome,
)

ToHub: TypeAlias = (
    Hello
    | Subscribe
    | AckAlarms
    | ResetAlarms
    | ShelveAlarm
    | ShelveAlarms
    | UnshelveAlarm
    | SetOutOfService
    | EndOutOfService
    | StartMaintenance
    | EndMaintenance
    | QueryHistory
    | QueryJournal
    | QueryOccurrences
    | QueryLedger
    | QuerySamples
    | Pong
    | ReportSound
    | RedefineAlarm
    | SendCommand
    | ResolveCommand
    | ExecuteCommand
    | CancelCommand
    | DecideCommand
    | SendGroup
    | ExecuteGroup
    | PlaceTag
    | RemoveTag
    | TakeArea
    | ReleaseArea
    | AnswerTakeover
    | ForceArea
    | StartProcedure
    | ActOnRun
    | SignIn
    | SignOut
    | LockSession
    | UnlockSession
    | StepUp
    | ChangePassword
    | StartDirectorySignIn
    | CreateFirstAccount
    | QueryAccounts
    | PutAccount
    | RemoveAccount
    | RevokeSessions
    | QueryFeed
    | OpenTap
    | CloseTap
    | DraftHandover
    | ActOnHandover
    | AcceptHandoverItems
    | SignHandover
    | QueryHandovers
    | WriteLog
    | QueryLog
    | QueryLogPeople
    | ReadMentions
    | LockLog
    | OfferFile
    | PutFile
    | FetchFile
)

ToConsole: TypeAlias = (
    Challenge
    | SessionChanged
    | SignedIn
    | DirectoryPrompt
    | AccountsReply
    | CommandConfirm
    | GroupConfirm
    | TagsChanged
    | LeasesChanged
    | RunsChanged
    | LedgerChanged
    | SiteTrust
    | Welcome
    | SiteHead
    | SiteTypes
    | SiteAssets
    | SiteDone
    | CatalogueGrew
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
    | LedgerReply
    | SamplesReply
    | FeedReply
    | TapFrames
    | HandoversChanged
    | HandoversReply
    | LogReply
    | LogPeopleReply
    | LogChanged
    | FileReply
    | FilePart
    | Heartbeat
    | Problem
    | TelemetryRows
    | PositionRows
    | SeriesRows
)

__all__ = [
    "PROTOCOL",
    "AcceptHandoverItems",
    "AccountsReply",
    "AckAlarms",
    "ActOnHandover",
    "ActOnRun",
    "ActReply",
    "ActResult",
    "AlarmModesChanged",
    "AlarmsChanged",
    "AnswerTakeover",
    "Asked",
    "CancelCommand",
    "CatalogueGrew",
    "Challenge",
    "ChangePassword",
    "CloseTap",
    "CommandConfirm",
    "CommandsChanged",
    "CreateFirstAccount",
    "DecideCommand",
    "DirectoryPrompt",
    "DraftHandover",
    "EndMaintenance",
    "EndOutOfService",
    "ExecuteCommand",
    "ExecuteGroup",
    "FeedReply",
    "FeedsChanged",
    "FetchFile",
    "FilePart",
    "FileReply",
    "ForceArea",
    "GroupConfirm",
    "HandoversChanged",
    "HandoversReply",
    "Heartbeat",
    "Hello",
    "HistoryDone",
    "JournalReply",
    "LeasesChanged",
    "LedgerChanged",
    "LedgerReply",
    "LockLog",
    "LockSession",
    "LogChanged",
    "LogPeopleReply",
    "LogReply",
    "Message",
    "MoversChanged",
    "OccurrencesReply",
    "OfferFile",
    "OpenTap",
    "PlaceTag",
    "Pong",
    "PositionRows",
    "Problem",
    "PutAccount",
    "PutFile",
    "QueryAccounts",
    "QueryFeed",
    "QueryHandovers",
    "QueryHistory",
    "QueryJournal",
    "QueryLedger",
    "QueryLog",
    "QueryLogPeople",
    "QueryOccurrences",
    "QuerySamples",
    "ReadMentions",
    "RedefineAlarm",
    "ReleaseArea",
    "RemoveAccount",
    "RemoveTag",
    "ReportSound",
    "ResetAlarms",
    "ResolveCommand",
    "RevokeSessions",
    "RunsChanged",
    "SamplesReply",
    "SendCommand",
    "SendGroup",
    "SeriesRows",
    "SessionChanged",
    "SetOutOfService",
    "ShelveAlarm",
    "ShelveAlarms",
    "SignHandover",
    "SignIn",
    "SignOut",
    "SignedIn",
    "SiteAssets",
    "SiteDone",
    "SiteHead",
    "SiteTrust",
    "SiteTypes",
    "SnapshotDone",
    "StartDirectorySignIn",
    "StartMaintenance",
    "StartProcedure",
    "StepUp",
    "Subscribe",
    "TagsChanged",
    "TakeArea",
    "TapFrames",
    "TelemetryRows",
    "ToConsole",
    "ToHub",
    "UnlockSession",
    "UnshelveAlarm",
    "Welcome",
    "WriteLog",
]
