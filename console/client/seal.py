"""Signs with the key of the seat's certificate what is confirmed and decided here (SEC-17)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from console.core.command.signing import decide_bytes, execute_bytes
from console.wire.messages import (
    ActOnRun,
    Asked,
    CommandConfirm,
    DecideCommand,
    ExecuteCommand,
    ExecuteGroup,
    GroupConfirm,
    Message,
)

Sign = Callable[[bytes], str]
"""Signature (hex) over bytes; empty if the seat has no key."""
MOST = 200
"""Confirmations that are remembered; a person has one or two before them."""


class Sealer:
    """One connection after the other; a seat without a key sends everything as it is."""

    def __init__(self, sign: Sign | None) -> None:
        self._sign = sign
        self._nonce = ""
        self._asked: dict[str, tuple[str, str]] = {}
        """What is confirmed, and the digest of its text, by token."""

    def begin(self, nonce: str) -> None:
        """A connection has begun: what is signed from now on is bound to it."""
        self._nonce = nonce
        self._asked.clear()

    def heard(self, message: Message) -> None:
        """What the hub says; the texts that it asks to confirm are remembered."""
        if not isinstance(message, CommandConfirm | GroupConfirm):
            return
        while len(self._asked) >= MOST:
            del self._asked[next(iter(self._asked))]
        subject = message.command_id if isinstance(message, CommandConfirm) else message.group_id
        self._asked[message.token] = subject, message.text.digest

    def sealed(self, message: Asked) -> Asked:
        """The message with this seat's signature where it confirms or decides something."""
        if self._sign is None:
            return message
        if isinstance(message, DecideCommand):
            data = decide_bytes(message.command_id, message.digest, message.approve, self._nonce)
        elif isinstance(message, ExecuteCommand | ExecuteGroup | ActOnRun):
            asked = self._asked.get(message.token)
            if asked is None:
                return message
            data = execute_bytes(*asked, message.token, self._nonce)
        else:
            return message
        return msgspec.structs.replace(message, signature=self._sign(data))
