"""One tree of errors; they carry fields, and words are made of them at the edge.

GwanjeError
├── ProfileError      a fault in a site profile: file, line, reason
├── ProfileErrors     all faults of a site profile
├── DecodeError       a frame of a feed that cannot be read: where, reason
├── WireError         a message between hub and console that breaks the protocol: code, where
└── Refused           an operator's act that was not carried out: reason_code
    ├── AlarmRefused
    ├── CommandRefused
    ├── IdentityRefused
    └── LogRefused
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class GwanjeError(Exception):
    """Root of every error this program raises on purpose."""


class ProfileError(GwanjeError):
    """A fault in a site profile: `file` relative to the profile, `line` (1-based, 0 if unknown), `reason`
    key.
    """

    def __init__(self, file: str, line: int, reason: str, **fields: str) -> None:
        self.file = file
        self.line = line
        self.reason = reason
        self.fields: Mapping[str, str] = fields
        super().__init__(f"{file}:{line}: {reason} {dict(fields)}")


class ProfileErrors(GwanjeError):
    """A site profile that cannot be used, with every fault found in it, in order of file and line."""

    def __init__(self, faults: Sequence[ProfileError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class DecodeError(GwanjeError):
    """A frame that cannot be read: `where` is a path inside it such as `data[2].level`, `reason` a short
    key.
    """

    def __init__(self, where: str, reason: str, offending: str = "") -> None:
        self.where = where
        self.reason = reason
        self.offending = offending[:200]
        super().__init__(f"{where}: {reason} {self.offending!r}")


class WireError(GwanjeError):
    """A message that breaks the hub protocol: `code` from `wire.limits.WireFault`, `where` inside the
    message.
    """

    def __init__(self, code: str, where: str = "") -> None:
        self.code = code
        self.where = where
        super().__init__(f"{code} at {where or 'message'}")


class Refused(GwanjeError):
    """An act that was not carried out and changed nothing; `reason_code` is from a closed list."""

    def __init__(self, reason_code: str, **fields: str) -> None:
        self.reason_code = reason_code
        self.fields: Mapping[str, str] = fields
        super().__init__(reason_code)


class AlarmRefused(Refused):
    """An act on an alarm refused with a reason of ALARMS.md 1.1."""


class CommandRefused(Refused):
    """A command refused with a reason of COMMANDS.md 2.2."""


class IdentityRefused(Refused):
    """A sign-in, or an act on a session or an account, refused with a reason of `core.identity.reasons`."""


class LogRefused(Refused):
    """An entry of the operator log, or a file of one, refused with a reason of `core.logbook.reasons`."""


class HandoverRefused(Refused):
    """An act on a shift handover refused with a reason of `core.handover.reasons`."""
