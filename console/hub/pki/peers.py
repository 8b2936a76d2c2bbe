"""Connections by the certificate they came with: a seat that is revoked is cut while its session is open."""

from __future__ import annotations

import logging
import ssl
from asyncio import Transport
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from console.core.command.seatkey import CurveKey
from console.hub.pki.authority import seat_of

log = logging.getLogger("link")


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a connection, as the handshake proved it."""

    seat: str
    certificate: x509.Certificate

    @property
    def key(self) -> CurveKey | None:
        """What the seat signs its confirmations with (SEC-17)."""
        key = self.certificate.public_key()
        return CurveKey(key) if isinstance(key, ec.EllipticCurvePublicKey) else None


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

    def cut(self, lists: list[x509.CertificateRevocationList], at: datetime) -> list[str]:
        """End the connections whose certificate is in a list or has expired; why, for each of them."""
        cut: list[str] = []
        for transport, peer in list(self._open.items()):
            if transport.is_closing():
                del self._open[transport]
            elif why := _no_longer(peer.certificate, lists, at):
                del self._open[transport]
                transport.abort()
                cut.append(why)
                log.warning("seat %r is %s: its session is cut", peer.seat, why)
        return cut


def _no_longer(
    certificate: x509.Certificate, lists: list[x509.CertificateRevocationList], at: datetime
) -> str:
    if any(_is_revoked(certificate, listed) for listed in lists):
        return "revoked"
    return "expired" if certificate.not_valid_after_utc <= at else ""


def _is_revoked(certificate: x509.Certificate, listed: x509.CertificateRevocationList) -> bool:
    if listed.issuer != certificate.issuer:
        return False
    return listed.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
