"""Signatures of seats over confirmations and decisions (SEC-17)."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from console.core.command.seatkey import CurveKey, EdKey
from console.core.command.signing import decide_bytes, execute_bytes, fingerprint

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = PRIVATE.public_key().public_bytes_raw()
DATA = execute_bytes("c", "d", "t", "n")


def test_everything_that_is_signed_differs_from_everything_else() -> None:
    """No field runs into the next, and no decision is a confirmation."""
    texts = [
        execute_bytes("c", "d", "t", "n"),
        execute_bytes("cd", "", "t", "n"),
        execute_bytes("c", "dt", "", "n"),
        execute_bytes("c", "d", "t", ""),
        decide_bytes("c", "d", True, "n"),
        decide_bytes("c", "d", False, "n"),
        decide_bytes("c", "d", True, "m"),
    ]
    assert all(one != other for one, other in itertools.combinations(texts, 2))
    assert (
        execute_bytes("a|b", "c", "d", "e")
        == execute_bytes("ab", "c", "d", "e")
        != execute_bytes("a", "bc", "d", "e")
    )


def test_a_key_knows_its_own_signature() -> None:
    key = EdKey(RAW)
    signature = PRIVATE.sign(DATA).hex()
    assert key.signed(signature, DATA)
    assert not key.signed(signature, DATA + b"x")
    assert not EdKey(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).signed(signature, DATA)
    assert key.fingerprint == fingerprint(RAW)
    assert len(key.fingerprint) == 64


def test_the_key_of_a_certificate_is_of_a_curve() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = CurveKey(private.public_key())
    signature = private.sign(DATA, ec.ECDSA(SHA256())).hex()
    assert key.signed(signature, DATA)
    assert not key.signed(signature, DATA + b"x")
    assert key.fingerprint != EdKey(RAW).fingerprint


@pytest.mark.parametrize("signature", ["", "zz", "00", "0" * 128, "f" * 10_000, "한글", "00 11"])
def test_what_is_no_signature_is_refused_quietly(signature: str) -> None:
    curve = CurveKey(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert not EdKey(RAW).signed(signature, DATA)
    assert not curve.signed(signature, DATA)


def test_a_key_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="32"):
        EdKey(b"short")
