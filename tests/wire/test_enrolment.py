"""The file of an enrolment: opened by its passphrase alone, and no byte of it can be changed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from console.wire.enrolment import (
    MAGIC,
    Enrolment,
    EnrolmentError,
    fingerprint,
    passphrase_of,
    seal,
    unseal,
)

PASSPHRASE = passphrase_of(bytes(range(24)))
ENROLMENT = Enrolment(
    seat="desk-1", hub="wss://hub:8700/ws", key="k", certificate="c", authorities=("one", "two")
)
SEALED = seal(ENROLMENT, PASSPHRASE, b"s" * 16, b"n" * 12)


def test_the_passphrase_opens_the_file_however_it_is_typed() -> None:
    assert len(PASSPHRASE.split("-")) == 6
    assert unseal(SEALED, PASSPHRASE) == ENROLMENT
    assert unseal(SEALED, f" {PASSPHRASE.upper().replace('-', ' ')} ") == ENROLMENT
    assert unseal(SEALED, PASSPHRASE.replace("0", "O").replace("1", "l")) == ENROLMENT


def test_nothing_of_the_enrolment_can_be_read_without_it() -> None:
    """SEC-33."""
    assert b"desk-1" not in SEALED
    assert b"wss" not in SEALED


@pytest.mark.parametrize("typed", ["", "0123-4567", PASSPHRASE[:-1], PASSPHRASE + "0"])
def test_another_passphrase_does_not_open_it(typed: str) -> None:
    with pytest.raises(EnrolmentError) as refused:
        unseal(SEALED, typed)
    assert refused.value.key == "passphrase"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(place: int, change: int) -> None:
    changed = bytearray(SEALED)
    changed[place] ^= change
    with pytest.raises(EnrolmentError):
        unseal(bytes(changed), PASSPHRASE)


@pytest.mark.parametrize(
    "data", [b"", MAGIC, MAGIC + b"x" * 28, b"PK\x03\x04" + b"x" * 99, MAGIC + b"x" * 70_000]
)
def test_what_is_no_enrolment_is_named(data: bytes) -> None:
    with pytest.raises(EnrolmentError) as refused:
        unseal(data, PASSPHRASE)
    assert refused.value.key == "not_one"


def test_a_fingerprint_is_the_one_that_openssl_shows_in_groups_of_four() -> None:
    """SEC-21: the same on both ends."""
    from datetime import UTC, datetime

    from cryptography.hazmat.primitives.hashes import SHA256

    from console.hub.pki.authority import make_authority

    made = make_authority("a site", datetime.now(UTC))
    shown = fingerprint(made.pem)
    assert shown.replace(" ", "") == made.certificate.fingerprint(SHA256()).hex().upper()
    assert [len(group) for group in shown.split()] == [4] * 16
    assert isinstance(made.key.curve, ec.SECP256R1)
