"""What is known of an alarm: orthogonal facts, from which the ISA-18.2 letter is derived (ALARMS.md 1.1)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Shelf(StrEnum):
    """How an alarm is shelved."""

    NONE = "none"
    TIMED = "timed"
    ONESHOT = "oneshot"


class AlarmLetter(StrEnum):
    """Display letter of ISA-18.2, derived and never stored; A to F annunciate, G to I are suppressed."""

    A = "A_NORM"
    B = "B_UNACK"
    C = "C_ACKED"
    D = "D_RTNUN"
    E = "E_LATCH_UNACK"
    F = "F_LATCH_ACK"
    G = "G_SHLVD"
    H = "H_DSUPR"
    I = "I_OOSRV"  # noqa: E741 - the standard's letter


_BASE_LETTERS = {
    (False, True, False): AlarmLetter.A,
    (False, False, False): AlarmLetter.D,
    (False, False, True): AlarmLetter.E,
    (False, True, True): AlarmLetter.F,
    (True, False, False): AlarmLetter.B,
    (True, False, True): AlarmLetter.B,
    (True, True, False): AlarmLetter.C,
    (True, True, True): AlarmLetter.C,
}


class AlarmState(msgspec.Struct, frozen=True):
    """The six orthogonal facts of one alarm."""

    cond: bool = False
    """The process is abnormal."""
    acked: bool = True
    latch: bool = False
    shelf: Shelf = Shelf.NONE
    sbd: bool = False
    """Suppressed by design."""
    oos: bool = False
    """Out of service."""

    @property
    def suppressed(self) -> bool:
        """Whether the alarm is shelved, suppressed by design or out of service."""
        return self.oos or self.sbd or self.shelf is not Shelf.NONE

    @property
    def letter(self) -> AlarmLetter:
        """Display letter, with precedence I > H > G > A..F."""
        if self.oos:
            return AlarmLetter.I
        if self.sbd:
            return AlarmLetter.H
        if self.shelf is not Shelf.NONE:
            return AlarmLetter.G
        return _BASE_LETTERS[self.cond, self.acked, self.latch]

    @property
    def listed(self) -> bool:
        """Whether the alarm stands in the active list (B to F)."""
        return not self.suppressed and self.letter is not AlarmLetter.A


class AlarmFact(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm as every console sees it; times are UTC ns, 0 where the event has not happened."""

    alarm: int
    """Index in the catalogue."""
    state: AlarmState
    occurrence: str = ""
    """ULID of the present or last occurrence."""
    priority: int
    value: float = 0.0
    limit: float = 0.0
    quality: int = 0
    at_event: int = 0
    at_received: int = 0
    at_annunciated: int = 0
    at_returned: int = 0
    repeat_count: int = 0
    acked_by: str = ""
    at_acked: int = 0
    comment: str = ""
    shelved_by: str = ""
    at_shelved: int = 0
    at_unshelve: int = 0
    shelf_reason: str = ""
    recording: bool = False
    """Announced at once, but its journal append is not confirmed yet."""
    level: int = 0
    """Of a definition with levels: 0 for its own limit, 1, 2, … for `levels`."""
    condition: str = ""
    """Kind of condition of the definition that the occurrence came from (ALM-13)."""
    rtn_cause: str = ""
    """Why it returned, from `RtnCause`; empty while active."""
    first_out: bool = False
    """It was the first of its group (ALM-26)."""
    cause: int = -1
    """Index of the active alarm that most likely caused this one; -1 for none known."""
    suppressed_by: str = ""
    """Id of the inhibition that hides it by design."""
    at_suppressed: int = 0
    oos_by: str = ""
    at_oos: int = 0
    at_service: int = 0
    """Planned end of the time out of service."""
    oos_reason: str = ""
    suppressed_activations: int = 0
    """How often the process became abnormal while nobody was told, since the suppression began."""
    shelf_changed_by: str = ""
    """Who last changed end or reason of the shelf; empty while it is as it was begun (ALM-44)."""
    escalated: bool = False
    """Nobody acknowledged it in time: the supervisor has been called (ALM-25)."""


class RtnCause(StrEnum):
    """Why an occurrence is no longer active."""

    RETURN_TO_NORMAL = "RETURN_TO_NORMAL"
    SOURCE_DISABLED = "SOURCE_DISABLED"
    CONFIG = "CONFIG"
    """Its definition became another kind of condition (ALM-13)."""


class MaintenanceFact(msgspec.Struct, frozen=True, kw_only=True):
    """Maintenance mode of one area: bad-quality alarms are acknowledged for the operator (ALM-30); UTC ns."""

    area: str
    by: str
    since: int
    until: int
    reason: str


class FloodFact(msgspec.Struct, frozen=True, kw_only=True):
    """Whether more alarms come than a person can take in, since when, how many, and the most in 10 minutes."""

    active: bool = False
    since: int = 0
    count: int = 0
    """Alarms annunciated since the flood began."""
    peak: int = 0
    """Most alarms that stood in the ten-minute window during this flood."""


class RedefinedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A definition that was changed at run time (ALM-13): who, when, why, and old and new value of each field."""

    alarm: int
    by: str
    at: int
    reason: str
    changes: dict[str, tuple[float, float]]
    """Field to (value of the site profile, value in force)."""


class MuteFact(msgspec.Struct, frozen=True, kw_only=True):
    """A console that cannot make its alarms heard (HMI-20)."""

    station: str
    user: str
    since: int
    why: str = ""


class OccurrenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence as the journal tells it; times are UTC ns, 0 where the event has not happened."""

    alarm: int
    occurrence: str
    priority: int
    level: int = 0
    value: float = 0.0
    limit: float = 0.0
    at_event: int = 0
    at_annunciated: int = 0
    """0 when nobody was told: the alarm was suppressed."""
    at_returned: int = 0
    at_acked: int = 0
    acked_by: str = ""
    comment: str = ""
    rtn_cause: str = ""
    repeat_count: int = 0
    value_returned: float = 0.0
    by_operator: bool = False
    """It came because a person ended a suppression, not from the process."""


class AckItem(msgspec.Struct, frozen=True):
    """What a person acknowledges: this occurrence at the severity they saw (ALM-23)."""

    alarm: int
    occurrence: str
    priority: int
