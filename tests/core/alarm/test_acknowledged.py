"""Nothing takes an acknowledgement back but a reason to ask again, and each of those is written down."""

from __future__ import annotations

from itertools import product

from alarm_sites import LEVEL, alarm, catalogue_of, row, ulids

from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AlarmState, Shelf
from console.core.alarm.machine import RULES, AlarmInput, AlarmKind, Effect, step
from console.core.batch import NS

ASKS_AGAIN = {
    AlarmInput.ACT: "the process is abnormal anew",
    AlarmInput.REALARM: "the re-alarm time of the definition is over",
    AlarmInput.ESCALATE: "the severity has risen",
    AlarmInput.UNSHELVE: "a shelf ended while abnormal",
    AlarmInput.SBD_OFF: "suppression by design ended while abnormal",
    AlarmInput.OOS_OFF: "back in service while abnormal",
}


def test_there_is_no_act_that_takes_an_acknowledgement_back() -> None:
    """PV-06, decided otherwise: over every state, class and input only these reopen, and they say so aloud."""
    flags = product((False, True), (True,), (False, True), Shelf, (False, True), (False, True))
    states = [AlarmState(c, a, latch, s, d, o) for c, a, latch, s, d, o in flags]
    for state, event, latching, needed in product(states, RULES, (False, True), (False, True)):
        found = step(state, event, AlarmKind(latching, needed))
        if found.reject is not None or found.state.acked:
            continue
        assert event in ASKS_AGAIN, (state, event)
        hidden = Effect.JOURNAL_SUPPRESSED_ACTIVATION in found.effects
        assert hidden or Effect.ANNUNCIATE in found.effects or found.state.suppressed, (state, event)


def test_a_delay_that_was_interrupted_begins_anew() -> None:
    """PV-13: two short excursions are not one long one."""
    engine = AlarmEngine(catalogue_of(alarm("high", on_delay_s=5.0)), ulids())
    for at, value in enumerate((90.0, 90.0, 90.0, 90.0, 50.0, 90.0, 90.0, 90.0, 90.0)):
        engine.samples(row(value, at, LEVEL), float(at), at * NS)
        engine.expire(float(at), at * NS)
    assert engine.events() == []
    engine.expire(10.0, 10 * NS)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]


def test_the_worst_of_an_interrupted_delay_is_forgotten() -> None:
    """PV-21: a latching alarm carries the highest of the excursion that lasted, not of one before it."""
    engine = AlarmEngine(catalogue_of(alarm("high", on_delay_s=5.0, latching=True)), ulids())
    for at, value in enumerate((99.0, 50.0, 85.0, 91.0, 86.0)):
        engine.samples(row(value, at, LEVEL), float(at), at * NS)
    engine.expire(7.0, 7 * NS)
    (event,) = engine.events()
    assert (event.fact.value, event.fact.at_event) == (91.0, 3 * NS)
