"""The enrolment of this seat: opened from its file, kept in the keyring, renewed by the hub (SEC-21, SEC-33).

Key, certificate and the fingerprints of the authorities are in the keyring. What is public and too long for some
keyrings, the authorities themselves and the list of revocations, is in `seat.json`, and counts only where it has the
fingerprints of the keyring.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import ssl
import threading
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from console.client.credentials import Credentials, StoreState
from console.client.papers import Papers, client_context
from console.wire.enrolment import Enrolment, fingerprint, revocation_lists
from console.wire.messages import SiteTrust

log = logging.getLogger("link")

FILE = "seat.json"


class _Public(msgspec.Struct, frozen=True, kw_only=True):
    slot: str
    seat: str
    hub: str
    authorities: tuple[str, ...]
    revoked: str


class SeatPapers:
    """Papers of the seat whose console keeps its state in `folder`."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        self._path = folder / FILE
        self._credentials = credentials
        self._lock = threading.Lock()
        self._slot = ""
        self._papers = self._load()

    @property
    def papers(self) -> Papers | None:
        """What there is; None before an enrolment."""
        return self._papers

    def context(self) -> ssl.SSLContext | None:
        """For the next connection; None without papers, or with ones that are no use."""
        if self._papers is None:
            return None
        try:
            return client_context(self._papers)
        except (ssl.SSLError, ValueError) as error:
            log.error("the papers of this seat cannot be used: %s", error)
            return None

    def take(self, enrolment: Enrolment) -> StoreState:
        """Begin with a new enrolment; says whether it lasts longer than this run."""
        self._slot = secrets.token_hex(8)
        self._papers = Papers(
            seat=enrolment.seat,
            hub=enrolment.hub,
            key=enrolment.key,
            certificate=enrolment.certificate,
            authorities=enrolment.authorities,
        )
        return self._keep(self._papers)

    def sign(self, data: bytes) -> str:
        """ECDSA with SHA-256 by the seat's key, in DER, as hex; empty without papers (SEC-17)."""
        papers = self._papers
        if papers is None:
            return ""
        key = load_pem_private_key(papers.key.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            return ""
        return key.sign(data, ec.ECDSA(SHA256())).hex()

    def renew(self, trust: SiteTrust) -> bool:
        """Take what a hub said over a connection that these papers have verified; whether anything changed.

        Nothing that breaks the chain is taken: one authority must be known already, lists of revocations must be
        signed by an authority that counts and not older than ours, a certificate must be for our key.
        """
        with self._lock:
            before = self._papers
            if before is None:
                return False
            try:
                after = _renewed(before, trust)
            except (ValueError, InvalidSignature) as error:
                log.error("what the hub said of its certificates is not taken: %s", error)
                return False
            if after == before:
                return False
            self._papers = after
            self._keep(after)
            log.info("certificates of this seat are renewed")
            return True

    def _keep(self, papers: Papers) -> StoreState:
        put = self._credentials.put
        states = {
            put(self._name("key"), papers.key),
            put(self._name("certificate"), papers.certificate),
            put(self._name("pins"), _pins(papers.authorities)),
        }
        if StoreState.MEMORY_ONLY in states:
            return StoreState.MEMORY_ONLY
        public = _Public(
            slot=self._slot,
            seat=papers.seat,
            hub=papers.hub,
            authorities=papers.authorities,
            revoked=papers.revoked,
        )
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(public))
        os.replace(fresh, self._path)
        return StoreState.KEYRING

    def _load(self) -> Papers | None:
        try:
            public = msgspec.json.decode(self._path.read_bytes(), type=_Public)
            self._slot = public.slot
            key = self._credentials.get(self._name("key"))
            pins = self._credentials.get(self._name("pins"))
            if not key or pins != _pins(public.authorities):
                log.error("the enrolment of this seat is incomplete or was changed: enrol it again")
                return None
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.error("the enrolment of this seat cannot be read: %s", error)
            return None
        return Papers(
            seat=public.seat,
            hub=public.hub,
            key=key,
            certificate=self._credentials.get(self._name("certificate")),
            authorities=public.authorities,
            revoked=public.revoked,
        )

    def _name(self, part: str) -> str:
        return f"seat.{self._slot}.{part}"


def _pins(authorities: tuple[str, ...]) -> str:
    return "\n".join(fingerprint(pem) for pem in authorities)


def _renewed(papers: Papers, trust: SiteTrust) -> Papers:
    known = {fingerprint(pem) for pem in papers.authorities}
    if not known & {fingerprint(pem) for pem in trust.authorities}:
        raise ValueError("no authority of the enrolment is among the new ones")
    authorities = [x509.load_pem_x509_certificate(pem.encode()) for pem in trust.authorities]
    certificate = papers.certificate
    if trust.certificate:
        _check_own(papers, trust.certificate, authorities)
        certificate = trust.certificate
    return msgspec.structs.replace(
        papers,
        authorities=trust.authorities,
        certificate=certificate,
        revoked=_newest(papers.revoked, trust.revoked, authorities),
    )


def _check_own(papers: Papers, pem: str, authorities: list[x509.Certificate]) -> None:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    ours = load_pem_private_key(papers.key.encode(), password=None).public_key()
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*spki) != ours.public_bytes(*spki):
        raise ValueError("the new certificate is for another key")
    issuer = next((one for one in authorities if one.subject == certificate.issuer), None)
    if issuer is None:
        raise ValueError("the new certificate is of an unknown authority")
    certificate.verify_directly_issued_by(issuer)


def _newest(ours: str, theirs: str, authorities: list[x509.Certificate]) -> str:
    """Lists by authority, each with the higher number; what none of these authorities has signed is left out."""
    found: dict[bytes, x509.CertificateRevocationList] = {}
    for listed in [*revocation_lists(ours), *revocation_lists(theirs)]:
        issuer = listed.issuer.public_bytes()
        signed = any(
            one.subject == listed.issuer and listed.is_signature_valid(one.public_key())  # type: ignore[arg-type]
            for one in authorities
        )
        if signed and (issuer not in found or _number(listed) > _number(found[issuer])):
            found[issuer] = listed
    return "".join(found[issuer].public_bytes(Encoding.PEM).decode() for issuer in sorted(found))


def _number(listed: x509.CertificateRevocationList) -> int:
    with contextlib.suppress(x509.ExtensionNotFound):
        return listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    return 0
