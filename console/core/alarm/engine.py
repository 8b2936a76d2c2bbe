"""The alarm engine of a hub: samples and acts in, events out. Pure: times, ids and persons are arguments.

Samples are compared in columns (`conditions`); the state machine (`machine`, applied by `board`) runs only for alarms
whose condition changed. What follows from a transition (inhibitions, reminders, maintenance) listens to the board.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from console.core.alarm.acts import Act, ActOutcome, OutageOrder, ShelfOrder, comment_fault
from console.core.alarm.board import NOTHING, AlarmBoard, Cause, Fields, by, limit_at
from console.core.alarm.conditions import Change, Conditions
from console.core.alarm.design import Design
from console.core.alarm.events import AlarmEvent, AlarmNews, ModeEvent
from console.core.alarm.facts import AckItem, AlarmFact, MaintenanceFact, RtnCause
from console.core.alarm.inhibitions import Inhibitions
from console.core.alarm.machine import AlarmInput
from console.core.alarm.outages import Maintenance, OutOfService
from console.core.alarm.reasons import AlarmRefusal
from console.core.alarm.reminders import Reminders
from console.core.alarm.shelving import SHELF_CLOCK, SHELF_EXPIRED, Shelving
from console.core.batch import Batch
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.site import AlarmDef

__all__ = ["CONFIG", "PROCESS", "SHELF_CLOCK", "SHELF_EXPIRED", "AlarmEngine"]

PROCESS = "system:process"
CONFIG = "system:config"


class AlarmEngine:
    """All alarms of one catalogue. `new_occurrence` gives a fresh ULID for every occurrence."""

    def __init__(self, catalogue: Catalogue, new_occurrence: Callable[[], str]) -> None:
        self._points: list[AlarmPoint] = list(catalogue.alarms)
        self._conditions = Conditions(catalogue.alarms, len(catalogue.tags))
        self._board = AlarmBoard(catalogue.alarms, new_occurrence, self._conditions.level)
        # Reminders hear of a transition before maintenance answers it with another one.
        self._reminders = Reminders(self._board)
        self._design = Design(self._board, Inhibitions(catalogue.site.inhibitions, catalogue.alarms))
        self._shelving = Shelving(self._board)
        self._service = OutOfService(self._board)
        self._maintenance = Maintenance(self._board, catalogue.areas)
        self.facts = self._board.facts
        self.fact = self._board.fact
        self.events = self._board.events
        self.maintenance = self._maintenance.facts
        self.set_back = self._conditions.set_back
        self.mode_events = self._maintenance.events

    facts: Callable[[], dict[int, AlarmFact]]
    """Alarms that are listed or suppressed; all others are normal."""
    fact: Callable[[int], AlarmFact]
    """One alarm as it is, also when normal. Raises AlarmRefused for one the catalogue does not have."""
    events: Callable[[], list[AlarmEvent]]
    """Transitions since the last call, in order."""
    set_back: Callable[[int], None]
    """The wall clock was set back and shows this (UTC ns); delays do not notice (ALM-07)."""
    maintenance: Callable[[], list[MaintenanceFact]]
    """Maintenance modes that are on."""
    mode_events: Callable[[], list[ModeEvent]]
    """Maintenance modes that began or ended since the last call."""

    def samples(self, batch: Batch, now: float, at_received: int) -> None:
        """Rows in order of arrival, tags known; `at_received` is the hub's UTC ns at arrival. Never raises.

        Call it for what has arrived before `expire`, so that a late scheduler judges delays by event time
        (ALM-06).
        """
        self._process(self._conditions.samples(batch, now), now, at_received)

    def expire(self, now: float, at: int) -> None:
        """Ends delays and what persons began for a time, and reminds; `at` is the hub's UTC ns."""
        self._process(self._conditions.expire(now), now, at)
        self._shelving.expire(now, at)
        self._service.expire(now, at)
        self._maintenance.expire(now, at)
        self._reminders.expire(now, at)

    def next_deadline(self) -> float | None:
        """When to call `expire`, monotonic seconds; call it every few seconds too, for a wall clock set
        forward.
        """
        parts = (self._conditions, self._shelving, self._service, self._maintenance, self._reminders)
        ends = [part.next_deadline() for part in parts]
        return min((end for end in ends if end is not None), default=None)

    def ack(self, items: Sequence[AckItem], act: Act, comment: str = "") -> list[ActOutcome]:
        """Acknowledges exactly these occurrences at the severity seen, each answered by itself (ALM-23)."""
        return self._each(items, lambda item: self._acknowledge(item, act, comment))

    def reset(self, items: Sequence[AckItem], act: Act) -> list[ActOutcome]:
        """Resets latched alarms that are normal and acknowledged."""
        return self._each(
            items, lambda item: self._board.apply(item.alarm, AlarmInput.RESET, by(act, ""), NOTHING)
        )

    def shelve(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        """Shelves one alarm (ALM-40, ALM-41); acknowledges it on behalf of `act.who`. Raises AlarmRefused."""
        self._shelving.begin(alarm, order, act)

    def shelve_all(self, items: Sequence[AckItem], order: ShelfOrder, act: Act) -> list[ActOutcome]:
        """Shelves several alarms alike, or none of them; each is answered by itself (ALM-45)."""
        alarms = list(dict.fromkeys(item.alarm for item in items if self._seen_fault(item) is None))
        faults = self._shelving.faults(alarms, order, act)
        if faults or len(alarms) < len(items):
            return self._each(items, lambda item: faults.get(item.alarm, AlarmRefusal.GROUP_REFUSED))
        self._shelving.begin_all(alarms, order, act)
        return self._each(items, lambda _: None)

    def edit_shelf(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        """Changes end or reason of a shelf, which stays the same one (ALM-44). Raises AlarmRefused."""
        self._shelving.edit(alarm, order, act)

    def unshelve(self, alarm: int, act: Act) -> None:
        """Ends a shelf now; an alarm that is still abnormal annunciates anew. Raises AlarmRefused."""
        self._shelving.end(alarm, act)

    def shelved_count(self) -> int:
        """How many alarms are shelved."""
        return len(self._shelving)

    def set_out_of_service(self, alarm: int, order: OutageOrder, act: Act) -> None:
        """Takes one alarm out of service until a planned end. Raises AlarmRefused."""
        self._service.begin(alarm, order, act)

    def end_out_of_service(self, alarm: int, act: Act) -> None:
        """Puts it back in service; still abnormal, it annunciates anew. Raises AlarmRefused."""
        self._service.end(alarm, act)

    def start_maintenance(self, area: str, order: OutageOrder, act: Act) -> None:
        """Acknowledges missing data of an area for the operator until it ends (ALM-30). Raises AlarmRefused."""
        self._maintenance.begin(area, order, act)

    def end_maintenance(self, area: str, act: Act) -> None:
        """Ends it; missing data that it acknowledged asks again. Raises AlarmRefused."""
        self._maintenance.end(area, act)

    def disable_sources(self, tags: Collection[int], now: float, at: int) -> None:
        """Nothing feeds these tags any more: their alarms return, which is not a return to normal (ALM-09)."""
        cause = Cause(who=CONFIG, at=at, at_hub=at, now=now, reason=RtnCause.SOURCE_DISABLED)
        for alarm in sorted(a for a, f in self._board.facts().items() if f.state.cond):
            if self._points[alarm].tag_index in tags:
                self._close(alarm, cause)

    def redefine(
        self, alarm: int, definition: AlarmDef, present: Batch, now: float, at: int, who: str = CONFIG
    ) -> None:
        """Changes the definition of one alarm on the same tags while it lives (ALM-13).

        `present` holds the last row of its tag, or none. A changed limit is judged by it at once, with a new delay;
        another kind of condition closes the occurrence with cause CONFIG first. Raises AlarmRefused, ValueError for
        other tags.
        """
        point = self._board.point(alarm)
        old = point.alarm
        if (definition.tag, definition.reference_tag) != (old.tag, old.reference_tag):
            raise ValueError(definition.tag)
        if definition.condition is not old.condition:
            self._close(alarm, Cause(who=CONFIG, at=at, at_hub=at, now=now, reason=RtnCause.CONFIG))
        self._points[alarm] = AlarmPoint(
            alarm, point.key, point.asset, definition, point.tag_index, point.reference_index
        )
        self._board.redefine(alarm, self._points[alarm])
        self._conditions.redefine(alarm, definition)
        for row in range(len(present)):
            changes = self._conditions.judge(
                alarm,
                float(present.value[row]),
                int(present.at[row]),
                int(present.quality[row]),
                now,
            )
            self._process(changes, now, at)
        self._renew(alarm, Cause(who=who, at=at, at_hub=at, now=now))

    def restore(
        self,
        facts: Iterable[AlarmFact],
        now: float,
        at: int,
        maintenance: Iterable[MaintenanceFact] = (),
    ) -> None:
        """Takes up facts from before a restart, silently: same occurrences, acknowledgements and shelves
        (ALM-14).

        Call it before the first sample; facts of alarms the catalogue no longer has are ignored. Only what the
        profile no longer allows makes events: another kind of condition, an inhibition that is gone.
        """
        known = [fact for fact in facts if fact.alarm in self._board]
        for fact in known:
            self._board.put(fact)
            self._conditions.restore(fact.alarm, fact.state.cond, fact.level)
            self._shelving.restore(fact, now, at)
            self._service.restore(fact, now, at)
            self._reminders.restore(fact, now, at)
        self._maintenance.restore(maintenance, now, at)
        cause = Cause(who=CONFIG, at=at, at_hub=at, now=now, reason=RtnCause.CONFIG)
        self._design.restore(known, cause)
        for fact in known:
            changed = fact.condition not in ("", self._points[fact.alarm].alarm.condition)
            if fact.state.cond and changed:
                self._close(fact.alarm, cause)

    def _renew(self, alarm: int, cause: Cause) -> None:
        """An alarm that still stands carries limit and severity of its new definition; unacknowledged, the severity
        may rise by that, but never falls (ALM-11).
        """
        fact = self._board.fact(alarm)
        level = self._conditions.level(alarm)
        fields = self._board.at_level(alarm, level)
        priority = limit_at(self._points[alarm].alarm, level)[1]
        if not (fact.state.cond or fact.state.suppressed):
            return
        if fact.state.cond and priority < fact.priority:
            if self._board.apply(alarm, AlarmInput.ESCALATE, cause, fields) is None:
                return
        elif not fact.state.acked:
            fields = {**fields, "priority": fact.priority}
        if any(getattr(fact, name) != value for name, value in fields.items()):
            self._board.note(alarm, AlarmNews.REDEFINED, cause, fields)

    def _close(self, alarm: int, cause: Cause) -> None:
        """The occurrence ends, though nobody saw the process return."""
        fields = {"at_returned": cause.at, "rtn_cause": cause.reason}
        self._board.apply(alarm, AlarmInput.RTN, cause, fields)
        self._conditions.restore(alarm, False)

    def _each(
        self, items: Sequence[AckItem], act: Callable[[AckItem], AlarmRefusal | None]
    ) -> list[ActOutcome]:
        if not items:
            return [ActOutcome("", AlarmRefusal.NOTHING_SELECTED)]
        return [ActOutcome(self._subject(i.alarm), self._seen_fault(i) or act(i) or "") for i in items]

    def _acknowledge(self, item: AckItem, act: Act, comment: str) -> AlarmRefusal | None:
        alarm = item.alarm
        definition = self._points[alarm].alarm
        fault = comment_fault(comment, definition.comment_required)
        if fault is not None:
            return fault
        fields: Fields = {"acked_by": act.who, "at_acked": act.at, "comment": comment}
        if self._board.fact(alarm).state.cond:
            # What was worse is acknowledged with it: from here on the present severity counts (ALM-11).
            fields = {**fields, **self._board.at_level(alarm, self._conditions.level(alarm))}
        return self._board.apply(alarm, AlarmInput.ACK, by(act, comment), fields)

    def _seen_fault(self, item: AckItem) -> AlarmRefusal | None:
        """Whether the alarm is still what the person saw."""
        if item.alarm not in self._board:
            return AlarmRefusal.UNKNOWN_ALARM
        fact = self._board.fact(item.alarm)
        if item.occurrence != fact.occurrence:
            return AlarmRefusal.OCCURRENCE_UNKNOWN
        return AlarmRefusal.SEVERITY_CHANGED if item.priority != fact.priority else None

    def _subject(self, alarm: int) -> str:
        return self._points[alarm].key if alarm in self._board else str(alarm)

    def _process(self, changes: Sequence[Change], now: float, at_hub: int) -> None:
        if self._design and len(changes) > 1:
            changes = sorted(changes, key=lambda change: self._design.rank(change.alarm))
        for change in changes:
            cause = Cause(who=PROCESS, at=change.at, at_hub=at_hub, now=now, value=change.value)
            if change.active:
                self._abnormal(change, cause)
            else:
                back = {"at_returned": change.at, "rtn_cause": RtnCause.RETURN_TO_NORMAL}
                self._board.apply(change.alarm, AlarmInput.RTN, cause, back)

    def _abnormal(self, change: Change, cause: Cause) -> None:
        fact = self._board.fact(change.alarm)
        fields: Fields = {
            "value": change.value,
            "quality": change.quality,
            **self._board.at_level(change.alarm, change.level),
        }
        if not fact.state.cond:
            fields = {**fields, "at_event": change.at, "at_received": cause.at_hub, "at_returned": 0}
            self._board.apply(change.alarm, AlarmInput.ACT, cause, fields)
        elif limit_at(self._points[change.alarm].alarm, change.level)[1] < fact.priority:
            # Severity only ever rises by itself; under a suppression it is told when that ends.
            self._board.apply(change.alarm, AlarmInput.ESCALATE, cause, fields)
