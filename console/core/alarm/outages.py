"""What persons take away for a time and give back: times out of service, maintenance of an area.

Each is runtime state with who, why, since and until; each ends by itself, loudly if the alarm is still abnormal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from console.core.alarm.acts import Act, OutageOrder, outage_fault
from console.core.alarm.board import AlarmBoard, Cause, by
from console.core.alarm.ends import Ends, left_s
from console.core.alarm.events import ModeChange, ModeEvent
from console.core.alarm.facts import AlarmFact, AlarmLetter, MaintenanceFact
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reasons import AlarmRefusal
from console.core.batch import NS
from console.core.errors import AlarmRefused
from console.core.site import AlarmCondition

SERVICE_CLOCK = "system:service"
SERVICE_EXPIRED = "SERVICE_EXPIRED"
MAINTENANCE = "system:maintenance"
MAINTENANCE_ENDED = "MAINTENANCE_ENDED"
MAINTENANCE_EXPIRED = "MAINTENANCE_EXPIRED"


class OutOfService:
    """Alarms out of service."""

    def __init__(self, board: AlarmBoard) -> None:
        self._board = board
        self._ends = Ends[int]()
        self.next_deadline = self._ends.next_deadline

    def begin(self, alarm: int, order: OutageOrder, act: Act) -> None:
        """Takes one alarm out of service until a planned end. Raises AlarmRefused."""
        definition = self._board.point(alarm).alarm
        if definition.top_priority == 1 and not act.supervisor:
            raise AlarmRefused(AlarmRefusal.SUPERVISOR_REQUIRED)
        fault = outage_fault(order, act.supervisor)
        if fault is not None:
            raise AlarmRefused(fault)
        at_until = act.at + round(order.duration_s * NS)
        fields = {"oos_by": act.who, "at_oos": act.at, "at_service": at_until, "oos_reason": order.reason}
        self._board.must(alarm, AlarmInput.OOS_ON, by(act, order.reason), fields)
        self._ends.put(alarm, act.now, at_until, order.duration_s)

    def end(self, alarm: int, act: Act) -> None:
        """Puts it back in service. Raises AlarmRefused."""
        self._board.point(alarm)
        self._board.must(alarm, AlarmInput.OOS_OFF, by(act, ""))
        self._ends.take(alarm)

    def restore(self, fact: AlarmFact, now: float, at: int) -> None:
        """Takes up a time out of service from before a restart."""
        if fact.state.oos:
            self._ends.put(fact.alarm, now, fact.at_service, left_s(fact.at_oos, fact.at_service, at))

    def expire(self, now: float, at: int) -> None:
        """Puts back in service what has reached its planned end."""
        for alarm in self._ends.due(now, at):
            cause = Cause(who=SERVICE_CLOCK, at=at, at_hub=at, now=now, reason=SERVICE_EXPIRED)
            self._ends.take(alarm)
            self._board.apply(alarm, AlarmInput.OOS_OFF, cause)


class Maintenance:
    """Maintenance mode by area (ALM-30): missing data is acknowledged for the operator, but never at priority 1.

    Process alarms are not touched. When it ends, missing data that it acknowledged asks again.
    """

    def __init__(self, board: AlarmBoard, areas: Collection[str]) -> None:
        self._board = board
        self._areas = areas
        self._modes: dict[str, MaintenanceFact] = {}
        self._ends = Ends[str]()
        self._events: list[ModeEvent] = []
        self.next_deadline = self._ends.next_deadline
        board.after.append(self._after)

    def facts(self) -> list[MaintenanceFact]:
        """Modes that are on."""
        return list(self._modes.values())

    def events(self) -> list[ModeEvent]:
        """Modes that began or ended since the last call."""
        events, self._events = self._events, []
        return events

    def begin(self, area: str, order: OutageOrder, act: Act) -> None:
        """Begins maintenance mode of an area. Raises AlarmRefused."""
        if area not in self._areas:
            raise AlarmRefused(AlarmRefusal.UNKNOWN_AREA, area=area)
        if area in self._modes:
            raise AlarmRefused(AlarmRefusal.ALREADY_IN_MAINTENANCE)
        fault = outage_fault(order, act.supervisor)
        if fault is not None:
            raise AlarmRefused(fault)
        until = act.at + round(order.duration_s * NS)
        fact = MaintenanceFact(area=area, by=act.who, since=act.at, until=until, reason=order.reason)
        self._modes[area] = fact
        self._ends.put(area, act.now, until, order.duration_s)
        self._tell(ModeChange.MAINTENANCE_ON, fact, by(act, order.reason))
        for alarm in self._board.facts():
            self._acknowledge(self._board.fact(alarm), by(act, ""))

    def end(self, area: str, act: Act) -> None:
        """Ends it now. Raises AlarmRefused."""
        if area not in self._areas:
            raise AlarmRefused(AlarmRefusal.UNKNOWN_AREA, area=area)
        if area not in self._modes:
            raise AlarmRefused(AlarmRefusal.NOT_IN_MAINTENANCE)
        self._over(area, by(act, ""))

    def restore(self, facts: Iterable[MaintenanceFact], now: float, at: int) -> None:
        """Takes up modes from before a restart; those of areas that are gone are ended."""
        for fact in facts:
            self._modes[fact.area] = fact
            self._ends.put(fact.area, now, fact.until, left_s(fact.since, fact.until, at))
            if fact.area not in self._areas:
                self._over(fact.area, _clock(now, at))

    def expire(self, now: float, at: int) -> None:
        """Ends modes whose time has come."""
        for area in self._ends.due(now, at):
            self._over(area, _clock(now, at))

    def _over(self, area: str, cause: Cause) -> None:
        fact = self._modes.pop(area)
        self._ends.take(area)
        self._tell(ModeChange.MAINTENANCE_OFF, fact, cause)
        for alarm, standing in self._board.facts().items():
            if standing.acked_by == MAINTENANCE and self._area(alarm) == area:
                self._board.apply(alarm, AlarmInput.REALARM, cause.by(MAINTENANCE, MAINTENANCE_ENDED))

    def _tell(self, kind: ModeChange, fact: MaintenanceFact, cause: Cause) -> None:
        self._events.append(
            ModeEvent(kind=kind, area=fact.area, at=cause.at, who=cause.who, reason=cause.reason, fact=fact)
        )

    def _after(self, old: AlarmFact, new: AlarmFact, cause: Cause) -> None:
        self._acknowledge(new, cause)

    def _acknowledge(self, fact: AlarmFact, cause: Cause) -> None:
        if fact.state.letter is not AlarmLetter.B or not self._modes:
            return
        mode = self._modes.get(self._area(fact.alarm))
        definition = self._board.point(fact.alarm).alarm
        if mode is None or definition.condition is not AlarmCondition.STALE or fact.priority == 1:
            return
        fields = {"acked_by": MAINTENANCE, "at_acked": cause.at_hub, "comment": mode.reason}
        self._board.apply(fact.alarm, AlarmInput.ACK, cause.by(MAINTENANCE, mode.reason), fields)

    def _area(self, alarm: int) -> str:
        return self._board.point(alarm).asset.area


def _clock(now: float, at: int) -> Cause:
    return Cause(who=MAINTENANCE, at=at, at_hub=at, now=now, reason=MAINTENANCE_EXPIRED)
