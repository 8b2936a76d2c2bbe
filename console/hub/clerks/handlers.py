"""What every clerk offers: a handler for each kind of message it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from console.wire.messages import Message

Handlers = dict[type[Message], Callable[[Any], Awaitable[None]]]


class Clerk(Protocol):
    """Serves one topic for one seat."""

    def handlers(self) -> Handlers:
        """Handlers by the kind of message they take; a handler never raises for what a console asked, but
        IndexError naming a field that is beyond what there is.
        """
        ...
