"""TLS of the link: 1.3 alone, this seat's certificate, and trust in the authorities of its enrolment and no others."""

from __future__ import annotations

import contextlib
import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from console.client.tls import REVOKED
from console.wire.enrolment import revocation_lists

CIPHERS = "DEFAULT:@SECLEVEL=2"


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """What a seat connects with; all as PEM."""

    seat: str
    hub: str
    key: str
    certificate: str
    authorities: tuple[str, ...]
    revoked: str = ""


def client_context(papers: Papers) -> ssl.SSLContext:
    """The context of one connection. Raises ssl.SSLError or ValueError for papers that are no use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_ciphers(CIPHERS)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata="".join(papers.authorities))
    _load(context, papers)
    revoked = frozenset(_revoked(papers.revoked))
    context.sslobject_class = type("Checked", (_Object,), {"revoked": revoked})
    return context


class _Object(ssl.SSLObject):
    """A connection that also looks for the hub's certificate among the revoked ones.

    OpenSSL would refuse every hub once the list is a week old; a console that was off for a month must still
    connect to get the new one.
    """

    revoked: frozenset[tuple[bytes, int]] = frozenset()

    def do_handshake(self) -> None:
        """As in `ssl`. Raises ssl.SSLCertVerificationError for a revoked certificate too."""
        super().do_handshake()
        shown = x509.load_der_x509_certificate(self.getpeercert(binary_form=True) or b"")
        if (shown.issuer.public_bytes(), shown.serial_number) in self.revoked:
            refusal = ssl.SSLCertVerificationError(1, "certificate revoked")
            refusal.verify_code = REVOKED
            refusal.verify_message = "certificate revoked"
            raise refusal


def _revoked(pem: str) -> Iterator[tuple[bytes, int]]:
    for listed in revocation_lists(pem):
        issuer = listed.issuer.public_bytes()
        for entry in listed:
            yield issuer, entry.serial_number


def _load(context: ssl.SSLContext, papers: Papers) -> None:
    """OpenSSL reads keys from files only: this one is encrypted, ours alone, and gone at once."""
    password = secrets.token_bytes(32)
    key = load_pem_private_key(papers.key.encode(), password=None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    number, name = tempfile.mkstemp(prefix="seat-", suffix=".pem")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(sealed + papers.certificate.encode())
        context.load_cert_chain(name, password=password)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()
