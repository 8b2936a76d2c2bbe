"""A session with an OPC UA server: the address looked at, the certificate compared, every fault named."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false
# The library's generated types name one another by strings that no type checker resolves.

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncua
from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UASocketProtocol
from asyncua.crypto import security_policies
from asyncua.crypto.uacrypto import CertProperties
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from console.feeds.base import FeedDown
from console.feeds.opcua.options import OpcuaOptions
from console.feeds.places import forbidden
from console.feeds.secrets import find_secret
from console.feeds.socket import HARD_LIMIT

SESSION_MS = 60_000
CLOSE_S = 1.0
BROKEN = (ua.UaError, OSError, TimeoutError, ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What the library raises for a server that is lost or breaks the protocol."""
_APPLICATION = "urn:gwanje:hub"
_CREDENTIALS = frozenset({"BadUserAccessDenied", "BadIdentityTokenRejected", "BadIdentityTokenInvalid"})
_WHY = {
    "BadSecurityPolicyRejected": "security",
    "BadSecurityModeRejected": "security",
    "BadSecurityChecksFailed": "certificate",
    "BadTooManySessions": "too_many",
    "BadTooManySubscriptions": "too_many",
    "BadTcpEndpointUrlInvalid": "not_found",
    "BadTcpServerTooBusy": "unavailable",
    "BadServerHalted": "unavailable",
    "BadShutdown": "unavailable",
    "BadTimeout": "timeout",
    "BadRequestTimeout": "timeout",
}
_VAIN = frozenset({"security", "certificate"})

# What the library says of a connection the feed says itself, once and in words.
logging.getLogger(asyncua.__name__).setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Identity:
    """Our certificate and key, and the certificates of servers that are trusted (DER)."""

    certificate: bytes
    key: bytes
    application: str
    trusted: frozenset[bytes]


class GuardedClient(Client):
    """A client that looks where its name has led before it says a word (SEC-43), and stores no endless message."""

    too_large = False
    opened: asyncio.Transport | None = None

    async def connect_socket(self) -> None:
        await super().connect_socket()
        protocol = self.uaclient.protocol
        transport = protocol.transport if protocol is not None else None
        self.opened = transport
        peer: tuple[str, int] | None = transport.get_extra_info("peername") if transport is not None else None
        if peer and forbidden(peer[0]):
            self.disconnect_socket()
            raise FeedDown("forbidden", peer[0], refused=True)
        if protocol is not None:
            self._limit(protocol)

    def _limit(self, protocol: UASocketProtocol) -> None:
        """The library waits for as many bytes as a message says it has, be it four gigabytes."""
        take = protocol.data_received

        def guarded(data: bytes) -> None:
            if len(protocol.receive_buffer or b"") + len(data) <= HARD_LIMIT:
                take(data)
            elif protocol.transport is not None:
                self.too_large = True
                protocol.receive_buffer = None
                protocol.transport.abort()

        protocol.data_received = guarded

    def cut(self) -> None:
        """Close the socket whatever the library believes: of a half-open one it thinks that it is closed."""
        self.disconnect_socket()
        if self.opened is not None:
            self.opened.abort()

    def cause(self, error: BaseException) -> FeedDown:
        """Why this connection is lost."""
        return FeedDown("frame_too_large", f"above {HARD_LIMIT} bytes") if self.too_large else cause_of(error)


def cause_of(error: BaseException) -> FeedDown:
    """Why a server is not delivering, from what the library has raised."""
    if isinstance(error, FeedDown):
        return error
    if isinstance(error, ua.UaStatusCodeError):
        return cause_of_status(error.code)
    if isinstance(error, ua.UaError):
        none_fits = str(error).startswith("No matching endpoints")
        return FeedDown("security" if none_fits else "protocol", str(error)[:200], refused=none_fits)
    if isinstance(error, TimeoutError):
        return FeedDown("timeout", "connect")
    if isinstance(error, ConnectionRefusedError):
        return FeedDown("unreachable", "connection refused")
    if isinstance(error, ConnectionError):
        return FeedDown("closed", str(error) or "connection lost")
    if isinstance(error, OSError):
        return FeedDown("unreachable", error.strerror or str(error))
    return FeedDown("protocol", f"{type(error).__name__}: {error}"[:200])


def cause_of_status(code: int) -> FeedDown:
    """Why a server is not delivering, from its status code."""
    name = str(ua.StatusCode(ua.UInt32(code)).name)
    if name in _CREDENTIALS:
        return FeedDown("credentials", name, refused=True)
    if name.startswith("BadCertificate"):
        return FeedDown("certificate", name, refused=True)
    why = _WHY.get(name, "session" if name.startswith(("BadSession", "BadSubscription")) else "closed")
    return FeedDown(why, name, refused=why in _VAIN)


@asynccontextmanager
async def open_client(options: OpcuaOptions) -> AsyncGenerator[GuardedClient]:
    """Connect and log in within the deadline; raises FeedDown with the cause. The session is closed on leaving."""
    client = GuardedClient(options.url, timeout=options.connect_s, watchdog_intervall=options.ping_s)
    client.name = client.description = "Gwanje"
    client.application_uri = _APPLICATION
    client.session_timeout = SESSION_MS
    client.max_messagesize = HARD_LIMIT
    if options.user:
        client.set_user(options.user)
        client.set_password(await asyncio.to_thread(find_secret, options.secret))
    try:
        async with asyncio.timeout(options.connect_s):
            if options.security != "none":
                await _secure(client, options)
            await client.connect()
    except (FeedDown, *BROKEN) as error:
        client.cut()
        raise client.cause(error) from error
    try:
        yield client
    finally:
        await _close(client)


async def _close(client: GuardedClient) -> None:
    """Say goodbye, but not for long."""
    with suppress(*BROKEN):
        async with asyncio.timeout(CLOSE_S):
            await client.disconnect()
    client.cut()


async def _secure(client: Client, options: OpcuaOptions) -> None:
    """Take certificates and policy; the server must be one that is trusted before anything is said to it."""
    mine = await asyncio.to_thread(read_identity, options)
    client.application_uri = mine.application or client.application_uri
    policy: type[security_policies.SecurityPolicy] = getattr(
        security_policies, f"SecurityPolicy{options.security}"
    )
    await client.set_security(
        policy,
        CertProperties(mine.certificate, "der"),
        CertProperties(mine.key, "der"),
        mode=ua.MessageSecurityMode[options.mode],
    )
    theirs = client.security_policy.peer_certificate
    if not theirs:
        raise FeedDown("certificate", "the server has none", refused=True)
    if not options.trust_any and theirs not in mine.trusted:
        raise FeedDown("certificate", f"not in trusted/: SHA-256 {_thumb(theirs)}", refused=True)
    _check_dates(theirs)


def _check_dates(theirs: bytes) -> None:
    made = x509.load_der_x509_certificate(theirs)
    if not made.not_valid_before_utc <= datetime.now(UTC) <= made.not_valid_after_utc:
        raise FeedDown("certificate", f"valid until {made.not_valid_after_utc:%Y-%m-%d}", refused=True)


def _thumb(der: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    return digest.finalize().hex().upper()


def read_identity(options: OpcuaOptions) -> Identity:
    """Certificates of a folder. Blocking. Raises FeedDown naming the file that cannot be used."""
    folder = Path(options.certificates)
    own = next(
        (folder / name for name in ("own.pem", "own.der") if (folder / name).is_file()), folder / "own.pem"
    )
    try:
        certificate = _certificate(own)
        key = serialization.load_pem_private_key((folder / "own.key").read_bytes(), None)
        trusted = frozenset(
            _der(_certificate(path)) for path in sorted((folder / "trusted").glob("*.[dp]e[rm]"))
        )
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FeedDown("no_certificate", f"{type(error).__name__}: {error}"[:200], refused=True) from error
    if not isinstance(key, RSAPrivateKey):
        raise FeedDown("no_certificate", "own.key is not an RSA key", refused=True)
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(_der(certificate), plain, _application(certificate), trusted)


def _certificate(path: Path) -> x509.Certificate:
    data = path.read_bytes()
    if data.startswith(b"-----"):
        return x509.load_pem_x509_certificate(data)
    return x509.load_der_x509_certificate(data)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _application(certificate: x509.Certificate) -> str:
    """The application that a certificate is for; a server compares it with what the client calls itself."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), "")
