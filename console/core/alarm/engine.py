"""The alarm engine of a hub: samples and acts in, events out. Pure: times, ids and persons are arguments.

Samples are compared in columns (`conditions`); the state machine (`machine`) runs only for alarms whose
condition
changed. Facts of alarms that have never been anything but normal are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from console.core.alarm.acts import SHELF_QUOTA, Act, ActOutcome, ShelfOrder, shelf_fault, text_fault
from console.core.alarm.conditions import Change, Conditions
from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter, AlarmState, Shelf
from console.core.alarm.machine import AlarmInput, AlarmKind, Effect, step
from console.core.alarm.reasons import AlarmRefusal
from console.core.alarm.shelves import Shelves, left_s
from console.core.batch import NS, Batch
from console.core.catalogue import AlarmPoint, Catalogue
from console.core.errors import AlarmRefused

PROCESS = "system:process"
SHELF_CLOCK = "system:shelf"
SHELF_EXPIRED = "SHELF_EXPIRED"


class _Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why a transition is tried, for the event: `at` is when it happened, `at_hub` when the hub deals with
    it.
    """

    who: str
    at: int
    at_hub: int
    reason: str = ""
    value: float | None = None


class AlarmEngine:
    """All alarms of one catalogue. `new_occurrence` gives a fresh ULID for every occurrence."""

    def __init__(self, catalogue: Catalogue, new_occurrence: Callable[[], str]) -> None:
        self._points: Sequence[AlarmPoint] = catalogue.alarms
        self._kinds = [AlarmKind(p.alarm.latching, p.alarm.ack_required) for p in catalogue.alarms]
        self._new_occurrence = new_occurrence
        self._conditions = Conditions(catalogue.alarms, len(catalogue.tags))
        self._shelves = Shelves()
        self._facts: dict[int, AlarmFact] = {}
        self._events: list[AlarmEvent] = []

    def samples(self, batch: Batch, now: float, at_received: int) -> None:
        """Rows in order of arrival, tags known; `at_received` is the hub's UTC ns at arrival. Never raises.

        Call it for what has arrived before `expire`, so that a late scheduler judges delays by event time
        (ALM-06).
        """
        self._process(self._conditions.samples(batch, now), at_received)

    def expire(self, now: float, at: int) -> None:
        """Ends delays and shelves whose time has come; `at` is the hub's UTC ns."""
        self._process(self._conditions.expire(now), at)
        for alarm in self._shelves.due(now, at):
            self._apply(
                alarm,
                AlarmInput.UNSHELVE,
                _Cause(who=SHELF_CLOCK, at=at, at_hub=at, reason=SHELF_EXPIRED),
                {},
            )

    def next_deadline(self) -> float | None:
        """When to call `expire`, monotonic seconds; call it every few seconds too, for a wall clock set
        forward.
        """
        ends = (self._conditions.next_deadline(), self._shelves.next_deadline())
        return min((end for end in ends if end is not None), default=None)

    def ack(self, items: Sequence[AckItem], act: Act, comment: str = "") -> list[ActOutcome]:
        """Acknowledges exactly these occurrences at the severity seen, each answered by itself (ALM-23)."""
        return self._each(items, act, comment, AlarmInput.ACK)

    def reset(self, items: Sequence[AckItem], act: Act) -> list[ActOutcome]:
        """Resets latched alarms that are normal and acknowledged."""
        return self._each(items, act, "", AlarmInput.RESET)

    def shelve(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        """Shelves one alarm (ALM-40, ALM-41); acknowledges it on behalf of `act.who`. Raises AlarmRefused."""
        definition = self._point(alarm).alarm
        fault = shelf_fault(order, definition.priority, definition.shelvable, act.supervisor)
        if fault is not None:
            raise AlarmRefused(fault)
        if len(self._shelves) >= SHELF_QUOTA and self.fact(alarm).state.shelf is Shelf.NONE:
            raise AlarmRefused(AlarmRefusal.QUOTA, limit=str(SHELF_QUOTA))
        at_until = act.at + round(order.duration_s * NS)
        event = AlarmInput.SHELVE_ONESHOT if order.oneshot else AlarmInput.SHELVE_TIMED
        fields = {
            "shelved_by": act.who,
            "at_shelved": act.at,
            "at_unshelve": at_until,
            "shelf_reason": order.reason,
        }
        refusal = self._apply(alarm, event, _by(act, order.reason), fields)
        if refusal is not None:
            raise AlarmRefused(refusal)
        self._shelves.put(alarm, act.now, at_until, order.duration_s)

    def unshelve(self, alarm: int, act: Act) -> None:
        """Ends a shelf now; an alarm that is still abnormal annunciates anew. Raises AlarmRefused."""
        refusal = self._apply(alarm, AlarmInput.UNSHELVE, _by(act, ""), {})
        if refusal is not None:
            raise AlarmRefused(refusal)

    def restore(self, facts: Iterable[AlarmFact], now: float, at: int) -> None:
        """Takes up facts from before a restart, silently: same occurrences, acknowledgements and shelves
        (ALM-14).

        Call it before the first sample; facts of alarms the catalogue no longer has are ignored.
        """
        for fact in facts:
            if not 0 <= fact.alarm < len(self._points):
                continue
            self._facts[fact.alarm] = fact
            self._conditions.restore(fact.alarm, fact.state.cond)
            if fact.state.shelf is not Shelf.NONE:
                left = left_s(fact.at_shelved, fact.at_unshelve, at)
                self._shelves.put(fact.alarm, now, fact.at_unshelve, left)

    def facts(self) -> dict[int, AlarmFact]:
        """Alarms that are listed or suppressed; all others are normal."""
        return {a: f for a, f in self._facts.items() if f.state.letter is not AlarmLetter.A}

    def fact(self, alarm: int) -> AlarmFact:
        """One alarm as it is, also when normal. Raises AlarmRefused for one the catalogue does not have."""
        point = self._point(alarm)
        known = self._facts.get(alarm)
        if known is not None:
            return known
        definition = point.alarm
        return AlarmFact(
            alarm=alarm, state=AlarmState(), priority=definition.priority, limit=definition.limit
        )

    def shelved_count(self) -> int:
        """How many alarms are shelved."""
        return len(self._shelves)

    def events(self) -> list[AlarmEvent]:
        """Transitions since the last call, in order."""
        events, self._events = self._events, []
        return events

    def _point(self, alarm: int) -> AlarmPoint:
        if not 0 <= alarm < len(self._points):
            raise AlarmRefused(AlarmRefusal.UNKNOWN_ALARM, alarm=str(alarm))
        return self._points[alarm]

    def _each(self, items: Sequence[AckItem], act: Act, comment: str, event: AlarmInput) -> list[ActOutcome]:
        if not items:
            return [ActOutcome("", AlarmRefusal.NOTHING_SELECTED)]
        fields = {"acked_by": act.who, "at_acked": act.at, "comment": comment}
        chosen = fields if event is AlarmInput.ACK else {}
        outcomes: list[ActOutcome] = []
        for item in items:
            fault = self._seen_fault(item) or text_fault(comment)
            if fault is None:
                fault = self._apply(item.alarm, event, _by(act, comment), chosen)
            outcomes.append(ActOutcome(self._subject(item.alarm), fault or ""))
        return outcomes

    def _seen_fault(self, item: AckItem) -> AlarmRefusal | None:
        """Whether the alarm is still what the person saw."""
        if not 0 <= item.alarm < len(self._points):
            return AlarmRefusal.UNKNOWN_ALARM
        fact = self.fact(item.alarm)
        if item.occurrence != fact.occurrence:
            return AlarmRefusal.OCCURRENCE_UNKNOWN
        return AlarmRefusal.SEVERITY_CHANGED if item.priority != fact.priority else None

    def _subject(self, alarm: int) -> str:
        return self._points[alarm].key if 0 <= alarm < len(self._points) else str(alarm)

    def _process(self, changes: Iterable[Change], at_hub: int) -> None:
        for change in changes:
            cause = _Cause(who=PROCESS, at=change.at, at_hub=at_hub, value=change.value)
            if change.active:
                seen = {"value": change.value, "quality": change.quality, "at_event": change.at}
                fields = {**seen, "at_received": at_hub, "at_returned": 0}
                self._apply(change.alarm, AlarmInput.ACT, cause, fields)
            else:
                self._apply(change.alarm, AlarmInput.RTN, cause, {"at_returned": change.at})

    def _apply(
        self, alarm: int, event: AlarmInput, cause: _Cause, fields: Mapping[str, float | str]
    ) -> AlarmRefusal | None:
        """Tries one transition; `fields` of the fact change with it."""
        old = self.fact(alarm)
        transition = step(old.state, event, self._kinds[alarm])
        if transition.reject is not None:
            return transition.reject
        changes = {**fields, **self._effects(transition.effects, cause)}
        if old.state.shelf is not Shelf.NONE and transition.state.shelf is Shelf.NONE:
            changes.update(shelved_by="", at_shelved=0, at_unshelve=0, shelf_reason="")
            self._shelves.take(alarm)
        new = msgspec.structs.replace(old, state=transition.state, **changes)
        self._facts[alarm] = new
        self._events.append(
            AlarmEvent(
                kind=event,
                alarm=alarm,
                occurrence=new.occurrence,
                old=old.state.letter,
                new=new.state.letter,
                value=new.value if cause.value is None else cause.value,
                at=cause.at,
                who=cause.who,
                reason=cause.reason,
                effects=transition.effects,
                fact=new,
            )
        )
        return None

    def _effects(self, effects: tuple[Effect, ...], cause: _Cause) -> dict[str, float | str]:
        """Fields that the effects of a transition change."""
        changes: dict[str, float | str] = {}
        # A suppressed activation is an occurrence too: a latched one must be told from the one before it.
        if Effect.NEW_OCCURRENCE in effects or Effect.JOURNAL_SUPPRESSED_ACTIVATION in effects:
            changes.update(occurrence=self._new_occurrence(), acked_by="", at_acked=0, comment="")
            changes.update(repeat_count=0)
        if Effect.ANNUNCIATE in effects:
            changes.update(at_annunciated=cause.at_hub)
        if Effect.IMPLICIT_ACK in effects:
            changes.update(acked_by=cause.who, at_acked=cause.at)
        return changes


def _by(act: Act, reason: str) -> _Cause:
    return _Cause(who=act.who, at=act.at, at_hub=act.at, reason=reason)
