"""First-out marks: what came first into a quiet group, all that came with it, until it resets (ALM-26)."""

from __future__ import annotations

import msgspec
from alarm_sites import alarm, catalogue_of, ulids

from console.core.alarm.acts import Act, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AckItem
from console.core.alarm.firstout import FirstOut
from console.core.batch import NS, batch_of

GROUPS = {0: "pump", 1: "pump", 2: "pump"}


class Plant:
    """Three alarms on three tags, a fourth without a group, and the marks beside them."""

    def __init__(self, **changes: object) -> None:
        alarms = [
            alarm("a", **changes),
            alarm("b", tag="flow"),
            alarm("c", tag="state"),
            alarm("d", limit=70.0),
        ]
        self.engine = AlarmEngine(catalogue_of(*alarms), ulids())
        self.marks = FirstOut(GROUPS)
        self.now = 0.0

    def values(self, **values: float) -> list[int]:
        """One tick: these tags take these values; the marks after it."""
        self.now += 1.0
        tags = {"level": 0, "flow": 1, "state": 2}
        rows = [(tags[name], value) for name, value in values.items()]
        n = len(rows)
        batch = batch_of([r[0] for r in rows], [round(self.now * NS)] * n, [r[1] for r in rows], [0] * n)
        self.engine.samples(batch, self.now, round(self.now * NS))
        return self.tick()

    def tick(self) -> list[int]:
        before = self.marks.marks()
        changed = self.marks.tick(self.engine.events())
        assert changed is (before != self.marks.marks())
        return sorted(self.marks.marks())

    def ack(self, *alarms: int) -> list[int]:
        items = [AckItem(a, self.engine.fact(a).occurrence, 3) for a in alarms]
        self.engine.ack(items, self.act())
        return self.tick()

    def act(self) -> Act:
        return Act(who="kim", now=self.now, at=round(self.now * NS))


def test_only_the_first_alarm_of_a_group_is_marked() -> None:
    """ALM-26."""
    plant = Plant()
    assert plant.values(flow=95.0) == [1]
    assert plant.values(level=95.0) == [1]
    assert plant.values(state=95.0) == [1]


def test_simultaneous_within_one_tick_are_all_first() -> None:
    """ALM-26."""
    assert Plant().values(flow=95.0, state=95.0) == [1, 2]


def test_a_mark_stays_until_its_alarm_has_reset() -> None:
    """ALM-26: neither its return nor its acknowledgement alone ends it."""
    plant = Plant()
    plant.values(flow=95.0)
    assert plant.values(flow=20.0) == [1]
    assert plant.ack(1) == []
    plant.values(flow=95.0)
    assert plant.ack(1) == [1]
    assert plant.values(flow=20.0) == []


def test_a_latched_alarm_keeps_its_mark_until_it_is_reset() -> None:
    plant = Plant(latching=True)
    plant.values(level=95.0)
    plant.ack(0)
    assert plant.values(level=20.0) == [0]
    plant.engine.reset([AckItem(0, plant.engine.fact(0).occurrence, 3)], plant.act())
    assert plant.tick() == []


def test_nothing_is_first_while_the_group_is_not_quiet() -> None:
    plant = Plant()
    plant.values(flow=95.0)
    plant.values(level=95.0)
    plant.ack(1)
    assert plant.values(flow=20.0) == []
    assert plant.values(flow=95.0) == []
    plant.ack(0, 1)
    assert plant.values(level=20.0, flow=20.0) == []
    assert plant.values(state=95.0) == [2]


def test_a_shelved_alarm_keeps_its_mark_but_does_not_hold_the_group() -> None:
    plant = Plant()
    plant.values(flow=95.0)
    plant.engine.shelve(1, ShelfOrder(duration_s=60.0, reason="work"), plant.act())
    assert plant.tick() == [1]
    assert plant.values(state=95.0) == [1, 2]


def test_a_suppressed_activation_is_not_first() -> None:
    plant = Plant()
    plant.engine.shelve(1, ShelfOrder(duration_s=60.0, reason="work"), plant.act())
    plant.tick()
    assert plant.values(flow=95.0) == []
    assert plant.values(level=95.0) == [0]


def test_alarms_without_a_group_are_never_marked() -> None:
    plant = Plant()
    assert plant.values(level=75.0) == []
    assert not plant.marks.tick([])


def test_marks_and_the_list_survive_a_restart() -> None:
    """ALM-14: the mark is part of the fact, and a group that was not quiet is not quiet after it."""
    plant = Plant()
    plant.values(level=90.0)
    plant.values(flow=90.0)
    facts = [
        msgspec.structs.replace(fact, first_out=fact.alarm in plant.marks.marks())
        for fact in plant.engine.facts().values()
    ]
    plant.marks = FirstOut(GROUPS)
    plant.marks.restore(facts)
    assert sorted(plant.marks.marks()) == [0]
    assert plant.values(state=90.0) == [0]
