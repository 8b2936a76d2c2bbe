"""Servers that lie, dawdle, hang up, or are not who they say: each is told in time, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from feed_stage import Heard, run
from http_stage import own_certificate, raw_http, reply, serving
from rest_stage import Given, feed_at, heard_from, page

from console.feeds.base import FeedDown


@pytest.mark.parametrize(
    ("talk", "options", "why"),
    [
        (b"", {}, "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", {}, "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{", {}, "closed"),
        (b"SSH-2.0-OpenSSH_9\r\n", {}, "closed"),
        (None, {"total_s": 0.3}, "timeout"),
        ("slow", {"total_s": 0.3}, "timeout"),
    ],
)
def test_a_server_that_lies_or_dawdles_is_told_in_time(
    talk: bytes | str | None, options: Given, why: str
) -> None:
    """Half an answer, another protocol, silence, one byte after the other."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if isinstance(talk, bytes):
            writer.write(talk)
        elif talk == "slow":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not reader.at_eof():
                writer.write(b" ")
                await asyncio.sleep(0.02)
        else:
            await reader.read()
        writer.close()

    async def scene() -> None:
        async with raw_http(peer) as url:
            began = time.monotonic()
            with pytest.raises(FeedDown) as caught:
                await asyncio.wait_for(feed_at(url, connect_s=0.3, **options).run(Heard()), 5)
            assert caught.value.why == why
            assert time.monotonic() - began < 3

    run(scene())


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply("x" * 5000), ("body", "too_large")),
        (reply("<!DOCTYPE a><a/>"), ("body", "doctype")),
        (reply("{}"), ("items", "missing")),
        (reply(b"\x1f\x8b", Content_Encoding="gzip"), ("body", "compression")),
    ],
)
def test_an_answer_that_cannot_be_read_is_counted_and_the_feed_goes_on(
    answer: bytes, fault: tuple[str, str]
) -> None:
    async def scene() -> None:
        answers = iter([answer])
        async with (
            serving(lambda asked: next(answers, reply(page(7.0)))) as (url, _),
            heard_from(feed_at(url, max_frame_bytes=4096)) as (sink, _),
        ):
            await sink.until(lambda: any(row.value == 7.0 for row in sink.rows))
            assert sink.faults == [fault]

    run(scene())


def test_a_source_that_is_not_there_is_told() -> None:
    async def scene() -> None:
        with pytest.raises(FeedDown) as caught:
            await feed_at("http://127.0.0.1:9").run(Heard())
        assert (caught.value.why, caught.value.detail) == ("unreachable", "ConnectionError")

    run(scene())


def test_it_ends_at_once_where_it_waits_for_an_answer() -> None:
    """No thread is left: the gate looks."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def scene() -> None:
        async with raw_http(peer) as url:
            began = time.monotonic()
            async with heard_from(feed_at(url)):
                await asyncio.sleep(0.2)
            assert time.monotonic() - began < 2

    run(scene())


def test_a_certificate_that_nobody_vouches_for_is_refused_and_one_of_ca_file_is_not(tmp_path: Path) -> None:
    """A server of the city's own has a certificate of its own."""
    secure, public = own_certificate(tmp_path)

    async def scene() -> None:
        async with serving(lambda asked: reply(page(1.0)), secure) as (url, asked):
            with pytest.raises(FeedDown) as caught:
                await feed_at(url).run(Heard())
            assert (caught.value.why, caught.value.refused, asked) == ("certificate", True, [])
            async with heard_from(feed_at(url, ca_file=str(public))) as (sink, _):
                await sink.until(lambda: bool(sink.rows))

    run(scene())


def test_a_plain_server_behind_a_secure_address_is_told() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply("what?", "400 Bad Request"))

    async def scene() -> None:
        async with raw_http(peer) as url:
            with pytest.raises(FeedDown) as caught:
                await feed_at(url.replace("http:", "https:")).run(Heard())
            assert caught.value.why == "tls"

    run(scene())
