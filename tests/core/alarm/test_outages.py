"""Out of service and maintenance mode: who, why, since, until; loud at the end (ALM-30, ALM-46, PV-17 to PV-20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alarm_sites import LEVEL, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import HOUR_S, Act, OutageOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.events import ModeChange
from console.core.alarm.facts import AckItem, AlarmLetter, MaintenanceFact
from console.core.alarm.outages import MAINTENANCE, MAINTENANCE_ENDED, SERVICE_CLOCK, SERVICE_EXPIRED
from console.core.alarm.reasons import AlarmRefusal as R
from console.core.batch import NS
from console.core.errors import AlarmRefused
from console.core.quality import Quality
from console.core.site import AlarmCondition

KIM = Act(who="kim", now=100.0, at=100 * NS)
BOSS = Act(who="boss", now=100.0, at=100 * NS, supervisor=True)
ORDER = OutageOrder(HOUR_S, "센서 교체")
MISSING = alarm("missing", condition=AlarmCondition.STALE)
URGENT = alarm("urgent", condition=AlarmCondition.STALE, priority=1)


def engine_of() -> AlarmEngine:
    """high (0), missing (1), urgent missing (2), critical (3), all of one tag."""
    return AlarmEngine(
        catalogue_of(alarm("high"), MISSING, URGENT, alarm("critical", priority=1, limit=99.0)), ulids()
    )


def letters(engine: AlarmEngine) -> list[AlarmLetter]:
    return [engine.fact(alarm).state.letter for alarm in range(3)]


def refused(act: Callable[[], None]) -> str:
    with pytest.raises(AlarmRefused) as error:
        act()
    return error.value.reason_code


def lost(engine: AlarmEngine, at_s: float = 1.0) -> None:
    engine.samples(row(1.0, at_s, quality=Quality.STALE), at_s, round(at_s * NS))


def test_out_of_service_says_who_why_since_and_until_and_counts() -> None:
    engine = engine_of()
    engine.set_out_of_service(0, ORDER, KIM)
    for at, value in enumerate([90.0, 10.0, 90.0], 1):
        engine.samples(row(value, at), float(at), at * NS)
    fact = engine.fact(0)
    assert (fact.oos_by, fact.oos_reason) == ("kim", "센서 교체")
    assert (fact.at_oos, fact.at_service) == (100 * NS, 3700 * NS)
    assert (fact.state.letter, fact.suppressed_activations) == (AlarmLetter.I, 2)
    assert not any(event.annunciates for event in engine.events())


def test_it_comes_back_by_itself_and_loudly() -> None:
    engine = engine_of()
    engine.set_out_of_service(0, ORDER, KIM)
    engine.samples(row(90.0, 1.0), 1.0, NS)
    engine.events()
    assert engine.next_deadline() == 3700.0
    engine.expire(3700.0, 3700 * NS)
    (event,) = engine.events()
    assert (event.who, event.reason, event.annunciates) == (SERVICE_CLOCK, SERVICE_EXPIRED, True)
    assert (event.fact.oos_by, event.fact.at_service) == ("", 0)
    assert engine.next_deadline() is None


def test_a_person_may_put_it_back_earlier() -> None:
    engine = engine_of()
    engine.set_out_of_service(0, ORDER, KIM)
    assert refused(lambda: engine.set_out_of_service(0, ORDER, KIM)) == R.ALREADY_OUT_OF_SERVICE
    engine.end_out_of_service(0, KIM)
    assert engine.fact(0).state.letter is AlarmLetter.A
    assert refused(lambda: engine.end_out_of_service(0, KIM)) == R.NOT_OUT_OF_SERVICE
    engine.expire(9999.0, 9999 * NS)
    assert len(engine.events()) == 2


@pytest.mark.parametrize(
    ("target", "seconds", "reason", "act", "expected"),
    [
        (3, 60.0, "정비", KIM, R.SUPERVISOR_REQUIRED),
        (0, -1.0, "정비", KIM, R.DURATION_OUT_OF_RANGE),
        (0, 0.0, "정비", KIM, R.DURATION_OUT_OF_RANGE),
        (0, 13 * HOUR_S, "정비", KIM, R.DURATION_OUT_OF_RANGE),
        (0, 169 * HOUR_S, "정비", BOSS, R.DURATION_OUT_OF_RANGE),
        (0, 60.0, " ", KIM, R.REASON_REQUIRED),
        (0, 60.0, "a\x00", KIM, R.COMMENT_INVALID),
        (9, 60.0, "정비", KIM, R.UNKNOWN_ALARM),
    ],
)
def test_a_refused_outage_changes_nothing(
    target: int, seconds: float, reason: str, act: Act, expected: R
) -> None:
    engine = engine_of()
    order = OutageOrder(seconds, reason)
    assert refused(lambda: engine.set_out_of_service(target, order, act)) == expected
    assert engine.facts() == {}
    if target == 0 and expected is not R.SUPERVISOR_REQUIRED:
        assert refused(lambda: engine.start_maintenance("a", order, act)) == expected
        assert engine.maintenance() == []
        assert engine.mode_events() == []


def test_the_supervisor_takes_out_what_an_operator_may_not() -> None:
    engine = engine_of()
    engine.set_out_of_service(3, OutageOrder(100 * HOUR_S, "계획 정비"), BOSS)
    assert engine.fact(3).state.oos


def test_a_clock_moved_by_an_hour() -> None:
    """ALM-43: forward it ends, backward it is never longer than it was asked for."""
    engine = engine_of()
    engine.set_out_of_service(0, ORDER, KIM)
    engine.start_maintenance("a", ORDER, KIM)
    engine.expire(101.0, 100 * NS - 3600 * NS)
    assert engine.fact(0).state.oos
    engine.expire(3700.0, 100 * NS)
    assert not engine.fact(0).state.oos
    assert engine.maintenance() == []
    engine.start_maintenance("a", ORDER, KIM)
    engine.expire(101.0, 3701 * NS)
    assert engine.maintenance() == []


def test_maintenance_acknowledges_missing_data_and_nothing_else() -> None:
    """ALM-30, PV-19, PV-20: by its own principal; process alarms and priority 1 do not notice."""
    engine = engine_of()
    lost(engine)
    engine.start_maintenance("a", ORDER, KIM)
    assert letters(engine) == [AlarmLetter.A, AlarmLetter.C, AlarmLetter.B]
    assert (engine.fact(1).acked_by, engine.fact(1).comment) == (MAINTENANCE, "센서 교체")
    engine.samples(row(90.0, 2.0), 2.0, 2 * NS)
    assert letters(engine) == [AlarmLetter.B, AlarmLetter.A, AlarmLetter.D]
    lost(engine, 3.0)
    assert letters(engine) == [AlarmLetter.B, AlarmLetter.C, AlarmLetter.B]
    assert engine.fact(1).acked_by == MAINTENANCE
    assert engine.fact(0).acked_by == ""


@pytest.mark.parametrize("by_clock", [True, False])
def test_the_end_of_maintenance_asks_again_for_what_is_still_missing(by_clock: bool) -> None:
    engine = engine_of()
    engine.start_maintenance("a", ORDER, KIM)
    lost(engine)
    engine.events()
    if by_clock:
        engine.expire(3700.0, 3700 * NS)
    else:
        engine.end_maintenance("a", KIM)
    # The urgent one was never acknowledged for anybody, so waiting brings it to the supervisor.
    (event,) = [event for event in engine.events() if event.alarm == 1]
    assert (event.reason, event.annunciates) == (MAINTENANCE_ENDED, True)
    on, off = engine.mode_events()
    assert (on.kind, on.who, off.kind) == (ModeChange.MAINTENANCE_ON, "kim", ModeChange.MAINTENANCE_OFF)
    assert off.who == (MAINTENANCE if by_clock else "kim")


def test_what_a_person_acknowledged_stays_acknowledged() -> None:
    engine = engine_of()
    lost(engine)
    fact = engine.fact(1)
    engine.ack([AckItem(1, fact.occurrence, fact.priority)], KIM)
    engine.start_maintenance("a", ORDER, KIM)
    engine.end_maintenance("a", KIM)
    assert engine.fact(1).state.letter is AlarmLetter.C


def test_maintenance_of_an_area_is_begun_and_ended_once() -> None:
    engine = engine_of()
    assert refused(lambda: engine.start_maintenance("moon", ORDER, KIM)) == R.UNKNOWN_AREA
    assert refused(lambda: engine.end_maintenance("moon", KIM)) == R.UNKNOWN_AREA
    assert refused(lambda: engine.end_maintenance("a", KIM)) == R.NOT_IN_MAINTENANCE
    engine.start_maintenance("a", ORDER, KIM)
    assert refused(lambda: engine.start_maintenance("a", ORDER, KIM)) == R.ALREADY_IN_MAINTENANCE
    assert engine.maintenance() == [
        MaintenanceFact(area="a", by="kim", since=100 * NS, until=3700 * NS, reason="센서 교체")
    ]


def test_outages_survive_a_restart_and_end_when_they_should() -> None:
    """ALM-14, ALM-43: nothing is heard of it until then."""
    before = engine_of()
    before.set_out_of_service(0, ORDER, KIM)
    before.start_maintenance("a", ORDER, KIM)
    lost(before)
    after = engine_of()
    after.restore(before.facts().values(), 0.0, 1000 * NS, before.maintenance())
    assert (after.events(), after.mode_events()) == ([], [])
    assert after.maintenance() == before.maintenance()
    assert after.facts() == before.facts()
    after.samples(row(90.0, 1001.0, tag=LEVEL), 1.0, 1001 * NS)
    after.events()
    after.expire(2700.0, 3700 * NS)
    assert [event.who for event in after.events()] == [SERVICE_CLOCK]
    assert after.maintenance() == []


def test_maintenance_of_an_area_that_is_gone_is_ended() -> None:
    engine = engine_of()
    gone = MaintenanceFact(area="gone", by="kim", since=0, until=9 * NS, reason="정비")
    engine.restore([], 0.0, NS, [gone])
    assert engine.maintenance() == []
    assert [event.kind for event in engine.mode_events()] == [ModeChange.MAINTENANCE_OFF]
