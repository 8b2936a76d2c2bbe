"""What a seat signs with its own key when it confirms or decides (SEC-17); the keys are in `seatkey`."""

from __future__ import annotations

import hashlib


def execute_bytes(command_id: str, digest: str, token: str, nonce: str) -> bytes:
    """What ExecuteCommand is signed over; `nonce` is that of the connection's Challenge."""
    return _joined("execute", command_id, digest, token, nonce)


def decide_bytes(command_id: str, digest: str, approve: bool, nonce: str) -> bytes:
    """What DecideCommand is signed over."""
    return _joined("approve" if approve else "deny", command_id, digest, nonce)


def fingerprint(key: bytes) -> str:
    """SHA-256 of a public key, hex."""
    return hashlib.sha256(key).hexdigest()


def _joined(*parts: str) -> bytes:
    """Fields that never run into one another: none of them may hold the separator."""
    return "|".join(part.replace("|", "") for part in parts).encode()
