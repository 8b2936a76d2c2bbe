"""What a seat signs with its own key when it confirms or decides, and whether a signature is good (SEC-17)."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


def execute_bytes(command_id: str, digest: str, token: str, nonce: str) -> bytes:
    """What ExecuteCommand is signed over; `nonce` is that of the connection's Challenge."""
    return _joined("execute", command_id, digest, token, nonce)


def decide_bytes(command_id: str, digest: str, approve: bool, nonce: str) -> bytes:
    """What DecideCommand is signed over."""
    return _joined("approve" if approve else "deny", command_id, digest, nonce)


def fingerprint(key: bytes) -> str:
    """SHA-256 of a raw public key, hex."""
    return hashlib.sha256(key).hexdigest()


def is_signed(key: bytes, signature: str, data: bytes) -> bool:
    """Whether `signature` (hex) over `data` is by this Ed25519 key; anything malformed is not."""
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        return False
    if len(key) != KEY_BYTES or len(raw) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _joined(*parts: str) -> bytes:
    """Fields that never run into one another: none of them may hold the separator."""
    return "|".join(part.replace("|", "") for part in parts).encode()
