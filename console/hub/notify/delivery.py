"""What ways out have in common: a letter, and the named failure to deliver it."""

from __future__ import annotations

from typing import Any

import msgspec

from console.core.errors import GwanjeError

CONNECT_S = 5.0
ANSWER_S = 10.0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in words of the receiver's language, and the same as data."""

    id: str
    title: str
    text: str
    body: dict[str, Any]


class NotDelivered(GwanjeError):
    """The receiver did not take the letter, as far as is known; `why` is short and holds no secret."""

    def __init__(self, why: str) -> None:
        self.why = why[:200]
        super().__init__(self.why)
