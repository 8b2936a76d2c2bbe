"""Severity while an alarm stands: rises aloud, never falls in silence (ALM-11, PV-01 to PV-08, PV-16 to PV-18)."""

from __future__ import annotations

import pytest
from alarm_sites import LEVEL, WORD, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import Act, ActOutcome, ShelfOrder
from console.core.alarm.engine import CONFIG, AlarmEngine
from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter, RtnCause
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reasons import AlarmRefusal as R
from console.core.batch import NS, batch_of, empty_batch
from console.core.site import AlarmCondition, AlarmDef, AlarmLevel

KIM = Act(who="kim", now=200.0, at=200 * NS)
MINOR, MAJOR, OK = 85.0, 95.0, 10.0
LADDER = alarm("ladder", priority=3, levels=(AlarmLevel(limit=90.0, priority=1, label=WORD),))


class Desk:
    """One alarm, samples a second apart, and what was told."""

    def __init__(self, definition: AlarmDef = LADDER) -> None:
        self.engine = AlarmEngine(catalogue_of(definition), ulids())
        self.sounds = 0
        self.now = 0.0

    def says(self, *values: float) -> AlarmFact:
        for value in values:
            self.now += 1.0
            self.engine.samples(row(value, self.now), self.now, round(self.now * NS))
        return self.told()

    def told(self) -> AlarmFact:
        self.sounds += sum(event.annunciates for event in self.engine.events())
        return self.engine.fact(0)

    def ack(self, fact: AlarmFact | None = None, comment: str = "") -> str:
        seen = fact or self.engine.fact(0)
        (outcome,) = self.engine.ack([AckItem(0, seen.occurrence, seen.priority)], KIM, comment)
        self.told()
        return outcome.reason


def shown(fact: AlarmFact) -> tuple[AlarmLetter, int, float]:
    return fact.state.letter, fact.priority, fact.value


def test_two_annunciations_for_a_rise_and_the_first_major_is_kept() -> None:
    """PV-01: minor, minor, major, major, ack, minor, OK; the ack survives the dip, OK after ack is normal."""
    desk = Desk()
    desk.says(MINOR, MINOR + 1)
    fact = desk.says(MAJOR, MAJOR + 1)
    assert desk.sounds == 2
    assert shown(fact) == (AlarmLetter.B, 1, MAJOR)
    assert (fact.level, fact.limit) == (1, 90.0)
    assert desk.ack() == ""
    assert shown(desk.says(MINOR)) == (AlarmLetter.C, 1, MAJOR)
    assert desk.says(OK).state.letter is AlarmLetter.A
    assert desk.sounds == 2


def test_an_unacknowledged_major_stays_major_until_somebody_saw_it() -> None:
    """PV-02: minor, major, minor, OK, ack."""
    desk = Desk()
    assert shown(desk.says(MINOR, MAJOR, MINOR)) == (AlarmLetter.B, 1, MAJOR)
    fact = desk.says(OK)
    assert shown(fact)[:2] == (AlarmLetter.D, 1)
    assert fact.rtn_cause == RtnCause.RETURN_TO_NORMAL
    assert desk.ack() == ""
    assert desk.engine.fact(0).state.letter is AlarmLetter.A


def test_a_dip_and_return_while_unacknowledged_is_silent() -> None:
    """PV-04."""
    desk = Desk()
    desk.says(MAJOR, MINOR, MAJOR)
    assert desk.sounds == 1


def test_a_rise_after_an_acknowledgement_at_a_lower_severity_sounds() -> None:
    """PV-05, PV-03: what is acknowledged is the present severity."""
    desk = Desk()
    desk.says(MAJOR, MINOR)
    assert desk.ack() == ""
    assert (desk.engine.fact(0).priority, desk.engine.fact(0).level) == (3, 0)
    fact = desk.says(MAJOR)
    assert shown(fact)[:2] == (AlarmLetter.B, 1)
    assert desk.sounds == 2


def test_an_acknowledged_severity_sticks_until_normal() -> None:
    """PV-07, PV-08: it neither falls nor sounds again for the same severity."""
    desk = Desk()
    desk.says(MAJOR)
    desk.ack()
    assert shown(desk.says(MINOR, MAJOR))[:2] == (AlarmLetter.C, 1)
    assert desk.sounds == 1


def test_an_acknowledgement_of_a_severity_that_rose_meanwhile_is_refused() -> None:
    desk = Desk()
    seen = desk.says(MINOR)
    desk.says(MAJOR)
    assert desk.ack(seen) == R.SEVERITY_CHANGED
    assert desk.engine.fact(0).state.letter is AlarmLetter.B


def test_the_same_severity_again_changes_nothing() -> None:
    """PV-16: no sound, no event."""
    desk = Desk()
    fact = desk.says(MAJOR)
    assert desk.says(MAJOR + 1, MAJOR + 2) == fact
    assert desk.sounds == 1


def test_a_rise_under_a_shelf_is_told_when_the_shelf_ends() -> None:
    """INV2: at the severity it has by then."""
    desk = Desk(alarm("ladder", priority=4, levels=(AlarmLevel(limit=90.0, priority=2, label=WORD),)))
    desk.says(MINOR)
    desk.engine.shelve(0, ShelfOrder(duration_s=60.0, reason="정비"), KIM)
    desk.says(MAJOR)
    assert desk.sounds == 1
    desk.engine.unshelve(0, KIM)
    assert shown(desk.told())[:2] == (AlarmLetter.B, 2)
    assert desk.sounds == 2


def test_a_level_survives_a_restart_in_silence() -> None:
    """ALM-14."""
    desk = Desk()
    fact = desk.says(MAJOR)
    after = AlarmEngine(catalogue_of(LADDER), ulids())
    after.restore([fact], 0.0, 500 * NS)
    after.samples(row(MAJOR, 600.0), 1.0, 600 * NS)
    assert after.events() == []
    assert after.fact(0) == fact


@pytest.mark.parametrize(
    ("comment", "reason"),
    [("", R.COMMENT_REQUIRED), ("  ", R.COMMENT_REQUIRED), ("a\x00b", R.COMMENT_INVALID), ("확인", "")],
)
def test_a_class_may_require_a_comment(comment: str, reason: str) -> None:
    desk = Desk(alarm("high", comment_required=True))
    desk.says(MINOR)
    assert desk.ack(comment=comment) == reason


def test_a_comment_of_100_kb_acknowledges_nothing() -> None:
    desk = Desk()
    desk.says(MINOR)
    assert desk.ack(comment="가" * 34_000) == R.COMMENT_INVALID
    assert not desk.engine.fact(0).state.acked


def test_a_changed_limit_is_judged_at_once() -> None:
    """ALM-13: both ways, by the last sample."""
    desk = Desk(alarm("high"))
    desk.says(MINOR)
    present = batch_of([LEVEL], [NS], [MINOR], [0])
    desk.engine.redefine(0, alarm("high", limit=90.0), present, 2.0, 2 * NS)
    assert desk.told().state.letter is AlarmLetter.D
    desk.engine.redefine(0, alarm("high", limit=84.0), present, 3.0, 3 * NS)
    assert (desk.told().state.letter, desk.told().limit) == (AlarmLetter.B, 84.0)


def test_another_kind_of_condition_closes_the_old_occurrence() -> None:
    """ALM-13: cause CONFIG, which is not a return to normal."""
    desk = Desk(alarm("high"))
    before = desk.says(MINOR)
    low = alarm("high", condition=AlarmCondition.LOW, limit=20.0)
    desk.engine.redefine(0, low, empty_batch(), 2.0, 2 * NS)
    (event,) = desk.engine.events()
    assert (event.kind, event.who, event.reason) == (AlarmInput.RTN, CONFIG, RtnCause.CONFIG)
    assert event.fact.rtn_cause == RtnCause.CONFIG
    assert desk.says(10.0).occurrence != before.occurrence


def test_another_kind_of_condition_after_a_restart_closes_it_too() -> None:
    desk = Desk(alarm("high"))
    fact = desk.says(MINOR)
    after = AlarmEngine(catalogue_of(alarm("high", condition=AlarmCondition.LOW, limit=20.0)), ulids())
    after.restore([fact], 0.0, 9 * NS)
    assert [event.fact.rtn_cause for event in after.events()] == [RtnCause.CONFIG]


def test_a_definition_does_not_move_to_another_tag() -> None:
    desk = Desk(alarm("high"))
    with pytest.raises(ValueError, match="flow"):
        desk.engine.redefine(0, alarm("high", tag="flow"), empty_batch(), 1.0, NS)


def test_a_disabled_source_is_not_a_return_to_normal() -> None:
    """ALM-09, PV-17: the cause says so."""
    desk = Desk(alarm("high"))
    desk.says(MINOR)
    desk.engine.disable_sources({7}, 2.0, 2 * NS)
    assert desk.told().state.cond
    desk.engine.disable_sources({LEVEL}, 2.0, 2 * NS)
    fact = desk.told()
    assert (fact.state.letter, fact.rtn_cause) == (AlarmLetter.D, RtnCause.SOURCE_DISABLED)
    assert desk.says(MINOR).state.letter is AlarmLetter.B


def test_a_wrong_alarm_is_refused_by_name() -> None:
    engine = Desk().engine
    assert engine.ack([AckItem(9, "", 3)], KIM) == [ActOutcome("9", R.UNKNOWN_ALARM)]
