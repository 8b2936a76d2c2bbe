"""Suppression by design (ALM-27): matchers, equal labels, never itself, never the cause."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from alarm_sites import FLOW, LEVEL, STATE, WORD, alarm, catalogue_of, row, ulids
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.alarm.design import DESIGN
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AlarmLetter
from console.core.alarm.inhibitions import matches
from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.site import AlarmDef, Inhibition, Matcher

POWER = alarm("power", tag="flow", alarm_class="power")
TRIP = alarm("trip", tag="level")
HOT = alarm("hot", tag="level", limit=81.0)


def rule(source: Matcher, target: Matcher, *equal: str, name: str = "r") -> Inhibition:
    return Inhibition(id=name, label=WORD, source=source, target=target, equal=equal)


BY_POWER = rule(Matcher(alarm_class="power"), Matcher(alarm="trip"), "asset")


def catalogue_with(rules: Sequence[Inhibition], alarms: Sequence[AlarmDef], assets: int = 1) -> Catalogue:
    site = catalogue_of(*alarms).site
    first = site.assets[0]
    more = tuple(msgspec.structs.replace(first, id=f"s{n}", parent="") for n in range(1, assets + 1))
    return Catalogue(msgspec.structs.replace(site, inhibitions=tuple(rules), assets=more))


def engine_of(*rules: Inhibition, alarms: Sequence[AlarmDef] = (POWER, TRIP), assets: int = 1) -> AlarmEngine:
    return AlarmEngine(catalogue_with(rules, alarms, assets), ulids())


def sample(engine: AlarmEngine, tag: int, value: float, at: float) -> None:
    engine.samples(row(value, at, tag=tag), at, round(at * NS))


def letter(engine: AlarmEngine, alarm_: int) -> AlarmLetter:
    return engine.fact(alarm_).state.letter


def test_without_a_source_nothing_is_hidden() -> None:
    engine = engine_of(BY_POWER)
    sample(engine, LEVEL, 90.0, 1.0)
    assert letter(engine, 1) is AlarmLetter.B


def test_a_source_hides_its_targets_and_says_so() -> None:
    engine = engine_of(BY_POWER)
    sample(engine, FLOW, 90.0, 1.0)
    engine.events()
    fact = engine.fact(1)
    assert (fact.state.letter, fact.suppressed_by, fact.at_suppressed) == (AlarmLetter.H, "r", NS)
    sample(engine, LEVEL, 90.0, 2.0)
    (event,) = engine.events()
    assert not event.annunciates
    assert engine.fact(1).suppressed_activations == 1


def test_a_source_that_returns_brings_its_targets_back_aloud() -> None:
    """The exit rule of 1.1, at once."""
    engine = engine_of(BY_POWER)
    sample(engine, FLOW, 90.0, 1.0)
    sample(engine, LEVEL, 90.0, 2.0)
    engine.events()
    sample(engine, FLOW, 1.0, 3.0)
    returned, back = engine.events()
    assert returned.alarm == 0
    assert (back.alarm, back.who, back.reason, back.annunciates) == (1, DESIGN, "r", True)
    assert (engine.fact(1).state.letter, engine.fact(1).suppressed_by) == (AlarmLetter.B, "")


def test_within_one_tick_the_source_is_dealt_with_first() -> None:
    """What is hidden was never announced, in whatever order the rows stand."""
    engine = engine_of(BY_POWER, alarms=(TRIP, POWER))
    engine.samples(batch_of([LEVEL, FLOW], [NS, NS], [90.0, 90.0], [0, 0]), 1.0, NS)
    assert [(event.alarm, event.annunciates) for event in engine.events()] == [
        (1, True),
        (0, False),
        (0, False),
    ]


def test_a_label_that_differs_does_not_hide() -> None:
    engine = engine_of(BY_POWER, assets=2)
    sample(engine, FLOW, 90.0, 1.0)
    assert (letter(engine, 1), letter(engine, 3)) == (AlarmLetter.H, AlarmLetter.A)


def test_a_label_missing_on_both_sides_is_equal() -> None:
    engine = engine_of(rule(Matcher(alarm="power"), Matcher(alarm="trip"), "parent"), assets=2)
    sample(engine, FLOW, 90.0, 1.0)
    assert (letter(engine, 1), letter(engine, 3)) == (AlarmLetter.H, AlarmLetter.H)


BOTH = rule(Matcher(type="station"), Matcher(type="station"))


def test_an_alarm_that_matches_both_sides_is_hidden_by_none_of_its_like() -> None:
    """Nor by itself."""
    engine = engine_of(BOTH, alarms=(POWER, TRIP, HOT))
    engine.samples(batch_of([LEVEL, FLOW], [NS, NS], [90.0, 90.0], [0, 0]), 1.0, NS)
    assert [letter(engine, a) for a in range(3)] == [AlarmLetter.B] * 3


def test_an_alarm_that_matches_both_sides_is_hidden_by_one_that_is_only_a_source() -> None:
    engine = engine_of(rule(Matcher(type="station"), Matcher(alarm_class="process")), alarms=(POWER, TRIP))
    sample(engine, LEVEL, 90.0, 1.0)
    assert letter(engine, 1) is AlarmLetter.B
    sample(engine, FLOW, 90.0, 2.0)
    assert letter(engine, 1) is AlarmLetter.H


def test_nothing_of_priority_one_is_ever_hidden() -> None:
    engine = engine_of(BY_POWER, alarms=(POWER, alarm("trip", priority=1)))
    sample(engine, FLOW, 90.0, 1.0)
    sample(engine, LEVEL, 90.0, 2.0)
    assert letter(engine, 1) is AlarmLetter.B


MUTUAL = (
    rule(Matcher(alarm="power"), Matcher(alarm="trip"), name="one"),
    rule(Matcher(alarm="trip"), Matcher(alarm="power"), name="other"),
)


def test_the_alarm_that_names_the_cause_stays() -> None:
    """Two that hide each other: the first stays, and the second comes out when the first has gone."""
    engine = engine_of(*MUTUAL)
    sample(engine, LEVEL, 90.0, 1.0)
    sample(engine, FLOW, 90.0, 2.0)
    assert (letter(engine, 0), letter(engine, 1)) == (AlarmLetter.H, AlarmLetter.B)
    sample(engine, LEVEL, 1.0, 3.0)
    assert letter(engine, 0) is AlarmLetter.B
    assert letter(engine, 1) is AlarmLetter.H


def test_another_rule_takes_over_without_a_sound() -> None:
    engine = engine_of(
        rule(Matcher(alarm="power"), Matcher(alarm="trip"), name="one"),
        rule(Matcher(alarm="other"), Matcher(alarm="trip"), name="two"),
        alarms=(POWER, TRIP, alarm("other", tag="state")),
    )
    sample(engine, FLOW, 90.0, 1.0)
    sample(engine, STATE, 90.0, 1.0)
    sample(engine, LEVEL, 90.0, 2.0)
    engine.events()
    sample(engine, FLOW, 1.0, 3.0)
    events = engine.events()
    assert [(event.alarm, event.reason, event.effects) for event in events[1:]] == [(1, "two", ())]
    assert (engine.fact(1).suppressed_by, letter(engine, 1)) == ("two", AlarmLetter.H)


def test_a_restart_keeps_what_is_hidden_and_knows_its_source() -> None:
    before = engine_of(BY_POWER)
    sample(before, FLOW, 90.0, 1.0)
    sample(before, LEVEL, 90.0, 2.0)
    after = engine_of(BY_POWER)
    after.restore(before.facts().values(), 0.0, 9 * NS)
    assert (after.events(), after.facts()) == ([], before.facts())
    sample(after, FLOW, 1.0, 10.0)
    assert after.events()[-1].annunciates


def test_a_rule_that_is_gone_after_a_restart_hides_nothing_any_more() -> None:
    """INV2: and it is not silent about it."""
    before = engine_of(BY_POWER)
    sample(before, FLOW, 90.0, 1.0)
    sample(before, LEVEL, 90.0, 2.0)
    after = engine_of()
    after.restore(before.facts().values(), 0.0, 9 * NS)
    (event,) = after.events()
    assert (event.alarm, event.who, event.annunciates) == (1, DESIGN, True)


def test_a_matcher_compares_every_label_it_names() -> None:
    labels = {"alarm": "trip", "type": "station", "area": "a", "asset": "s1", "alarm_class": "process"}
    assert matches(Matcher(), labels)
    assert matches(Matcher(alarm="trip", area="a"), labels)
    for wrong in (Matcher(alarm="other"), Matcher(alarm="trip", asset="s2")):
        assert not matches(wrong, labels)


NAMES = ("a", "b", "c", "d")
MATCHERS = st.builds(Matcher, alarm=st.sampled_from(NAMES))
RULES = st.lists(st.builds(rule, MATCHERS, MATCHERS), max_size=6)
CHANGES = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12)


@pytest.mark.parametrize("batched", [False, True])
@settings(max_examples=150, deadline=None)
@given(rules=RULES, changes=CHANGES)
def test_whatever_hides_whatever_some_cause_is_always_visible(
    rules: list[Inhibition], changes: list[tuple[int, bool]], batched: bool
) -> None:
    """Rules may stand in a circle: if anything is abnormal, something abnormal is in the list; H has a live source."""
    tags = ("level", "flow", "state", "level")
    limits = (50.0, 50.0, 50.0, 51.0)
    named = [msgspec.structs.replace(r, id=str(n)) for n, r in enumerate(rules)]
    alarms = [alarm(n, tag=t, limit=x, deadband=0.0) for n, t, x in zip(NAMES, tags, limits, strict=True)]
    engine = engine_of(*named, alarms=alarms)
    for at, (number, active) in enumerate(changes, 1):
        tag = (LEVEL, FLOW, STATE, LEVEL)[number]
        both = [tag, FLOW] if batched else [tag]
        value = 90.0 if active else 1.0
        engine.samples(batch_of(both, [at * NS] * len(both), [value] * len(both), [0] * len(both)), at, at)
        facts = [engine.fact(n) for n in range(4)]
        abnormal = [fact for fact in facts if fact.state.cond]
        assert not abnormal or any(fact.state.listed for fact in abnormal)
        for fact in facts:
            assert bool(fact.suppressed_by) == fact.state.sbd
            if fact.state.sbd:
                source = named[int(fact.suppressed_by)].source.alarm
                assert engine.fact(NAMES.index(source)).state.cond
    for event in engine.events():
        assert not (event.annunciates and event.fact.state.suppressed)
