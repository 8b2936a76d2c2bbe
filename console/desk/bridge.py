"""The only place where Qt meets asyncio: one thread with one loop runs the link.

In: `call_soon_threadsafe`. Out: the link's thread fills a mailbox, which a timer of the main thread empties
at most 30 times a second; boards are then changed and each tells once. No signal crosses a thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.client.catalogue_cache import CatalogueCache
from console.client.control_store import ControlChanges
from console.client.inbound import Inbound, SeriesAnswer
from console.client.keeping.facts import KeepFact
from console.client.keeping.thread import KeeperThread
from console.client.link import SILENCE_S, Link, Seat
from console.client.link_fact import LinkFact
from console.client.store import Changes, Store
from console.core.batch import joined
from console.desk.actions import Condition
from console.desk.collector import Collector
from console.desk.mailbox import Mailbox
from console.desk.office import Office
from console.wire.messages import (
    AccountsReply,
    ActReply,
    Asked,
    CommandConfirm,
    DirectoryPrompt,
    FeedReply,
    FilePart,
    FileReply,
    GroupConfirm,
    HandoversReply,
    Heartbeat,
    HistoryDone,
    JournalReply,
    LogChanged,
    LogPeopleReply,
    LogReply,
    OccurrencesReply,
    Subscribe,
    TapFrames,
)

log = logging.getLogger("link")

FRAME_MS = 33
TURN_S = 0.1
"""Values, alarms and modes are told together: what is drawn together costs one frame of the window."""
SUDDEN = 5
SUDDEN_S = 5.0
"""New alarms are told out of turn so often in so many seconds; when more come, they wait for the turn."""
MOVERS_S = 0.2
TICK_S = 0.2
STOP_S = 2.0
RESTART_S = 1.0
NEVER = float("-inf")


class Bridge(QObject):
    """Joins a link to an office. `start` once, `stop` once."""

    frame_done = Signal()
    """A frame with news has been given to the boards."""
    store_changed = Signal(object)
    """KeepFact: how the store of this console stands."""

    def __init__(
        self,
        office: Office,
        seat: Seat,
        door: Callable[[], str],
        cache: CatalogueCache | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._office = office
        self._store = Store(office.mirror, cache)
        self._mailbox = Mailbox()
        self._keeper: KeeperThread | None = None
        self._link = Link(seat, door, self._deliver)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._told: dict[str, float] = {}
        self._heard = NEVER
        self._sudden: deque[float] = deque(maxlen=SUDDEN)
        self._held = Changes()
        self._collector = Collector(self)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.frame)
        self._handlers = self._table(office)

    def _table(self, office: Office) -> dict[type, Callable[..., None]]:
        """Who takes what the hub says that is no state of it."""
        return {
            LinkFact: self._take_link,
            SeriesAnswer: self._take_series,
            HistoryDone: self._take_history_done,
            ActReply: office.acts.receive,
            JournalReply: office.acts.receive_journal,
            OccurrencesReply: office.occurrences.receive,
            CommandConfirm: office.control.receive_confirm,
            GroupConfirm: office.control.receive_group,
            DirectoryPrompt: office.people.receive_prompt,
            AccountsReply: office.people.receive_accounts,
            HandoversReply: office.handover_acts.receive,
            FeedReply: office.feed_acts.receive_page,
            TapFrames: office.feed_acts.receive_tap,
            Heartbeat: self._take_heartbeat,
            LogReply: office.logbook.receive_page,
            LogPeopleReply: office.logbook.receive_people,
            LogChanged: office.log_board.receive,
            FileReply: office.log_post.receive_file,
            FilePart: office.log_files.receive,
        }

    @property
    def mailbox(self) -> Mailbox:
        """Where the link's thread puts what comes; tests put there too."""
        return self._mailbox

    def feed(self, keeper: KeeperThread) -> None:
        """Give what the hub tells to the store of this console too; before `start`."""
        self._keeper = keeper

    def _deliver(self, item: Inbound) -> None:
        """On the link's thread."""
        if self._keeper is None or not self._keeper.hear(item):
            self._mailbox.put(item)

    def start(self) -> None:
        """Start the thread and take what comes."""
        self._office.acts.attach(self.post, self.hears_us)
        self._office.histories.attach(self.post)
        self._office.occurrences.attach(self.post)
        self._office.feed_acts.attach(self.post)
        self._office.handover_acts.attach(self.post)
        for asker in (self._office.logbook, self._office.log_post, self._office.log_files):
            asker.attach(self.post)
        # Before there is a second thread that could end a Qt object.
        self._collector.start()
        self._thread.start()
        if self._keeper is not None:
            self._keeper.start(self.post)
        self._timer.start()

    def stop(self) -> None:
        """End the thread; what still waits is not shown."""
        self._timer.stop()
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(STOP_S)
        if self._keeper is not None:
            self._keeper.stop()
        self._collector.stop()

    def post(self, message: Asked) -> None:
        """Send to the hub soon; dropped without a connection."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._link.post, message)

    def touch(self) -> None:
        """Somebody uses keyboard or mouse at this seat."""
        # A flag that is only ever set here and taken by the link's thread needs no hand-over.
        self._link.touch()

    def subscribe(self, *, tags: tuple[int, ...] | None = None, max_hz: float = 10.0) -> None:
        """Which tags this seat gets (None: all) and how often at most."""
        self.post(Subscribe(all_tags=tags is None, tags=tags or (), max_hz=max_hz))

    @Slot()
    def frame(self) -> None:
        """Give what came to the boards."""
        now = time.monotonic()
        if self._due("tick", TICK_S, now):
            self._office.time.tick(time.time_ns())
        items = self._mailbox.take()
        for item in items:
            self._take(item, now)
        self._tell(now)
        if items:
            self.frame_done.emit()

    def _take(self, item: Inbound, now: float) -> None:
        if isinstance(item, KeepFact):
            # Of this console, not of the hub.
            self.store_changed.emit(item)
            return
        self._heard = NEVER if isinstance(item, LinkFact) and not item.live else now
        handler = self._handlers.get(type(item))
        if handler is None:
            self._store.apply(item)
            return
        # What the hub said before this must be on the boards before this.
        self._tell(now)
        handler(item)

    def _take_link(self, fact: LinkFact) -> None:
        office = self._office
        was_live = office.link.live
        self._tell(float("inf"))
        office.link.push(fact)
        office.actions.set_condition(Condition.LIVE, fact.live)
        office.values.set_frozen(office.link.lost)
        if was_live and not fact.live:
            office.acts.link_lost()
            office.control.link_lost()
            office.histories.link_lost()
            office.occurrences.link_lost()
            office.feed_acts.link_lost()
            for asker in (office.logbook, office.log_post, office.log_files):
                asker.link_lost()

    def _take_heartbeat(self, beat: Heartbeat) -> None:
        self._office.clock.heard(beat.at)

    def hears_us(self) -> bool:
        """Whether the hub listens, though nothing may be live before somebody signs in."""
        return time.monotonic() < self._heard + SILENCE_S

    def _take_series(self, answer: SeriesAnswer) -> None:
        self._office.histories.receive_series(answer.request, answer.series)

    def _take_history_done(self, done: HistoryDone) -> None:
        self._office.histories.receive_done(done.request, done.reason)

    def _tell(self, now: float) -> None:
        changes = self._store.take_changes()
        if changes.catalogue:
            self._tell_catalogue()
        elif changes.grown:
            self._office.catalogue.tell_growth(frozenset(changes.grown))
            self._tell_keeper()
        self._hold(changes)
        self._tell_facts(now)

    def _hold(self, changes: Changes) -> None:
        held, office = self._held, self._office
        if changes.rows:
            office.values.tell_rows(joined(changes.rows))
            held.rows.extend(changes.rows)
        held.alarms.update(changes.alarms)
        held.new_occurrence |= changes.new_occurrence
        held.movers |= changes.movers
        if changes.feeds:
            office.feeds.tell()
        held.modes |= changes.modes
        if changes.commands:
            office.commands.tell([*changes.commands.values()])
        self._tell_control(changes.control)

    def _tell_control(self, control: ControlChanges) -> None:
        office = self._office
        if control.session:
            office.session.tell()
        if control.tags:
            office.tags.tell(frozenset(control.tags))
        if control.leases:
            office.areas.tell(frozenset(control.leases))
        if control.runs:
            office.runs.tell(frozenset(control.runs))
        if control.handovers:
            office.handovers.tell()
        if control.ledger:
            office.ledger.tell()

    def _tell_facts(self, now: float) -> None:
        held = self._held
        waits = bool(held.rows or held.alarms or held.modes)
        if waits and self._due("turn", TURN_S, now):
            self._tell_turn()
        elif held.new_occurrence and self._out_of_turn(now):
            # A new occurrence is told at once (ALM-20); what only changes can wait for the next turn.
            self._tell_alarms()
        if held.movers and self._due("movers", MOVERS_S, now):
            held.movers = False
            self._office.movers.tell()

    def _tell_turn(self) -> None:
        held = self._held
        if held.rows:
            rows, held.rows = held.rows, []
            self._office.values.tell_changed(joined(rows).tag)
        if held.alarms:
            self._tell_alarms()
        if held.modes:
            held.modes = False
            self._office.modes.tell()

    def _tell_alarms(self) -> None:
        held = self._held
        facts, held.alarms, held.new_occurrence = held.alarms, {}, False
        self._office.alarms.tell([*facts.values()])

    def _out_of_turn(self, now: float) -> bool:
        """In a burst every look at the lists costs more than it tells: then they follow at the pace of tables."""
        if len(self._sudden) == SUDDEN and now < self._sudden[0] + SUDDEN_S:
            return False
        self._sudden.append(now)
        return True

    def _tell_catalogue(self) -> None:
        office = self._office
        self._held = Changes()
        self._collector.settle()
        office.histories.forget()
        office.alarms.forget()
        office.catalogue.tell()
        office.values.tell_all()
        office.movers.tell()
        self._tell_keeper()

    def _tell_keeper(self) -> None:
        mirror = self._office.mirror
        if self._keeper is not None and mirror.catalogue is not None:
            catalogue = mirror.catalogue
            names = tuple(point.key for point in catalogue.tags[: catalogue.declared])
            self._keeper.adopt(mirror.digest, mirror.catalogue.site, names)

    def _due(self, what: str, every_s: float, now: float) -> bool:
        if now < self._told.get(what, 0.0) + every_s:
            return False
        self._told[what] = 0.0 if now == float("inf") else now
        return True

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except asyncio.CancelledError:
            log.debug("link ended")

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._supervise(), name="link")
        await self._task

    async def _supervise(self) -> None:
        while True:
            task = asyncio.create_task(self._link.run(), name="link.run")
            try:
                await asyncio.wait({task})
            finally:
                # Ends the link when we are cancelled, and waits for it to have closed its socket.
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            # Whatever it was, the screen must say that the link is down, and the link must come back.
            log.error("the link failed", exc_info=task.exception())
            self._link.fail()
            await asyncio.sleep(RESTART_S)

    def _cancel(self) -> None:
        self._task.cancel()
