"""One HTTP request to servers that are slow, half there, lying or elsewhere; all on loopback."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from feed_stage import run
from http_stage import Talk, own_certificate, raw_http, reply

from console.core.errors import DecodeError
from console.feeds.base import FeedDown
from console.feeds.http_line import HttpAnswer, HttpOptions, ask, http_place, send_request


def options(url: str, answer_s: float = 15.0, limit: int = 1000, ca_file: str = "") -> HttpOptions:
    place, base = http_place("feed", url, (ca_file, "", ""))
    return HttpOptions(place=place, base=base, connect_s=5.0, answer_s=answer_s, limit=limit)


def says(*parts: bytes, every_s: float = 0.0, stays: bool = False) -> Talk:
    """Reads a head, then writes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every_s)
        if stays:
            await reader.read()

    return talk


def asked(talk: Talk, limit: int = 1000, answer_s: float = 15.0) -> HttpAnswer:
    """The answer, or what is raised; only once the server has ended."""

    async def scene() -> HttpAnswer | Exception:
        async with raw_http(talk) as url:
            try:
                return await ask(options(url, answer_s, limit), "GET", "/x", ())
            except (FeedDown, DecodeError) as error:
                return error

    made = run(scene())
    if isinstance(made, Exception):
        raise made
    return made


def test_answers_with_a_length_in_chunks_and_to_the_end_of_the_connection_are_read() -> None:
    assert asked(says(reply('{"a": 1}'))).body == b'{"a": 1}'
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert asked(says(chunked)).body == b"abcde"
    assert asked(says(b"HTTP/1.0 200 OK\r\n\r\nab", b"cd")).body == b"abcd"
    assert asked(says(b"HTTP/1.1 100 Continue\r\n\r\n", reply("", "204 No Content"))).status == 204
    told = asked(says(reply("", NGSILD_Results_Count="7")))
    assert told.headers["ngsild-results-count"] == "7"


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"), "closed"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", stays=True), "timeout"),
        (says(*(bytes([letter]) for letter in reply("x" * 90)), every_s=0.05), "timeout"),
        (says(stays=True), "timeout"),
        (says(), "closed"),
        (says(b"SSH-2.0-x\r\n\r\n"), "protocol"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), "protocol"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nabcde"), "protocol"),
        (says(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n"), "protocol"),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "protocol"),
    ],
)
def test_a_server_that_is_slow_half_there_or_lies_is_named(talk: Talk, why: str) -> None:
    """Half-open, one byte a moment, wrong length: the deadline is that of the whole answer."""
    began = time.monotonic()
    with pytest.raises(FeedDown) as caught:
        asked(talk, answer_s=0.4 if why == "timeout" else 15.0)
    assert caught.value.why == why
    assert time.monotonic() - began < 15


def test_more_than_was_announced_is_not_taken_for_the_answer() -> None:
    assert asked(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef")).body == b"ab"


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (says(reply("x" * 2000)), "too_large"),
        (says(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 400] * 9), "too_large"),
        (says(reply("x", Content_Encoding="gzip")), "compression"),
    ],
)
def test_a_body_that_is_too_large_or_packed_is_refused(talk: Talk, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        asked(talk)
    assert caught.value.reason == reason


def test_nothing_is_written_where_nobody_listens() -> None:
    async def scene() -> None:
        async with raw_http(says()) as url:
            gone = url
        with pytest.raises(FeedDown) as caught:
            await send_request(options(gone), "PATCH", "/x", (), b"{}")
        assert caught.value.why == "unreachable"

    run(scene())


def test_a_request_is_written_whole_with_its_headers() -> None:
    async def scene() -> None:
        heard: list[bytes] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            heard.append(await reader.readexactly(2))
            writer.write(reply("", "204 No Content"))

        async with raw_http(talk) as url:
            answer = await ask(
                options(f"{url}/base/"), "PATCH", "/e?x=1", (("NGSILD-Tenant", "busan"),), b"{}"
            )
        assert answer.status == 204
        lines = heard[0].decode().split("\r\n")
        assert lines[0] == "PATCH /base/e?x=1 HTTP/1.1"
        assert {"Content-Length: 2", "NGSILD-Tenant: busan", "Connection: close"} <= set(lines)
        assert f"Host: {url.removeprefix('http://')}" in lines

    run(scene())


@pytest.mark.parametrize("header", ["a\r\nInjected: yes", "a\x00b"])
def test_a_header_cannot_smuggle_another(header: str) -> None:
    """SEC-26: what a profile or a keyring holds never becomes lines of a request."""

    async def scene() -> None:
        async with raw_http(says()) as url:
            with pytest.raises(FeedDown) as caught:
                await send_request(options(url), "GET", "/", (("Authorization", header),))
            assert caught.value.why == "request"

    run(scene())


def test_tls_is_checked(tmp_path: Path) -> None:
    async def scene() -> None:
        secure, ca = own_certificate(tmp_path)
        async with raw_http(says(reply("ok")), secure) as url:
            with pytest.raises(FeedDown) as caught:
                await ask(options(url, 5.0), "GET", "/", ())
            assert (caught.value.why, caught.value.refused) == ("certificate", True)
            answer = await ask(options(url, 5.0, ca_file=str(ca)), "GET", "/", ())
            assert answer.body == b"ok"

    run(scene())


@pytest.mark.parametrize(
    "url",
    ["ftp://a/", "http://", "http://a:b/", "http://u:p@host/", "http://169.254.169.254/", "http://[fe80::1]/", "",
     "http://a/?x=1"],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_named(url: str) -> None:
    """SEC-43."""
    with pytest.raises(ValueError, match="feed: url"):
        http_place("feed", url)
