"""Closed list of reasons for which an act on an alarm, or an input of its machine, is refused (ALARMS.md
1.1, 1.4).
"""

from __future__ import annotations

from enum import StrEnum


class AlarmRefusal(StrEnum):
    """Reason codes; the first block is of the state machine, the second of the engine."""

    NO_CHANGE = "NO_CHANGE"
    NORMAL_NOTHING_TO_ACK = "NORMAL_NOTHING_TO_ACK"
    ALREADY_ACKED = "ALREADY_ACKED"
    ALARM_SUPPRESSED = "ALARM_SUPPRESSED"
    NOT_LATCHED = "NOT_LATCHED"
    STILL_ACTIVE = "STILL_ACTIVE"
    NOT_ACKED = "NOT_ACKED"
    ALREADY_SHELVED = "ALREADY_SHELVED"
    NOT_ACTIVE = "NOT_ACTIVE"
    NOT_SHELVED = "NOT_SHELVED"
    ALREADY_SUPPRESSED = "ALREADY_SUPPRESSED"
    NOT_SUPPRESSED = "NOT_SUPPRESSED"
    ALREADY_OUT_OF_SERVICE = "ALREADY_OUT_OF_SERVICE"
    NOT_OUT_OF_SERVICE = "NOT_OUT_OF_SERVICE"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    UNKNOWN_ALARM = "UNKNOWN_ALARM"
    NOTHING_SELECTED = "NOTHING_SELECTED"
    OCCURRENCE_UNKNOWN = "OCCURRENCE_UNKNOWN"
    SEVERITY_CHANGED = "SEVERITY_CHANGED"
    COMMENT_INVALID = "COMMENT_INVALID"
    CLASS_NOT_SHELVABLE = "CLASS_NOT_SHELVABLE"
    DURATION_OUT_OF_RANGE = "DURATION_OUT_OF_RANGE"
    REASON_REQUIRED = "REASON_REQUIRED"
    QUOTA = "QUOTA"
    COMMENT_REQUIRED = "COMMENT_REQUIRED"
    SUPERVISOR_REQUIRED = "SUPERVISOR_REQUIRED"
    UNKNOWN_AREA = "UNKNOWN_AREA"
    ALREADY_IN_MAINTENANCE = "ALREADY_IN_MAINTENANCE"
    NOT_IN_MAINTENANCE = "NOT_IN_MAINTENANCE"
    SHELF_EXPIRED = "SHELF_EXPIRED"
    """Its time has come: what is over is not changed any more (ALM-44)."""
    DIFFERENT_ENDS = "DIFFERENT_ENDS"
    """It is shelved already, until another time than the group would be (ALM-45)."""
    GROUP_REFUSED = "GROUP_REFUSED"
    """Nothing is wrong with this one, but the group is shelved as a whole or not at all (ALM-45)."""
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    """No field of a definition that may be changed at run time (ALM-13)."""
    OUT_OF_RANGE = "OUT_OF_RANGE"
    """The site profile would not allow this value either (ALM-13)."""
