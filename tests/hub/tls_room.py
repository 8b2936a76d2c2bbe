"""A real hub with TLS on loopback, seats enrolled in it, and certificates that are wrong in one way each."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hub_room import SECRET, Plant, open_hub

from console.client.inbound import Inbound
from console.client.link import Link, Seat
from console.client.link_fact import LinkFact, LinkState
from console.client.papers import Papers, client_context
from console.client.tls import TlsPapers
from console.hub.datadir import DataDir
from console.hub.hub import Hub
from console.hub.pki.authority import Pair, load_key
from console.hub.pki.store import Pki
from console.hub.service import running
from console.wire.enrolment import Enrolment
from console.wire.messages import SiteTrust

HOSTS = ("localhost", "127.0.0.1")


class HeldPapers:
    """Papers in the hand of a test."""

    def __init__(self, papers: Papers | None) -> None:
        self.papers = papers
        self.told: list[SiteTrust] = []
        self.level = 2

    def context(self) -> ssl.SSLContext | None:
        if self.papers is None:
            return None
        if self.level:
            return client_context(self.papers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_verify_locations(cadata="".join(self.papers.authorities))
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.papers.key + self.papers.certificate)
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def lenient(self) -> HeldPapers:
        """Papers whose own side would send anything."""
        self.level = 0
        return self

    def sign(self, data: bytes) -> str:
        """By the key of these papers."""
        assert self.papers is not None
        key = load_key(self.papers.key.encode())
        return key.sign(data, ec.ECDSA(SHA256())).hex()

    def renew(self, trust: SiteTrust) -> bool:
        self.told.append(trust)
        return False


@dataclass
class TlsRoom:
    """A running hub behind TLS."""

    hub: Hub
    pki: Pki
    port: int
    plant: Plant

    @property
    def url(self) -> str:
        return f"wss://localhost:{self.port}/ws"

    @property
    def refused(self) -> dict[str, int]:
        return dict(self.hub.refusals.counts)

    def enrol(self, seat: str) -> Papers:
        return papers_of(self.pki.enrol(seat, HOSTS, self.port))

    async def until_refused(self, cause: str) -> None:
        async with asyncio.timeout(6):
            while not self.hub.refusals.counts.get(cause):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def tls_room(folder: Path, pki: Pki | None = None) -> AsyncGenerator[TlsRoom]:
    """A hub on `folder` with a seat `first` enrolled, serving TLS on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    plant = Plant()
    pki = pki or Pki(folder / "hub" / "pki")
    if not pki.exists:
        pki.enrol("first", HOSTS, port)
    with listener, DataDir(folder) as data:
        hub = open_hub(data, plant)
        async with running(hub, SECRET, listener, pki):
            await plant.up.wait()
            yield TlsRoom(hub, pki, port, plant)


@dataclass
class LinkSeat:
    """The real link of a console and what it said of itself."""

    link: Link
    items: list[Inbound] = field(default_factory=list[Inbound])

    @property
    def fact(self) -> LinkFact:
        return self.link.fact

    async def until(self, state: LinkState, why: str = "", limit_s: float = 8.0) -> LinkFact:
        async with asyncio.timeout(limit_s):
            while self.fact.state is not state or (why and self.fact.why != why):
                await asyncio.sleep(0.01)
        return self.fact


@asynccontextmanager
async def linked(url: str, papers: Papers | TlsPapers | None) -> AsyncGenerator[LinkSeat]:
    """A console's link with these papers, running."""
    held = HeldPapers(papers) if papers is None or isinstance(papers, Papers) else papers
    items: list[Inbound] = []
    link = Link(Seat(user="kim", station="says so itself", papers=held), lambda: url, items.append)
    task = asyncio.create_task(link.run(), name="link")
    try:
        yield LinkSeat(link, items)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def papers_of(enrolment: Enrolment) -> Papers:
    """An enrolment as the link takes it."""
    return Papers(
        seat=enrolment.seat,
        hub=enrolment.hub,
        key=enrolment.key,
        certificate=enrolment.certificate,
        authorities=enrolment.authorities,
    )


def authority(pki: Pki, number: int = 1) -> Pair:
    """An authority of the site, as whoever has stolen it would use it."""
    pem = pki.path(f"authority-{number}.pem").read_bytes()
    key = load_key(pki.path(f"authority-{number}.key").read_bytes())
    return Pair(key, x509.load_pem_x509_certificate(pem))


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class Wrong:
    """A certificate of a seat (or with `server`, of a hub) that is wrong in what it is given."""

    issuer: Pair
    server: bool = False
    hosts: tuple[str, ...] = HOSTS
    begins: timedelta = timedelta(days=-1)
    ends: timedelta = timedelta(days=30)
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    padding: int = 0

    def made(self) -> tuple[str, x509.Certificate]:
        """Key as PEM, and the certificate."""
        now = datetime.now(UTC)
        usage = ExtendedKeyUsageOID.SERVER_AUTH if self.server else ExtendedKeyUsageOID.CLIENT_AUTH
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.issuer.key.public_key())
        public = self.key.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wrong")]))
            .issuer_name(self.issuer.certificate.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + self.begins)
            .not_valid_after(now + self.ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(issued_by, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        if self.server:
            names: list[x509.GeneralName] = [x509.DNSName(host) for host in self.hosts if host[0].isalpha()]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if self.padding:
            filler = x509.UnrecognizedExtension(
                x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"x" * self.padding
            )
            builder = builder.add_extension(filler, critical=False)
        certificate = builder.sign(self.issuer.key, SHA256())
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return pem, certificate


def with_wrong(papers: Papers, wrong: Wrong, change: Callable[[bytes], bytes] = bytes) -> Papers:
    """Papers whose certificate is the wrong one; `change` may spoil its DER."""
    key, certificate = wrong.made()
    der = change(certificate.public_bytes(Encoding.DER))
    return msgspec.structs.replace(papers, key=key, certificate=ssl.DER_cert_to_PEM_cert(der))


def spoiled(der: bytes) -> bytes:
    """The same certificate with a signature that does not belong to it."""
    return der[:-4] + bytes(byte ^ 0x55 for byte in der[-4:])
