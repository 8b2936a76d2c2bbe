"""What a person does: sent to the hub, and told what became of it; refused while the link is not live."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.client.act_facts import LINK_LOST, ActKind, ActOutcome
from console.client.mirror import Mirror
from console.client.ulid import Ulids
from console.core.alarm.facts import AckItem
from console.core.command.facts import CommandRequest
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.client.acts import PendingActs
    from console.core.journal import Record
    from console.wire.messages import ActReply, Asked, JournalReply

__all__ = ["ActKind", "ActOutcome", "Acts", "JournalPage", "JournalWish"]

_CHECK_MS = 200


class JournalPage(NamedTuple):
    """Answer to `Acts.journal` and `Acts.search_journal`: records of the journal, newest first."""

    request: str
    records: tuple[Record, ...]
    hashes: tuple[str, ...] = ()
    """Hash of each record in the ledger, hex."""
    truncated: bool = False
    """There may be more below `searched_to`."""
    searched_to: int = 0


class JournalWish(NamedTuple):
    """Which records are wanted, as `QueryJournal` says it; times are UTC ns."""

    subject: str = ""
    limit: int = 50
    text: str = ""
    kinds: tuple[str, ...] = ()
    who: str = ""
    start: int = 0
    end: int = 0
    before: int = 0


def _never() -> bool:
    return False


class Acts(QObject):
    """Sends acts; every one is answered exactly once by `act_answered`, also by silence (NO_ANSWER)."""

    act_answered = Signal(object)
    """ActOutcome(request, kind, results); a result's `reason` is empty when the part was done."""
    journal_arrived = Signal(object)
    """JournalPage(request, records)."""

    def __init__(
        self,
        link: LinkBoard,
        mirror: Mirror | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._mirror = mirror or Mirror()
        self._clock = clock
        self._ulids = Ulids(time.time_ns, os.urandom)
        self._post: Callable[[Asked], None] | None = None
        self._pending: PendingActs | None = None
        self._refused: list[ActOutcome] = []
        self._ready: Callable[[], bool] = _never
        self._timer = QTimer(self)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check)

    def attach(self, post: Callable[[Asked], None], ready: Callable[[], bool] = _never) -> None:
        """Where messages go; without it every act is refused with LINK_LOST. `ready` says whether the hub hears us
        although nothing is live yet: it waits for somebody to sign in.
        """
        self._post = post
        self._ready = ready

    def new_request(self) -> str:
        """The id of a new act, for messages made by `ControlActs` and `PeopleActs`."""
        return self._ulids.new()

    def dispatch(self, kind: ActKind, message: Asked, subject: str = "", *, unsigned: bool = False) -> str:
        """Send a message that has a `request`; `unsigned` ones go out before anybody is signed in too."""
        request: str = getattr(message, "request", "")
        return self._send(kind, request, [subject], message, unsigned=unsigned)

    def answered_otherwise(self, request: str) -> None:
        """The answer came as a message of its own kind."""
        self._waiting().forget(request)

    def ack(self, items: Sequence[AckItem], comment: str = "") -> str:
        """Acknowledge exactly these occurrences at the severity seen (ALM-23)."""
        from console.wire.messages import AckAlarms

        request = self._ulids.new()
        message = AckAlarms(request=request, items=tuple(items), comment=comment)
        return self._send("ack", request, [self._key(item.alarm) for item in items], message)

    def reset(self, items: Sequence[AckItem]) -> str:
        """Reset latched alarms."""
        from console.wire.messages import ResetAlarms

        request = self._ulids.new()
        message = ResetAlarms(request=request, items=tuple(items))
        return self._send("reset", request, [self._key(item.alarm) for item in items], message)

    def shelve(self, alarm: int, duration_s: float, reason: str, oneshot: bool = False) -> str:
        """Shelve one alarm with a reason (ALM-40)."""
        from console.wire.messages import ShelveAlarm

        request = self._ulids.new()
        message = ShelveAlarm(
            request=request, alarm=alarm, duration_s=duration_s, reason=reason, oneshot=oneshot
        )
        return self._send("shelve", request, [self._key(alarm)], message)

    def edit_shelf(self, alarm: int, duration_s: float, reason: str) -> str:
        """Change end or reason of a shelf; the duration counts from its beginning (ALM-44)."""
        from console.wire.messages import ShelveAlarm

        request = self._ulids.new()
        message = ShelveAlarm(request=request, alarm=alarm, duration_s=duration_s, reason=reason, extend=True)
        return self._send("edit_shelf", request, [self._key(alarm)], message)

    def shelve_all(self, items: Sequence[AckItem], duration_s: float, reason: str) -> str:
        """Shelve several alarms alike, or none of them (ALM-45)."""
        from console.wire.messages import ShelveAlarms

        request = self._ulids.new()
        message = ShelveAlarms(request=request, items=tuple(items), duration_s=duration_s, reason=reason)
        return self._send("shelve", request, [self._key(item.alarm) for item in items], message)

    def redefine(self, alarm: int, changes: Mapping[str, float], reason: str) -> str:
        """Change numbers of one definition now (ALM-13)."""
        from console.wire.messages import RedefineAlarm

        request = self._ulids.new()
        message = RedefineAlarm(request=request, alarm=alarm, changes=dict(changes), reason=reason)
        return self._send("redefine", request, [self._key(alarm)], message)

    def report_sound(self, audible: bool, why: str) -> bool:
        """Tell the hub whether this seat can be heard (HMI-20); it is no act. False when it was not sent."""
        from console.wire.messages import ReportSound

        if self._post is None or not self._link.live:
            return False
        self._post(ReportSound(audible=audible, why=why))
        return True

    def unshelve(self, alarm: int) -> str:
        """End a shelf now."""
        from console.wire.messages import UnshelveAlarm

        request = self._ulids.new()
        return self._send(
            "unshelve", request, [self._key(alarm)], UnshelveAlarm(request=request, alarm=alarm)
        )

    def out_of_service(self, alarm: int, duration_s: float, reason: str) -> str:
        """Take one alarm out of service with a reason."""
        from console.wire.messages import SetOutOfService

        request = self._ulids.new()
        message = SetOutOfService(request=request, alarm=alarm, duration_s=duration_s, reason=reason)
        return self._send("out_of_service", request, [self._key(alarm)], message)

    def end_out_of_service(self, alarm: int) -> str:
        """Put an alarm back in service now."""
        from console.wire.messages import EndOutOfService

        request = self._ulids.new()
        message = EndOutOfService(request=request, alarm=alarm)
        return self._send("in_service", request, [self._key(alarm)], message)

    def start_maintenance(self, area: str, duration_s: float, reason: str) -> str:
        """Begin maintenance mode of an area with a reason (ALM-30)."""
        from console.wire.messages import StartMaintenance

        request = self._ulids.new()
        message = StartMaintenance(request=request, area=area, duration_s=duration_s, reason=reason)
        return self._send("start_maintenance", request, [area], message)

    def end_maintenance(self, area: str) -> str:
        """End maintenance mode of an area now."""
        from console.wire.messages import EndMaintenance

        request = self._ulids.new()
        return self._send("end_maintenance", request, [area], EndMaintenance(request=request, area=area))

    def send(self, asset_id: str, command: str, value: float | None = None, *, test: bool = False) -> str:
        """Ask for a command; the request id is the command's id (CMD-01)."""
        from console.wire.messages import SendCommand

        command_id = self._ulids.new()
        asked = CommandRequest(command_id=command_id, asset=asset_id, command=command, value=value, test=test)
        return self._send("command", command_id, [command_id], SendCommand(request=command_id, command=asked))

    def resolve(self, command_id: str, outcome: str, evidence: str) -> str:
        """State the outcome of a command whose fate is unknown, with evidence."""
        from console.wire.messages import ResolveCommand

        request = self._ulids.new()
        message = ResolveCommand(request=request, command_id=command_id, outcome=outcome, evidence=evidence)
        return self._send("resolve", request, [command_id], message)

    def journal(self, subject: str = "", limit: int = 50) -> str:
        """Ask for the newest records about a subject (empty: all); without a link no page arrives."""
        return self.search_journal(JournalWish(subject, limit))

    def search_journal(self, wish: JournalWish) -> str:
        """Ask for the newest records that match; without a link no page arrives."""
        from console.wire.messages import QueryJournal

        request = self._ulids.new()
        if self._post is not None and self._link.live:
            self._post(QueryJournal(request=request, **wish._asdict()))
        return request

    def receive(self, reply: ActReply) -> None:
        """The hub's answer to an act."""
        outcome = self._waiting().answered(reply)
        if outcome is not None:
            self.act_answered.emit(outcome)

    def receive_journal(self, reply: JournalReply) -> None:
        """The hub's answer to a journal query."""
        page = JournalPage(reply.request, reply.records, reply.hashes, reply.truncated, reply.searched_to)
        self.journal_arrived.emit(page)

    def link_lost(self) -> None:
        """No answer will come for what was sent."""
        self._tell(self._waiting().lost())

    def _key(self, alarm: int) -> str:
        """An alarm as the hub names it in its answers, `asset.alarm`; its number without a catalogue."""
        catalogue = self._mirror.catalogue
        known = catalogue is not None and 0 <= alarm < len(catalogue.alarms)
        return catalogue.alarms[alarm].key if catalogue is not None and known else str(alarm)

    def _waiting(self) -> PendingActs:
        if self._pending is None:
            from console.client.acts import PendingActs

            self._pending = PendingActs()
        return self._pending

    def _send(
        self, kind: str, request: str, subjects: list[str], message: Asked, *, unsigned: bool = False
    ) -> str:
        from console.client.acts import refused

        act: ActKind = ActKind(kind)
        if self._post is None or not (self._link.live or (unsigned and self._ready())):
            # The caller must know the request id before it hears the outcome.
            self._refused.append(refused(request, act, tuple(subjects), LINK_LOST))
            QTimer.singleShot(0, self, self._tell_refused)
            return request
        self._waiting().sent(request, act, tuple(subjects), self._clock())
        self._post(message)
        self._timer.start()
        return request

    @Slot()
    def _tell_refused(self) -> None:
        outcomes, self._refused = self._refused, []
        self._tell(outcomes)

    @Slot()
    def _check(self) -> None:
        self._tell(self._waiting().expire(self._clock()))
        if not len(self._waiting()):
            self._timer.stop()

    def _tell(self, outcomes: Sequence[ActOutcome]) -> None:
        for outcome in outcomes:
            self.act_answered.emit(outcome)
