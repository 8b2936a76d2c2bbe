"""Limits with deadband (ALM-02)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from alarm_sites import alarm

from console.core.alarm.bands import Bands
from console.core.site import AlarmCondition, AlarmDef

HIGH = alarm("high")
LOW = alarm("low", condition=AlarmCondition.LOW, limit=20.0)
STATE = alarm("state", condition=AlarmCondition.STATE, limit=2.0, deadband=0.0)

VECTORS = [
    (HIGH, [(79.99, False), (80.0, True), (78.0, True), (77.99, False)]),
    (LOW, [(20.01, False), (20.0, True), (22.0, True), (22.01, False)]),
    (STATE, [(1.0, False), (2.0, True), (2.0, True), (3.0, False), (0.0, False)]),
    (HIGH, [(math.nan, False), (math.inf, True), (math.nan, True), (-math.inf, False)]),
]


@pytest.mark.parametrize(("definition", "samples"), VECTORS)
def test_set_and_clear_are_strict_about_the_deadband(
    definition: AlarmDef, samples: list[tuple[float, bool]]
) -> None:
    """ALM-02: v == L - d stays active; one row at a time and in columns alike. NaN decides nothing."""
    bands = Bands([definition])
    raised = False
    for value, expected in samples:
        in_columns = bands.flips(np.array([0]), np.array([value]), np.array([raised]))
        alone = bands.turns(0, value, raised)
        assert bool(in_columns[0]) is alone
        raised ^= alone
        assert raised is expected


def test_a_site_without_alarms_has_empty_bands() -> None:
    assert not len(Bands([]).flips(np.array([], np.intp), np.array([]), np.array([], np.bool_)))
