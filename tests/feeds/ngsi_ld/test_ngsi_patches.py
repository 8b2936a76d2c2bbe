"""Commands to a broker by PATCH of an attribute: what was written, what the broker says, and what nobody knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from broker_stage import HERE, P1, live, living, made, until
from context_broker import Call, ContextBroker, context_broker, problem, station
from feed_stage import run
from http_stage import reply
from hypothesis import given
from hypothesis import strategies as st

from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.ngsi_ld.commands import patch_body, patch_target, read_status

START = DeviceCommand("01J", P1, "state", "on")
Override = Callable[[Call], bytes | None]


def only_patches(answer: bytes) -> Override:
    """An answer to commands only."""
    return lambda call: answer if call.method == "PATCH" and "/entities" in call.target else None


def scene(
    command: DeviceCommand, override: Override = lambda call: None, quiet_s: float = 0.0
) -> tuple[list[DeviceAnswer], ContextBroker]:
    """One command to a broker; waits for its answer, or `quiet_s` for none."""
    answers: list[DeviceAnswer] = []

    async def play() -> ContextBroker:
        async with context_broker(override=override) as broker:
            broker.put(station("p1", 1.0))
            feed = made(broker.url, receive=HERE, answer_s=15.0)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                await feed.send(command, answers.append)
                if quiet_s:
                    await asyncio.sleep(quiet_s)
                else:
                    await until(lambda: answers)
            return broker

    return answers, run(play())


def written(command: DeviceCommand) -> tuple[str, bytes]:
    return patch_target(command), patch_body(command)


@pytest.mark.parametrize(("value", "stored"), [("on", "on"), (3.0, 3), (0.5, 0.5)])
def test_a_command_patches_one_attribute_and_the_broker_says_so(value: float | str, stored: object) -> None:
    answers, broker = scene(DeviceCommand("01J", P1, "state", value))
    assert answers == [DeviceAnswer("accepted_final", detail="204")]
    assert broker.patched == [(P1, "state", {"type": "Property", "value": stored})]
    (call,) = broker.asked("PATCH", "/entities")
    assert call.target.endswith(f"/entities/{P1}/attrs/state")
    assert call.headers["content-type"] == "application/json"


def test_the_feedback_attribute_tells_what_the_device_did() -> None:
    """The broker's word is not the device's: the attribute that the hub reads back is another one."""

    async def play() -> None:
        async with context_broker() as broker:
            entity = station("p1", 1.0)
            entity["pumpCommand"] = {"type": "Property", "value": ""}
            broker.put(entity)
            answers: list[DeviceAnswer] = []
            feed = made(broker.url, receive=HERE)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                await feed.send(DeviceCommand("01J", P1, "pumpCommand", "start"), answers.append)
                await until(lambda: answers)
                await broker.notify(station("p1", 1.0, state="on"))
                await until(lambda: sink.values("state")[-1:] == ["on"])

    run(play())


@pytest.mark.parametrize(
    ("answer", "kind", "cause", "detail"),
    [
        (problem(404, "no such attribute"), "rejected", "", "404 no such attribute"),
        (problem(400, "bad"), "rejected", "", "400 bad"),
        (problem(401, "who"), "rejected", "", "401 who"),
        (problem(403, "no right"), "rejected", "", "403 no right"),
        (problem(405, "never"), "rejected", "UNSUPPORTED", "405 never"),
        (problem(409, "conflict"), "rejected", "BLOCKED_BY_PROCESS", "409 conflict"),
        (problem(422, "unprocessable"), "rejected", "", "422 unprocessable"),
        (problem(423, "local"), "rejected", "BLOCKED_BY_MODE", "423 local"),
        (problem(501, "not built"), "rejected", "UNSUPPORTED", "501 not built"),
        (problem(429, "slowly"), "busy", "", "429 slowly"),
        (problem(503, "later"), "busy", "", "503 later"),
        (reply("{}", "200 OK"), "accepted_final", "", "200"),
        (reply("", "201 Created"), "accepted_final", "", "201"),
        (reply("", "202 Accepted"), "accepted", "", "202"),
        (reply("", "307 Elsewhere", Location="http://127.0.0.1:9/"), "rejected", "UNSUPPORTED", "307"),
        (reply(json.dumps({"updated": [], "notUpdated": [{"attributeName": "state", "reason": "read only"}]}),
               "207 Multi-Status"), "rejected", "", "207 read only"),
    ],
)  # fmt: skip
def test_what_a_broker_refuses_is_said_with_its_words(
    answer: bytes, kind: str, cause: str, detail: str
) -> None:
    answers, _ = scene(START, only_patches(answer))
    assert answers == [DeviceAnswer(kind, cause=cause, detail=detail)]


@pytest.mark.parametrize(
    "answer",
    [problem(500, "broken"), problem(502, "gateway"), problem(504, "gateway timeout"), b"", b"HTTP/1.1 204 No",
     b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nshort",
     b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nabcd"],
)  # fmt: skip
def test_once_its_bytes_are_out_a_command_that_is_not_answered_has_not_failed(answer: bytes) -> None:
    """CMD: the fate of such a command is unknown, and nobody may say failed."""
    answers, broker = scene(START, only_patches(answer), quiet_s=0.4)
    assert answers == []
    assert len(broker.asked("PATCH", "/entities")) == 1


def test_a_broker_that_never_answers_leaves_the_command_open() -> None:
    async def play() -> None:
        never = asyncio.Event()

        def patches(call: Call) -> asyncio.Event | None:
            return never if call.method == "PATCH" else None

        async with context_broker(held=patches) as broker:
            answers: list[DeviceAnswer] = []
            feed = made(broker.url, receive=HERE, answer_s=1.0)
            async with living(feed) as (sink, task):
                await live(sink, broker)
                await feed.send(START, answers.append)
                await until(lambda: broker.asked("PATCH", "/entities"))
                await asyncio.sleep(1.3)
                assert answers == []
                assert not task.done()
            never.set()

    run(play())


def test_without_a_connection_nothing_is_written() -> None:
    async def play() -> None:
        feed = made("http://127.0.0.1:9", receive=HERE)
        with pytest.raises(FeedDown) as caught:
            await feed.send(START, lambda answer: None)
        assert caught.value.why == "not_connected"

    run(play())


def test_a_broker_that_has_gone_since_is_told_before_anything_is_written() -> None:
    async def play() -> None:
        async with AsyncExitStack() as stack:
            broker = await stack.enter_async_context(context_broker())
            feed = made(broker.url, receive=HERE, check_s=60.0)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                await stack.aclose()
                with pytest.raises(FeedDown) as caught:
                    await feed.send(START, lambda answer: None)
                assert caught.value.why == "unreachable"

    run(play())


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (DeviceCommand("01J", P1, "state", "on", test=True), "no_tests"),
        (DeviceCommand("01J", P1, "state@north", "on"), "no_commands"),
        (DeviceCommand("01J", P1, "state/accuracy", "on"), "no_commands"),
        (DeviceCommand("01J", P1, "", "on"), "no_commands"),
    ],
)
def test_what_a_broker_could_misread_is_never_written(command: DeviceCommand, why: str) -> None:
    """CMD-15: a broker would take a test for an order."""
    with pytest.raises(FeedDown) as caught:
        written(command)
    assert caught.value.why == why


def test_full_names_are_written_whole() -> None:
    command = DeviceCommand("01J", "urn:x:a/b?c", "https://uri.etsi.org/x#state", "on")
    assert patch_target(command) == "/entities/urn:x:a%2Fb%3Fc/attrs/https%3A%2F%2Furi.etsi.org%2Fx%23state"


@given(st.integers(100, 999), st.binary(max_size=60) | st.just(b'{"notUpdated": [[]], "title": 5}'))
def test_no_answer_makes_the_reader_fail(status: int, body: bytes) -> None:
    told = read_status(status, body)
    if told is not None:
        assert told.kind in ("accepted", "accepted_final", "rejected", "busy")
