"""Everything a view may need, put together once by the composition root."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from console.client.log_outbox import Outbox
from console.client.mirror import Mirror
from console.core.words import Words
from console.desk.actions import ActionRegistry
from console.desk.acts import Acts
from console.desk.annunciator import Annunciator
from console.desk.asset_signs import AssetSigns
from console.desk.boards import (
    AlarmBoard,
    AreaBoard,
    CommandBoard,
    FeedBoard,
    HandoverBoard,
    LedgerBoard,
    LinkBoard,
    ModesBoard,
    MoverBoard,
    RunBoard,
    SessionBoard,
    TagBoard,
    ValueBoard,
)
from console.desk.boards.logbook import LogbookBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.command_words import CommandWords
from console.desk.control_acts import ControlActs
from console.desk.feed_acts import FeedActs
from console.desk.handover_acts import HandoverActs
from console.desk.handover_words import HandoverWords
from console.desk.history import Histories
from console.desk.hub_clock import HubClock
from console.desk.logbook_acts import LogbookActs
from console.desk.logbook_files import LogbookFiles
from console.desk.logbook_post import LogbookPost
from console.desk.occurrences import Occurrences
from console.desk.people_acts import PeopleActs
from console.desk.permits import Permits
from console.desk.selection import Selection
from console.desk.settings import Settings
from console.desk.themes import Themes
from console.desk.timecontext import TimeContext
from console.desk.words import Speech, shipped_words, system_lang


class HandoverTools(NamedTuple):
    """Everything about shift handovers."""

    board: HandoverBoard
    acts: HandoverActs
    words: HandoverWords


class LogTools(NamedTuple):
    """Everything about the operator log."""

    board: LogbookBoard
    acts: LogbookActs
    post: LogbookPost
    files: LogbookFiles


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """Boards to look into, and objects to ask; each view takes what it needs of it."""

    speech: Speech
    themes: Themes
    settings: Settings
    actions: ActionRegistry
    selection: Selection
    time: TimeContext
    catalogue: CatalogueBoard
    values: ValueBoard
    alarms: AlarmBoard
    modes: ModesBoard
    commands: CommandBoard
    tags: TagBoard
    areas: AreaBoard
    runs: RunBoard
    handover: HandoverTools
    session: SessionBoard
    ledger: LedgerBoard
    feeds: FeedBoard
    feed_acts: FeedActs
    log: LogTools
    movers: MoverBoard
    link: LinkBoard
    clock: HubClock
    acts: Acts
    control: ControlActs
    people: PeopleActs
    permits: Permits
    command_words: CommandWords
    signs: AssetSigns
    histories: Histories
    occurrences: Occurrences
    annunciator: Annunciator
    mirror: Mirror
    """What the boards look into; only the bridge changes it."""

    @property
    def handovers(self) -> HandoverBoard:
        """Shift handovers."""
        return self.handover.board

    @property
    def handover_acts(self) -> HandoverActs:
        """What a person does with one."""
        return self.handover.acts

    @property
    def handover_words(self) -> HandoverWords:
        """Their items in words."""
        return self.handover.words

    @property
    def log_board(self) -> LogbookBoard:
        """What the hub tells of the operator log."""
        return self.log.board

    @property
    def logbook(self) -> LogbookActs:
        """What a person asks of it."""
        return self.log.acts

    @property
    def log_post(self) -> LogbookPost:
        """Entries on their way to the hub."""
        return self.log.post

    @property
    def log_files(self) -> LogbookFiles:
        """Their files."""
        return self.log.files


@dataclass(frozen=True, slots=True)
class SeatWishes:
    """What the command line wants of this seat for this run; empty: as last time."""

    lang: str = ""
    theme: str = ""
    map_kind: str = ""


def open_office(data: Path, wishes: SeatWishes | None = None, words: Words | None = None) -> Office:
    """An office with its settings in `data`; needs a QApplication. ValueError for a broken text or theme."""
    wishes = wishes or SeatWishes()
    settings = Settings(data / "seat.ini")
    for key, value in (("language", wishes.lang), ("theme", wishes.theme), ("map_kind", wishes.map_kind)):
        if value:
            settings.override(key, value)
    speech = Speech(words or shipped_words(), settings.text("language") or system_lang())
    return _furnished(settings, speech, data)


def _furnished(settings: Settings, speech: Speech, data: Path) -> Office:
    mirror, link, clock, actions = Mirror(), LinkBoard(), HubClock(), ActionRegistry(speech)
    acts, commands, values = Acts(link, mirror), CommandBoard(mirror), ValueBoard(mirror, speech)
    alarms, modes, catalogue = AlarmBoard(mirror), ModesBoard(mirror), CatalogueBoard(mirror)
    tags, areas, session = TagBoard(mirror), AreaBoard(mirror), SessionBoard(mirror)
    return Office(
        speech=speech,
        themes=Themes(settings.text("theme")),
        settings=settings,
        actions=actions,
        selection=Selection(),
        time=TimeContext(settings.number("time_span_s"), time.time_ns()),
        catalogue=catalogue,
        values=values,
        alarms=alarms,
        modes=modes,
        commands=commands,
        tags=tags,
        areas=areas,
        runs=RunBoard(mirror),
        handover=_handover_tools(mirror, session, link, acts, HandoverWords(catalogue, speech)),
        session=session,
        ledger=LedgerBoard(mirror),
        feeds=FeedBoard(mirror),
        feed_acts=FeedActs(link),
        log=_log_tools(link, acts, session, data / "logbook"),
        movers=MoverBoard(mirror),
        link=link,
        clock=clock,
        acts=acts,
        control=ControlActs(acts, commands, session),
        people=PeopleActs(acts),
        permits=Permits((tags, areas, session, values), catalogue, speech, clock),
        command_words=CommandWords(speech, catalogue),
        signs=AssetSigns(commands, tags, speech),
        histories=Histories(link),
        occurrences=Occurrences(link),
        annunciator=Annunciator((alarms, modes, catalogue), speech, settings, actions),
        mirror=mirror,
    )


def _handover_tools(
    mirror: Mirror, session: SessionBoard, link: LinkBoard, acts: Acts, words: HandoverWords
) -> HandoverTools:
    return HandoverTools(HandoverBoard(mirror, session), HandoverActs(link, acts), words)


def _log_tools(link: LinkBoard, acts: Acts, session: SessionBoard, folder: Path) -> LogTools:
    board, outbox = LogbookBoard(session), Outbox(folder)
    return LogTools(
        board=board,
        acts=LogbookActs(link, acts, board, session),
        post=LogbookPost(link, acts, session, outbox),
        files=LogbookFiles(link, acts, outbox),
    )
