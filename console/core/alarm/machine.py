"""The alarm state machine: orthogonal facts in, facts and effects out; the table of ALARMS.md 1.1 is `RULES`.

Every rule is a function of the facts and the alarm's class, so that the table has one row for each input, not
one for each of the 96 combinations of facts. What a rule does not allow it refuses with the named reason.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

from console.core.alarm.facts import AlarmState, Shelf
from console.core.alarm.reasons import AlarmRefusal

_with = msgspec.structs.replace


class AlarmInput(StrEnum):
    """What may happen to an alarm."""

    ACT = "ACT"
    """Confirmed abnormal."""
    RTN = "RTN"
    """Confirmed return to normal."""
    ACK = "ACK"
    RESET = "RESET"
    SHELVE_TIMED = "SHELVE_TIMED"
    SHELVE_ONESHOT = "SHELVE_ONESHOT"
    UNSHELVE = "UNSHELVE"
    """By a person, or because the shelf has expired."""
    SBD_ON = "SBD_ON"
    SBD_OFF = "SBD_OFF"
    OOS_ON = "OOS_ON"
    OOS_OFF = "OOS_OFF"
    REALARM = "REALARM"
    ESCALATE = "ESCALATE"
    """The priority was raised."""


class Effect(StrEnum):
    """What a transition asks the engine to do."""

    NEW_OCCURRENCE = "NEW_OCCURRENCE"
    ANNUNCIATE = "ANNUNCIATE"
    SHOW = "SHOW"
    """Back in the list without a sound."""
    IMPLICIT_ACK = "IMPLICIT_ACK"
    UNSHELVED_ONESHOT = "UNSHELVED_ONESHOT"
    REALARM_COUNT = "REALARM_COUNT"
    JOURNAL_SUPPRESSED_ACTIVATION = "JOURNAL_SUPPRESSED_ACTIVATION"
    JOURNAL_RTN = "JOURNAL_RTN"
    JOURNAL_ACK = "JOURNAL_ACK"
    JOURNAL_RESET = "JOURNAL_RESET"
    JOURNAL_SHELVE = "JOURNAL_SHELVE"
    JOURNAL_UNSHELVE = "JOURNAL_UNSHELVE"
    JOURNAL_SBD_ON = "JOURNAL_SBD_ON"
    JOURNAL_SBD_OFF = "JOURNAL_SBD_OFF"
    JOURNAL_OOS_ON = "JOURNAL_OOS_ON"
    JOURNAL_OOS_OFF = "JOURNAL_OOS_OFF"


class AlarmKind(msgspec.Struct, frozen=True):
    """The two properties of an alarm's class that the machine depends on."""

    latching: bool = False
    ack_required: bool = True


class Transition(msgspec.Struct, frozen=True):
    """Answer to one input; with a `reject` the state is the old one and there are no effects."""

    state: AlarmState
    effects: tuple[Effect, ...] = ()
    reject: AlarmRefusal | None = None


Rule = Callable[[AlarmState, AlarmKind], Transition]

_NEW: Final = (Effect.NEW_OCCURRENCE, Effect.ANNUNCIATE)


def step(state: AlarmState, event: AlarmInput, kind: AlarmKind) -> Transition:
    """The transition of one alarm on one input."""
    return RULES[event](state, kind)


def _no(state: AlarmState, reason: AlarmRefusal) -> Transition:
    return Transition(state, (), reason)


def _activate(state: AlarmState, kind: AlarmKind) -> Transition:
    if state.cond:
        return _no(state, AlarmRefusal.NO_CHANGE)
    if not state.suppressed:
        return Transition(_with(state, cond=True, acked=False, latch=kind.latching), _NEW)
    # Nobody sees this one now: a latching class must not come back as acknowledged (INV7).
    seen = state.acked and not kind.latching
    hidden = _with(state, cond=True, acked=seen, latch=state.latch or kind.latching)
    return Transition(hidden, (Effect.JOURNAL_SUPPRESSED_ACTIVATION,))


def _return(state: AlarmState, kind: AlarmKind) -> Transition:
    if not state.cond:
        return _no(state, AlarmRefusal.NO_CHANGE)
    back = _with(state, cond=False, acked=state.acked or not kind.ack_required)
    if state.shelf is not Shelf.ONESHOT:
        return Transition(back, (Effect.JOURNAL_RTN,))
    back = _with(back, shelf=Shelf.NONE)
    effects = (Effect.JOURNAL_RTN, Effect.UNSHELVED_ONESHOT)
    return Transition(back, (*effects, Effect.SHOW) if back.listed else effects)


def _acknowledge(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.suppressed:
        return _no(state, AlarmRefusal.ALARM_SUPPRESSED)
    if not state.acked:
        return Transition(_with(state, acked=True), (Effect.JOURNAL_ACK,))
    if state.listed:
        return _no(state, AlarmRefusal.ALREADY_ACKED)
    return _no(state, AlarmRefusal.NORMAL_NOTHING_TO_ACK)


def _reset(state: AlarmState, _kind: AlarmKind) -> Transition:
    if not state.latch:
        return _no(state, AlarmRefusal.NOT_LATCHED)
    if state.suppressed:
        return _no(state, AlarmRefusal.ALARM_SUPPRESSED)
    if state.cond:
        return _no(state, AlarmRefusal.STILL_ACTIVE)
    if not state.acked:
        return _no(state, AlarmRefusal.NOT_ACKED)
    return Transition(_with(state, latch=False), (Effect.JOURNAL_RESET,))


def _shelve(state: AlarmState, shelf: Shelf) -> Transition:
    if state.shelf is not Shelf.NONE:
        return _no(state, AlarmRefusal.ALREADY_SHELVED)
    if state.suppressed:
        return _no(state, AlarmRefusal.ALARM_SUPPRESSED)
    if shelf is Shelf.ONESHOT and not state.cond:
        return _no(state, AlarmRefusal.NOT_ACTIVE)
    effects = (Effect.JOURNAL_SHELVE,) if state.acked else (Effect.JOURNAL_SHELVE, Effect.IMPLICIT_ACK)
    return Transition(_with(state, shelf=shelf, acked=True), effects)


def _shelve_timed(state: AlarmState, _kind: AlarmKind) -> Transition:
    return _shelve(state, Shelf.TIMED)


def _shelve_oneshot(state: AlarmState, _kind: AlarmKind) -> Transition:
    return _shelve(state, Shelf.ONESHOT)


def _left(after: AlarmState, journal: Effect) -> Transition:
    """Leaving one suppression: silent only while another holds or the process is normal and seen (INV2)."""
    if not after.suppressed:
        if after.cond:
            return Transition(_with(after, acked=False), (journal, *_NEW))
        if after.latch and not after.acked:
            return Transition(after, (journal, Effect.ANNUNCIATE))
        if after.listed:
            return Transition(after, (journal, Effect.SHOW))
    return Transition(after, (journal,))


def _unshelve(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.shelf is Shelf.NONE:
        return _no(state, AlarmRefusal.NOT_SHELVED)
    return _left(_with(state, shelf=Shelf.NONE), Effect.JOURNAL_UNSHELVE)


def _sbd_on(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.sbd:
        return _no(state, AlarmRefusal.ALREADY_SUPPRESSED)
    return Transition(_with(state, sbd=True), (Effect.JOURNAL_SBD_ON,))


def _sbd_off(state: AlarmState, _kind: AlarmKind) -> Transition:
    if not state.sbd:
        return _no(state, AlarmRefusal.NOT_SUPPRESSED)
    return _left(_with(state, sbd=False), Effect.JOURNAL_SBD_OFF)


def _oos_on(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.oos:
        return _no(state, AlarmRefusal.ALREADY_OUT_OF_SERVICE)
    return Transition(_with(state, oos=True), (Effect.JOURNAL_OOS_ON,))


def _oos_off(state: AlarmState, _kind: AlarmKind) -> Transition:
    if not state.oos:
        return _no(state, AlarmRefusal.NOT_OUT_OF_SERVICE)
    return _left(_with(state, oos=False), Effect.JOURNAL_OOS_OFF)


def _realarm(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.suppressed or not state.cond:
        return _no(state, AlarmRefusal.NOT_APPLICABLE)
    if not state.acked:
        return Transition(state)
    return Transition(_with(state, acked=False), (Effect.REALARM_COUNT, Effect.ANNUNCIATE))


def _escalate(state: AlarmState, _kind: AlarmKind) -> Transition:
    if state.suppressed or not state.cond:
        return _no(state, AlarmRefusal.NOT_APPLICABLE)
    if not state.acked:
        return Transition(state, (Effect.ANNUNCIATE,))
    return Transition(_with(state, acked=False), _NEW)


RULES: Final[dict[AlarmInput, Rule]] = {
    AlarmInput.ACT: _activate,
    AlarmInput.RTN: _return,
    AlarmInput.ACK: _acknowledge,
    AlarmInput.RESET: _reset,
    AlarmInput.SHELVE_TIMED: _shelve_timed,
    AlarmInput.SHELVE_ONESHOT: _shelve_oneshot,
    AlarmInput.UNSHELVE: _unshelve,
    AlarmInput.SBD_ON: _sbd_on,
    AlarmInput.SBD_OFF: _sbd_off,
    AlarmInput.OOS_ON: _oos_on,
    AlarmInput.OOS_OFF: _oos_off,
    AlarmInput.REALARM: _realarm,
    AlarmInput.ESCALATE: _escalate,
}
