"""Connections by the certificate they came with: a seat that is revoked is cut while its session is open."""

from __future__ import annotations

import logging
import ssl
from asyncio import Transport
from dataclasses import dataclass

from cryptography import x509

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
