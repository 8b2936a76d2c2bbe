"""The file that makes a computer a seat of a site: its key and certificate, and the authorities it may trust.

Layout: 8 bytes of magic, 16 of salt, 12 of nonce, then AES-256-GCM over the enrolment as MessagePack, with everything
before it authenticated as well. The key comes from the passphrase by scrypt (RFC 7914).
"""

from __future__ import annotations

import hashlib

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding

from console.core.errors import GwanjeError

MAGIC = b"GWSEAT01"
SALT_BYTES = 16
NONCE_BYTES = 12
LONGEST_FILE = 64 * 1024
PASSPHRASE_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # noqa: S105 - what it is made of
"""Crockford's base 32: no letter can be taken for another."""
PASSPHRASE_LENGTH = 24
_HEAD = len(MAGIC) + SALT_BYTES + NONCE_BYTES
_CRL_END = "-----END X509 CRL-----"
_LOOKALIKES = str.maketrans("oil", "011", " -\t\r\n")


class EnrolmentError(GwanjeError):
    """The file is not an enrolment (`not_one`) or the passphrase is not its own (`passphrase`)."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What a seat gets; all certificates and the key as PEM."""

    seat: str
    hub: str
    """Address of the hub, `wss://…`."""
    key: str
    certificate: str
    authorities: tuple[str, ...]
    """The authority in use, then the backup that takes its place one day (SEC-21)."""


def seal(enrolment: Enrolment, passphrase: str, salt: bytes, nonce: bytes) -> bytes:
    """The file of an enrolment; salt and nonce are random and used once."""
    head = MAGIC + salt + nonce
    return head + AESGCM(_key(passphrase, salt)).encrypt(nonce, msgspec.msgpack.encode(enrolment), head)


def unseal(data: bytes, passphrase: str) -> Enrolment:
    """The enrolment of a file. Raises EnrolmentError."""
    if not data.startswith(MAGIC) or not _HEAD < len(data) <= LONGEST_FILE:
        raise EnrolmentError("not_one")
    head, body = data[:_HEAD], data[_HEAD:]
    salt, nonce = head[len(MAGIC) : -NONCE_BYTES], head[-NONCE_BYTES:]
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, body, head)
        return msgspec.msgpack.decode(plain, type=Enrolment)
    except InvalidTag as error:
        raise EnrolmentError("passphrase") from error
    except msgspec.DecodeError as error:
        raise EnrolmentError("not_one") from error


def passphrase_of(randomness: bytes) -> str:
    """A passphrase of six groups of four letters from at least 24 random bytes (120 bit)."""
    letters = "".join(PASSPHRASE_LETTERS[byte % 32] for byte in randomness[:PASSPHRASE_LENGTH])
    return "-".join(letters[first : first + 4] for first in range(0, PASSPHRASE_LENGTH, 4))


def fingerprint(certificate_pem: str) -> str:
    """SHA-256 of a certificate in groups of four, as both ends show it. Raises ValueError for what is none."""
    der = x509.load_pem_x509_certificate(certificate_pem.encode()).public_bytes(Encoding.DER)
    digits = hashlib.sha256(der).hexdigest().upper()
    return " ".join(digits[first : first + 4] for first in range(0, len(digits), 4))


def revocation_lists(pem: str) -> list[x509.CertificateRevocationList]:
    """The lists of a text, one for each authority. Raises ValueError for a damaged text."""
    return [x509.load_pem_x509_crl((part + _CRL_END).encode()) for part in pem.split(_CRL_END)[:-1]]


def _key(passphrase: str, salt: bytes) -> bytes:
    typed = passphrase.lower().translate(_LOOKALIKES)
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(typed.encode())
