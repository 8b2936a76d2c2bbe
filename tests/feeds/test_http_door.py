"""The port on which sources deliver: who is slow, half there, too many or lies about length goes; loopback only."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from feed_stage import run
from http_stage import own_certificate
from hypothesis import given, settings
from hypothesis import strategies as st

from console.feeds import http_door
from console.feeds.base import FeedDown
from console.feeds.http_door import DoorPlace, HttpDoors, Room

LOOPBACK = DoorPlace(host="127.0.0.1", port=0)


class Guest:
    """What came in."""

    def __init__(self, path: str = "/n", **more: str | float) -> None:
        self.bodies: list[bytes] = []
        self.refusals: list[str] = []
        self.room = Room(path=path, take=self._take, refused=self._refused, limit=1000, **more)  # type: ignore[arg-type]

    def _take(self, body: bytes, headers: dict[str, str]) -> int:
        assert "host" in headers
        self.bodies.append(body)
        return 200 if body != b"bad" else 400

    def _refused(self, reason: str, first: bytes) -> None:
        assert len(first) <= 200
        self.refusals.append(reason)


@asynccontextmanager
async def open_door(guest: Guest, place: DoorPlace = LOOPBACK) -> AsyncGenerator[int]:
    async with HttpDoors().listen(place, guest.room) as port:
        yield port


async def said(port: int, *parts: bytes, every_s: float = 0.0) -> bytes:
    """Everything the door says to these bytes until it closes, or for 20 s."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every_s)
        async with asyncio.timeout(20):
            return await reader.read()
    except (ConnectionError, BrokenPipeError):
        return b""
    finally:
        writer.close()


def call(body: bytes = b"{}", path: str = "/n", method: str = "POST", **headers: str) -> bytes:
    told = {"Host": "hub", "Content-Length": str(len(body)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return f"{method} {path} HTTP/1.1\r\n".encode() + b"".join(
        f"{name}: {value}\r\n".encode() for name, value in told.items() if value
    ) + b"\r\n" + body  # fmt: skip


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1]) if answer else 0


@pytest.mark.parametrize(
    ("request_bytes", "code"),
    [
        (call(), 200),
        (call(b"bad"), 400),
        (call(path="/n?x=1"), 200),
        (call(path="/"), 404),
        (call(path="/n/"), 404),
        (call(path="/N"), 404),
        (call(method="GET"), 405),
        (call(b"x" * 2000), 413),
        (call(Content_Length="999999999999999"), 413),
        (call(Content_Length="-1"), 400),
        (call(Content_Length="2, 5"), 400),
        (b"rubbish\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST /n HTTP/1.1\r\nHost: hub\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", 431),
        (b"POST /n HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400),
    ],
)
def test_each_call_gets_its_answer(request_bytes: bytes, code: int) -> None:
    async def scene() -> None:
        async with open_door(Guest()) as port:
            assert status(await said(port, request_bytes)) == code

    run(scene())


def test_chunks_and_an_asked_for_continue_are_taken() -> None:
    async def scene() -> None:
        guest = Guest()
        async with open_door(guest) as port:
            chunked = (
                b"POST /n HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            )
            assert status(await said(port, chunked, b"3\r\nabc\r\n", b"0\r\n\r\n")) == 200
            waiting = call(b"", Content_Length="2", Expect="100-continue")
            answer = await said(port, waiting, b"ab", every_s=0.05)
            assert answer.startswith(b"HTTP/1.1 100")
            assert b"HTTP/1.1 200" in answer
            endless = chunked + b"".join(b"190\r\n" + b"x" * 400 + b"\r\n" for _ in range(4))
            assert status(await said(port, endless)) == 413
            assert guest.bodies == [b"abc", b"ab"]

    run(scene())


def test_one_connection_carries_many_calls_also_before_their_answers() -> None:
    async def scene() -> None:
        guest = Guest()
        async with open_door(guest) as port:
            kept = call(b"a", Connection="keep-alive")
            answer = await said(port, kept + kept, kept, call(b"z"), every_s=0.02)
            assert answer.count(b"HTTP/1.1 200") == 4
            assert guest.bodies == [b"a", b"a", b"a", b"z"]

    run(scene())


def test_who_is_slow_or_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte a moment, half a request, and nothing at all."""
    monkeypatch.setattr(http_door, "CALL_S", 0.3)
    monkeypatch.setattr(http_door, "KEEP_S", 0.3)

    async def scene() -> None:
        guest = Guest()
        async with open_door(guest) as port:
            slow = [bytes([letter]) for letter in call()]
            assert await said(port, *slow[:30], every_s=0.03) == b""
            assert await said(port, call(b"12345", Content_Length="9")) == b""
            assert await said(port) == b""
            assert guest.bodies == []
            assert status(await said(port, call())) == 200

    run(scene())


def test_a_body_that_is_cut_off_is_counted() -> None:
    async def scene() -> None:
        guest = Guest()
        async with open_door(guest) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(call(b"12345", Content_Length="9"))
            await writer.drain()
            writer.close()
            async with asyncio.timeout(20):
                while guest.refusals != ["truncated"]:
                    await asyncio.sleep(0.005)

    run(scene())


def test_more_than_the_rate_is_told_to_wait() -> None:
    async def scene() -> None:
        guest = Guest(per_s=1.0)
        async with open_door(guest) as port:
            answers = [await said(port, call()) for _ in range(4)]
            assert [status(answer) for answer in answers] == [200, 200, 429, 429]
            assert b"Retry-After: 1" in answers[-1]
            assert guest.refusals == ["too_many", "too_many"]

    run(scene())


def test_the_rate_comes_back_with_time() -> None:
    room = Guest(per_s=2.0).room
    assert [room.allow(100.0) for _ in range(5)] == [True] * 4 + [False]
    assert [room.allow(101.0) for _ in range(3)] == [True, True, False]


def test_callers_beyond_the_most_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_door, "MOST_CALLERS", 2)

    async def scene() -> None:
        async with open_door(Guest()) as port:
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            await asyncio.sleep(0.05)
            assert status(await said(port, call())) == 503
            for _, writer in idle:
                writer.close()

    run(scene())


def test_only_who_has_the_token_is_heard() -> None:
    async def scene() -> None:
        guest = Guest(token="Bearer right")
        async with open_door(guest) as port:
            assert status(await said(port, call())) == 401
            assert status(await said(port, call(Authorization="Bearer wrong"))) == 401
            assert status(await said(port, call(Authorization="Bearer right"))) == 200
            assert guest.refusals == ["stranger", "stranger"]
            assert len(guest.bodies) == 1

    run(scene())


def test_the_door_closes_on_callers_when_the_last_room_goes() -> None:
    async def scene() -> None:
        async with open_door(Guest()) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.02)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    run(scene())


def test_two_rooms_that_open_together_share_the_port() -> None:
    async def scene() -> None:
        doors, first, second = HttpDoors(), Guest("/a"), Guest("/b")
        async with doors.listen(LOOPBACK, Guest("/x").room) as port:
            pass
        place = DoorPlace(host="127.0.0.1", port=port)

        async def hold(guest: Guest, ready: asyncio.Event, go: asyncio.Event) -> None:
            async with doors.listen(place, guest.room):
                ready.set()
                await go.wait()

        ready, go = [asyncio.Event(), asyncio.Event()], asyncio.Event()
        tasks = [
            asyncio.create_task(hold(guest, event, go))
            for guest, event in zip((first, second), ready, strict=True)
        ]
        for event in ready:
            await event.wait()
        assert status(await said(port, call(b"1", path="/a"))) == 200
        assert status(await said(port, call(b"2", path="/b"))) == 200
        assert (first.bodies, second.bodies) == ([b"1"], [b"2"])
        go.set()
        await asyncio.gather(*tasks)

    run(scene())


def test_tls_is_served_where_it_is_asked_for(tmp_path: Path) -> None:
    async def scene() -> None:
        _, ca = own_certificate(tmp_path)
        guest = Guest()
        place = DoorPlace(host="127.0.0.1", port=0, cert_file=str(tmp_path / "server.pem"))
        async with open_door(guest, place) as port:
            context = ssl.create_default_context(cafile=str(ca))
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            writer.write(call())
            assert status(await reader.read()) == 200
            writer.close()
        missing = DoorPlace(host="127.0.0.1", port=0, cert_file=str(tmp_path / "none.pem"))
        with pytest.raises(FeedDown) as caught:
            async with open_door(guest, missing):
                pass
        assert caught.value.why == "no_certificate"

    run(scene())


def test_an_address_that_is_not_ours_is_told() -> None:
    async def scene() -> None:
        with pytest.raises(FeedDown) as caught:
            async with open_door(Guest(), DoorPlace(host="203.0.113.9", port=0)):
                pass
        assert caught.value.why == "port_taken"

    run(scene())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(max_size=60) | st.sampled_from([call(), call()[:40], b"\r\n\r\n", b"0\r\n\r\n"]), max_size=6
    )
)
def test_no_bytes_bring_the_door_down(parts: list[bytes]) -> None:
    async def scene() -> None:
        guest = Guest()
        async with open_door(guest) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            for part in parts:
                writer.write(part)
            writer.write_eof()
            writer.close()
            assert status(await said(port, call(b"after"))) == 200
            assert b"after" in guest.bodies

    run(scene())
