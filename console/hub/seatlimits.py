"""What a seat may do at most (SEC-25): messages a second, and connections of one address that have not said
Hello.
"""

from __future__ import annotations

from collections import Counter

from console.wire.limits import MAX_PENDING_CONNECTIONS, MESSAGES_BURST, MESSAGES_PER_S


class MessageRate:
    """A bucket of tokens; times are monotonic seconds."""

    def __init__(self, now: float, per_s: float = MESSAGES_PER_S, burst: int = MESSAGES_BURST) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = now
        self.refused = 0
        """Messages refused since the last one that was not."""

    def take(self, now: float) -> bool:
        """Whether one more message is within the rate."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_s)
        self._at = now
        if self._tokens < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        self.refused = 0
        return True


class PendingConnections:
    """Counts connections before their Hello by address."""

    def __init__(self, most: int = MAX_PENDING_CONNECTIONS) -> None:
        self._most = most
        self._waiting: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count one more; False if the address has too many already."""
        if self._waiting[address] >= self._most:
            return False
        self._waiting[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One has said Hello, or has gone."""
        self._waiting[address] -= 1
        if self._waiting[address] <= 0:
            del self._waiting[address]
