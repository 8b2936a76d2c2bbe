"""Signatures over the chain: heads, hand-overs from key to key, and the seal of an export (Ed25519).

Only public keys are known here; whoever holds the private one signs the bytes made by these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from console.core.ledger.faults import Finding, LedgerFault

_HEAD = b"gwanje-ledger-head-1\0"
_HAND_OVER = b"gwanje-ledger-key-1\0"
_SEAL = b"gwanje-ledger-export-1\0"
KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Head(msgspec.Struct, frozen=True):
    """The chain up to `sequence` as the hub signed it; `number` counts the signatures from 1, `at` is UTC ns."""

    number: int
    sequence: int
    at: int
    hash: bytes
    key: bytes
    """Fingerprint of the key: SHA-256 of its 32 bytes."""
    signature: bytes = b""


class KeyEntry(msgspec.Struct, frozen=True):
    """A public key that signs from record `since` on; both signatures are empty for the first one."""

    public: bytes
    since: int
    by_old: bytes = b""
    by_new: bytes = b""


class Seal(msgspec.Struct, frozen=True):
    """The end of an export: which records it holds and the hashes at both ends of them."""

    first: int
    last: int
    at: int
    previous: bytes
    hash: bytes
    key: bytes = b""
    signature: bytes = b""


def fingerprint(public: bytes) -> bytes:
    """SHA-256 of the 32 bytes of a public key."""
    return sha256(public).digest()


def head_bytes(head: Head) -> bytes:
    """What a head's signature covers."""
    numbers = b"".join(n.to_bytes(8, "big") for n in (head.number, head.sequence, head.at))
    return _HEAD + numbers + head.hash + head.key


def head_digest(head: Head) -> bytes:
    """What is shown to an outside witness: it covers the signature too."""
    return sha256(head_bytes(head) + head.signature).digest()


def hand_over_bytes(old: bytes, new: bytes, since: int) -> bytes:
    """What both keys sign when the second takes over from the first."""
    return _HAND_OVER + old + new + since.to_bytes(8, "big")


def seal_bytes(seal: Seal) -> bytes:
    """What the seal's signature covers."""
    numbers = b"".join(n.to_bytes(8, "big") for n in (seal.first, seal.last, seal.at))
    return _SEAL + numbers + seal.previous + seal.hash + seal.key


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of `public` signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_keys(
    keys: Sequence[KeyEntry], held: Iterable[bytes] = ()
) -> tuple[dict[bytes, bytes], list[Finding]]:
    """Keys by fingerprint that may sign, and what is wrong with how one followed another.

    `held` are public keys that the verifier's owner has from elsewhere; trust passes from them along hand-overs in
    both directions. Without any, the first key of the ledger is taken as it is.
    """
    findings: list[Finding] = []
    groups: list[list[KeyEntry]] = []
    for entry in keys:
        if groups and _handed_over(groups[-1][-1], entry):
            groups[-1].append(entry)
            continue
        if groups:
            findings.append(
                Finding(LedgerFault.KEY_CHANGED, entry.since, detail=fingerprint(entry.public).hex())
            )
        groups.append([entry])
    wanted = set(held)
    trusted = {fingerprint(public): public for public in wanted}
    for index, group in enumerate(groups):
        if wanted & {entry.public for entry in group} or (not wanted and index == 0):
            trusted |= {fingerprint(entry.public): entry.public for entry in group}
    if wanted and keys and not any(entry.public in wanted for entry in keys):
        # The ledger names other keys than the one its reader has.
        findings.append(
            Finding(LedgerFault.WRONG_KEY, keys[0].since, detail=fingerprint(keys[0].public).hex())
        )
    # A key that the owner holds is trusted, however it came to sign.
    known = {fingerprint(public).hex() for public in wanted}
    return trusted, [finding for finding in findings if finding.detail not in known]


def head_fault(head: Head, keys: Mapping[bytes, bytes]) -> LedgerFault | None:
    """Why a head proves nothing; None for a good signature by a trusted key."""
    public = keys.get(head.key)
    if public is None:
        return LedgerFault.WRONG_KEY
    good = signed_by(public, head.signature, head_bytes(head))
    return None if good else LedgerFault.BAD_SIGNATURE


def _handed_over(old: KeyEntry, new: KeyEntry) -> bool:
    message = hand_over_bytes(old.public, new.public, new.since)
    return signed_by(old.public, new.by_old, message) and signed_by(new.public, new.by_new, message)
