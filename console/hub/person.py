"""Who does something, as the services of the hub take it."""

from __future__ import annotations

import msgspec


class Person(msgspec.Struct, frozen=True):
    """Who does something, and at which console. What the person may do has been decided before (hub.guard)."""

    who: str
    """The account."""
    station: str
    supervisor: bool = False
    """Holds the supervisor's rights; decided by the hub."""
    session: str = ""
    identity: str = ""
    """The human being behind the account, who may have several (CMD-06); empty: the account itself."""
    name: str = ""
    """As other people read it, on tags and leases; empty: the account."""

    @property
    def human(self) -> str:
        """Tells whether two accounts are one person."""
        return self.identity or self.who

    @property
    def shown(self) -> str:
        """What others read."""
        return self.name or self.who
