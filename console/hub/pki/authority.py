"""A certificate authority of the site: certificates for the hub and for seats, and what of them is revoked.

ECDSA on P-256 with SHA-256: every OpenSSL and every TLS 1.3 peer takes it, whatever its security level.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=397)
CRL_LIFE = timedelta(days=7)
SLACK = timedelta(minutes=10)
"""Certificates count from a little earlier: clocks of a room differ."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and the certificate of it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> str:
        """The key, not encrypted: whoever keeps it protects it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def pem(self) -> str:
        """The certificate."""
        return pem_of(self.certificate)


def pem_of(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """A key from text. Raises ValueError for what is none of ours."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key on an elliptic curve")  # noqa: TRY004 - what the file holds
    return key


def make_authority(name: str, at: datetime) -> Pair:
    """A new authority that signs itself."""
    key = new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        _builder(subject, subject, key.public_key(), at, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return Pair(key, builder.sign(key, SHA256()))


def issue_server(
    authority: Pair, key: ec.EllipticCurvePrivateKey, hosts: Iterable[str], at: datetime
) -> Pair:
    """A certificate of the hub for the names and addresses under which consoles reach it."""
    names = [general_name(host) for host in hosts]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gwanje hub")])
    builder = _leaf(authority, subject, key.public_key(), at, ExtendedKeyUsageOID.SERVER_AUTH)
    signed = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(key, signed.sign(authority.key, SHA256()))


def issue_seat(
    authority: Pair, seat: str, public: ec.EllipticCurvePublicKey, at: datetime
) -> x509.Certificate:
    """A certificate of a seat for the key it has."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, seat)])
    return _leaf(authority, subject, public, at, ExtendedKeyUsageOID.CLIENT_AUTH).sign(
        authority.key, SHA256()
    )


def sign_revocations(authority: Pair, serials: Iterable[int], number: int, at: datetime) -> str:
    """The list of revoked certificates (RFC 5280, section 5) as PEM."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(at - SLACK)
        .next_update(at + CRL_LIFE)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_issued_by(authority), critical=False)
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM).decode()


def general_name(host: str) -> x509.GeneralName:
    """A name of a certificate for a host or an address."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def seat_of(certificate: x509.Certificate) -> str:
    """Name of the seat a certificate is for, empty for what is no seat's."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names and ExtendedKeyUsageOID.CLIENT_AUTH in usage else ""


def _leaf(
    authority: Pair,
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    at: datetime,
    usage: x509.ObjectIdentifier,
) -> x509.CertificateBuilder:
    issuer = authority.certificate.subject
    return (
        _builder(subject, issuer, public, at, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(_issued_by(authority), critical=False)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - SLACK)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _issued_by(authority: Pair) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
