"""How much a client of the broker may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    clients: int = 64
    """Sessions, connected or kept."""
    packet: int = 1024 * 1024
    topic: int = 1024
    levels: int = 32
    subscriptions: int = 100
    """Of one client."""
    retained: int = 2_000
    retained_bytes: int = 16 * 1024 * 1024
    queue: int = 1_000
    """Messages that wait for one client; more are dropped and counted."""
    queue_bytes: int = 12 * 1024 * 1024
    in_flight: int = 20
    """Messages that a client may leave without an acknowledgement, in either direction."""
    session_s: int = 86_400
    """How long a session without a connection is kept at most."""
    connect_s: float = 5.0
    """From the first byte to the greeting."""


LIMITS = Limits()
