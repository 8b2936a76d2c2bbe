"""Messages that never reached us, found in what did: the broker's own count of drops, and numbers that skip; pure."""

from __future__ import annotations

BROKER_DROPS = "$SYS/broker/publish/messages/dropped"
"""Where Mosquitto says how many messages it has dropped since it began, for all clients together."""
_MOST = 10_000


class BrokerDrops:
    """The broker's count of drops; the first one heard is only where counting begins."""

    def __init__(self) -> None:
        self._last = -1

    def more(self, payload: bytes) -> int:
        """Drops since the count was last heard."""
        text = payload.strip()
        if not text.isdigit() or len(text) > 18:
            return 0
        count, last = int(text), self._last
        self._last = count
        return count - last if 0 <= last < count else 0


class Sequences:
    """Numbers that a source gives its messages one after the other."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def missing(self, source: str, number: int) -> int:
        """How many numbers were skipped before this one; one that is not above the last begins anew."""
        last = self._last.pop(source, None)
        self._last[source] = number
        if len(self._last) > _MOST:
            del self._last[next(iter(self._last))]
        return number - last - 1 if last is not None and number > last else 0

    def clear(self) -> None:
        """After a loss of the connection nothing is known of what comes next."""
        self._last.clear()
