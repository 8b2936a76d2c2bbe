"""The hash chain over the journal: each record's hash covers the one before it, its number, place and bytes.

    hash = SHA-256(domain || previous hash || sequence || part || key || body || state)

Each text stands behind its length, numbers are big-endian, 8 bytes for the sequence and 4 for lengths, so that no two
records have the same bytes. `state` is the SHA-256 of the state that the record leaves for its key, or nothing: what a
hub takes up after a restart is thereby as protected as what happened.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

DOMAIN = b"gwanje-ledger-1\0"
GENESIS = bytes(32)
"""What stands before the first record."""
HASH_BYTES = 32
LAST_SEQUENCE = 2**63 - 1


class Link(msgspec.Struct, frozen=True):
    """One record as it is kept: `body` is the encoded record, `hash` its link in the chain."""

    sequence: int
    part: str
    key: str
    body: bytes
    hash: bytes
    state: bytes = b""
    """SHA-256 of the state it leaves, or empty."""


class Point(msgspec.Struct, frozen=True):
    """A place in the chain: the record with this sequence has this hash."""

    sequence: int = 0
    hash: bytes = GENESIS


def canonical(sequence: int, part: str, key: str, body: bytes, state: bytes = b"") -> bytes:
    """The bytes of a record that its hash covers, without the hash before it."""
    part_bytes, key_bytes = part.encode(), key.encode()
    return b"".join(
        (
            sequence.to_bytes(8, "big"),
            len(part_bytes).to_bytes(4, "big"),
            part_bytes,
            len(key_bytes).to_bytes(4, "big"),
            key_bytes,
            len(body).to_bytes(4, "big"),
            body,
            len(state).to_bytes(4, "big"),
            state,
        )
    )


def link_hash(previous: bytes, link: Link) -> bytes:
    """The hash of a record that follows `previous`; the one it carries is not looked at."""
    said = canonical(link.sequence, link.part, link.key, link.body, link.state)
    return sha256(DOMAIN + previous + said).digest()
