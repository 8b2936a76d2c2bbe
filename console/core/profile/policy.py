"""Reading of the table `policy` of `site.toml` and of `roles.toml`: how people work, and who a directory knows."""

from __future__ import annotations

import re
from typing import Final

from console.core.control import Directory, DirectoryGroup, Policy
from console.core.identity.roles import Role
from console.core.profile.entry import Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import CommandClass

_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "idle_lock_min": (0.0, 480.0),
    "session_h": (0.25, 24.0),
    "step_up_min": (0.0, 60.0),
    "lease_s": (5.0, 600.0),
    "takeover_s": (5.0, 600.0),
    "target_gap_s": (0.0, 60.0),
    "commands_per_min": (1.0, 600.0),
}
_ISSUER = re.compile(
    r"https://[^\s/?#]+(/[^\s?#]*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?"
)
"""Plain HTTP only within this machine."""
EVERYWHERE: Final = "*"


def read_policy(entry: Entry) -> Policy:
    """The policy of a site; the defaults where it says nothing or is at fault."""
    if "policy" not in entry.table:
        return Policy()
    table = entry.child("policy")
    policy = table.read(Policy)
    if policy is None:
        return Policy()
    for field, (low, high) in _BOUNDS.items():
        table.within(field, getattr(policy, field), low, high)
    if "notice" in table.table:
        table.required_text("notice", policy.notice)
    return policy


def read_directory(entry: Entry, areas: frozenset[str] | None) -> Directory | None:
    """The site's directory, None if it has none or it is at fault. `areas` None: their file is at fault itself."""
    entry.unknown(("directory",))
    if "directory" not in entry.table:
        return None
    table = entry.child("directory")
    rows = table.entries("group")
    groups = [_group(e, areas) for e in rows]
    unique(rows, "group")
    given = {"groups": tuple(group for group in groups if group is not None)}
    directory = table.read(Directory, given, ("group",))
    if directory is None:
        return None
    if not _ISSUER.fullmatch(directory.issuer):
        table.fault(ProfileFault.BAD_ISSUER, "issuer", found=directory.issuer[:60])
    if not directory.client_id.strip():
        table.fault(ProfileFault.EMPTY_TEXT, "client_id", entry="directory")
    return directory


def _group(entry: Entry, areas: frozenset[str] | None) -> DirectoryGroup | None:
    group = entry.read(DirectoryGroup)
    if group is None:
        return None
    if not group.group.strip():
        entry.fault(ProfileFault.EMPTY_TEXT, "group", entry="directory.group")
    for field, word, known in (("role", group.role, Role), ("top_class", group.top_class, CommandClass)):
        if word not in [str(member) for member in known]:
            choices = ", ".join(str(member) for member in known)
            entry.fault(ProfileFault.UNKNOWN_WORD, field, found=word[:60], known=choices)
    for area in group.areas:
        if areas is not None and area != EVERYWHERE and area not in areas:
            entry.fault(ProfileFault.UNKNOWN_AREA, "areas", found=area[:60])
    return group
