"""Limits of what a person may do to alarms (ALM-40, ALM-41)."""

from __future__ import annotations

import math

import pytest

from console.core.alarm.acts import HOUR_S, TEXT_MAX, ShelfOrder, shelf_fault, text_fault
from console.core.alarm.reasons import AlarmRefusal as R


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", None),
        ("펌프 점검 중, 14:00까지", None),
        ("<img src=x onerror=alert(1)>", None),
        ("x" * TEXT_MAX, None),
        ("x" * (TEXT_MAX + 1), R.COMMENT_INVALID),
        ("가" * 100_000, R.COMMENT_INVALID),
        ("line\nline", R.COMMENT_INVALID),
        ("bell\x07", R.COMMENT_INVALID),
        ("\x1b[31mred", R.COMMENT_INVALID),
        ("bidi \u202e", R.COMMENT_INVALID),
        ("zero\u200bwidth", R.COMMENT_INVALID),
        ("half \ud800", R.COMMENT_INVALID),
    ],
)
def test_a_comment_is_one_plain_line(text: str, fault: R | None) -> None:
    """A comment of 100 kB or with control characters is refused by name."""
    assert text_fault(text) is fault


@pytest.mark.parametrize(
    ("hours", "priority", "supervisor", "fault"),
    [
        (0.25, 3, False, None),
        (12.0, 4, False, None),
        (12.01, 4, True, R.DURATION_OUT_OF_RANGE),
        (13.0, 3, False, R.DURATION_OUT_OF_RANGE),
        (0.0, 3, False, R.DURATION_OUT_OF_RANGE),
        (-1.0, 3, False, R.DURATION_OUT_OF_RANGE),
        (math.nan, 3, False, R.DURATION_OUT_OF_RANGE),
        (math.inf, 3, True, R.DURATION_OUT_OF_RANGE),
        (1.0, 2, False, None),
        (1.01, 2, False, R.DURATION_OUT_OF_RANGE),
        (4.0, 2, True, None),
        (0.25, 1, False, R.CLASS_NOT_SHELVABLE),
        (0.25, 1, True, None),
    ],
)
def test_shelving_time_depends_on_priority_and_role(
    hours: float, priority: int, supervisor: bool, fault: R | None
) -> None:
    """ALM-40: at most 12 h, P2 at most 1 h, P1 not by operators."""
    order = ShelfOrder(duration_s=hours * HOUR_S, reason="정비")
    assert shelf_fault(order, priority, True, supervisor) is fault


@pytest.mark.parametrize(
    ("reason", "fault"), [("", R.REASON_REQUIRED), ("  ", R.REASON_REQUIRED), ("a\x00", R.COMMENT_INVALID)]
)
def test_shelving_needs_a_plain_reason(reason: str, fault: R) -> None:
    """ALM-41."""
    assert shelf_fault(ShelfOrder(duration_s=60.0, reason=reason), 3, True, False) is fault


def test_a_class_may_forbid_shelving_altogether() -> None:
    order = ShelfOrder(duration_s=60.0, reason="정비")
    assert shelf_fault(order, 4, False, True) is R.CLASS_NOT_SHELVABLE
