"""Brokers that refuse us, lie about what they answer, or trickle."""

from __future__ import annotations

import asyncio

import pytest
from broker_stage import HERE, ended, live, living, made, until
from context_broker import Call, context_broker, problem, station
from feed_stage import run
from http_stage import raw_http, reply


@pytest.mark.parametrize(("given", "detail"), [("", "HTTP 401 not you"), ("wrong", "HTTP 403 not you")])
def test_wrong_credentials_are_a_refusal(given: str, detail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setenv("GWANJE_FEED_HUB", given or "none")
        token = "hub" if given else ""
        async with (
            context_broker(token="right") as broker,
            living(made(broker.url, receive=HERE, token=token)) as (_, task),
        ):
            down = await ended(task)
            assert (down.why, down.refused, down.detail) == ("credentials", True, detail)

    run(scene())


def test_a_token_that_is_taken_back_is_a_refusal_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWANJE_FEED_HUB", "right")

    async def scene() -> None:
        async with (
            context_broker(token="right") as broker,
            living(made(broker.url, receive=HERE, token="hub")) as (sink, task),
        ):
            await live(sink, broker)
            broker.token = "another"
            down = await ended(task)
            assert (down.why, down.refused) == ("credentials", True)

    run(scene())


def test_the_right_token_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setenv("GWANJE_FEED_HUB", "right")
        async with context_broker(token="right") as broker:
            broker.put(station("p1", 1.5))
            async with living(made(broker.url, receive=HERE, token="hub")) as (sink, _):
                await until(lambda: sink.values() == [1.5])

    run(scene())


@pytest.mark.parametrize(
    ("status", "why", "refused"),
    [(400, "subscription_refused", True), (404, "not_found", False), (429, "too_many", False),
     (500, "unavailable", False), (503, "unavailable", False), (307, "redirected", True)],
)  # fmt: skip
def test_a_broker_that_does_not_take_the_subscription_says_why(status: int, why: str, refused: bool) -> None:
    async def scene() -> None:
        def refuse(call: Call) -> bytes:
            return problem(status, "no")

        async with (
            context_broker(override=refuse) as broker,
            living(made(broker.url, receive=HERE)) as (_, task),
        ):
            down = await ended(task)
            assert (down.why, down.refused) == (why, refused)
            assert down.detail == f"HTTP {status} no"

    run(scene())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[", "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 3\r\n\r\n[]", "protocol"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "protocol"),
    ],
)
def test_a_broker_that_lies_about_its_answer_ends_the_life_with_the_cause(answer: bytes, why: str) -> None:
    def lie(call: Call) -> bytes:
        del call
        return answer

    async def scene() -> None:
        async with (
            context_broker(override=lie) as broker,
            living(made(broker.url, receive=HERE)) as (_, task),
        ):
            assert (await ended(task)).why == why

    run(scene())


@pytest.mark.parametrize("pace_s", [0.05, 60.0])
def test_a_broker_that_says_a_byte_now_and_then_or_nothing_is_late(pace_s: float) -> None:
    """One byte a moment, and half-open: the time is that of the whole answer."""

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        for letter in reply("x" * 500):
            writer.write(bytes([letter]))
            await writer.drain()
            try:
                async with asyncio.timeout(pace_s):
                    await reader.read()
                return
            except TimeoutError:
                continue

    async def scene() -> None:
        async with raw_http(slow) as url, living(made(url, receive=HERE, answer_s=0.3)) as (_, task):
            down = await ended(task)
            assert (down.why, down.refused) == ("timeout", False)

    run(scene())


def test_a_broker_that_tells_nothing_for_too_long_is_asked_anew() -> None:
    async def scene() -> None:
        async with (
            context_broker() as broker,
            living(made(broker.url, receive=HERE, idle_s=0.5)) as (sink, task),
        ):
            await live(sink, broker)
            down = await ended(task)
            assert (down.why, down.detail) == ("idle", "0.5 s")

    run(scene())
