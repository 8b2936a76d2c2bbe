"""The list of TLS faults of SEC-22 against the real hub: each has a name, a count and a log line, and nothing hangs."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tls_room import (
    HOSTS,
    HeldPapers,
    TlsRoom,
    Wrong,
    authority,
    linked,
    papers_of,
    spoiled,
    tls_room,
    with_wrong,
)

from console.client.link_fact import LinkState
from console.client.papers import client_context
from console.hub.pki.authority import make_authority, sign_revocations
from console.hub.pki.register import write_whole
from console.hub.pki.store import Pki
from console.wire.messages import Welcome

pytestmark = pytest.mark.expects_log("link")
WEAK = 1024


def _said(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return any(words in record.getMessage() for record in caplog.records)


def test_a_seat_of_the_site_is_let_in_and_is_where_its_certificate_says(tmp_path: Path) -> None:
    """SEC-02, SEC-20: both prove themselves by TLS 1.3; no secret is sent, the station is the certificate's."""

    async def story() -> None:
        async with tls_room(tmp_path) as room, linked(room.url, room.enrol("desk-1")) as seat:
            await seat.until(LinkState.LIVE)
            assert any(isinstance(item, Welcome) for item in seat.items)
            assert room.hub.seats == 1
            assert room.refused == {}

    asyncio.run(story())


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("unknown_ca", "untrusted"),
        ("expired", "expired"),
        ("not_yet_valid", "untrusted"),
        ("weak_key", "untrusted"),
        ("bad_signature", "untrusted"),
        ("wrong_purpose", "untrusted"),
        ("oversized_certificate", "insecure"),
    ],
)
def test_a_wrong_certificate_is_refused_in_the_handshake_by_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str, why: str
) -> None:
    """SEC-22: unknown CA, expired, not yet valid, weak key, bad signature, not a seat's, oversized."""
    caplog.set_level(logging.INFO, "link")
    week = timedelta(days=7)

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers, site = room.enrol("desk-1"), authority(room.pki)
            wrong = {
                "unknown_ca": lambda: Wrong(make_authority("Gwanje site authority 1", datetime.now(UTC))),
                "expired": lambda: Wrong(site, begins=-2 * week, ends=-week),
                "not_yet_valid": lambda: Wrong(site, begins=week, ends=2 * week),
                "weak_key": lambda: Wrong(site, key=rsa.generate_private_key(65537, WEAK)),
                "bad_signature": lambda: Wrong(site),
                "wrong_purpose": lambda: Wrong(site, server=True),
                "oversized_certificate": lambda: Wrong(site, padding=120_000),
            }[fault]()
            bad = with_wrong(papers, wrong, spoiled if fault == "bad_signature" else bytes)
            async with linked(room.url, HeldPapers(bad).lenient()) as seat:
                await seat.until(LinkState.REFUSED, why)
            assert room.refused == {f"tls_{fault}": 1}
            assert _said(caplog, f"handshake refused: {fault}")
            assert room.hub.seats == 0

    asyncio.run(story())


def test_who_has_no_certificate_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-22: no client certificate."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            error = await _handshake(room, _bare(room))
            assert error == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
            assert room.refused == {"tls_no_certificate": 1}
            assert _said(caplog, "handshake refused: no_certificate")

    asyncio.run(story())


def test_a_peer_that_speaks_only_tls_1_2_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-20, SEC-22: version mismatch; below 1.3 nothing is spoken."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            context = _bare(room)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            assert await _handshake(room, context) == "TLSV1_ALERT_PROTOCOL_VERSION"
            assert room.refused == {"tls_version": 1}
            assert _said(caplog, "handshake refused: version")

    asyncio.run(story())


def test_a_peer_without_a_common_cipher_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-22: cipher mismatch; a hello that offers only TLS_AES_128_CCM_8_SHA256."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            answer = await _answer_to(room, _with_ciphers(_client_hello(_bare(room)), b"\x13\x05"))
            assert answer[0] == ALERT
            assert answer[-1] == HANDSHAKE_FAILURE
            assert room.refused == {"tls_cipher": 1}
            assert _said(caplog, "handshake refused: cipher")

    asyncio.run(story())


def test_a_peer_that_speaks_no_tls_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-20: there is no plain WebSocket and no plain HTTP beside TLS."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            await _answer_to(room, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert room.refused == {"tls_not_tls": 1}

    asyncio.run(story())


def test_a_peer_that_says_nothing_is_cut_at_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-25: the deadline of 5 s holds for handshakes too; shortened here."""
    monkeypatch.setattr("console.hub.listening.HELLO_DEADLINE_S", 0.2)

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            assert await _answer_to(room, b"") == b""

    asyncio.run(story())


def test_a_revoked_seat_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-22: revoked; the list is read in the handshake."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers, other = room.enrol("lost laptop"), room.enrol("desk-2")
            assert room.pki.revoke("lost laptop") == 1
            async with linked(room.url, papers) as seat, linked(room.url, other) as good:
                await seat.until(LinkState.REFUSED, "revoked")
                await good.until(LinkState.LIVE)
            assert room.refused == {"tls_revoked": 1}
            assert _said(caplog, "handshake refused: revoked")

    asyncio.run(story())


def test_a_seat_that_is_revoked_during_its_session_is_cut_within_five_seconds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-08, SEC-22: the list of revocations changes during a session."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room, linked(room.url, room.enrol("desk-1")) as seat:
            async with linked(room.url, room.enrol("desk-2")) as other:
                await seat.until(LinkState.LIVE)
                await other.until(LinkState.LIVE)
                room.pki.revoke("desk-1")
                await seat.until(LinkState.REFUSED, "revoked", limit_s=5.0)
                assert other.fact.live
            assert room.refused == {"tls_session_revoked": 1, "tls_revoked": 1}
            assert _said(caplog, "seat 'desk-1' is revoked: its session is cut")

    asyncio.run(story())


def test_a_session_cannot_be_resumed_after_revocation(tmp_path: Path) -> None:
    """SEC-22: session resumption after revocation; the hub gives no ticket, and none would help."""

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers = room.enrol("desk-1")
            context = client_context(papers)
            reader, writer = await _open(room, context)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            spoken: ssl.SSLObject = writer.get_extra_info("ssl_object")
            session = spoken.session
            writer.close()
            assert session is None or not session.has_ticket
            room.pki.revoke("desk-1")
            assert await _handshake(room, context) == "SSLV3_ALERT_CERTIFICATE_REVOKED"
            assert room.refused == {"tls_revoked": 1}

    asyncio.run(story())


@pytest.mark.parametrize("state", ["crl_expired", "crl_missing"])
def test_without_a_list_of_revocations_that_counts_nobody_gets_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    """SEC-22, SEC-38: list expired (with the authority's key away, so that it is not signed again), or another's."""
    caplog.set_level(logging.INFO, "link")

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers, site = room.enrol("desk-1"), authority(room.pki)
            room.pki.path("authority-1.key").unlink()
            long_ago = datetime.now(UTC) - timedelta(days=30)
            stranger = make_authority("another site", datetime.now(UTC))
            lists = {
                "crl_expired": sign_revocations(site, [], 9, long_ago),
                "crl_missing": sign_revocations(stranger, [], 9, datetime.now(UTC)),
            }
            write_whole(room.pki.path("revoked.pem"), lists[state].encode())
            async with linked(room.url, papers) as seat:
                await seat.until(LinkState.REFUSED)
            assert room.refused == {f"tls_{state}": 1}
            assert _said(caplog, f"handshake refused: {state}")

    asyncio.run(story())


def test_the_list_is_signed_again_before_it_expires_and_the_certificate_renewed(tmp_path: Path) -> None:
    """SEC-21, SEC-22: upkeep of a hub that runs for years."""
    at = datetime.now(UTC)
    clock = [at]
    pki = Pki(tmp_path / "pki", lambda: clock[0])
    enrolment = pki.enrol("desk-1", HOSTS, 8700)
    assert papers_of(enrolment).hub == "wss://localhost:8700/ws"
    assert not pki.renew()
    before = pki.path("server.pem").read_bytes()
    clock[0] = at + timedelta(days=4)
    assert pki.renew()
    assert not pki.renew()
    assert pki.path("server.pem").read_bytes() == before
    clock[0] = at + timedelta(days=340)
    assert pki.renew()
    assert pki.path("server.pem").read_bytes() != before


ALERT = 21
HANDSHAKE_FAILURE = 40


def _bare(room: TlsRoom) -> ssl.SSLContext:
    """A client that trusts the site and has no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata="".join(room.pki.trusted()))
    return context


async def _open(room: TlsRoom, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", room.port, ssl=context, server_hostname="localhost")


async def _handshake(room: TlsRoom, context: ssl.SSLContext) -> str:
    """OpenSSL's name of what the hub answered."""
    with pytest.raises(ssl.SSLError) as refused:
        await asyncio.wait_for(_read_of(room, context), 6)
    return refused.value.reason or ""


async def _read_of(room: TlsRoom, context: ssl.SSLContext) -> bytes:
    reader, writer = await _open(room, context)
    try:
        return await reader.read()
    finally:
        writer.close()


async def _answer_to(room: TlsRoom, said: bytes) -> bytes:
    """What the hub answers to bytes on its port before it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.port)
    writer.write(said)
    if said:
        writer.write_eof()
    async with asyncio.timeout(6):
        answer = await reader.read()
    writer.close()
    return answer


def _client_hello(context: ssl.SSLContext) -> bytes:
    outgoing = ssl.MemoryBIO()
    spoken = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        spoken.do_handshake()
    return outgoing.read()


def _with_ciphers(hello: bytes, cipher: bytes) -> bytes:
    """The same hello offering one cipher only, as often as there were others: lengths stay."""
    place = 5 + 4 + 2 + 32
    place += 1 + hello[place]
    size = int.from_bytes(hello[place : place + 2], "big")
    return hello[: place + 2] + cipher * (size // 2) + hello[place + 2 + size :]


@pytest.mark.parametrize(
    ("host", "status"),
    [(b"localhost", b"200"), (b"127.0.0.1:8700", b"200"), (b"hub.example", b"200"), (b"HUB.example:1", b"200"),
     (b"evil.example", b"403"), (b"hub.example.evil.example", b"403"), (b"", b"403"), (b"a@hub.example", b"403")],
)  # fmt: skip
def test_a_host_header_names_the_certificate_or_is_refused(
    tmp_path: Path, host: bytes, status: bytes
) -> None:
    """SEC-24: with TLS the names of the certificate count, nothing else."""

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers = papers_of(room.pki.enrol("desk-1", ("hub.example",), room.port))
            reader, writer = await _open(room, client_context(papers))
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
            assert (await reader.readline()).split()[1] == status
            writer.close()

    asyncio.run(story())
