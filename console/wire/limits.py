"""Limits of the protocol (SEC-25, SEC-26) and the names of what breaks them."""

from __future__ import annotations

from enum import StrEnum

MAX_TO_HUB = 64 * 1024
"""Bytes of one message to the hub."""
MAX_TO_CONSOLE = 4 * 1024 * 1024
"""Bytes of one message or frame to a console."""
MAX_DEPTH = 8
HELLO_DEADLINE_S = 5.0
HEARTBEAT_S = 2.0
HEARTBEATS_MISSED = 3
"""Heartbeats missed before a console says LINK LOST (ALM-10)."""
MAX_PENDING_CONNECTIONS = 2
"""Connections of one address that have not said Hello yet."""
MAX_SILENT_CONNECTIONS = 16
"""Connections of one address that have not asked for anything yet."""
MESSAGES_PER_S = 50.0
MESSAGES_BURST = 200

SUBPROTOCOL_MSGPACK = "gwanje.v1.msgpack"
SUBPROTOCOL_JSON = "gwanje.v1.json"
SUBPROTOCOLS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


class WireFault(StrEnum):
    """Closed list of protocol faults."""

    TOO_LARGE = "TOO_LARGE"
    TOO_DEEP = "TOO_DEEP"
    MALFORMED = "MALFORMED"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    BAD_FIELD = "BAD_FIELD"
    NOT_FINITE = "NOT_FINITE"
    HELLO_FIRST = "HELLO_FIRST"
    HELLO_LATE = "HELLO_LATE"
    HELLO_TWICE = "HELLO_TWICE"
    NOT_AUTHENTICATED = "NOT_AUTHENTICATED"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_SLOW = "TOO_SLOW"
    VERSION = "VERSION"
    REPLAY = "REPLAY"
    """`n` of a message was not above the last one of its connection (SEC-23); the message had no effect."""
