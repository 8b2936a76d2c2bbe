"""Closed list of reasons for which an act on a shift handover is refused."""

from __future__ import annotations

from enum import StrEnum


class HandoverReason(StrEnum):
    """Every refusal carries exactly one of these."""

    UNKNOWN_HANDOVER = "UNKNOWN_HANDOVER"
    HANDOVER_OVER = "HANDOVER_OVER"
    HANDOVER_STATE = "HANDOVER_STATE"
    """Not in the state it is in now."""
    NOT_OUTGOING = "NOT_OUTGOING"
    NOT_INCOMING = "NOT_INCOMING"
    NOT_A_PARTY = "NOT_A_PARTY"
    """Neither the one who hands over nor the one who takes over."""
    SAME_PERSON = "SAME_PERSON"
    NAME_REQUIRED = "NAME_REQUIRED"
    """A single seat knows no accounts: both persons say their names."""
    OTHER_PERSON_NAMED = "OTHER_PERSON_NAMED"
    """It is offered to somebody else."""
    AREA_REQUIRED = "AREA_REQUIRED"
    AREA_IN_HANDOVER = "AREA_IN_HANDOVER"
    AREA_HELD_BY_OTHER = "AREA_HELD_BY_OTHER"
    UNKNOWN_ITEM = "UNKNOWN_ITEM"
    ITEM_CHANGED = "ITEM_CHANGED"
    """It is not what the person has seen: it has to be read and accepted as it is now."""
    ITEMS_LEFT = "ITEMS_LEFT"
    QUESTION_OPEN = "QUESTION_OPEN"
    NO_QUESTION = "NO_QUESTION"
    LIST_CHANGED = "LIST_CHANGED"
    """The list is not what the person has seen when signing."""
    ALREADY_SIGNED = "ALREADY_SIGNED"
    TOO_MUCH = "TOO_MUCH"
