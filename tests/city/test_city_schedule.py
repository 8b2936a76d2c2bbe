"""When values are due, and which of them a Signal K reader has asked for."""

from __future__ import annotations

from console.city.chance import Chance, approach, clamp, ramp
from console.city.device import Place
from console.city.feeds_out.schedule import JITTER, Schedule
from console.city.feeds_out.subscription import Subscription, read_subscriptions
from console.city.physics.factory import FactoryPlant

SELF = "facilities.urn:x:me"


def plant() -> FactoryPlant:
    return FactoryPlant(Place("p", "FactoryPlant", 35.0, 129.0), Chance(1, "p"))


def test_every_point_comes_at_its_period_with_a_little_jitter() -> None:
    schedule = Schedule([plant()], Chance(1, "s"), 0.0)
    times: dict[str, list[float]] = {}
    for tick in range(1200):
        now = tick * 0.1
        for _device, points in schedule.due(now):
            for point in points:
                times.setdefault(point.path, []).append(now)
    assert 57 <= len(times["utility.kw"]) <= 63
    assert 23 <= len(times["oee"]) <= 25
    gaps = [b - a for a, b in zip(times["oee"], times["oee"][1:], strict=False)]
    assert min(gaps) >= 5.0 * (1 - JITTER) - 0.11
    assert max(gaps) <= 5.0 * (1 + JITTER) + 0.11


def test_after_a_suspend_the_missed_samples_are_gone() -> None:
    schedule = Schedule([plant()], Chance(1, "s"), 0.0)
    schedule.due(10.0)
    assert len(schedule.due(10_000.0)) == 2
    assert schedule.due(10_000.1) == []


def test_a_period_longer_than_ours_thins_a_path_for_that_reader() -> None:
    one = Subscription("vessels.*", "navigation.position", 10.0)
    taken = [now for now in range(0, 40, 2) if one.takes("vessels.a", "navigation.position", float(now))]
    assert taken == [0, 10, 20, 30]
    assert one.takes("vessels.b", "navigation.position", 1.0)
    assert not one.takes("vehicles.a", "navigation.position", 100.0)
    assert one.takes("vessels.a", "", 39.0)


def test_a_subscription_reads_contexts_paths_and_periods() -> None:
    tree: dict[str, object] = {
        "context": "vessels.self",
        "subscribe": [
            {"path": "navigation.*", "period": 5000},
            {"path": "x", "policy": "instant", "minPeriod": 3000, "period": 1},
            {"path": 7},
            "nonsense",
        ],
    }
    found = read_subscriptions(tree, "subscribe", SELF)
    assert [(one.context, one.path, one.every_s) for one in found] == [
        (SELF, "navigation.*", 5.0),
        (SELF, "x", 3.0),
    ]
    assert read_subscriptions({"context": 3, "subscribe": []}, "subscribe", SELF) == []
    assert read_subscriptions({"context": "*"}, "subscribe", SELF) == []


def test_ending_everything_ends_each_subscription() -> None:
    assert Subscription("*", "*").covers(Subscription("vessels.*", "navigation.position"))
    assert not Subscription("vessels.*", "*").covers(Subscription("vehicles.*", "*"))


def test_chance_repeats_for_a_name_and_differs_between_names() -> None:
    one, same, other = Chance(5, "a"), Chance(5, "a"), Chance(5, "b")
    first = [one.normal() for _ in range(300)]
    assert first == [same.normal() for _ in range(300)]
    assert first != [other.normal() for _ in range(300)]
    assert max(abs(x) for x in first) <= 4.0


def test_lags_and_ramps_do_not_overshoot_whatever_the_step() -> None:
    assert approach(0.0, 10.0, 1e9, 5.0) == 10.0
    assert 6.3 < approach(0.0, 10.0, 5.0, 5.0) < 6.4
    assert ramp(0.0, 10.0, 1.0, 3.0) == 3.0
    assert ramp(0.0, -10.0, 1.0, 100.0) == -10.0
    assert clamp(7.0, 0.0, 5.0) == 5.0
