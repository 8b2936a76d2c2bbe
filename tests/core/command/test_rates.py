"""How often targets and persons may be commanded (CMD-11)."""

from __future__ import annotations

import pytest

from console.core.command.rates import Rates
from console.core.control import Policy
from console.core.errors import CommandRefused

POINT = ("f", "p1", "run")


def refusal(rates: Rates, now: float, person: str = "kim", point: tuple[str, str, str] = POINT) -> str:
    try:
        rates.check_target(point, now)
        rates.check_person(person, now)
    except CommandRefused as refused:
        return refused.reason_code
    return ""


def test_a_target_rests_for_its_gap() -> None:
    rates = Rates(Policy(target_gap_s=1.0))
    rates.count_target(POINT, 10.0)
    assert refusal(rates, 10.999) == "RATE_LIMITED"
    assert refusal(rates, 11.0) == ""
    assert refusal(rates, 10.5, point=("f", "p2", "run")) == ""


def test_a_person_has_ten_acts_in_any_minute() -> None:
    rates = Rates(Policy())
    for second in range(10):
        assert refusal(rates, float(second)) == ""
        rates.count_person("kim", float(second))
    assert refusal(rates, 59.999) == "TOO_MANY_OPS"
    assert refusal(rates, 59.999, person="lee") == ""
    assert refusal(rates, 60.0) == ""


@pytest.mark.parametrize("limit", [0, 1])
def test_the_limit_is_the_sites(limit: int) -> None:
    rates = Rates(Policy(commands_per_min=limit))
    rates.count_person("kim", 0.0)
    assert refusal(rates, 1.0) == "TOO_MANY_OPS"


def test_targets_of_long_ago_are_forgotten() -> None:
    rates = Rates(Policy(target_gap_s=1.0))
    for n in range(20_003):
        rates.count_target(("f", str(n), "x"), float(n))
    assert len(rates._target) <= 10_002
