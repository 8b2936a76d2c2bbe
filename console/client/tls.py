"""What the link must know of TLS before it needs any: why a connection was refused, and where it may do without.

Certificates themselves are in `papers`, which is imported by a seat that has some: it costs 20 MB.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    # Its unions bring numpy, which a window without papers does not need before its first paint.
    from console.wire.messages import SiteTrust

REVOKED = 23

_BY_CODE = {9: "not_yet_valid", 10: "expired", 62: "wrong_host", 64: "wrong_host", REVOKED: "revoked"}
"""OpenSSL's X509_V_ERR_*; every other one is `untrusted`."""

_BY_REASON = {
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "expired",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "revoked",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "no_certificate",
    "TLSV1_ALERT_UNKNOWN_CA": "untrusted",
    "SSLV3_ALERT_BAD_CERTIFICATE": "untrusted",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "untrusted",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "untrusted",
    "TLSV1_ALERT_DECRYPT_ERROR": "untrusted",
    "EXCESSIVE_MESSAGE_SIZE": "untrusted",
    "EE_KEY_TOO_SMALL": "untrusted",
    "BAD_SIGNATURE": "untrusted",
}
"""OpenSSL's reasons; every other one is `insecure`: no version or cipher that both allow, or no TLS at all."""


class TlsPapers(Protocol):
    """What a seat connects with."""

    def context(self) -> ssl.SSLContext | None:
        """For the next connection; None without papers that are of use."""
        ...

    def renew(self, trust: SiteTrust) -> bool:
        """Take what a hub said over a verified connection; whether anything changed."""
        ...

    def sign(self, data: bytes) -> str:
        """Signature (hex) by the seat's key; empty without papers (SEC-17)."""
        ...


def why_of(error: BaseException) -> str:
    """Key of `link.why` for a connection that TLS refused; empty when TLS was not the cause."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _BY_CODE.get(cause.verify_code, "untrusted")
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            continue
        if isinstance(cause, ssl.SSLError):
            return _BY_REASON.get(cause.reason or "", "insecure")
    return ""


def is_loopback(url: str) -> bool:
    """Whether an address is on this computer, where a link may do without TLS."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
