"""What a site declares about control: interlocks, procedures, policy and the directory's groups."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.words import Text

_NO_TEXT = Text("", "")


class Interlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition that must be true on fresh data for a command to be sent (CMD-07); stale or faulty is not true.

    `when` is an expression over tags of the same asset (`inlet_level < 4.5 and pump1_mode == 1`), or of another as
    `at("EDC-PS-02").gate`; see `core.command.expression`.
    """

    when: str
    label: Text
    """What it protects, as the operator reads it when it blocks."""


class StepKind(StrEnum):
    """What a step of a procedure does."""

    COMMAND = "command"
    WAIT = "wait"
    """Until `when` is true, at most `timeout_s`."""
    CHECK = "check"
    """`when` must be true now."""
    NOTE = "note"
    """The operator writes something down."""
    CONFIRM = "confirm"
    """The operator confirms something done or seen by hand."""


class ProcedureStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step; `asset`, `command` and `value` for COMMAND, `when` for WAIT and CHECK (tags as `at("A").tag`)."""

    id: str
    kind: StepKind
    label: Text
    asset: str = ""
    command: str = ""
    value: float | None = None
    when: str = ""
    timeout_s: float = 60.0
    skippable: bool = True


class Procedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operator procedure: steps in order, each recorded."""

    id: str
    label: Text
    purpose: Text
    area: str
    steps: tuple[ProcedureStep, ...]
    owner: Text | None = None
    """Who keeps it up to date."""
    reviewed: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people work at this site."""

    idle_lock_min: float = 15.0
    """Minutes without an act after which a session locks; 0 never (SEC-07)."""
    session_h: float = 12.0
    """Longest session (SEC-08)."""
    step_up_min: float = 5.0
    same_station_approval: bool = False
    """A second person may approve at the requester's own station (CMD-06)."""
    lease_s: float = 30.0
    takeover_s: float = 30.0
    """How long the holder of an area has to answer before a take-over is granted (CMD-09)."""
    target_gap_s: float = 1.0
    """Least time between two commands to one target (CMD-11)."""
    commands_per_min: int = 10
    """Most commands of one person a minute (CMD-11)."""
    notice: Text = _NO_TEXT
    """Shown before sign-in (SEC-06)."""


class DirectoryGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of the site's directory (OIDC claim `groups`) and the role it gives here."""

    group: str
    role: str
    areas: tuple[str, ...] = ("*",)
    top_class: str = "C0"


class Directory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign-in with the site's directory by the OIDC device code flow (RFC 8628)."""

    issuer: str
    client_id: str
    scope: str = "openid profile groups"
    groups: tuple[DirectoryGroup, ...] = ()
