"""One life of a WebSocket against servers that behave badly, all of them real and on loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from feed_stage import Heard, feed_def, run, server
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from console.feeds.base import FeedDown
from console.feeds.options import Options
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def down_of(url: str, **options: float) -> FeedDown:
    """The end of a connection that reads until it ends."""
    sink = Heard()
    definition = feed_def("columns", url, options)
    try:
        async with open_socket(socket_options(definition, Options(definition)), sink) as socket:
            while True:
                await socket.receive()
    except FeedDown as down:
        return down


@asynccontextmanager
async def raw_server(talk: Talk) -> AsyncGenerator[str, None]:
    """A server below the WebSocket: bytes as the test wants them."""

    talks: set[asyncio.Task[None]] = set()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(once(reader, writer)))

    made = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with made:
        yield f"ws://127.0.0.1:{made.sockets[0].getsockname()[1]}/"
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks)


def answer_with(status: int, headers: dict[str, str] | None = None) -> Callable[..., Response]:
    def respond(connection: ServerConnection, request: Request) -> Response:
        phrase = HTTPStatus(status).phrase
        return Response(status, phrase, Headers({"Content-Length": "0"} | (headers or {})), b"")

    return respond


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()


@pytest.mark.parametrize(
    ("status", "why", "refused"),
    [
        (401, "credentials", True),
        (403, "credentials", True),
        (404, "not_found", False),
        (429, "too_many", False),
        (503, "unavailable", False),
        (500, "handshake", False),
        (200, "handshake", False),
    ],
)
def test_a_refusal_of_the_handshake_has_its_cause(status: int, why: str, refused: bool) -> None:
    async def scene() -> None:
        async with server(stay, process_request=answer_with(status)) as url:
            down = await down_of(url)
        assert (down.why, down.refused, down.detail) == (why, refused, f"HTTP {status}")

    run(scene())


def test_a_redirect_is_not_followed() -> None:
    """SEC-43: a source cannot send the hub to another host."""

    async def scene() -> None:
        visited: list[str] = []

        async def other(connection: ServerConnection) -> None:
            visited.append("other host")

        async with server(other) as elsewhere:
            moved = answer_with(302, {"Location": elsewhere})
            async with server(stay, process_request=moved) as url:
                down = await down_of(url)
        assert (down.why, visited) == ("redirected", [])

    run(scene())


def test_nobody_at_the_address_is_unreachable() -> None:
    async def scene() -> None:
        async with server(stay) as url:
            pass
        down = await down_of(url)
        assert (down.why, down.detail) == ("unreachable", "connection refused")

    run(scene())


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    assert run(down_of("ws://no-such-host.invalid/", connect_s=5)).why in ("unreachable", "timeout")


def test_a_server_that_says_nothing_is_given_up_on() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def scene() -> None:
        async with raw_server(silent) as url:
            assert (await down_of(url, connect_s=0.2)).why == "timeout"

    run(scene())


def test_a_handshake_of_one_byte_a_moment_is_given_up_on() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for letter in b"HTTP/1.1 101 Switching Protocols\r\n" * 50:
            writer.write(bytes([letter]))
            await writer.drain()
            await asyncio.sleep(0.01)

    async def scene() -> None:
        async with raw_server(drip) as url:
            assert (await down_of(url, connect_s=0.3)).why == "timeout"

    run(scene())


def test_a_server_of_another_protocol_is_named() -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()
        await reader.read()

    async def scene() -> None:
        async with raw_server(ssh) as url:
            assert (await down_of(url, connect_s=2)).why == "handshake"

    run(scene())


def test_a_plain_server_behind_a_secure_address_is_a_tls_failure() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def scene() -> None:
        async with raw_server(plain) as url:
            down = await down_of(url.replace("ws://", "wss://"), connect_s=2)
        assert (down.why, down.refused) == ("tls", False)

    run(scene())


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async def scene(secure: ssl.SSLContext) -> None:
        async with server(stay, ssl=secure) as url:
            down = await down_of(url.replace("ws://", "wss://"), connect_s=5)
        assert (down.why, down.refused) == ("certificate", True)

    run(scene(own_certificate(tmp_path)))


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A context with a certificate signed by itself."""
    x509 = pytest.importorskip("cryptography.x509")
    from datetime import UTC, datetime, timedelta

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
    certificate = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1)).sign(key, hashes.SHA256())
    file = folder / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_frame_over_the_limit_is_skipped_and_one_over_the_hard_limit_ends_it() -> None:
    """A 10 MB frame is counted and the connection survives; SEC-25: memory stays bounded."""

    async def giant(connection: ServerConnection) -> None:
        await connection.send("x" * 10_000_000)
        await connection.send("small")
        await connection.send("x" * 17_000_000)
        await connection.wait_closed()

    async def scene() -> None:
        sink = Heard()
        async with server(giant) as url, open_socket(SocketOptions(url), sink) as socket:
            assert await socket.receive() == "small"
            assert sink.faults == [("frame", "too_large")]
            with pytest.raises(FeedDown) as caught:
                await socket.receive()
            assert caught.value.why == "frame_too_large"

    run(scene())


@pytest.mark.parametrize(
    ("code", "why", "refused"),
    [(1000, "closed", False), (1001, "closed", False), (1008, "credentials", True)],
)
def test_a_close_has_its_cause(code: int, why: str, refused: bool) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.close(code, "bye")

    async def scene() -> None:
        async with server(close) as url:
            down = await down_of(url)
        assert (down.why, down.refused) == (why, refused)
        assert "bye" in down.detail

    run(scene())


def test_a_server_that_dies_is_told_as_closed() -> None:
    async def die(connection: ServerConnection) -> None:
        connection.transport.abort()

    async def scene() -> None:
        async with server(die) as url:
            down = await down_of(url)
        assert (down.why, down.detail) == ("closed", "connection lost")

    run(scene())


def test_broken_text_ends_the_connection_by_name() -> None:
    async def broken(connection: ServerConnection) -> None:
        connection.transport.write(b"\x81\x02\xff\xff")
        await connection.wait_closed()

    async def scene() -> None:
        async with server(broken) as url:
            assert (await down_of(url)).why == "protocol"

    run(scene())


def test_a_half_open_connection_is_found_by_its_ping() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await reader.read()  # takes everything, answers nothing

    async def scene() -> None:
        async with raw_server(deaf) as url:
            assert (await down_of(url, ping_s=0.1)).why == "half_open"

    run(scene())


def test_a_frame_of_one_byte_a_moment_does_not_hold_the_feed_forever() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        writer.write(b"\x81\x7e\x10\x00")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def scene() -> None:
        async with raw_server(drip) as url:
            assert (await down_of(url, ping_s=0.1)).why == "half_open"
        async with raw_server(drip) as url:
            assert (await down_of(url, ping_s=0, idle_s=0.2)).why == "idle"

    run(scene())


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a WebSocket handshake by hand."""
    from websockets.utils import accept_key

    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(
        line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key")
    )
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept_key(key).encode() + b"\r\n\r\n"
    )
    await writer.drain()


def test_a_silent_source_may_be_given_up_on() -> None:
    async def scene() -> None:
        async with server(stay) as url:
            down = await down_of(url, idle_s=0.1)
        assert (down.why, down.detail) == ("idle", "0.1 s")

    run(scene())


def test_a_send_over_a_dead_connection_is_told() -> None:
    async def scene() -> None:
        held: list[FeedSocket] = []

        async def close(connection: ServerConnection) -> None:
            await connection.close()

        async with server(close) as url, open_socket(SocketOptions(url), Heard()) as socket:
            held.append(socket)
            with pytest.raises(FeedDown):
                await socket.receive()
            with pytest.raises(FeedDown) as caught:
                await socket.send("late")
        assert caught.value.why == "closed"

    run(scene())


async def flood(socket: FeedSocket) -> None:
    """Send until it ends."""
    while True:
        await socket.send("x" * 1_000_000)


def test_a_reader_that_takes_nothing_does_not_hold_a_send_forever() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await asyncio.sleep(30)

    async def scene() -> None:
        async with raw_server(deaf) as url:
            options = SocketOptions(url, connect_s=0.3, ping_s=0)
            async with open_socket(options, Heard()) as socket:
                with pytest.raises(FeedDown) as caught:
                    await flood(socket)
            assert caught.value.why == "timeout"

    run(scene())
