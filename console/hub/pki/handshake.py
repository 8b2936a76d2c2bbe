"""TLS 1.3 of the hub: who may connect is settled in the handshake, with the list of revocations of this moment.

asyncio ends a failed handshake before its alert has left, and tells nobody. Here every failure gets a name and a count,
and the other side is told why: the alert is flushed, then the peer has until the deadline of the handshake to leave.
"""

from __future__ import annotations

import logging
import sqlite3
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from console.core.errors import GwanjeError
from console.hub.pki.store import Pki

log = logging.getLogger("link")

CIPHERS = "DEFAULT:@SECLEVEL=2"
"""Below TLS 1.3 nothing is spoken; the level refuses keys weaker than RSA 2048 and hashes weaker than SHA-2."""

FAULTS = (OSError, ValueError, GwanjeError, sqlite3.Error)
"""What files that are damaged, away or held by another process raise."""

_BY_CODE = {
    9: "not_yet_valid",
    10: "expired",
    11: "crl_not_yet_valid",
    12: "crl_expired",
    3: "crl_missing",
    23: "revoked",
    7: "bad_signature",
    26: "wrong_purpose",
    66: "weak_key",
    67: "weak_key",
    68: "weak_key",
}
"""OpenSSL's X509_V_ERR_*; every other one is `unknown_ca`."""

_BY_REASON = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "no_certificate",
    "NO_SHARED_CIPHER": "cipher",
    "UNSUPPORTED_PROTOCOL": "version",
    "WRONG_VERSION_NUMBER": "not_tls",
    "HTTP_REQUEST": "not_tls",
    "EXCESSIVE_MESSAGE_SIZE": "oversized_certificate",
    "EE_KEY_TOO_SMALL": "weak_key",
    "BAD_SIGNATURE": "bad_signature",
    "BAD_ECPOINT": "bad_signature",
}


def cause_of(error: ssl.SSLError) -> str:
    """One word for why a handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_CODE.get(error.verify_code, "unknown_ca")
    reason = error.reason or ""
    if reason.startswith(("TLSV1_ALERT", "SSLV3_ALERT", "TLSV13_ALERT")):
        return "refused_by_peer"
    return _BY_REASON.get(reason, "handshake")


class Handshakes(ssl.SSLContext):
    """Gives every handshake the context that counts now; to asyncio it is one context."""

    # ssl.SSLContext is made by __new__; what we keep is set by `attend`.
    _pki: Pki
    _refused: Callable[[str], None]
    _now: ssl.SSLContext | None
    _seen: object
    revision: int
    """How often the files were read."""

    def attend(self, pki: Pki, refused: Callable[[str], None]) -> None:
        """Begin; `refused` gets the cause of every handshake that failed. Raises OSError without a certificate."""
        self._pki = pki
        self._refused = refused
        self._now = None
        self._seen = None
        self.revision = 0
        self.refresh()

    def refresh(self) -> bool:
        """Read certificate, authorities and revocations again if a file has changed; whether there was a change."""
        seen = tuple(_stamp(self._pki.path(name)) for name in ("server.pem", "revoked.pem", "register.json"))
        if seen == self._seen:
            return False
        try:
            self._now = _context(self._pki, self._refused)
        except FAULTS as error:
            # With the old list until it can be read: it ends by itself in days, and then nobody gets in.
            log.error("certificates cannot be read: %s", error)
            if self._now is None:
                raise
        self._seen = seen
        self.revision += 1
        return True

    def wrap_bio(self, *places: Any, **options: Any) -> ssl.SSLObject:
        """One connection, by the present context."""
        self.refresh()
        assert self._now is not None
        made = self._now.wrap_bio(*places, **options)
        cast("_Object", made).incoming = places[0] if places else options["incoming"]
        return made


def server_context(pki: Pki, refused: Callable[[str], None]) -> Handshakes:
    """The context of a hub's listener. Raises OSError without a certificate."""
    context = Handshakes(ssl.PROTOCOL_TLS_SERVER)
    context.attend(pki, refused)
    return context


class _Object(ssl.SSLObject):
    """A connection that tells the other side and us why its handshake failed."""

    incoming: ssl.MemoryBIO
    refused: Callable[[str], None]
    _failed = False

    def do_handshake(self) -> None:
        """As in `ssl`; after a failure it waits for the other side to leave."""
        if not self._failed:
            try:
                super().do_handshake()
                return
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                raise
            except ssl.SSLError as error:
                self._failed = True
                cause = cause_of(error)
                self.refused(cause)
                log.info("handshake refused: %s (%s)", cause, error.reason or error)
        self.incoming.read()
        raise ssl.SSLWantReadError


def _context(pki: Pki, refused: Callable[[str], None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_ciphers(CIPHERS)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_CRL_CHECK_LEAF
    # A resumed session skips the certificate, so there are none: a seat that was revoked must not get in by a ticket.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    context.load_cert_chain(pki.path("server.pem"))
    context.load_verify_locations(cadata=pki.let_in())
    context.load_verify_locations(cafile=pki.path("revoked.pem"))
    context.sslobject_class = type("Watched", (_Object,), {"refused": staticmethod(refused)})
    return context


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)
