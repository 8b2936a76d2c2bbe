"""A small HTTP server on loopback whose answers a test writes byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


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
async def raw_http(talk: Talk) -> AsyncGenerator[str]:
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

    made = await asyncio.start_server(counted, "127.0.0.1", 0)
    async with made:
        yield f"http://127.0.0.1:{made.sockets[0].getsockname()[1]}"
    async with asyncio.timeout(5):
        while talks:
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(answer: Reply) -> AsyncGenerator[tuple[str, list[Asked]]]:
    """A server that answers each request; yields its address and the requests so far."""
    asked: list[Asked] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if ":" in line)
        asked.append(Asked(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}))
        writer.write(answer(asked[-1]))
        await writer.drain()
        writer.close()

    async with raw_http(talk) as url:
        yield url, asked
