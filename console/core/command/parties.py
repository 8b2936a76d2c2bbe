"""The persons of one command: who asks, and who decides with them (CMD-06)."""

from __future__ import annotations

import msgspec


class Party(msgspec.Struct, frozen=True):
    """A person at a station. `person` is the human being behind the account, empty for the account itself."""

    who: str
    person: str = ""
    session: str = ""
    station: str = ""

    def is_same_human(self, other: Party) -> bool:
        """Whether both are one human being, also with two accounts."""
        return self.who == other.who or (self.person or self.who) == (other.person or other.who)
