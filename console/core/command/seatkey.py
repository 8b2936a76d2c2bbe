"""Public keys of seats, and whether a signature is by one; imported only where seats have keys (SEC-17)."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.core.command.signing import fingerprint

SIGNATURE_MAX: Final = 512
"""Hex digits."""


class EdKey:
    """A raw Ed25519 key; raises ValueError for one that is not 32 bytes."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(raw)
        self.fingerprint = fingerprint(raw)

    def signed(self, signature: str, data: bytes) -> bool:
        """Whether `signature` (hex) over `data` is by this key; anything malformed is not."""
        raw = _raw(signature)
        try:
            self._key.verify(raw, data)
        except InvalidSignature:
            return False
        return True


class CurveKey:
    """The key of a seat's certificate, on the curve P-256; signatures are ECDSA with SHA-256, in DER."""

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        self._key = key
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = fingerprint(info)

    def signed(self, signature: str, data: bytes) -> bool:
        """Whether `signature` (hex) over `data` is by this key; anything malformed is not."""
        raw = _raw(signature)
        try:
            self._key.verify(raw, data, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def _raw(signature: str) -> bytes:
    """The bytes of a signature; empty, which no key accepts, if it is not one."""
    if len(signature) > SIGNATURE_MAX:
        return b""
    try:
        return bytes.fromhex(signature)
    except ValueError:
        return b""
