"""What a person does to alarms, and the limits of it (ALM-23, ALM-40, ALM-41)."""

from __future__ import annotations

import msgspec

from console.core.alarm.reasons import AlarmRefusal
from console.core.plaintext import first_forbidden

HOUR_S = 3600.0
SHELF_MAX_S = 12 * HOUR_S
SHELF_MAX_P2_S = HOUR_S
SHELF_QUOTA = 30
"""Shelved alarms of one position (ALM-42)."""
SHELF_WARN_AT = 20
OUTAGE_MAX_S = 12 * HOUR_S
"""Out of service or in maintenance on an operator's word: no longer than a shift and its overtime."""
OUTAGE_MAX_SUPERVISOR_S = 7 * 24 * HOUR_S
TEXT_MAX = 500
"""Characters of a comment or a reason."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something and when: monotonic seconds for deadlines, UTC ns for the record."""

    who: str
    now: float
    at: int
    supervisor: bool = False
    """Holds the supervisor's rights at this moment; decided by the hub, never by the console."""


class ShelfOrder(msgspec.Struct, frozen=True, kw_only=True):
    """For how long and why an alarm is shelved; a one-shot shelf also ends on return to normal."""

    duration_s: float
    reason: str
    oneshot: bool = False


class OutageOrder(msgspec.Struct, frozen=True):
    """For how long and why an alarm is out of service, or an area in maintenance."""

    duration_s: float
    reason: str


class ActOutcome(msgspec.Struct, frozen=True):
    """What became of one part of an act: `reason` is empty when it was done; `subject` is `asset.alarm`."""

    subject: str
    reason: str = ""


def text_fault(text: str) -> AlarmRefusal | None:
    """What is wrong with a comment."""
    if len(text) > TEXT_MAX or first_forbidden(text):
        return AlarmRefusal.COMMENT_INVALID
    return None


def shelf_fault(order: ShelfOrder, priority: int, shelvable: bool, supervisor: bool) -> AlarmRefusal | None:
    """Why an alarm of this priority may not be shelved like this, before its state is looked at."""
    if not shelvable or (priority == 1 and not supervisor):
        return AlarmRefusal.CLASS_NOT_SHELVABLE
    longest = SHELF_MAX_P2_S if priority == 2 and not supervisor else SHELF_MAX_S
    if not 0.0 < order.duration_s <= longest:
        return AlarmRefusal.DURATION_OUT_OF_RANGE
    if not order.reason.strip():
        return AlarmRefusal.REASON_REQUIRED
    return text_fault(order.reason)


def outage_fault(order: OutageOrder, supervisor: bool) -> AlarmRefusal | None:
    """Why nothing may be taken out of service or into maintenance like this."""
    longest = OUTAGE_MAX_SUPERVISOR_S if supervisor else OUTAGE_MAX_S
    if not 0.0 < order.duration_s <= longest:
        return AlarmRefusal.DURATION_OUT_OF_RANGE
    if not order.reason.strip():
        return AlarmRefusal.REASON_REQUIRED
    return text_fault(order.reason)


def comment_fault(comment: str, required: bool) -> AlarmRefusal | None:
    """Why an alarm is not acknowledged with this comment."""
    if required and not comment.strip():
        return AlarmRefusal.COMMENT_REQUIRED
    return text_fault(comment)
