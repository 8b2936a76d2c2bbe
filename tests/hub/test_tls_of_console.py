"""The list of TLS faults of SEC-22 against the real link of a console: hubs that are wrong in one way each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from tls_room import (
    HOSTS,
    HeldPapers,
    Wrong,
    authority,
    linked,
    papers_of,
    spoiled,
    tls_room,
)

from console.client.credentials import Credentials
from console.client.link_fact import LinkState
from console.client.papers import Papers
from console.client.seat_papers import SeatPapers
from console.hub.pki.authority import make_authority, sign_revocations
from console.hub.pki.store import Pki

pytestmark = pytest.mark.expects_log("link")
WEAK = 1024
WEEK = timedelta(days=7)


@dataclass
class FalseHub:
    """Something that listens where a hub should be; it counts what is said to it inside TLS."""

    port: int = 0
    heard: bytes = b""

    @property
    def url(self) -> str:
        return f"wss://localhost:{self.port}/ws"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            self.heard += await reader.read(1000)
            writer.close()


@asynccontextmanager
async def false_hub(context: ssl.SSLContext | None, answer: bytes = b"") -> AsyncGenerator[FalseHub]:
    """A listener with this context; without one it gives `answer` to whatever is said."""
    hub = FalseHub()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hub.serve if context else plain, "127.0.0.1", 0, ssl=context)
    hub.port = server.sockets[0].getsockname()[1]
    try:
        yield hub
    finally:
        server.close()


def _server(key: str, der: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(key + ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        context.load_cert_chain(file.name)
    return context


@pytest.fixture
def site(tmp_path: Path) -> tuple[Pki, Papers]:
    """A site and one of its seats."""
    pki = Pki(tmp_path / "pki")
    return pki, papers_of(pki.enrol("desk-1", HOSTS, 1))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("unknown_ca", "untrusted"),
        ("expired", "expired"),
        ("not_yet_valid", "not_yet_valid"),
        ("weak_key", "untrusted"),
        ("bad_signature", "untrusted"),
        ("wrong_host", "wrong_host"),
        ("a_seat_as_hub", "untrusted"),
        ("oversized_certificate", "untrusted"),
        ("revoked", "revoked"),
    ],
)
def test_a_hub_with_a_wrong_certificate_is_refused_by_name_and_told_nothing(
    site: tuple[Pki, Papers], caplog: pytest.LogCaptureFixture, fault: str, why: str
) -> None:
    """SEC-21, SEC-22: only the site's authorities count, no store of the system does; the host name must be right."""
    caplog.set_level(logging.INFO, "link")
    pki, papers = site
    signer = authority(pki)
    wrong = {
        "unknown_ca": lambda: Wrong(
            make_authority("Gwanje site authority 1", datetime.now(UTC)), server=True
        ),
        "expired": lambda: Wrong(signer, server=True, begins=-2 * WEEK, ends=-WEEK),
        "not_yet_valid": lambda: Wrong(signer, server=True, begins=WEEK, ends=2 * WEEK),
        "weak_key": lambda: Wrong(signer, server=True, key=rsa.generate_private_key(65537, WEAK)),
        "bad_signature": lambda: Wrong(signer, server=True),
        "wrong_host": lambda: Wrong(signer, server=True, hosts=("other.example",)),
        "a_seat_as_hub": lambda: Wrong(signer),
        "oversized_certificate": lambda: Wrong(signer, server=True, padding=120_000),
        "revoked": lambda: Wrong(signer, server=True),
    }[fault]()
    key, certificate = wrong.made()
    der = certificate.public_bytes(Encoding.DER)
    if fault == "bad_signature":
        der = spoiled(der)
    if fault == "revoked":
        listed = sign_revocations(signer, [certificate.serial_number], 5, datetime.now(UTC) - 5 * WEEK)
        papers = msgspec.structs.replace(papers, revoked=listed)

    async def story() -> None:
        async with false_hub(_server(key, der)) as hub, linked(hub.url, papers) as seat:
            await seat.until(LinkState.REFUSED, why)
            assert hub.heard == b""
            assert f"TLS: {why}" in caplog.text

    asyncio.run(story())


def test_a_hub_that_speaks_only_tls_1_2_is_refused(
    site: tuple[Pki, Papers], caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-20, SEC-22: version mismatch, no downgrade."""
    pki, papers = site
    key, certificate = Wrong(authority(pki), server=True).made()
    context = _server(key, certificate.public_bytes(Encoding.DER))
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def shake(listener: socket.socket) -> str:
        # asyncio's own end of a handshake keeps its alert to itself.
        connection, _ = listener.accept()
        with connection, pytest.raises(ssl.SSLError) as failed:
            context.wrap_socket(connection, server_side=True)
        return failed.value.reason or ""

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            shaken = asyncio.create_task(asyncio.to_thread(shake, listener))
            async with linked(f"wss://localhost:{listener.getsockname()[1]}/ws", papers) as seat:
                await seat.until(LinkState.REFUSED, "insecure")
            assert await shaken == "UNSUPPORTED_PROTOCOL"
            assert "TLS: insecure" in caplog.text

    asyncio.run(story())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"\x15\x03\x03\x00\x02\x02\x28", "insecure"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "insecure"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "insecure"),
    ],
)
def test_a_hub_without_a_common_cipher_or_without_tls_is_refused(
    site: tuple[Pki, Papers], answer: bytes, why: str
) -> None:
    """SEC-20, SEC-22: cipher mismatch (alert 40), version (alert 70), plain HTTP where TLS was asked for."""

    async def story() -> None:
        async with false_hub(None, answer) as hub, linked(hub.url, site[1]) as seat:
            await seat.until(LinkState.REFUSED, why)

    asyncio.run(story())


def test_without_papers_no_hub_is_called_by_tls_and_without_tls_only_this_computer(tmp_path: Path) -> None:
    """SEC-20, SEC-21: no certificate, no plain WebSocket to another computer, no fallback."""

    async def story() -> None:
        async with false_hub(None) as hub:
            async with linked(hub.url, None) as seat:
                await seat.until(LinkState.REFUSED, "no_certificate")
            async with linked("ws://hub.example:8700/ws", HeldPapers(None)) as seat:
                await seat.until(LinkState.REFUSED, "plaintext")

    asyncio.run(story())


def test_a_hub_that_sends_the_console_elsewhere_is_not_followed(site: tuple[Pki, Papers]) -> None:
    """SEC-43: no redirect, above all none to a plain WebSocket."""
    pki, papers = site
    key, certificate = Wrong(authority(pki), server=True).made()

    async def story() -> None:
        visited: list[bytes] = []

        async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            visited.append(await reader.read(1000))
            writer.close()

        other = await asyncio.start_server(elsewhere, "127.0.0.1", 0)
        place = f"ws://127.0.0.1:{other.sockets[0].getsockname()[1]}/ws"

        async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
            writer.close()

        context = _server(key, certificate.public_bytes(Encoding.DER))
        server = await asyncio.start_server(moved, "127.0.0.1", 0, ssl=context)
        url = f"wss://localhost:{server.sockets[0].getsockname()[1]}/ws"
        async with linked(url, papers) as seat:
            await seat.until(LinkState.CONNECTING, "unreachable")
            await asyncio.sleep(0.1)
        assert visited == []
        server.close()
        other.close()

    asyncio.run(story())


def test_the_authority_is_changed_without_a_visit_to_the_seats(tmp_path: Path) -> None:
    """SEC-21: a backup pin in every enrolment; the hub changes to it, and seats get new certificates by themselves."""

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            held = HeldPapers(room.enrol("desk-1"))
            async with linked(room.url, held) as seat:
                await seat.until(LinkState.LIVE)
                assert held.told[-1].certificate == ""
                room.pki.rotate(drop_older=False)
            async with linked(room.url, held) as seat:
                await seat.until(LinkState.LIVE)
            told = held.told[-1]
            assert told.authorities[0] == room.pki.path("authority-2.pem").read_text()
            assert told.authorities[1] == room.pki.path("authority-3.pem").read_text()
            assert held.papers is not None
            assert told.authorities[0] == held.papers.authorities[1]
            renewed = msgspec.structs.replace(
                held.papers, authorities=told.authorities, certificate=told.certificate, revoked=told.revoked
            )
            room.pki.rotate(drop_older=True)
            async with linked(room.url, renewed) as seat:
                await seat.until(LinkState.REFUSED, "untrusted")

    asyncio.run(story())


def test_a_seat_that_stays_is_told_of_a_new_authority_and_gets_one_new_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-21: without a reconnect; shortened here."""
    monkeypatch.setattr("console.hub.pki.door.TELL_S", 0.05)

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            held = HeldPapers(room.enrol("desk-1"))
            async with linked(room.url, held) as seat:
                await seat.until(LinkState.LIVE)
                room.pki.rotate(drop_older=False)
                async with asyncio.timeout(8):
                    while not any(told.certificate for told in held.told):
                        await asyncio.sleep(0.02)
                room.enrol("desk-2")
                count = len(held.told)
                async with asyncio.timeout(8):
                    while len(held.told) == count:
                        await asyncio.sleep(0.02)
                assert seat.fact.live
            assert sum(bool(told.certificate) for told in held.told) == 1
            assert held.told[-1].authorities == room.pki.trusted()

    asyncio.run(story())


def test_a_session_ends_with_the_certificate_it_came_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-22: expired during a session; the hub's calendar is turned here."""
    later = datetime.now(UTC) + timedelta(days=400)

    class Calendar(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return later

    async def story() -> None:
        async with tls_room(tmp_path) as room, linked(room.url, room.enrol("desk-1")) as seat:
            await seat.until(LinkState.LIVE)
            monkeypatch.setattr("console.hub.pki.door.datetime", Calendar)
            await seat.until(LinkState.LOST, limit_s=5.0)
            assert room.refused["tls_session_expired"] == 1
            assert "is expired: its session is cut" in caplog.text

    asyncio.run(story())


@pytest.mark.expects_log("link")
def test_the_real_papers_of_a_console_follow_the_site_and_are_used_for_the_next_connection(
    tmp_path: Path,
) -> None:
    """SEC-21: the link hands what the hub says to the papers, and connects with what they have become."""

    async def story() -> None:
        async with tls_room(tmp_path / "hub") as room:
            papers = SeatPapers(tmp_path, Credentials())
            papers.take(room.pki.enrol("desk-1", HOSTS, room.port))
            before = papers.papers
            room.pki.rotate(drop_older=False)
            async with linked(room.url, papers) as seat:
                await seat.until(LinkState.LIVE)
                async with asyncio.timeout(5):
                    while papers.papers == before:
                        await asyncio.sleep(0.01)
            assert papers.papers is not None
            assert papers.papers.authorities == room.pki.trusted()
            issuer = authority(room.pki, 2).certificate
            x509.load_pem_x509_certificate(papers.papers.certificate.encode()).verify_directly_issued_by(
                issuer
            )
            async with linked(room.url, papers) as seat:
                await seat.until(LinkState.LIVE)
            assert room.refused == {}

    asyncio.run(story())
