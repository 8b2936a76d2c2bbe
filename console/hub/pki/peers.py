"""Connections by the certificate they came with: a seat that is revoked is cut while its session is open."""

from __future__ import annotations

import logging
import ssl
from asyncio import Transport
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from console.hub.pki.authority import seat_of

log = logging.getLogger("link")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a connection, as the handshake proved it."""

    seat: str
    certificate: x509.Certificate


class Peers:
    """Open connections that came with a certificate."""

    def __init__(self) -> None:
        self._open: dict[Transport, Peer] = {}

    def enter(self, transport: Transport) -> Peer | None:
        """The seat of a new connection; None where there is no TLS or no certificate of a seat."""
        link: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        shown = link.getpeercert(binary_form=True) if link is not None else None
        if shown is None:
            return None
        certificate = x509.load_der_x509_certificate(shown)
        seat = seat_of(certificate)
        if not seat:
            return None
        peer = Peer(seat, certificate)
        self._open[transport] = peer
        return peer

    def cut(self, lists: list[x509.CertificateRevocationList]) -> list[Peer]:
        """End the connections whose certificate is in a list or has ended; who they were."""
        cut: list[Peer] = []
        for transport, peer in list(self._open.items()):
            if transport.is_closing():
                del self._open[transport]
            elif any(_is_revoked(peer.certificate, listed) for listed in lists):
                del self._open[transport]
                transport.abort()
                cut.append(peer)
                log.warning("seat %r is revoked: its session is cut", peer.seat)
        return cut


def _is_revoked(certificate: x509.Certificate, listed: x509.CertificateRevocationList) -> bool:
    if listed.issuer != certificate.issuer:
        return False
    return listed.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def lists_of(pem: bytes) -> list[x509.CertificateRevocationList]:
    """The lists of a file, one for each authority. Raises ValueError for a damaged file."""
    end = b"-----END X509 CRL-----"
    return [x509.load_pem_x509_crl(part + end) for part in pem.split(end)[:-1]]


def number_of(listed: x509.CertificateRevocationList) -> int:
    """Its number, which only grows; 0 without one."""
    try:
        number = listed.extensions.get_extension_for_oid(ExtensionOID.CRL_NUMBER).value
    except x509.ExtensionNotFound:
        return 0
    return number.crl_number if isinstance(number, x509.CRLNumber) else 0
