"""Facts of all alarms and the one way in which they change: a transition of the machine, reported as one event.

Facts of alarms that have never been anything but normal are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from console.core.alarm.acts import Act
from console.core.alarm.events import AlarmEvent, AlarmNews
from console.core.alarm.facts import AlarmFact, AlarmLetter, AlarmState, Shelf
from console.core.alarm.machine import AlarmInput, AlarmKind, Effect, step
from console.core.alarm.reasons import AlarmRefusal
from console.core.catalogue import AlarmPoint
from console.core.errors import AlarmRefused
from console.core.site import AlarmDef

Fields = Mapping[str, float | str | bool]
NOTHING: Fields = {}


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why a transition is tried: `at` is when it happened, `at_hub` and `now` when the hub deals with it."""

    who: str
    at: int
    at_hub: int
    now: float
    reason: str = ""
    value: float | None = None

    def by(self, who: str, reason: str = "") -> Cause:
        """What a part of the system does because of this, at the hub's time."""
        return Cause(who=who, at=self.at_hub, at_hub=self.at_hub, now=self.now, reason=reason)


After = Callable[[AlarmFact, AlarmFact, Cause], None]


class AlarmBoard:
    """`level_of` tells the confirmed level of an alarm; `after` hears of each transition with old and new fact."""

    def __init__(
        self, points: Sequence[AlarmPoint], new_occurrence: Callable[[], str], level_of: Callable[[int], int]
    ) -> None:
        self._points = list(points)
        self._kinds = [AlarmKind(p.alarm.latching, p.alarm.ack_required) for p in points]
        self._new_occurrence = new_occurrence
        self._level_of = level_of
        self._facts: dict[int, AlarmFact] = {}
        self._events: list[AlarmEvent] = []
        self.after: list[After] = []

    def __contains__(self, alarm: object) -> bool:
        return isinstance(alarm, int) and 0 <= alarm < len(self._points)

    def point(self, alarm: int) -> AlarmPoint:
        """The alarm of the catalogue. Raises AlarmRefused for one it does not have."""
        if alarm not in self:
            raise AlarmRefused(AlarmRefusal.UNKNOWN_ALARM, alarm=str(alarm))
        return self._points[alarm]

    def redefine(self, alarm: int, point: AlarmPoint) -> None:
        """The alarm is defined by `point` from now on."""
        self._points[alarm] = point
        self._kinds[alarm] = AlarmKind(point.alarm.latching, point.alarm.ack_required)

    def put(self, fact: AlarmFact) -> None:
        """Takes up a fact from before a restart, silently."""
        self._facts[fact.alarm] = fact

    def fact(self, alarm: int) -> AlarmFact:
        """One alarm as it is, also when normal. Raises AlarmRefused for one the catalogue does not have."""
        known = self._facts.get(alarm)
        if known is not None:
            return known
        definition = self.point(alarm).alarm
        return AlarmFact(
            alarm=alarm, state=AlarmState(), priority=definition.priority, limit=definition.limit
        )

    def facts(self) -> dict[int, AlarmFact]:
        """Alarms that are listed or suppressed; all others are normal."""
        return {a: f for a, f in self._facts.items() if f.state.letter is not AlarmLetter.A}

    def events(self) -> list[AlarmEvent]:
        """Transitions since the last call, in order."""
        events, self._events = self._events, []
        return events

    def apply(
        self, alarm: int, event: AlarmInput, cause: Cause, fields: Fields = NOTHING
    ) -> AlarmRefusal | None:
        """Tries one transition; `fields` of the fact change with it."""
        old = self.fact(alarm)
        transition = step(old.state, event, self._kinds[alarm])
        if transition.reject is not None:
            return transition.reject
        changes = {**self._effects(old, transition.effects, cause), **_left(old, transition.state), **fields}
        new = msgspec.structs.replace(old, state=transition.state, **changes)
        self._tell(old, new, event, cause, transition.effects)
        return None

    def refusal(self, alarm: int, event: AlarmInput) -> AlarmRefusal | None:
        """Why the machine would refuse one input now; nothing changes."""
        return step(self.fact(alarm).state, event, self._kinds[alarm]).reject

    def note(self, alarm: int, event: AlarmInput | AlarmNews, cause: Cause, fields: Fields) -> None:
        """Records news of an alarm whose six facts stay as they are."""
        old = self.fact(alarm)
        self._tell(old, msgspec.structs.replace(old, **fields), event, cause, ())

    def must(self, alarm: int, event: AlarmInput, cause: Cause, fields: Fields = NOTHING) -> None:
        """The same as `apply`. Raises AlarmRefused."""
        refusal = self.apply(alarm, event, cause, fields)
        if refusal is not None:
            raise AlarmRefused(refusal)

    def at_level(self, alarm: int, level: int) -> dict[str, float | str | bool]:
        """Fields of an alarm that stands at `level` of its definition."""
        definition = self._points[alarm].alarm
        limit, priority = limit_at(definition, level)
        return {"level": level, "limit": limit, "priority": priority, "condition": definition.condition}

    def _tell(
        self,
        old: AlarmFact,
        new: AlarmFact,
        event: AlarmInput | AlarmNews,
        cause: Cause,
        effects: tuple[Effect, ...],
    ) -> None:
        self._facts[new.alarm] = new
        self._events.append(
            AlarmEvent(
                kind=event,
                alarm=new.alarm,
                occurrence=new.occurrence,
                old=old.state.letter,
                new=new.state.letter,
                value=new.value if cause.value is None else cause.value,
                at=cause.at,
                who=cause.who,
                reason=cause.reason,
                effects=effects,
                fact=new,
            )
        )
        for listener in self.after:
            listener(old, new, cause)

    def _effects(
        self, old: AlarmFact, effects: tuple[Effect, ...], cause: Cause
    ) -> dict[str, float | str | bool]:
        """Fields that the effects of a transition change."""
        changes: dict[str, float | str | bool] = {}
        # A suppressed activation is an occurrence too: a latched one must be told from the one before it.
        if Effect.NEW_OCCURRENCE in effects or Effect.JOURNAL_SUPPRESSED_ACTIVATION in effects:
            changes.update(occurrence=self._new_occurrence(), acked_by="", at_acked=0, comment="")
            changes.update(repeat_count=0, escalated=False, rtn_cause="")
            changes.update(self.at_level(old.alarm, self._level_of(old.alarm)))
        if Effect.JOURNAL_SUPPRESSED_ACTIVATION in effects:
            changes.update(suppressed_activations=old.suppressed_activations + 1)
        if Effect.ANNUNCIATE in effects:
            changes.update(at_annunciated=cause.at_hub)
        if Effect.IMPLICIT_ACK in effects:
            changes.update(acked_by=cause.who, at_acked=cause.at)
        if Effect.REALARM_COUNT in effects:
            changes.update(repeat_count=old.repeat_count + 1, escalated=False)
        return changes


def by(act: Act, reason: str) -> Cause:
    """What a person does."""
    return Cause(who=act.who, at=act.at, at_hub=act.at, now=act.now, reason=reason)


def limit_at(definition: AlarmDef, level: int) -> tuple[float, int]:
    """Limit and priority of a level; the nearest for one the definition does not have."""
    level = min(level, len(definition.levels))
    if level <= 0:
        return definition.limit, definition.priority
    step_ = definition.levels[level - 1]
    return step_.limit, step_.priority


def _left(old: AlarmFact, state: AlarmState) -> dict[str, float | str | bool]:
    """Fields that say who, why and until when, cleared as their suppression ends."""
    changes: dict[str, float | str | bool] = {}
    if state.suppressed and not old.state.suppressed:
        changes.update(suppressed_activations=0)
    if old.state.shelf is not Shelf.NONE and state.shelf is Shelf.NONE:
        changes.update(shelved_by="", at_shelved=0, at_unshelve=0, shelf_reason="", shelf_changed_by="")
    if old.state.sbd and not state.sbd:
        changes.update(suppressed_by="", at_suppressed=0)
    if old.state.oos and not state.oos:
        changes.update(oos_by="", at_oos=0, at_service=0, oos_reason="")
    return changes
