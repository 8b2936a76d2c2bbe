"""The alarm engine: samples and acts in, facts and events out."""

from __future__ import annotations

import pytest
from alarm_sites import LEVEL, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import HOUR_S, SHELF_QUOTA, Act, ActOutcome, ShelfOrder
from console.core.alarm.engine import PROCESS, SHELF_CLOCK, SHELF_EXPIRED, AlarmEngine
from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter, AlarmState, Shelf
from console.core.alarm.machine import AlarmInput, Effect
from console.core.alarm.reasons import AlarmRefusal as R
from console.core.batch import NS, batch_of
from console.core.errors import AlarmRefused
from console.core.site import AlarmDef

KIM = Act(who="kim", now=200.0, at=200 * NS)


def engine_of(*alarms: AlarmDef) -> AlarmEngine:
    return AlarmEngine(catalogue_of(*alarms), ulids())


def active(engine: AlarmEngine, value: float = 90.0, at_s: float = 1.0) -> AlarmFact:
    """Alarm 0 made active by one sample; its fact, with the events drained."""
    engine.samples(row(value, at_s), at_s, round((at_s + 0.25) * NS))
    engine.events()
    return engine.fact(0)


def seen(fact: AlarmFact) -> AckItem:
    return AckItem(fact.alarm, fact.occurrence, fact.priority)


def only(engine: AlarmEngine) -> AlarmEvent:
    (event,) = engine.events()
    return event


def test_an_activation_is_a_new_occurrence_that_annunciates() -> None:
    engine = engine_of(alarm("high"))
    engine.samples(row(90.0, 1.0), 1.0, 2 * NS)
    event = only(engine)
    fact = engine.fact(0)
    assert (event.kind, event.old, event.new) == (AlarmInput.ACT, AlarmLetter.A, AlarmLetter.B)
    assert (event.value, event.at, event.who) == (90.0, NS, PROCESS)
    assert event.annunciates
    assert event.fact == fact == engine.facts()[0]
    assert (fact.occurrence, fact.at_event) == ("0" * 25 + "1", NS)
    assert (fact.at_received, fact.at_annunciated, fact.limit) == (2 * NS, 2 * NS, 80.0)


def test_events_are_drained_once() -> None:
    engine = engine_of(alarm("high"))
    active(engine)
    assert engine.events() == []


def test_return_and_acknowledgement_in_either_order_end_in_normal() -> None:
    """ALARMS.md 1.1: B-C-A and B-D-A."""
    engine = engine_of(alarm("high"))
    fact = active(engine)
    assert engine.ack([seen(fact)], KIM, "확인") == [ActOutcome("s1.high")]
    event = only(engine)
    assert (event.new, event.who, event.reason, event.annunciates) == (AlarmLetter.C, "kim", "확인", False)
    acked = engine.fact(0)
    assert (acked.acked_by, acked.at_acked, acked.comment) == ("kim", 200 * NS, "확인")
    engine.samples(row(10.0, 3.0), 3.0, 4 * NS)
    event = only(engine)
    assert (event.new, event.value, engine.fact(0).at_returned) == (AlarmLetter.A, 10.0, 3 * NS)
    assert engine.facts() == {}
    fact = active(engine, at_s=5.0)
    assert (fact.acked_by, fact.at_acked, fact.comment, fact.at_returned) == ("", 0, "", 0)
    engine.samples(row(10.0, 6.0), 6.0, 6 * NS)
    assert only(engine).new is AlarmLetter.D
    assert engine.ack([seen(fact)], KIM)[0].reason == ""
    assert only(engine).new is AlarmLetter.A


def test_a_new_activation_is_another_occurrence() -> None:
    engine = engine_of(alarm("high"))
    first = active(engine)
    engine.samples(row(10.0, 2.0), 2.0, 2 * NS)
    second = active(engine, at_s=3.0)
    assert second.occurrence != first.occurrence
    assert engine.ack([seen(first)], KIM) == [ActOutcome("s1.high", R.OCCURRENCE_UNKNOWN)]
    assert engine.fact(0) == second
    assert engine.events() == []


@pytest.mark.parametrize(
    ("index", "occurrence", "priority", "reason"),
    [
        (99, "", 3, R.UNKNOWN_ALARM),
        (-1, "", 3, R.UNKNOWN_ALARM),
        (0, "other", 3, R.OCCURRENCE_UNKNOWN),
        (0, "0" * 25 + "1", 1, R.SEVERITY_CHANGED),
    ],
)
def test_what_the_person_did_not_see_is_not_acknowledged(
    index: int, occurrence: str, priority: int, reason: R
) -> None:
    """ALM-23: ids or severities that changed come back individually rejected."""
    engine = engine_of(alarm("high"))
    active(engine)
    (outcome,) = engine.ack([AckItem(index, occurrence, priority)], KIM)
    assert outcome.reason == reason
    assert engine.fact(0).state.letter is AlarmLetter.B
    assert engine.events() == []


def test_each_part_of_a_bulk_acknowledgement_is_answered_by_itself() -> None:
    """ALM-23; of two persons acknowledging one row, one wins and the other is told."""
    engine = engine_of(alarm("high"), alarm("very_high", limit=85.0))
    active(engine)
    items = [seen(engine.fact(0)), seen(engine.fact(1))]
    engine.ack(items[:1], KIM)
    outcomes = engine.ack(items, Act(who="lee", now=201.0, at=201 * NS))
    assert outcomes == [ActOutcome("s1.high", R.ALREADY_ACKED), ActOutcome("s1.very_high")]
    assert (engine.fact(0).acked_by, engine.fact(1).acked_by) == ("kim", "lee")


def test_acknowledging_nothing_is_refused_by_name() -> None:
    engine = engine_of(alarm("high"))
    assert engine.ack([], KIM) == [ActOutcome("", R.NOTHING_SELECTED)]
    assert engine.ack([AckItem(0, "", 3)], KIM) == [ActOutcome("s1.high", R.NORMAL_NOTHING_TO_ACK)]


def test_a_bad_comment_acknowledges_nothing() -> None:
    engine = engine_of(alarm("high"))
    item = seen(active(engine))
    assert engine.ack([item], KIM, "a\x00b") == [ActOutcome("s1.high", R.COMMENT_INVALID)]
    assert not engine.fact(0).state.acked


def test_silence_is_not_part_of_the_state() -> None:
    """ALM-21 (core): nothing but ACK and shelving changes `acked`, and each activation asks for a sound anew."""
    engine = engine_of(alarm("high"))
    active(engine)
    engine.samples(row(10.0, 2.0), 2.0, 2 * NS)
    engine.events()
    engine.samples(row(90.0, 3.0), 3.0, 3 * NS)
    assert only(engine).annunciates


def test_a_latched_alarm_is_reset_only_when_normal_and_seen() -> None:
    engine = engine_of(alarm("high", latching=True))
    item = seen(active(engine))
    assert engine.reset([item], KIM)[0].reason == R.STILL_ACTIVE
    engine.samples(row(10.0, 2.0), 2.0, 2 * NS)
    assert engine.reset([item], KIM)[0].reason == R.NOT_ACKED
    engine.ack([item], KIM, "확인")
    assert engine.fact(0).state.letter is AlarmLetter.F
    assert engine.reset([item], KIM)[0].reason == ""
    assert engine.fact(0).state.letter is AlarmLetter.A
    assert engine.fact(0).comment == "확인"
    assert engine.reset([item], KIM)[0].reason == R.NOT_LATCHED
    assert engine.reset([], KIM)[0].reason == R.NOTHING_SELECTED


def shelved(engine: AlarmEngine, seconds: float = 900.0, oneshot: bool = False) -> None:
    engine.shelve(0, ShelfOrder(duration_s=seconds, reason="정비", oneshot=oneshot), KIM)


def test_shelving_acknowledges_and_says_who_why_and_until() -> None:
    """ALM-40, ALM-41; shelving an unacknowledged alarm is an attributed acknowledgement."""
    engine = engine_of(alarm("high"))
    active(engine)
    shelved(engine)
    event = only(engine)
    fact = engine.fact(0)
    assert event.effects == (Effect.JOURNAL_SHELVE, Effect.IMPLICIT_ACK)
    assert (event.new, event.who, event.reason) == (AlarmLetter.G, "kim", "정비")
    assert (fact.shelved_by, fact.shelf_reason, fact.acked_by) == ("kim", "정비", "kim")
    assert (fact.at_shelved, fact.at_unshelve) == (200 * NS, 1100 * NS)
    assert engine.shelved_count() == 1
    assert engine.facts() == {0: fact}


def test_the_end_of_a_shelf_annunciates_what_is_still_abnormal() -> None:
    """ALARMS.md 1.1: never left silently (INV2)."""
    engine = engine_of(alarm("high"))
    before = active(engine)
    shelved(engine)
    engine.events()
    assert engine.next_deadline() == 1100.0
    engine.expire(1099.9, 1099 * NS)
    assert engine.events() == []
    engine.expire(1100.0, 1100 * NS)
    event = only(engine)
    fact = engine.fact(0)
    assert (event.kind, event.who, event.reason) == (AlarmInput.UNSHELVE, SHELF_CLOCK, SHELF_EXPIRED)
    assert event.annunciates
    assert fact.state.letter is AlarmLetter.B
    assert fact.occurrence != before.occurrence
    assert fact.at_annunciated == 1100 * NS
    assert (fact.shelved_by, fact.shelf_reason, fact.at_shelved, fact.at_unshelve) == ("", "", 0, 0)
    assert engine.shelved_count() == 0
    assert engine.next_deadline() is None


def test_a_clock_set_forward_ends_a_shelf() -> None:
    """ALM-43."""
    engine = engine_of(alarm("high"))
    shelved(engine)
    engine.expire(201.0, 200 * NS + 3600 * NS)
    assert engine.fact(0).state.shelf is Shelf.NONE


def test_an_activation_on_the_shelf_is_recorded_and_silent() -> None:
    engine = engine_of(alarm("high"))
    shelved(engine)
    engine.events()
    engine.samples(row(90.0, 1.0), 1.0, NS)
    event = only(engine)
    assert event.effects == (Effect.JOURNAL_SUPPRESSED_ACTIVATION,)
    assert event.new is AlarmLetter.G
    assert event.occurrence != ""


def test_a_oneshot_shelf_ends_with_the_return() -> None:
    engine = engine_of(alarm("high"))
    active(engine)
    shelved(engine, oneshot=True)
    engine.samples(row(10.0, 2.0), 2.0, 2 * NS)
    assert Effect.UNSHELVED_ONESHOT in engine.events()[-1].effects
    assert engine.shelved_count() == 0
    assert engine.fact(0).shelved_by == ""
    with pytest.raises(AlarmRefused) as refused:
        shelved(engine, oneshot=True)
    assert refused.value.reason_code == R.NOT_ACTIVE


def test_unshelving_is_an_act() -> None:
    engine = engine_of(alarm("high"))
    shelved(engine)
    engine.unshelve(0, KIM)
    assert engine.events()[-1].who == "kim"
    with pytest.raises(AlarmRefused) as refused:
        engine.unshelve(0, KIM)
    assert refused.value.reason_code == R.NOT_SHELVED


@pytest.mark.parametrize(
    ("definition", "target", "seconds", "reason"),
    [
        (alarm("p1", priority=1), 0, 60.0, R.CLASS_NOT_SHELVABLE),
        (alarm("p2", priority=2), 0, HOUR_S + 1, R.DURATION_OUT_OF_RANGE),
        (alarm("never", shelvable=False), 0, 60.0, R.CLASS_NOT_SHELVABLE),
        (alarm("high"), 0, -1.0, R.DURATION_OUT_OF_RANGE),
        (alarm("high"), 0, 13 * HOUR_S, R.DURATION_OUT_OF_RANGE),
        (alarm("high"), 5, 60.0, R.UNKNOWN_ALARM),
    ],
)
def test_a_refused_shelf_changes_nothing(
    definition: AlarmDef, target: int, seconds: float, reason: R
) -> None:
    """ALM-40."""
    engine = engine_of(definition)
    with pytest.raises(AlarmRefused) as refused:
        engine.shelve(target, ShelfOrder(duration_s=seconds, reason="정비"), KIM)
    assert refused.value.reason_code == reason
    assert engine.events() == []
    assert engine.shelved_count() == 0


def test_no_position_shelves_more_than_its_quota() -> None:
    """ALM-42; what is shelved already is refused as such."""
    engine = engine_of(*(alarm(f"a{i}") for i in range(SHELF_QUOTA + 1)))
    order = ShelfOrder(duration_s=60.0, reason="정비")
    for index in range(SHELF_QUOTA):
        engine.shelve(index, order, KIM)
    for index, reason in ((SHELF_QUOTA, R.QUOTA), (0, R.ALREADY_SHELVED)):
        with pytest.raises(AlarmRefused) as refused:
            engine.shelve(index, order, KIM)
        assert refused.value.reason_code == reason


def test_acts_on_an_unknown_alarm_are_refused() -> None:
    engine = engine_of(alarm("high"))
    for act in (lambda: engine.unshelve(7, KIM), lambda: engine.fact(-2)):
        with pytest.raises(AlarmRefused) as refused:
            act()
        assert refused.value.reason_code == R.UNKNOWN_ALARM


def test_delays_end_by_expiry() -> None:
    """ALM-03 through the engine: received when the hub confirmed it."""
    engine = engine_of(alarm("high", on_delay_s=2.0))
    engine.samples(row(90.0, 1.0), 10.0, 10 * NS)
    assert engine.next_deadline() == 12.0
    assert engine.facts() == {}
    engine.expire(12.0, 12 * NS)
    assert (engine.fact(0).at_event, engine.fact(0).at_received) == (NS, 12 * NS)


def test_a_restart_keeps_occurrence_acknowledgement_and_shelf_in_silence() -> None:
    """ALM-14, ALM-43."""
    alarms = (alarm("high"), alarm("very_high", limit=85.0), alarm("low", limit=70.0))
    before = engine_of(*alarms)
    active(before)
    before.ack([seen(before.fact(1))], KIM)
    before.shelve(2, ShelfOrder(duration_s=900.0, reason="정비"), KIM)
    facts = before.facts()

    after = AlarmEngine(catalogue_of(*alarms), ulids())
    stranger = AlarmFact(alarm=77, state=facts[0].state, priority=1)
    after.restore([*facts.values(), stranger], 0.0, 500 * NS)
    after.samples(row(90.0, 9.0), 9.0, 509 * NS)
    assert after.events() == []
    assert after.facts() == facts
    assert after.next_deadline() == 600.0
    after.samples(row(10.0, 10.0), 10.0, 510 * NS)
    assert [e.new for e in after.events()] == [AlarmLetter.D, AlarmLetter.A, AlarmLetter.G]


def test_a_new_occurrence_counts_its_repetitions_anew() -> None:
    engine = engine_of(alarm("high"))
    engine.restore([AlarmFact(alarm=0, state=AlarmState(), priority=3, repeat_count=3)], 0.0, 0)
    assert active(engine).repeat_count == 0


def test_what_appeared_during_the_downtime_is_new_and_annunciates() -> None:
    """ALM-14."""
    engine = engine_of(alarm("high"))
    engine.restore([], 0.0, 0)
    engine.samples(row(90.0, 9.0), 9.0, 9 * NS)
    assert only(engine).annunciates


def test_acknowledging_before_samples_of_the_same_tick_leaves_the_new_one_open() -> None:
    """ALM-22: an activation in the same tick stays unacknowledged."""
    engine = engine_of(alarm("high"))
    first = active(engine)
    engine.samples(row(10.0, 2.0), 2.0, 2 * NS)
    engine.ack([seen(first)], KIM)
    engine.samples(row(90.0, 3.0), 3.0, 3 * NS)
    assert engine.fact(0).state.letter is AlarmLetter.B


def test_a_burst_is_reported_whole_and_in_order() -> None:
    engine = engine_of(alarm("high"))
    rows = 1000
    values = [90.0, 10.0] * (rows // 2)
    engine.samples(batch_of([LEVEL] * rows, list(range(1, rows + 1)), values, [0] * rows), 1.0, NS)
    events = engine.events()
    assert len(events) == rows - rows // 2 + rows // 2
    assert [e.at for e in events] == list(range(1, rows + 1))
    assert len({e.occurrence for e in events}) == rows // 2
