"""Who is at a seat now, and whether that person may do a thing at a place."""

from __future__ import annotations

import msgspec

from console.core.identity.roles import GRANTS, UNSCOPED, Permission, Role
from console.core.site import CommandClass

EVERYWHERE = "*"


class Grant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One role of an account, in `areas` (`*` for all) and up to a command class."""

    role: Role
    areas: tuple[str, ...] = ()
    top_class: CommandClass = CommandClass.C0

    def covers(self, area: str) -> bool:
        """Whether the grant holds in an area; an asset without area is nobody's unless all areas are granted."""
        return EVERYWHERE in self.areas or (bool(area) and area in self.areas)


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person at a station. `person` is the human being, who may have several accounts (CMD-06)."""

    user: str
    person: str
    name: str
    station: str
    session: str
    grants: tuple[Grant, ...] = ()

    def may(self, permission: Permission, area: str = "", top: CommandClass = CommandClass.C0) -> bool:
        """Whether one of the grants gives a right in `area` for commands up to class `top`; deny by default."""
        return any(
            permission in GRANTS[grant.role]
            and (permission in UNSCOPED or grant.covers(area))
            and (permission not in _CLASSED or top <= grant.top_class)
            for grant in self.grants
        )

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether the right is held anywhere at all."""
        return any(permission in GRANTS[grant.role] for grant in self.grants)


_CLASSED = frozenset({Permission.COMMAND, Permission.APPROVE, Permission.PROCEDURE})
