"""Tags, leases, groups and runs of procedures as consoles see them; times are UTC ns, 0 for never."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.words import Text


class ConfirmText(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub says will happen, for the person who confirms and the one who approves (CMD-05)."""

    title: Text
    lines: tuple[Text, ...]
    """Target and area, present value and new value with unit, consequence, cautions; plain text."""
    digest: str
    """SHA-256 (hex) over command id, target, value and every text; the token is bound to it."""


class TagKind(StrEnum):
    """Kinds of tags that people hang on equipment (CMD-08)."""

    INHIBIT_ALL = "INHIBIT_ALL"
    INHIBIT_ON = "INHIBIT_ON"
    """Nothing may be started, closed or raised."""
    INHIBIT_OFF = "INHIBIT_OFF"
    CAUTION = "CAUTION"
    """Commands ask once more."""
    INFO = "INFO"


class TagFact(msgspec.Struct, frozen=True, kw_only=True):
    """One tag on one asset. `removed` above 0 says that it hangs no more."""

    id: str
    asset: str
    kind: TagKind
    text: str
    owner: str
    """Account that hung it."""
    owner_name: str
    at: int
    until: int = 0
    """Planned end of the work; the tag stays until somebody takes it down."""
    removed: int = 0
    removed_by: str = ""
    remove_reason: str = ""


class LeaseFact(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds an area (CMD-09); an empty `holder` says nobody."""

    area: str
    holder: str = ""
    holder_name: str = ""
    session: str = ""
    """First characters of the holding session, to tell two seats of one person apart."""
    station: str = ""
    since: int = 0
    wanted_by: str = ""
    """Who asks to take it over; empty if nobody does."""
    wanted_name: str = ""
    wanted_until: int = 0
    """When the take-over is granted unless the holder refuses."""


class RunState(StrEnum):
    """States of a run of a procedure."""

    RUNNING = "running"
    WAITING = "waiting"
    """For a condition or for a person."""
    PAUSED = "paused"
    HELD = "held"
    """A step failed; skip it with a reason, try it again, or abort."""
    DONE = "done"
    ABORTED = "aborted"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (RunState.DONE, RunState.ABORTED)


class StepState(StrEnum):
    """What became of one step."""

    OPEN = "open"
    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class StepFact(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a run."""

    id: str
    state: StepState = StepState.OPEN
    at: int = 0
    by: str = ""
    reason: str = ""
    text: str = ""
    """Note of the operator, or the reason for skipping."""
    command_id: str = ""


class RunFact(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a procedure."""

    id: str
    procedure: str
    state: RunState
    by: str
    started: int
    dry: bool = False
    """Nothing is sent: checks are made and commands are judged only."""
    step: int = 0
    steps: tuple[StepFact, ...] = ()
    ended: int = 0
    reason: str = ""
