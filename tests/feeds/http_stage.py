"""A small HTTP server on loopback whose answers a test writes byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Asked:
    """One request; names of headers in small letters."""

    target: str
    headers: dict[str, str]


Reply = Callable[[Asked], bytes]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def reply(body: bytes | str, status: str = "200 OK", **headers: str) -> bytes:
    """A whole response."""
    data = body.encode() if isinstance(body, str) else body
    told = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data


@asynccontextmanager
async def raw_http(talk: Talk, secure: ssl.SSLContext | None = None, port: int = 0) -> AsyncGenerator[str]:
    """A server below HTTP: yields its address, and ends when its talks have ended."""
    talks = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal talks
        talks += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.close()
            talks -= 1

    made = await asyncio.start_server(counted, "127.0.0.1", port, ssl=secure)
    async with made:
        yield f"{'https' if secure else 'http'}://127.0.0.1:{made.sockets[0].getsockname()[1]}"
    async with asyncio.timeout(5):
        while talks:
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    answer: Reply, secure: ssl.SSLContext | None = None
) -> AsyncGenerator[tuple[str, list[Asked]]]:
    """A server that answers each request; yields its address and the requests so far."""
    asked: list[Asked] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if ":" in line)
        asked.append(Asked(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}))
        writer.write(answer(asked[-1]))
        await writer.drain()
        writer.close()

    async with raw_http(talk, secure) as url:
        yield url, asked


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for 127.0.0.1 signed by itself, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public = folder / "ca.pem"
    public.write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both = folder / "server.pem"
    both.write_bytes(private + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, public
